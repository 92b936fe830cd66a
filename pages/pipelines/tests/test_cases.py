"""Every case that the rules settle: `cases.csv`, run whole.

A line: the family, its night, the runs, the sources' last reading, the moment of asking, then what must come out,
where the case comes from, and whether the squad confirmed it. Runs are `pipeline start>end STATUS`, with `|`
between them; `@hour` for one that never started, `*` for every other expected pipeline of the family, `none` for
no run. Hours are the night's, in Paris; `'` marks the second time of an hour that comes twice. Readings are
`source hour`; empty, the source "essai" was read at the moment of asking if there are runs at all, and `habits`
says that it told of the family in nights before.
"""

import csv
from datetime import UTC, date, datetime, time
from pathlib import Path

import pyarrow as pa
import pytest

from core.base.i18n import speaking
from pages.pipelines import rules
from pages.pipelines.board import Known, board
from pages.pipelines.expected import expect
from pages.pipelines.facts import PIPELINE_RUNS, statuses
from pages.pipelines.known import RUN_COLUMNS, Run, runs_of
from pages.pipelines.nights import Night
from pages.pipelines.rules import Family
from pages.pipelines.why import sentence

HERE = Path(__file__).parent
RULES = rules.load(rules.HERE / "rules.yml", rules.HERE / "demo_rules.yml", HERE / "cases.yml")
with (HERE / "cases.csv").open(encoding="utf-8", newline="") as handle:
    CASES = list(csv.DictReader(handle))


def moment(night: Night, hour: str) -> datetime:
    return night.moment(time.fromisoformat(hour.rstrip("'")), closing=hour.endswith("'"))


def runs_of_case(text: str, family: Family, night: Night) -> list[Run]:
    written = [run.split() for run in text.split("|") if run.strip()]
    named = {pipeline for pipeline, *_rest in written}
    daily = [member.pipeline for member in family.members if expect(member, family, night, RULES.night[0].due_by).due]
    rows = []
    for pipeline, hours, *status in written:
        for name in [n for n in daily if n not in named] if pipeline == "*" else [pipeline]:
            if hours == "none":
                continue
            word = status[0].removeprefix("-")
            start, _arrow, end = hours.partition(">")
            started = None if start.startswith("@") else moment(night, start)
            rows.append(
                {
                    "source": "essai",
                    "run_id": f"run-{len(rows)}",
                    "pipeline": name,
                    "at": started or moment(night, start.removeprefix("@")),
                    "started_at": started,
                    "ended_at": moment(night, end) if end else None,
                    "status": statuses(pa.array([word], pa.string()), {})[0].as_py(),
                    "raw_status": word or None,
                }
            )
    schema = pa.schema([PIPELINE_RUNS.schema.field(name).with_nullable(True) for name in RUN_COLUMNS])
    return runs_of(pa.Table.from_pylist(rows, schema))


def reads_of_case(text: str, night: Night, as_of: datetime, read: bool) -> dict[str, datetime | None]:
    rows: dict[str, datetime | None] = {"essai": as_of} if read else {}
    for reading in [part.split() for part in text.split("|") if part.strip() and part.strip() != "habits"]:
        rows[reading[0]] = None if reading[1] == "never" else moment(night, reading[1])
    return rows


@pytest.mark.parametrize("case", CASES, ids=[f"{case['family']}: {case['case']}" for case in CASES])
def test_a_case_has_its_verdict_and_its_sentence(case: dict[str, str]) -> None:
    night = RULES.night_of(date.fromisoformat(case["night"]))
    family = next(family for family in RULES.families if family.key == case["family"])
    as_of = moment(night, case["as_of"])
    runs = runs_of_case(case["runs"], family, night)
    reads = reads_of_case(case["reads"], night, as_of, bool(case["runs"]))
    told = bool(case["runs"]) or "essai" in case["reads"]
    told_by = {member.pipeline: "essai" for member in family.members} if told else {}
    found = board(runs, Known(reads, sources=told_by), RULES, night, as_of)
    judged = next(judged for judged in found.families if judged.family.key == family.key)
    with speaking("fr"):
        said = sentence(judged.why).replace("\u202f", " ").replace("\u00a0", " ")
    assert (judged.verdict.value, said) == (case["verdict"], case["sentence"])


def test_a_case_says_where_it_comes_from_and_whether_it_was_confirmed() -> None:
    assert all(case["origin"] and case["confirmed"] in ("yes", "no") for case in CASES)
    assert len({(case["family"], case["case"]) for case in CASES}) == len(CASES)


def test_the_sentence_of_a_late_run_has_french_typography() -> None:
    night = RULES.night_of(date(2026, 11, 20))
    family = RULES.families[0]
    runs = runs_of_case("telephonie_master 01:42>01:55 SUCCEEDED", family, night)
    as_of = datetime(2026, 11, 20, 7, tzinfo=UTC)
    found = board(runs, Known(reads_of_case("", night, as_of, True)), RULES, night, as_of)
    with speaking("fr"):
        said = sentence(found.families[0].members[0].judged.why)
    assert said == "démarré à 01:42, 12\u202fmin après la fenêtre\u202f; terminé en succès"
