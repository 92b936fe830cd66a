"""Families, data sets and incidents out of the verdicts on their pipelines."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from core.base.i18n import speaking
from core.base.status import Verdict
from pages.pipelines import rules
from pages.pipelines.availability import availabilities
from pages.pipelines.board import Board, Known, board
from pages.pipelines.facts import PIPELINE_RUNS, complete
from pages.pipelines.figures import data_sets, families, incidents, pipelines, timeline
from pages.pipelines.known import runs_of
from pages.pipelines.rules import Rules
from pages.pipelines.tests.landed import run, utc
from pages.pipelines.words import url_of

RULES_TEXT = """
night: {turns_at: "18:00", due_by: "07:00"}
families:
  - {key: petite, name: Petite, criticality: 3, members: [{pipeline: petite_a}, {pipeline: petite_b}]}
  - {key: vitale, name: Vitale, criticality: 1, members: [{pipeline: vitale_a}, {pipeline: vitale_b}]}
  - key: mensuelle
    name: Mensuelle
    members: [{pipeline: mensuelle_a, calendar: {day_of_month: 1}}]
  - key: foule
    name: Foule
    criticality: 4
    members: [{pipeline: f1}, {pipeline: f2}, {pipeline: f3}, {pipeline: f4}, {pipeline: f5}]
data_sets:
  - {name: Un, pipelines: [vitale_a], consumers: [A]}
  - {name: Deux, pipelines: [vitale_b, petite_a], consumers: [A, B], owner: Équipe}
  - {name: Trois, pipelines: [mensuelle_a], confirmed: false}
"""
GOOD = ("vitale_a", "vitale_b", "petite_a", "petite_b", "f1", "f2", "f3", "f4", "f5")


@pytest.fixture
def told(tmp_path: Path) -> Rules:
    file = tmp_path / "rules.yml"
    file.write_text(RULES_TEXT, encoding="utf-8")
    return rules.load(file)


def judged(told: Rules, *failed: str, absent: tuple[str, ...] = (), read: datetime | None = None) -> Board:
    rows = [
        run(name, "01:00", "01:10", "FAILED" if name in failed else "SUCCEEDED", error_message="disque plein")
        for name in GOOD
        if name not in absent
    ]
    runs = complete(pa.Table.from_pylist(rows, pa.schema([f.with_nullable(True) for f in PIPELINE_RUNS.schema])))
    as_of = utc("09:00")
    reads = Known({"journal": read or as_of})
    return board(runs_of(runs), reads, told, told.night_of(date(2026, 11, 20)), as_of)


def test_the_night_is_as_severe_as_its_worst_family_and_leaves_out_what_is_not_expected(told: Rules) -> None:
    assert judged(told).verdict is Verdict.OK
    assert judged(told, "petite_a").verdict is Verdict.WARNING
    assert judged(told, "petite_a", "petite_b").verdict is Verdict.KO


def test_incidents_come_by_criticality_then_verdict_then_how_many_wait(told: Rules) -> None:
    found = judged(told, "petite_a", "vitale_a", "vitale_b").incidents
    assert [incident.pipeline for incident in found] == ["vitale_b", "vitale_a", "petite_a"]
    assert [incident.consumers for incident in found] == [("A", "B"), ("A",), ("A", "B")]


def test_many_absences_of_a_family_are_one_incident(told: Rules) -> None:
    (incident,) = judged(told, absent=("f1", "f2", "f3", "f4", "f5")).incidents
    assert (incident.family.key, incident.pipeline, incident.verdict) == ("foule", None, Verdict.UNKNOWN)
    (incident,) = judged(told, absent=("f1", "f2", "f3", "f4")).incidents
    assert (incident.pipeline, incident.verdict) == (None, Verdict.KO)
    with speaking("en"):
        assert incidents.rows([incident])["why"].tolist() == ["4 of 5 never started: f1, f2, f3…"]


def test_a_source_not_read_in_time_is_one_incident_a_family(told: Rules) -> None:
    found = judged(told, absent=("vitale_a", "petite_b", "f1"), read=utc("05:00"))
    assert [(i.family.key, i.pipeline, i.verdict) for i in found.incidents] == [
        ("vitale", None, Verdict.UNKNOWN),
        ("petite", None, Verdict.UNKNOWN),
        ("foule", None, Verdict.UNKNOWN),
    ]


def test_a_data_set_is_as_late_as_the_pipelines_it_needs(told: Rules) -> None:
    found = {data_set.data_set.name: data_set for data_set in judged(told, "petite_a").data_sets}
    assert {name: data_set.verdict for name, data_set in found.items()} == {
        "Un": Verdict.OK,
        "Deux": Verdict.KO,
        "Trois": Verdict.NOT_DUE,
    }
    assert found["Deux"].held_up_by == ("petite_a",)


def test_a_data_set_that_nobody_agreed_to_says_so(told: Rules) -> None:
    found = judged(told)
    with speaking("fr"):
        frame = data_sets.rows(found.data_sets, availabilities(found, {}))
    assert frame["data_set"].tolist() == ["Trois (à confirmer)", "Un", "Deux"]


def test_a_family_starts_with_its_first_run_and_ends_with_its_last(told: Rules) -> None:
    family = judged(told).families[0]
    assert (family.start, family.end) == (utc("01:00"), utc("01:10"))
    assert families.row(family)["duration_s"] == 600.0


def test_a_pipeline_shows_its_error_and_never_an_unsafe_address(told: Rules) -> None:
    members = [member for member in judged(told, "vitale_a").members if member.member.pipeline == "vitale_a"]
    assert pipelines.rows(members)["error"].tolist() == ["disque plein"]
    failed = members[0].judged.failed
    assert failed is not None
    assert url_of(replace(failed, run_url="https://host/runs/1")) == "https://host/runs/1"
    assert url_of(replace(failed, run_url="javascript:alert(1)")) is None


def test_the_time_line_shows_a_failure_and_the_rerun_that_caught_it_up(told: Rules) -> None:
    rows = [run("vitale_a", "01:00", "01:10", "FAILED"), run("vitale_a", "01:30", "01:45")]
    runs = complete(pa.Table.from_pylist(rows, pa.schema([f.with_nullable(True) for f in PIPELINE_RUNS.schema])))
    as_of = utc("09:00")
    reads = Known({"journal": as_of})
    night = told.night_of(date(2026, 11, 20))
    frame = timeline.rows(board(runs_of(runs), reads, told, night, as_of).members, as_of)
    assert frame["verdict"].tolist() == ["KO", "WARNING"]
    assert frame["mark"].tolist() == ["✖", "▲"]
    assert (frame["end"] - frame["start"]).tolist() == [timedelta(minutes=10), timedelta(minutes=15)]
