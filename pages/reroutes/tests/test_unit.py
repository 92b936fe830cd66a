"""One unit, the task: what counts tasks counts the distinct ones of exactly the rows that pass the filters, and a rate
or an evaluation follows the tasks routed in the period, whenever they were rerouted."""

from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from core.base.calendar import start_of
from core.base.periods import Grain
from core.facts.lake import lake
from core.notes import marks
from core.run import registry
from core.store.engine import store
from pages.reroutes import frames, watch
from pages.reroutes.facts import HANDOVERS, TASKS
from pages.reroutes.figures import examples as router_examples
from pages.reroutes.figures import path
from pages.reroutes.figures.confusion import CONFUSION
from pages.reroutes.figures.evaluation import DOUBTS, EVALUATION
from pages.reroutes.figures.returns import RETURNS
from pages.reroutes.figures.totals import MOVES, TOTALS
from pages.reroutes.look import RerouteLook
from pages.reroutes.tests.reading import LOG, days, declare, log, look, read, values, write

pytestmark = pytest.mark.usefixtures("data")
MARCH = days("2026-03-01", "2026-03-31")


def path_of(task: str, *entities: str, first: str = "2026-03-02 09:00", hours: int = 24) -> str:
    """The log of a task that goes from entity to entity."""
    begins = datetime.fromisoformat(first)
    return "".join(
        f"{task};{begins + timedelta(hours=hours * number):%Y-%m-%d %H:%M};{number};{entity}\n"
        for number, entity in enumerate(entities)
    )


def told(found: RerouteLook) -> tuple[int, int, int, int]:
    """Reroutes, tasks, twice or more, straight back."""
    return (found.count, *(found.counted[name] for name in ("tasks", "again", "pingpong")))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "chosen", "expected"),
    [
        (path_of("T1", "A", "B", "C"), {"origin": ["B"]}, (1, 1, 0, 0)),
        (path_of("T1", "A", "B", "C"), {"target": ["C"]}, (1, 1, 0, 0)),
        (path_of("T1", "A", "B", "C"), {}, (2, 1, 1, 0)),
        (path_of("T4", "ZZ", "PM10", "YY") + path_of("T5", "ZZ", "YY", "XX", "PM10"), {"scope": "pm"}, (3, 2, 1, 0)),
        (path_of("T1", "A", "B", "A") + path_of("T3", "A", "B", "C"), {"through": ["B"]}, (4, 2, 2, 1)),
        (path_of("T1", "A", "B", "A") + path_of("T3", "A", "C"), {"through": ["B", "C"]}, (3, 2, 1, 1)),
        (path_of("T1", "A", "B", "A", first="2026-02-27 09:00", hours=72), {}, (2, 1, 1, 1)),
        (path_of("T1", "A", "B", "A", first="2026-02-25 09:00", hours=72), {}, (1, 1, 0, 1)),
        (path_of("T3", "A", "B", "C", "A"), {}, (3, 1, 1, 0)),
    ],
)
def test_tasks_are_the_distinct_ones_of_the_rows_shown(
    text: str, chosen: dict[str, Any], expected: tuple[int, ...]
) -> None:
    log(text)
    assert told(look(days=MARCH, **chosen)) == expected


def test_a_bar_of_tasks_by_their_moves_is_what_its_click_shows() -> None:
    log(path_of("T1", "A", "B", "C", first="2026-02-10 09:00", hours=24 * 20) + path_of("T2", "A", "B"))
    shown = TOTALS.frame(look(days=MARCH))
    assert values(shown, ["total", "tasks"]) == [(1, 1), (2, 1)]
    for total, tasks in values(shown, ["total", "tasks"]):
        assert look(days=MARCH, only={"total": total}).counted["tasks"] == tasks


def test_a_return_after_more_moves_is_told_apart_from_one_straight_back() -> None:
    log(path_of("T1", "A", "B", "A") + path_of("T3", "A", "B", "C", "A") + path_of("T4", "A", "B", "C"))
    found = look(days=MARCH)
    assert (found.counted["pingpong"], found.counted["later"]) == (1, 1)
    assert sorted(values(RETURNS.frame(found), ["task", "target", "loop"])) == [("T1", "A", 2), ("T3", "A", 3)]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12))
