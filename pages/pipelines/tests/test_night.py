"""The night's questions on a real lake: what is known, what was known, and to whom it is shown."""

from collections.abc import Callable
from datetime import date, timedelta
from operator import itemgetter
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from core.base.status import Verdict
from core.facts.lake import lake
from core.facts.tables import GONE
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING, Scope
from pages.pipelines import board, night, queries, rules
from pages.pipelines.board import Board
from pages.pipelines.facts import PIPELINE_RUNS
from pages.pipelines.known import RUN_COLUMNS
from pages.pipelines.night import board_of
from pages.pipelines.tests.landed import THREE, land_reads, land_runs, run, utc

RULES = THREE
NIGHT = RULES.night_of(date(2026, 11, 20))
MASTER, EXPORT = "telephonie_master", "telephonie_ods_cti_export_incremental"
pytestmark = pytest.mark.usefixtures("data")


def seen_by(scope: Scope, as_of: str = "07:00", *, replay: bool = False) -> Board:
    return board_of(warehouse().reader(scope), RULES, NIGHT, utc(as_of), replay=replay)


def verdict(board: Board, family: str) -> Verdict | None:
    return next((judged.verdict for judged in board.families if judged.family.key == family), None)


def names(query: queries.Query, **params: object) -> list[str]:
    table = warehouse().reader(EVERYTHING).run(query, **params).table
    return sorted(table["pipeline"].to_pylist())


ASKED = queries.span(NIGHT.start, NIGHT.end)


def test_a_night_holds_the_runs_that_began_in_it() -> None:
    land_runs(
        run("before", "2026-11-19 16:59", "2026-11-19 17:30"),
        run("first", "2026-11-19 17:00", "2026-11-19 17:30"),
        run("last", "16:59", "17:30"),
        run("after", "17:00", "17:30"),
        run("planned_before", "2026-11-19 17:10", "2026-11-19 17:30", scheduled_at=utc("2026-11-19 16:30")),
    )
    assert names(queries.RUNS_OF_NIGHT, **ASKED) == ["first", "last", "planned_before"]


def test_all_of_nothing_is_empty_and_typed() -> None:
    board = seen_by(EVERYTHING)
    assert {judged.verdict for judged in board.families} == {Verdict.UNKNOWN}
    assert board.unassigned == ()


def test_habits_are_the_median_and_the_deviation_of_the_last_thirty_good_runs() -> None:
    early = [run("p", f"2026-10-{day:02} 01:00", f"2026-10-{day:02} 09:00") for day in range(8, 12)]
    late = [run("p", f"2026-10-{day:02} 01:00", f"2026-10-{day:02} 01:1{day % 3}") for day in range(12, 32)]
    more = [run("p", f"2026-11-{day:02} 01:00", f"2026-11-{day:02} 01:1{day % 3}") for day in range(1, 11)]
    land_runs(*early, *late, *more, run("p", "2026-11-11 01:00", "2026-11-11 09:00", "FAILED"))
    reader = warehouse().reader(EVERYTHING)
    lately = NIGHT.start - queries.LATELY
    table = reader.run(queries.HABITS, since=lately, start=NIGHT.start, renamed=[]).table
    [told] = table.select(["pipeline", "source", "middle", "deviation", "count"]).to_pylist()
    assert told == {"pipeline": "p", "source": "journal", "middle": 660.0, "deviation": 60.0, "count": 30}


def test_a_pipeline_without_a_good_run_still_has_a_source() -> None:
    land_runs(run("p", "2026-11-11 01:00", "2026-11-11 01:10", "FAILED"))
    table = (
        warehouse()
        .reader(EVERYTHING)
        .run(queries.HABITS, since=NIGHT.start - queries.LATELY, start=NIGHT.start, renamed=[])
        .table
    )
    [told] = table.select(["pipeline", "source", "status", "middle", "deviation", "count"]).to_pylist()
    assert told == {
        "pipeline": "p",
        "source": "journal",
        "status": "FAILED",
        "middle": None,
        "deviation": None,
        "count": 0,
    }


