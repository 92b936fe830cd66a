"""A pipeline that was renamed keeps its history, and a name that another one bears later is not taken."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from core.base.errors import RulesInvalid
from core.base.i18n import speaking
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING, Person, Role
from core.rules.ruleset import written
from core.show import filters
from core.show.figure import Figure
from core.store.engine import store
from core.store.schema import incidents
from pages.pipelines import judged, look, past
from pages.pipelines.decisions import What, decide
from pages.pipelines.desk import desk_at
from pages.pipelines.figures.durations import DURATIONS_TABLE
from pages.pipelines.figures.kinds import KINDS
from pages.pipelines.look import NightLook
from pages.pipelines.names import Names
from pages.pipelines.rule_words import told
from pages.pipelines.rules import RULES, Rules
from pages.pipelines.tests.landed import land_reads, land_runs, run, utc
from pages.pipelines.tests.test_past import kept

CAMILLE = Person(1, "camille", "Camille", Role.LEAD, frozenset())
NOW = utc("08:30")
OLD_UNTIL = date(2026, 11, 18)
A = {"key": "a", "name": "A", "members": [{"pipeline": "new", "formerly": [{"name": "Old", "until": "2026-11-18"}]}]}
B = {"key": "b", "name": "B", "members": [{"pipeline": "old", "since": "2026-11-19"}]}


def ruled(*families: dict[str, Any]) -> Rules:
    night = {"turns_at": "18:00", "due_by": "07:00"}
    return RULES.meant(written({"night": night, "families": list(families)}), "rules")


def test_a_name_is_the_one_of_now_up_to_its_last_night_and_the_next_ones_after_it() -> None:
    names = Names([("X", date(2026, 3, 1), "a"), ("a", date(2026, 5, 1), "b"), ("x", date(2026, 6, 1), "c")])
    days = [date(2026, 3, 1), date(2026, 3, 2), date(2026, 6, 1), date(2026, 6, 2)]
    assert [names.name("x", day) for day in days] == ["b", "c", "c", "x"]
    assert names.on(date(2026, 5, 1)) == {"x": "c", "a": "b"}
    assert names.on(date(2026, 6, 2)) == {}


@pytest.fixture(autouse=True)
def _renamed(data: Path) -> None:
    """`old` fails on the 18th and is called `new` from the 19th on, when another pipeline is called `old`."""
    store().upgrade()
    land_runs(
        run("old", "2026-11-17 01:00", "2026-11-17 01:10"),
        run("old", "2026-11-18 01:00", "2026-11-18 01:20", "FAILED", error_code="E1"),
        run("new", "2026-11-19 01:00", "2026-11-19 01:30"),
        run("old", "2026-11-19 01:00", "2026-11-19 05:00"),
        run("new", "2026-11-20 01:00", "2026-11-20 01:50"),
        run("old", "2026-11-20 01:00", "2026-11-20 05:00"),
    )
    land_reads("08:00")
    RULES.keep(RULES.text(ruled(A, B)))


def looked(**chosen: str) -> NightLook:
    opening = look.opening(warehouse().reader(EVERYTHING), CAMILLE, NOW)
    assert opening is not None
    return opening.look(filters.read(opening.filters, {"night": "2026-11-20", **chosen}))


def rows(figure: Figure[NightLook], *columns: str) -> list[Any]:
    frame: pd.DataFrame = figure.frame(looked())
    return frame[list(columns)].to_numpy().tolist()


def test_nights_are_judged_under_the_name_of_now() -> None:
    past.judge(RULES.in_force(), NOW)
    assert [row for row in kept("verdict") if row[2] != "*"] == [
        (17, "a", "new", "OK"),
        (18, "a", "new", "KO"),
        (19, "a", "new", "OK"),
        (19, "b", "old", "OK"),
    ]


def test_an_alias_put_in_force_judges_the_nights_of_then_again_and_leaves_nothing_behind() -> None:
    before = ruled(
        {**A, "members": [{"pipeline": "old"}], "until": "2026-11-18"},
        {**A, "members": [{"pipeline": "new"}], "since": "2026-11-19"},
    )
    past.judge(before, NOW)
    assert {row[2] for row in kept()} == {"*", "old", "new"}
    after = ruled({**A, "members": [{"pipeline": "old"}], "until": "2026-11-18"}, {**A, "since": "2026-11-19"})
    assert past.judge(after, NOW) == 2
    assert {row[2] for row in kept()} == {"*", "new"}
    assert past.judge(after, NOW) == 0


def test_durations_and_kinds_follow_the_pipeline_and_leave_the_other_one_alone() -> None:
    assert rows(DURATIONS_TABLE, "pipeline", "runs", "median") == [["new", 3, 1800.0], ["old", 2, 14400.0]]
    assert rows(KINDS, "failures", "pipelines") == [[1, 1]]
    assert KINDS.frame(looked(family="a"))["failures"].tolist() == [1]
    assert KINDS.frame(looked(family="b"))["failures"].tolist() == []


def test_habits_and_streaks_of_a_night_know_the_nights_before_the_new_name() -> None:
    land_runs(run("new", "2026-11-19 01:00", "2026-11-19 01:30", "FAILED"))
    land_runs(run("new", "2026-11-20 01:00", "2026-11-20 01:50", "FAILED"))
    streak = looked().streaks["a", "new"]
    assert (streak.nights, streak.since) == (3, OLD_UNTIL)


def test_a_board_of_then_shows_the_run_as_its_scheduler_wrote_it() -> None:
    [member] = looked(night="2026-11-18").board.members
    assert (member.member.pipeline, [one.pipeline for one in member.judged.counted]) == ("new", ["old"])
    assert looked(night="2026-11-18").board.unassigned == ()


def test_what_was_decided_and_noted_of_then_stands_under_the_name_of_now() -> None:
    at = utc("2026-11-18 08:00")
    with store().write() as connection:
        decide(connection, What.NORMAL, "old", "2026-11-17", "", who="camille", now=at)
        decide(connection, What.NORMAL, "old", "2026-11-20", "", who="camille", now=utc("08:00"))
        told_ = RULES.in_force()
        connection.execute(sa.insert(incidents).values(scope="a/old", kind="E1", opened_at=at))
        desk = desk_at(connection, ["a"], NOW, ["a/new"], told_.called)
        assert [one.scope for one in desk.incidents] == ["a/new"]
        later = desk_at(connection, ["a"], NOW, ["a/old"], told_.called)
        assert [one.scope for one in later.incidents] == ["a/new"], "it is open still"
    assert {name: one.value for name, one in looked().normal.items()} == {"new": "2026-11-17", "old": "2026-11-20"}


def test_a_rule_says_the_names_of_before() -> None:
    with speaking("en"):
        lines = dict(told(ruled(A, B))[1].lines)
    assert lines["new"] == "formerly Old, up to the night of Nov 18, 2026"


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ([{"pipeline": "p", "formerly": [{"name": "P", "until": "2026-01-01"}]}], "“P” is the name of now"),
        (
            [
                {"pipeline": "p", "formerly": [{"name": "x", "until": "2026-01-01"}]},
                {"pipeline": "q", "formerly": [{"name": "X", "until": "2026-01-01"}]},
            ],
            "“X” is another pipeline's name in that night",
        ),
        (
            [{"pipeline": "p", "formerly": [{"name": "q", "until": "2026-01-01"}]}, {"pipeline": "q"}],
            "“q” is in this family too up to that night: it would be judged twice",
        ),
    ],
)
def test_a_former_name_that_cannot_be_is_told_with_its_line(members: list[dict[str, Any]], sentence: str) -> None:
    with speaking("en"), pytest.raises(RulesInvalid) as refused:
        ruled({"key": "a", "name": "A", "members": members})
    assert sentence in refused.value.sentence
    assert "formerly[0].name" in refused.value.sentence


def test_an_earlier_night_is_asked_for_as_long_as_it_is_known() -> None:
    past.judge(RULES.in_force(), NOW)
    asked = looked().ask(judged.STRIP_NIGHTS)
    assert asked[asked["family"] == "a"]["at"].max() - asked["at"].min() == timedelta(days=2)