@examples(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_routed_tasks_by_number_of_moves_begin_at_none_and_add_up(moved: list[int]) -> None:
    before = path_of("Z", "A", "B", first="2026-02-01 09:00")
    log(before + "".join(path_of(f"T{n}", *"ABCD"[: one + 1]) for n, one in enumerate(moved)), whole_log=True)
    found = look(days=MARCH)
    bins = dict(values(MOVES.frame(found), ["total", "tasks"]))
    assert bins == {number: moved.count(number) for number in set(moved)}
    assert found.watched.rates.measured == (len(moved) - moved.count(0), len(moved))


def test_the_path_of_one_task_says_where_it_was_how_long_and_who_moved_it() -> None:
    write(
        "log.csv",
        "tache;date;n;entite;qui\nT4;2026-03-02 09:00;0;ZZ;melusine\nT4;2026-03-02 11:00;1;PM10;agent 1\n"
        "T4;2026-03-03 11:00;2;YY;agent 2\nT5;2026-03-02 09:00;0;ZZ;\nT5;2026-03-02 10:00;1;A;\n",
    )
    declare("log", "task_log", path="log.csv", columns={**LOG, "actor": "qui"})
    read("log")
    shown = path.THE_PATH.frame(look(days=days("2026-04-01", "2026-04-30"), only={"task": "T4"}))
    assert values(shown, ["place", "stayed_s", "left_by"]) == [
        ("ZZ", 7_200.0, "agent 1"),
        ("PM10", 86_400.0, "agent 2"),
        ("YY", None, None),
    ]
    assert shown["came_at"].notna().all()


def rate(found: RerouteLook) -> tuple[int, int]:
    return found.watched.rates.measured


def test_a_task_rerouted_after_the_period_it_was_routed_in_counts_where_it_was_routed() -> None:
    early = "".join(f"T{n};2026-02-27 09:{n:02};0;A\nT{n};2026-03-02 09:{n:02};1;B\n" for n in range(34))
    log(early + "U;2026-03-03 09:00;0;A\nZ;2026-03-30 09:00;0;A\n", whole_log=True)
    assert rate(look(days=days("2026-03-02", "2026-03-08"))) == (0, 1)
    assert rate(look(days=days("2026-02-23", "2026-03-01"))) == (34, 34)


@pytest.mark.parametrize("grain", ["day", "week", "month"])
def test_the_rate_does_not_depend_on_the_periods_it_is_shown_by(grain: str) -> None:
    text = "".join(f"T{n};2026-03-02 09:0{n};0;A\n" for n in range(10))
    log(text + "".join(f"T{n};2026-03-10 10:0{n};1;B\n" for n in range(5)), whole_log=True)
    assert rate(look(days=MARCH, grain=grain)) == (5, 10)


def test_tasks_met_in_mid_life_count_on_neither_side_and_are_said() -> None:
    rows = "".join(f"M{n};2026-03-02 10:{n:02};B;5;3\nM{n};2026-03-03 10:{n:02};C;6;4\n" for n in range(20))
    rows += "".join(f"N{n};2026-03-02 11:0{n};A;0;0\n" for n in range(5)) + "N0;2026-03-03 11:00;B;1;1\n"
    write("log.csv", "task;at;g;n;rc\n" + rows)
    columns = {"task": "task", "moved_at": "at", "entity": "g", "counter": "n", "recorded": "rc"}
    declare("log", "task_log", path="log.csv", columns=columns, whole_log=True)
    read("log")
    found = look(days=MARCH)
    assert (rate(found), found.count) == ((1, 5), 21)
    assert list(router_examples.EXAMPLES.frame(found)["act_row_id"]) == ["N0"]
    assert values(CONFUSION.frame(found), ["origin", "target", "tasks"]) == [("A", "B", 1)]
    assert any(sentence.startswith("20 tâches") for sentence in watch.sentences(found.watched))


def test_an_evaluation_follows_the_tasks_placed_in_the_period() -> None:
    early = "".join(
        f"T{n};2026-02-{20 + n % 9} 09:{n:02};0;A\nT{n};2026-03-{2 + n % 8:02} 09:00;1;B\n" for n in range(12)
    )
    log(early + "M0;2026-03-10 09:00;0;A\n", whole_log=True)
    shown = EVALUATION.frame(look(days=MARCH))
    assert values(shown, ["entity", "placed", "lost", "precision"]) == [("A", 1, 0, 1.0)]
    assert not any("désaccord" in said for said in DOUBTS.say(look(days=MARCH)))


def a_year_of_tens(first: date, last: date) -> str:
    """Ten tasks a day at A, of which two go to B an hour later."""
    rows = []
    day = first
    while day <= last:
        for n in range(10):
            rows.append(
                f"{day:%m%d}-{n};{day} 09:{n:02};0;A\n" + (f"{day:%m%d}-{n};{day} 10:{n:02};1;B\n" if n < 2 else "")
            )
        day += timedelta(days=1)
    return "".join(rows)


def volumes(text: str) -> None:
    write("v.csv", f"entity;month;routed\n{text}")
    declare("volumes", "volumes", path="v.csv", columns={"entity": "entity", "start": "month", "routed": "routed"})
    assert read("volumes").error == ""


def test_a_monthly_volume_is_never_taken_whole_for_some_days() -> None:
    log(a_year_of_tens(date(2025, 3, 1), date(2025, 4, 30)))
    volumes("A;2025-03;310\nA;2025-04;300\n")
    part = look(days=days("2025-03-30", "2025-03-31"))
    assert part.watched.why_not.startswith("Pas de taux")
    assert values(EVALUATION.frame(part), ["entity", "placed", "precision"]) == [("A", None, None), ("B", None, None)]
    april = look(days=days("2025-03-16", "2025-04-30"))
    assert (rate(april), april.watched.grain, april.watched.coarser) == ((60, 300), Grain.MONTH, True)
    assert values(EVALUATION.frame(april), ["entity", "placed", "lost"])[0] == ("A", 300, 60)
    assert any("du 1 avr. 2025" in said for said in DOUBTS.say(april))


def test_a_volume_of_an_entity_is_met_by_the_reroutes_of_that_entity_alone() -> None:
    log(a_year_of_tens(date(2025, 3, 1), date(2025, 3, 31)) + path_of("X", "C", "D", first="2025-03-05 09:00"))
    volumes("A;2025-03;310\n")
    assert rate(look(days=days("2025-03-01", "2025-03-31"), grain="month")) == (62, 310)


def test_more_rerouted_than_routed_is_no_rate() -> None:
    log(a_year_of_tens(date(2025, 3, 1), date(2025, 3, 31)))
    volumes("A;2025-03;31\n")
    found = look(days=days("2025-03-01", "2025-03-31"), grain="month")
    assert found.watched.why_not.startswith("Pas de taux")


def test_the_period_before_is_marked_where_the_data_tell_of_a_part_of_it() -> None:
    five = "".join(path_of(f"T{n}", "A", "B", first=f"2026-03-1{n} 09:00", hours=2) for n in range(5))
    log(path_of("T9", "A", "B", first="2026-02-27 09:00", hours=2) + five)
    assert look(days=MARCH).partly_before
    assert not look(days=days("2026-03-14", "2026-03-14")).partly_before


def test_a_log_of_the_tasks_that_ended_warns_of_its_first_months() -> None:
    ends = date(2026, 3, 1)
    rows = []
    for n in range(120):
        placed = date(2026, 1, 1) + timedelta(days=n)
        over = placed + timedelta(days=40)
        if over >= ends:
            rows.append(f"T{n};{placed} 09:00;0;A\nT{n};{over} 09:00;1;B\n")
    log("".join(rows))
    found = look(days=days("2026-01-01", "2026-05-31"))
    assert found.there.began == date(2026, 1, 20)
    assert found.there.covered is not None
    assert found.there.covered[0] == ends


def test_periods_without_routed_tasks_have_no_rate_and_are_no_period_in_a_row() -> None:
    log(
        path_of("T1", "A", "B", first="2026-03-02 09:00") + path_of("T2", "A", first="2026-03-24 09:00"), whole_log=True
    )
    found = look(days=days("2026-03-02", "2026-03-29"))
    assert list(frames.control(found.watched.rates, found.watched.stretches, Grain.WEEK)["rate"]) == [1.0, 0.0]
    assert found.watched.rates.missing == ()


@given(st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 40), st.integers(0, 60)), max_size=25))
@examples(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_rerouted_tasks_are_never_more_than_the_routed_ones(tasks: list[tuple[str, int, int]]) -> None:
    moment = start_of(date(2026, 3, 1))
    rows = ["Z;2026-02-01 09:00;0;A\nZ;2026-02-01 10:00;1;B\n"]
    for number, (entity, day, later) in enumerate(tasks):
        placed = moment + timedelta(days=day, hours=9)
        rows.append(f"T{number};{placed:%Y-%m-%d %H:%M};0;{entity}\n")
        if later:
            rows.append(f"T{number};{placed + timedelta(days=later):%Y-%m-%d %H:%M};1;C\n")
    log("".join(rows), whole_log=True)
    for grain in ("day", "week", "month"):
        found = look(days=MARCH, grain=grain).watched.rates
        assert all(one.hits <= one.size for one in found.periods)
        march = [(later > 0) for _entity, day, later in tasks if day < 31]
        assert found.measured == (sum(march), len(march))


def test_limits_start_anew_at_a_marked_event_and_at_another_version_of_the_router() -> None:
    begins = date(2026, 1, 5)
    rows = []
    for week in range(20):
        for n in range(40):
            day = begins + timedelta(weeks=week, days=n % 5)
            version = "1" if week < 10 else "2"
            rows.append(f"W{week}-{n};{day} 09:{n:02};0;A;{version}\n")
            if n < (4 + week % 2 if week < 10 else 12 + week % 2):
                rows.append(f"W{week}-{n};{day} 10:{n:02};1;B;{version}\n")
    asked = {"days": (begins, begins + timedelta(weeks=20, days=-1))}
    write("log.csv", "tache;date;n;entite;v\n" + "".join(rows))
    declare("log", "task_log", path="log.csv", columns={**LOG, "router": "v"}, whole_log=True)
    read("log")
    by_version = look(**asked)
    assert [(one.first, one.last) for one in by_version.watched.stretches] == [(0, 9), (10, 19)]
    assert not any(one.rule == "shift" for one in by_version.watched.signals)
    declare("plain", "task_log", path="log.csv", columns=LOG, whole_log=True)
    with store().write() as connection:
        registry.forget(connection, "log", who="test")
        marks.add(connection, "reroutes", begins + timedelta(weeks=15), "new router", "", who="lead")
    for table in (TASKS, HANDOVERS):
        lake().remove(table, source="log")
    read("plain")
    marked = look(**asked)
    assert [(one.first, one.last) for one in marked.watched.stretches] == [(0, 14), (15, 19)]
    assert [(one.rule, one.first) for one in marked.watched.stretches[0].signals] == [("shift", 10)]
    assert any(said.startswith("Hausse durable") for said in watch.sentences(marked.watched))


def test_tasks_that_an_earlier_version_read_have_no_rate_rather_than_none() -> None:
    log("T1;2026-03-02 09:00;0;A\nT1;2026-03-03 09:00;1;B\nT2;2026-03-02 10:00;0;A\n", whole_log=True)
    assert rate(look(days=MARCH)) == (1, 2)
    rows = lake().read(TASKS, TASKS.schema.names)
    for name in ("day", "first_at", "whole"):  # what it did not tell
        place = rows.schema.get_field_index(name)
        rows = rows.set_column(place, name, pa.nulls(len(rows), rows.schema.field(name).type))
    lake().land(TASKS, rows)
    assert look(days=MARCH).watched.why_not.startswith("Pas encore de taux")