def test_a_night_can_be_replayed_as_it_was_known() -> None:
    master = run(MASTER, "2026-11-19 23:12", "", "RUNNING", seen="2026-11-19 23:30")
    land_runs(
        master,
        {**master, **run(MASTER, "2026-11-19 23:12", "2026-11-19 23:50", "FAILED", seen="00:00")},
        run(MASTER, "00:10", "00:20", seen="00:30"),
        run(EXPORT, "2026-11-19 23:20", "2026-11-19 23:25", seen="2026-11-19 23:30"),
    )
    land_reads("2026-11-19 23:30", "00:00", "00:30", "06:00")
    assert verdict(seen_by(EVERYTHING, "2026-11-19 23:10", replay=True), "telephonie") is Verdict.NOT_DUE
    assert verdict(seen_by(EVERYTHING, "2026-11-19 23:40", replay=True), "telephonie") is Verdict.RUNNING
    assert verdict(seen_by(EVERYTHING, "00:05", replay=True), "telephonie") is Verdict.KO
    assert verdict(seen_by(EVERYTHING, "00:35", replay=True), "telephonie") is Verdict.WARNING
    assert verdict(seen_by(EVERYTHING), "telephonie") is Verdict.WARNING


def test_a_replay_knows_only_the_readings_of_then() -> None:
    land_runs(run(MASTER, "2026-11-19 23:12", "2026-11-19 23:50"))
    land_reads("00:00", "06:00")
    assert verdict(seen_by(EVERYTHING, "05:00", replay=True), "telephonie") is Verdict.UNKNOWN
    assert verdict(seen_by(EVERYTHING, "06:30", replay=True), "telephonie") is Verdict.KO


def test_a_landing_changes_the_board_at_once() -> None:
    land_runs(run(EXPORT, "2026-11-19 23:12", "2026-11-19 23:50"))
    land_reads("06:00")
    assert verdict(seen_by(EVERYTHING), "telephonie") is Verdict.KO
    land_runs(run(MASTER, "2026-11-19 23:12", "2026-11-19 23:50"))
    assert verdict(seen_by(EVERYTHING), "telephonie") is Verdict.OK


def test_a_file_of_rules_that_is_edited_is_judged_by_anew(tmp_path: Path) -> None:
    file, reader = tmp_path / "rules.yml", warehouse().reader(EVERYTHING)
    for key in range(5):
        family = f"{{key: family_{key}, name: F, criticality: 1, members: [{{pipeline: p}}]}}"
        file.write_text(f'night: {{turns_at: "18:00", due_by: "07:00"}}\nfamilies: [{family}]\n')
        edited = rules.load(file)
        [judged] = board_of(reader, edited, NIGHT, utc("07:00"), replay=False).families
        assert judged.family.key == f"family_{key}"
    assert rules.load(file).digest == edited.digest != RULES.digest


