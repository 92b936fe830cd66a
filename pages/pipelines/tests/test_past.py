"""Nights that are over are judged once, and again where what they were judged by changed."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.mission.discovery import warehouse
from core.people.person import EVERYTHING, Scope
from pages.pipelines import judged, past
from pages.pipelines.board import Board
from pages.pipelines.facts import WHOLE
from pages.pipelines.night import board_of
from pages.pipelines.rules import Rules
from pages.pipelines.tests.landed import land_reads, land_runs, run, utc

NOW = utc("08:30")
"""The nights of the 17th, 18th and 19th of November 2026 are over; that of the 20th goes on."""
NIGHT = {"turns_at": "18:00", "due_by": "07:00"}
A = {"key": "a", "name": "A", "members": [{"pipeline": "p"}]}
B = {"key": "b", "name": "B", "squad": "Nord", "members": [{"pipeline": "q"}, {"pipeline": "r"}]}


def ruled(*families: dict[str, Any]) -> Rules:
    return Rules.model_validate({"night": NIGHT, "families": families})


RULES = ruled(A, B)


@pytest.fixture(autouse=True)
def _told(data: Path) -> None:
    """Family A fails on the 18th and is caught up, on the 19th nothing comes; B begins on the 18th."""
    land_runs(
        run("p", "2026-11-17 01:00", "2026-11-17 01:10"),
        run("p", "2026-11-18 01:00", "2026-11-18 01:10", "FAILED", error_code="E1", error_message="no space on /a"),
        run("p", "2026-11-18 02:00", "2026-11-18 02:10"),
        run("q", "2026-11-18 01:00", "2026-11-18 01:10"),
        run("r", "2026-11-18 01:00", "2026-11-18 01:10", squad="Nord"),
        run("q", "2026-11-19 01:00", "2026-11-19 01:10", "FAILED", error_code="E1", error_message="no space on /b"),
        run("r", "2026-11-19 01:00", "2026-11-19 01:10", squad="Nord"),
    )
    land_reads("08:00")


def kept(*names: str, scope: Scope = EVERYTHING) -> list[tuple[Any, ...]]:
    """Rows of what was judged, by night, family and pipeline."""
    asked = judged.params(date(2026, 11, 20), ())
    every = judged.query("every", sa.select(*judged.J).where(judged.LOOKED_AT))
    rows = warehouse().reader(scope).run(every, **asked).table.to_pylist()
    rows.sort(key=lambda row: (row["at"], row["family"], row["pipeline"]))
    return [(row["at"].day, row["family"], row["pipeline"], *(row[name] for name in names)) for row in rows]


def boards() -> dict[tuple[int, str, str], str]:
    reader = warehouse().reader(EVERYTHING)

    def board(day: int) -> Board:
        night = RULES.night_of(date(2026, 11, day))
        return board_of(reader, RULES, night, night.end, replay=False)

    found = {}
    for day in (17, 18, 19):
        for family in board(day).families:
            found[day, family.family.key, WHOLE] = family.verdict.value
            found |= {(day, family.family.key, one.member.pipeline): one.judged.verdict.value for one in family.members}
    return found


def test_each_family_and_pipeline_is_judged_as_the_board_does_from_its_first_run_on() -> None:
    assert past.judge(RULES, NOW) == 3
    assert kept("verdict", "failed", "runs", "reruns", "kind") == [
        (17, "a", "*", "OK", False, 1, 0, None),
        (17, "a", "p", "OK", False, 1, 0, None),
        (18, "a", "*", "WARNING", False, 2, 1, None),
        (18, "a", "p", "WARNING", True, 2, 1, None),
        (18, "b", "*", "OK", False, 2, 0, None),
        (18, "b", "q", "OK", False, 1, 0, None),
        (18, "b", "r", "OK", False, 1, 0, None),
        (19, "a", "*", "KO", True, 0, 0, None),
        (19, "a", "p", "KO", True, 0, 0, "absent"),
        (19, "b", "*", "WARNING", False, 2, 0, None),
        (19, "b", "q", "KO", True, 1, 0, "E1 · no space on <path>"),
        (19, "b", "r", "OK", False, 1, 0, None),
    ]
    known = {tuple(row[:3]): row[3] for row in kept("verdict")}
    assert {key: boards()[key] for key in known} == known


def test_a_night_is_judged_again_when_its_runs_change_and_the_one_after_it_with_it() -> None:
    past.judge(RULES, NOW)
    assert past.judge(RULES, NOW) == 0
    land_runs(run("p", "2026-11-18 03:00", "2026-11-18 03:10"))
    assert past.judge(RULES, NOW) == 2
    assert (18, "a", "p", 3) in kept("runs")


def test_a_night_is_judged_again_once_its_source_is_known_to_its_end() -> None:
    land_reads("2026-11-20 16:00")
    later = NOW + timedelta(days=1)
    past.judge(RULES, later)
    assert (20, "a", "p", "KO") in kept("verdict")
    land_runs(run("p", "2026-11-20 16:30", "2026-11-20 16:40"))
    land_reads("2026-11-20 18:00")
    assert past.judge(RULES, later) == 1
    assert (20, "a", "p", "OK") in kept("verdict")


def test_rules_that_change_on_a_day_judge_the_nights_from_it_on_again_and_leave_nothing_behind() -> None:
    past.judge(RULES, NOW)
    assert past.judge(ruled(A, {**B, "until": "2026-11-18"}), NOW) == 2
    assert [row for row in kept() if row[1] == "b"] == [(18, "b", "*"), (18, "b", "q"), (18, "b", "r")]


def test_a_turn_of_the_night_that_changes_on_a_day_leaves_the_nights_before_it_as_they_were_judged() -> None:
    past.judge(RULES, NOW)
    before = kept("verdict")
    turns = [{**NIGHT, "until": "2026-11-18"}, {**NIGHT, "turns_at": "01:30", "since": "2026-11-19"}]
    assert past.judge(Rules.model_validate({"night": turns, "families": [A, B]}), NOW) == 2
    assert [row for row in kept("verdict") if row[0] < 19] == [row for row in before if row[0] < 19]
    assert {row[:4] for row in kept("runs") if row[1:3] == ("b", "q")} == {
        (18, "b", "q", 1), (19, "b", "q", 0), (20, "b", "q", 1),
    }, "the run of 02:00 is of the next night"  # fmt: skip


def test_mails_and_data_sets_change_no_night() -> None:
    past.judge(RULES, NOW)
    more = {"mails": [{"to": "a@exemple.fr"}], "data_sets": [{"name": "D", "pipelines": ["p"]}]}
    assert past.judge(RULES.model_validate({**RULES.model_dump(), **more}), NOW) == 0


def test_a_sync_judges_the_newest_nights_and_the_next_goes_on() -> None:
    assert [past.judge(RULES, NOW, 2), {row[0] for row in kept()}] == [2, {18, 19}]
    assert [past.judge(RULES, NOW, 2), {row[0] for row in kept()}] == [1, {17, 18, 19}]


def test_nights_are_seen_by_whose_runs_they_are_made_of() -> None:
    land_runs(run("p", "2026-11-19 03:00", "2026-11-19 03:10", squad="Sud"))
    past.judge(RULES, NOW)
    assert {row[1] for row in kept(scope=Scope(frozenset({"Nord"})))} == {"b"}
    assert {row[1] for row in kept(scope=Scope(frozenset({"Sud"})))} == {"a"}
    land_runs(run("p", "2026-11-19 04:00", "2026-11-19 04:10", squad="Nord"))
    past.judge(RULES, NOW)
    assert "a" not in {row[1] for row in kept(scope=Scope(frozenset({"Sud"}))) if row[0] == 19}
    assert (19, "a", "*") in kept(scope=Scope(frozenset({"Sud", "Nord"})))
    assert "a" not in {row[1] for row in kept(scope=Scope(frozenset({"Sud", "Est"}))) if row[0] == 19}


@pytest.mark.parametrize("day", ["2026-11-19", "2026-10-20"])
def test_nights_are_seen_by_others_no_more_once_runs_are_said_to_be_a_squads(day: str) -> None:
    """Of the night itself, or of a night long before it."""
    past.judge(RULES, NOW)
    assert (19, "a", "*") in kept(scope=Scope(frozenset({"Sud"})))
    land_runs(run("p", f"{day} 01:00", f"{day} 01:10", squad="Nord"))
    past.judge(RULES, NOW)
    assert "a" not in {row[1] for row in kept(scope=Scope(frozenset({"Sud"}))) if row[0] == 19}


def test_nights_follow_a_run_whose_squad_alone_changed() -> None:
    land_runs(run("p", "2026-11-19 01:00", "2026-11-19 01:10", run_id="1", squad="Sud"))
    land_runs(run("p", "2026-11-18 03:00", "2026-11-18 03:10", run_id="2", squad="Nord"))
    past.judge(RULES, NOW)
    assert {row[1] for row in kept(scope=Scope(frozenset({"Nord"})))} == {"b"}
    land_runs(run("p", "2026-11-19 01:00", "2026-11-19 01:10", run_id="1", squad="Nord"))
    assert past.judge(RULES, NOW) > 0
    assert (19, "a", "*") in kept(scope=Scope(frozenset({"Nord"})))
