"""A run that two sources tell of counts once; a contradiction stays; who was removed is not heard."""

from datetime import datetime, timedelta

import pytest

from pages.pipelines.known import Run
from pages.pipelines.tests.landed import utc
from pages.pipelines.witnesses import witnessed

END = utc("17:00")


def run(source: str, status: str = "SUCCEEDED", start: str = "00:10", pipeline: str = "p") -> Run:
    begin = utc(start)
    end = None if status == "RUNNING" else begin + timedelta(minutes=10)
    return Run(source, f"{pipeline}@{start}", None, pipeline, begin, begin, end, None, status)


def heard(*runs: Run, removed: dict[str, datetime] | None = None) -> list[tuple[str, str]]:
    return [(one.source, one.status) for one in witnessed(runs, removed or {}, END)]


def test_a_run_of_two_sources_counts_once() -> None:
    assert heard(run("o"), run("o2")) == [("o", "SUCCEEDED")]


def test_two_equal_runs_of_each_source_are_two_runs() -> None:
    assert heard(run("o"), run("o"), run("o2"), run("o2"), run("o2")) == [("o", "SUCCEEDED")] * 2 + [
        ("o2", "SUCCEEDED")
    ]


def test_runs_of_other_starts_or_pipelines_are_others() -> None:
    assert len(heard(run("o"), run("o2", start="00:11"), run("o2", pipeline="q"))) == 3


def test_sources_that_contradict_each_other_are_both_heard() -> None:
    assert heard(run("o", "FAILED"), run("o2")) == [("o", "FAILED"), ("o2", "SUCCEEDED")]


@pytest.mark.parametrize("later", ["a", "z"])
def test_a_source_that_saw_the_end_is_heard_before_one_that_saw_the_run_open(later: str) -> None:
    assert heard(run("o", "RUNNING"), run(later)) == [(later, "SUCCEEDED")]


def test_a_source_that_was_removed_is_not_heard_of_the_night_and_after() -> None:
    assert heard(run("old", "FAILED"), run("new"), removed={"old": utc("06:00")}) == [("new", "SUCCEEDED")]
    assert heard(run("old", "FAILED"), removed={"old": utc("06:00")}) == []


def test_a_source_that_was_removed_later_is_heard_where_no_other_tells() -> None:
    later = {"old": utc("2026-12-01 06:00")}
    assert heard(run("old", "FAILED"), removed=later) == [("old", "FAILED")]
    assert heard(run("old", "FAILED"), run("new", start="00:12"), removed=later) == [("new", "SUCCEEDED")]
