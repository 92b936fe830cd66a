"""Nobody but the lead is told who works on what: not by any question, not in what people typed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from core.facts.lake import lake
from core.facts.query import Query, Reader
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING, Scope
from core.show.figure import walk
from core.store.engine import store
from pages.jira import behind, choices, demo
from pages.jira.acts.remind import open_named
from pages.jira.conditions import QUERIES
from pages.jira.facts import CHANGES, ISSUES
from pages.jira.figures import screen
from pages.jira.figures.history import ONE_CHANGES
from pages.jira.figures.issue import ONE
from pages.jira.names import Discretion
from pages.jira.rules import HERE, load
from pages.jira.sources import rest
from pages.jira.tests.jira import change, issue
from tests.conftest import housed

TOLD = load(HERE / "rules.yml")
UNTIL = datetime(2026, 5, 20, 10, tzinfo=UTC)
FIGURES = walk(screen())
for _figure in FIGURES:
    if callable(_figure.query):
        _figure.query(SimpleNamespace(rules=TOLD))  # a question that hangs on the rules
open_named(TOLD.mandatory)
ALL: list[Query] = list(QUERIES.values())
"""Every question of the mission: its figures were loaded above, its reminders as well."""
TYPED = "Pour ALIX Moreau, voir moreau alix ou alix.moreau@demo.example ; Alix est une fleur"


@pytest.fixture(scope="module", autouse=True)
def _landed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The demo, in whose first request somebody typed names."""
    with housed(tmp_path_factory.mktemp("names")):
        _land()
        yield


@pytest.fixture
def reader() -> Reader:
    return warehouse().reader(EVERYTHING)


@pytest.fixture
def others() -> Reader:
    """Who sees every row, and no names."""
    return warehouse().reader(Scope(None))


def _land() -> None:
    store().upgrade()
    demo.make(7, UNTIL)
    rows = lake().scan("issues").read_all().drop_columns("month").to_pylist()
    first = next(row for row in rows if row["key"] == "DEX-1")
    lake().land(ISSUES, pa.Table.from_pylist([first | {"summary": TYPED}], schema=ISSUES.schema))


def answer(reader: Reader, query: Query) -> pa.Table:
    more: dict[str, Any] = {
        "now": UNTIL,
        "at": UNTIL,
        "start": datetime(2020, 1, 1, tzinfo=UTC),
        "end": UNTIL,
        "key": "DEX-1",
        "address": "",
        "status": demo.DOING,
        "field": "due",
        "other_field": "",
        "band": 0,
    }
    given = {**choices.standing(reader, TOLD), **more}
    return reader.run(query, **{name: given[name] for name in query.params}).table


def named(table: pa.Table) -> list[str]:
    """Full names, addresses and accounts in an answer."""
    said = "\n".join(str(value) for row in table.to_pylist() for value in row.values()).casefold()
    people = (*demo.PEOPLE, *demo.ASKERS)
    signs = [name.casefold() for name in people] + [" ".join(reversed(name.split())).casefold() for name in people]
    return [sign for sign in (*signs, "@demo.example", "alix.moreau") if sign in said]


@pytest.mark.parametrize("query", ALL, ids=lambda query: query.name)
def test_no_question_names_anybody_to_whoever_may_not_be_told(others: Reader, query: Query) -> None:
    raw = answer(others, query)
    table = Discretion(others, named=False).table(raw)
    assert table.schema.equals(raw.schema)
    assert named(table) == []


def test_the_questions_about_people_name_them_to_the_lead(reader: Reader) -> None:
    asked = (query for query in ALL if query.name in ("jira_people", "jira_open_named", "jira_names", "jira_one"))
    assert all(named(answer(reader, query)) for query in asked)


def test_names_that_people_typed_are_blotted_out_and_other_words_are_not(reader: Reader) -> None:
    rows = answer(reader, behind.SETS["key"].all)
    assert rows["summary"].to_pylist() == [TYPED]
    assert Discretion(reader, named=True).table(rows)["summary"].to_pylist() == [TYPED]
    [said] = Discretion(reader, named=False).table(rows)["summary"].to_pylist()
    assert said == "Pour •••, voir ••• ou ••• ; Alix est une fleur"


