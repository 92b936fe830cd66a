"""What the filters let through: pipelines, families, incidents, data sets, and runs of no family alike."""

from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from core.base.status import Verdict
from pages.pipelines import rules
from pages.pipelines.board import Board, Known, board
from pages.pipelines.facts import PIPELINE_RUNS, complete
from pages.pipelines.known import runs_of
from pages.pipelines.passing import Passing, passing
from pages.pipelines.tests.landed import run, utc

RULES = """
night: {turns_at: "18:00", due_by: "07:00"}
families:
  - {key: early, name: Early, members: [{pipeline: early_a}, {pipeline: early_b}]}
  - {key: late, name: Late, members: [{pipeline: late_a}, {pipeline: late_b}]}
  - key: stepwise
    name: Stepwise
    steps: [{name: one}, {name: two}]
    members: [{pipeline: step_1, step: one}, {pipeline: step_2, step: two}]
data_sets:
  - {name: Of the evening, pipelines: [early_a]}
  - {name: Of the morning, pipelines: [late_a, late_b]}
"""
RUNS = (
    run("early_a", "2026-11-19 22:00", "2026-11-19 22:10"),
    run("early_b", "2026-11-19 22:20", "2026-11-19 22:30", "FAILED"),
    run("late_a", "05:00", "05:10", "FAILED"),
    run("step_2", "03:00", "03:10"),
    run("step_1", "03:20", "03:30"),
    run("stray", "02:00", "02:10"),
)


@pytest.fixture
def night(tmp_path: Path) -> Board:
    """late_b never ran; the steps of the third family ran in the wrong order, each of them well."""
    (tmp_path / "rules.yml").write_text(RULES, encoding="utf-8")
    told = rules.load(tmp_path / "rules.yml")
    runs = complete(pa.Table.from_pylist(list(RUNS), pa.schema([f.with_nullable(True) for f in PIPELINE_RUNS.schema])))
    reads = Known({"journal": utc("09:00")})
    return board(runs_of(runs), reads, told, told.night_of(date(2026, 11, 20)), utc("09:00"))


def names(found: Passing) -> dict[str, list[str]]:
    return {
        "pipelines": [member.member.pipeline for member in found.members],
        "families": [family.family.key for family in found.families],
        "incidents": sorted(incident.pipeline or incident.family.key for incident in found.incidents),
        "data sets": [told.data_set.name for told in found.data_sets],
        "strays": [one.pipeline for one in found.unassigned],
    }


def between(first: str, last: str) -> tuple[datetime, datetime]:
    """Hours of that night, UTC; a pipeline without a window is awaited by 06:00."""
    return utc(first), utc(last)


def test_without_a_filter_everything_passes(night: Board) -> None:
    found = passing(night, (), (), None)
    assert (found.members, found.families, found.incidents) == (night.members, night.families, night.incidents)
    assert (found.data_sets, found.unassigned) == (night.data_sets, night.unassigned)


def test_hours_hold_for_incidents_as_for_pipelines(night: Board) -> None:
    assert names(passing(night, (), (), between("2026-11-19 21:30", "2026-11-19 23:00"))) == {
        "pipelines": ["early_a", "early_b"],
        "families": ["early"],
        "incidents": ["early_b"],
        "data sets": ["Of the evening"],
        "strays": [],
    }


def test_what_never_ran_stands_where_it_was_awaited(night: Board) -> None:
    assert names(passing(night, (), (), between("05:30", "06:30")))["incidents"] == ["late_b"]


def test_a_family_passes_by_its_own_verdict_though_each_of_its_pipelines_ran_well(night: Board) -> None:
    found = names(passing(night, (), (Verdict.WARNING,), None))
    assert (found["families"], found["incidents"]) == (["early", "stepwise"], ["stepwise"])
    assert found["pipelines"] == []


def test_a_family_filter_leaves_its_own_data_sets_and_the_runs_of_no_family(night: Board) -> None:
    found = names(passing(night, ("early",), (), None))
    assert (found["families"], found["data sets"], found["strays"]) == (["early"], ["Of the evening"], ["stray"])


def test_verdicts_hold_for_data_sets_and_runs_of_no_family(night: Board) -> None:
    assert names(passing(night, (), (Verdict.KO,), None))["data sets"] == ["Of the morning"]
    assert names(passing(night, (), (Verdict.KO,), None))["strays"] == []
    assert names(passing(night, (), (Verdict.OK,), None))["strays"] == ["stray"]