def test_a_board_is_judged_once_until_something_it_depends_on_lands(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[date] = []
    monkeypatch.setattr(night, "board", lambda *known: judged.append(known[3].day) or board.board(*known))
    land_runs(run(MASTER, "2026-11-19 23:12", "2026-11-19 23:50"))
    land_reads("06:00")
    first = seen_by(EVERYTHING)
    assert seen_by(EVERYTHING) is first
    land_reads("06:30", source="jira", mission="jira")
    assert seen_by(EVERYTHING) is first
    assert judged == [NIGHT.day]
    land_reads("06:40")
    assert seen_by(EVERYTHING) is not first
    land_runs(run(EXPORT, "2026-11-19 23:12", "2026-11-19 23:50"))
    assert verdict(seen_by(EVERYTHING), "telephonie") is Verdict.OK
    assert judged == [NIGHT.day] * 3


@pytest.fixture
def families(data: Path) -> Callable[..., None]:
    """Land a good night of Téléphonie, Solaris and one pipeline of no family, each with the squad given."""

    def land(telephonie: str | None, solaris: str | None) -> None:
        start, end = "2026-11-19 23:12", "2026-11-19 23:50"
        land_runs(
            *(run(name, start, end, squad=telephonie) for name in (MASTER, EXPORT)),
            *(run(m.pipeline, start, end, squad=solaris) for m in RULES.families[1].members),
            run("essai", start, end, squad="Solaris"),
        )
        land_reads("06:00")

    return land


def test_a_squad_sees_its_families_and_nobodys_rows(families: Callable[..., None]) -> None:
    families("Téléphonie", "Solaris")
    board = seen_by(Scope(frozenset({"Téléphonie"})))
    assert [judged.family.key for judged in board.families] == ["telephonie"]
    assert [told.data_set.name for told in board.data_sets] == ["Appels et décrochés du jour"]
    assert board.unassigned == ()
    assert [run.pipeline for run in seen_by(EVERYTHING).unassigned] == ["essai"]


def test_a_family_whose_rows_belong_to_another_squad_is_left_out_rather_than_said_never_started(
    families: Callable[..., None],
) -> None:
    families("Autre", "Solaris")
    board = seen_by(Scope(frozenset({"Téléphonie"})))
    assert board.families == ()
    assert board.incidents == ()
    assert board.data_sets == ()
    assert verdict(seen_by(EVERYTHING), "telephonie") is Verdict.OK


def test_what_was_known_of_a_night_is_the_last_state_of_each_run_by_then() -> None:
    chance = Random(7)
    begins = [NIGHT.start + timedelta(hours=hour) for hour in range(-30, 60, 3)]
    words = ("RUNNING", "SUCCEEDED", "FAILED")
    told = []
    for number, begin in enumerate(begins):
        for state in range(chance.randint(1, 4)):
            start = begin + timedelta(hours=chance.choice([0, 0, 0, 2, -20]))
            end = start + timedelta(minutes=9)
            seen = begin + timedelta(hours=5 * state + 1)
            texts = (f"{moment:%Y-%m-%d %H:%M}" for moment in (start, end))
            told.append(run(f"p{number}", *texts, words[state % 3], seen=f"{seen:%Y-%m-%d %H:%M}", run_id=str(number)))
    land_runs(*told)
    states = PIPELINE_RUNS.observations
    stored = lake().scan(states.name).read_all().select(states.schema.names).cast(states.schema)
    left = stored.filter(pc.is_in(stored["run_id"], pa.array([str(number) for number in range(0, 30, 4)])))
    seen = pc.add(left["observed_at"], timedelta(hours=2))
    at = left.schema.get_field_index
    left = left.set_column(at("observed_at"), "observed_at", seen)
    lake().land(states, left.set_column(at(GONE), GONE, pa.array([True] * len(left))))
    rows = lake().scan(states.name).read_all().to_pylist()
    counts = set()
    for as_of in (NIGHT.start + timedelta(hours=hour) for hour in range(-6, 60, 5)):
        last: dict[str, dict[str, Any]] = {}
        for row in sorted(rows, key=lambda row: row["observed_at"]):
            if row["observed_at"] <= as_of and ASKED["since"] <= row["at"] < ASKED["until"]:
                last[row["pipeline"]] = row
        kept = [row for row in last.values() if not row[GONE] and NIGHT.start <= row["started_at"] < NIGHT.end]
        found = warehouse().reader(EVERYTHING).run(queries.RUNS_KNOWN_AT, **ASKED, as_of=as_of).table.to_pylist()
        by = itemgetter("pipeline")
        assert sorted(found, key=by) == sorted(({name: row[name] for name in RUN_COLUMNS} for row in kept), key=by)
        counts.add(len(kept))
    assert len(counts) > 3