def test_a_history_hides_who_was_assigned() -> None:
    row = {
        "source": demo.SOURCE, "issue_id": "1", "change_id": "x", "position": 0, "at": UNTIL, "author": "Alix Moreau",
        "field": "assignee", "before": "Inconnu Total", "after": "Alix Moreau", "squad": None,
    }  # fmt: skip
    lake().land(CHANGES, pa.Table.from_pylist([row], schema=CHANGES.schema))
    renewed = warehouse().reader(EVERYTHING)
    others = warehouse().reader(Scope(None))
    [change] = [row for row in answer(others, ONE_CHANGES).to_pylist() if row["field"] == "assignee"]
    assert (change["before"], change["after"]) == (None, None)
    [known] = [row for row in answer(renewed, ONE_CHANGES).to_pylist() if row["field"] == "assignee"]
    assert (known["before"], known["after"], known["author"]) == ("Inconnu Total", "Alix Moreau", "Alix Moreau")


def test_every_question_of_a_figure_is_among_those_that_are_held_to_it() -> None:
    assert {query.name for figure in FIGURES for query in figure.queries} <= {query.name for query in ALL}


def typed(*changes: tuple[str, str, str], by: str = "Zoé Quint", **said: str) -> tuple[Reader, list[dict[str, Any]]]:
    """Land what somebody typed in a request of Ann Bell's, changed by Zoé Quint; read by who is not told names."""
    raw = issue(900, assignee={"key": "annb", "name": "annb", "displayName": "Ann Bell"}, **said)
    moves = [
        change(n, UNTIL, before, after, field)
        for n, (field, before, after) in enumerate(changes or [("Rank", "", "x")])
    ]
    raw["changelog"]["histories"] = [{**move, "author": {"displayName": by}} for move in moves]
    rows = rest.Reader("essai", None, request_type="issuetype", client="components").read([raw], "test")
    for table, found in rows.tables():
        lake().land(table, found)
    reader = warehouse().reader(Scope(None))
    given = {**choices.standing(reader, TOLD), "key": "DATA-900", "address": ""}
    shown = Discretion(reader, named=False).result(reader.run(ONE, **{name: given[name] for name in ONE.params}))
    return reader, shown.table.to_pylist()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"summary": "Extraction for Zoe Quint"}, {"summary": "Extraction for •••"}),
        ({"summary": "annb [~annb] ann.bell@exemple.fr"}, {"summary": "••• ••• •••"}),
        ({"labels": ["pour_ann_bell", "ann.bell", "urgent"]}, {"labels": "pour_•••\n•••\nurgent"}),
        ({"components": [{"name": "Ann Bell"}, {"name": "Sinistres"}]}, {"components": "•••\nSinistres"}),
    ],
)
def test_names_that_jira_knows_in_any_way_are_blotted(said: dict[str, Any], shown: dict[str, str]) -> None:
    _reader, [row] = typed(**said)
    assert {name: row[name] for name in shown} == shown


def test_a_label_or_a_component_that_names_somebody_is_offered_to_nobody_else() -> None:
    reader, _rows = typed(labels=["pour_ann_bell", "urgent"], components=[{"name": "Ann Bell"}])
    given = choices.standing(reader, TOLD)
    offered, clients = choices.offered(reader, given, Discretion(reader, named=False))
    assert "urgent" in offered["label"]
    assert not [one for kind in offered.values() for one in (*kind, *kind.values()) if "bell" in one.casefold()]
    assert clients["DATA/•••"] == "•••"
    offered, _clients = choices.offered(reader, given, Discretion(reader, named=True))
    assert offered["client"]["DATA/Ann Bell"] == "Ann Bell"


def test_of_a_field_that_may_hold_people_a_history_says_only_that_it_changed() -> None:
    reader, _rows = typed(("Approbateur métier", "", "Karim Haddad"), ("Story Points", "3", "5"), ("status", "A", "B"))
    changes = reader.run(ONE_CHANGES, key="DATA-900", address="", several=True, site="").table.to_pylist()
    assert [(row["field"], row["before"], row["after"]) for row in changes] == [
        ("Approbateur métier", None, None), ("Story Points", "3", "5"), ("status", "A", "B"),
    ]  # fmt: skip
