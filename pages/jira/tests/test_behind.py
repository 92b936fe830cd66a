"""Every mark of a chart and every cell of a table leads to as many rows as it says. On the demo's story."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.base.i18n import speaking
from core.base.periods import Grain
from core.facts.conditions import NO_VALUE
from core.facts.query import Query, Reader
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.store.engine import store
from pages.jira import choices, demo
from pages.jira.behind import SETS, Behind
from pages.jira.conditions import DUE_STATES, QUERIES
from pages.jira.figures.ages import OPEN_AGES
from pages.jira.figures.by_client import CLIENT_MONTHS
from pages.jira.figures.by_type import TYPE_MONTHS
from pages.jira.figures.cumulative import FLOW_WEEKS, stood
from pages.jira.figures.drift_by_client import TIME_BY_CLIENT
from pages.jira.figures.drift_by_month import TIME_BY_MONTH
from pages.jira.figures.drift_by_type import TIME_BY_TYPE
from pages.jira.figures.due import DUE_MONTHS
from pages.jira.figures.people import LOAD
from pages.jira.figures.people_by_month import LOAD_MONTHS
from pages.jira.figures.unfilled import ALL_UNFILLED
from pages.jira.figures.unfilled_by_client import by_client
from pages.jira.figures.unfilled_by_month import BY_MONTH
from pages.jira.figures.unfilled_by_person import BY_PERSON
from pages.jira.figures.weeks import CREATED_RESOLVED
from pages.jira.rules import HERE, load
from tests.conftest import housed

TOLD = load(HERE / "rules.yml")
UNTIL = datetime(2026, 5, 20, 10, tzinfo=UTC)
START, END = date(2026, 1, 10), date(2026, 5, 20)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    with housed(tmp_path_factory.mktemp("behind")):
        store().upgrade()
        demo.make(7, UNTIL)
        yield warehouse().reader(EVERYTHING)


def ask(reader: Reader, query: Query, **more: Any) -> list[dict[str, Any]]:
    period = Behind("created", START, END).params()
    given = {**choices.standing(reader, TOLD), "now": UNTIL, "start": period["start"], "end": period["end"], **more}
    rows: list[dict[str, Any]] = choices.rows(reader, query, given)
    return rows


def some(reader: Reader, query: Query, **more: Any) -> list[dict[str, Any]]:
    """An answer to walk: without a row, nothing would be compared."""
    found = ask(reader, query, **more)
    assert found
    return found


def rows(reader: Reader, behind: Behind, **filters: str) -> int:
    """How many rows are shown, which is how many are counted."""
    kept = Behind.of(behind.picks)
    assert kept == behind
    shown = len(ask(reader, kept.rows.all, **kept.params(), **filters))
    assert [{"n": shown}] == ask(reader, kept.rows.count, **kept.params(), **filters)
    return shown


def month(first: date) -> tuple[date, date]:
    return max(first, START), min(Grain.MONTH.last(first), END)


def test_a_client_and_a_type_in_a_month(reader: Reader) -> None:
    for query, name in ((CLIENT_MONTHS, "client"), (TYPE_MONTHS, "type")):
        for row in some(reader, query)[::4]:
            value = [row[name] or NO_VALUE]
            assert rows(reader, Behind("created", *month(row["month"])), **{f"{name}s": value}) == row["requests"]


def test_a_drift_counts_the_requests_with_both_times(reader: Reader) -> None:
    for row in some(reader, TIME_BY_TYPE):
        assert rows(reader, Behind("measured"), types=[row["name"] or NO_VALUE]) == row["measured"]
    for row in some(reader, TIME_BY_CLIENT):
        assert rows(reader, Behind("measured"), clients=[row["name"]]) == row["measured"]
    for row in some(reader, TIME_BY_MONTH):
        assert rows(reader, Behind("measured", *month(row["name"]))) == row["measured"]


def test_a_month_of_due_dates(reader: Reader) -> None:
    for row in some(reader, DUE_MONTHS):
        for state in DUE_STATES:
            assert rows(reader, Behind(state, *month(row["month"]))) == row[state]


def test_a_week_of_what_was_created_and_resolved(reader: Reader) -> None:
    for row in some(reader, CREATED_RESOLVED)[-12:]:
        for what in ("created", "resolved"):
            assert rows(reader, Behind(what, row["week"], row["week"] + timedelta(days=6))) == row[what]


def test_a_band_of_ages(reader: Reader) -> None:
    for row in some(reader, OPEN_AGES):
        assert rows(reader, Behind("aged", value=str(row["band"])), statuses=[row["status"]]) == row["requests"]


def test_a_status_at_the_end_of_a_week(reader: Reader) -> None:
    weeks = stood(_frame(reader, FLOW_WEEKS), START, END)
    assert {*weeks["status"]} == {demo.TODO, demo.DOING, demo.CHECKING, demo.DONE}
    assert weeks[weeks["rests"]]["status"].unique().tolist() == [demo.DONE]
    for row in weeks.to_dict("records")[::5]:
        end = row["week"] + timedelta(days=6)
        behind = Behind("stood", START if row["rests"] else None, end, row["status"])
        assert rows(reader, behind) == row["requests"]


def test_a_status_that_requests_were_in(reader: Reader) -> None:
    for row in some(reader, QUERIES["jira_status_times"]):
        assert rows(reader, Behind("stayed", value=row["status"])) == row["requests"]


def test_an_empty_field_of_a_client_a_month_and_a_person(reader: Reader) -> None:
    [whole] = ask(reader, ALL_UNFILLED(TOLD))
    for one in TOLD.mandatory:
        assert rows(reader, Behind("lacking", value=one.key)) == whole[one.key]
    for row in some(reader, by_client(TOLD.mandatory)):
        assert rows(reader, Behind("lacking", value="due"), clients=[row["code"]]) == row["due"]
    for row in some(reader, BY_MONTH(TOLD)):
        assert rows(reader, Behind("lacking", *month(row["name"]), value="estimate")) == row["estimate"]
    for row in some(reader, BY_PERSON(TOLD)):
        assert rows(reader, Behind("lacking", value="due"), assignees=[row["code"] or NO_VALUE]) == row["due"]


def test_the_load_of_a_person(reader: Reader) -> None:
    for row in some(reader, LOAD, **TOLD.params()):
        who = [row["code"] or NO_VALUE]
        found = [rows(reader, Behind(kind), assignees=who) for kind in ("resolved", "in_progress", "open")]
        assert found == [row["handled"], row["in_progress"], row["open"]]


def test_what_a_person_handled_in_a_month(reader: Reader) -> None:
    for row in some(reader, LOAD_MONTHS)[::3]:
        who = [row["code"] or NO_VALUE]
        assert rows(reader, Behind("resolved", *month(row["month"])), assignees=who) == row["handled"]


def test_a_point_is_one_request(reader: Reader) -> None:
    assert rows(reader, Behind("key", value="DEX-100")) == 1


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"kind": "nonsense"},
        {"kind": "late", "first": "yesterday"},
        {"kind": "created", "first": "2026-02-30"},
        {"kind": "aged", "value": "9"},
        {"kind": "aged"},
        {"kind": "lacking", "value": "password"},
    ],
)
def test_what_an_address_says_wrongly_is_no_set(said: dict[str, str]) -> None:
    assert Behind.of({**said}) is None


def test_every_set_says_what_it_is() -> None:
    with speaking("en"):
        assert (
            Behind("late", date(2026, 3, 1), date(2026, 3, 31)).words() == "resolved late · Mar 1, 2026 – Mar 31, 2026"
        )
        assert Behind("aged", value="1").words() == "open, by age · 7–29 days"
        assert Behind("lacking", value="due").words() == "not filled · Due date"
        assert all(Behind(kind, value="0" if kind == "aged" else "due").words() for kind in SETS)


def _frame(reader: Reader, query: Query) -> Any:
    period = Behind("created", START, END).params()
    given = {**choices.standing(reader, TOLD), **period}
    return reader.run(query, **{name: given[name] for name in query.params}).frame()
