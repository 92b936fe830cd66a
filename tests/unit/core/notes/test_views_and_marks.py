"""Named views and marked events: whose they are, what is refused, what the audit keeps."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.base.errors import Conflict, InputInvalid, NotAllowed
from core.notes import marks, views
from core.people import accounts
from core.people.person import EVERYTHING, Role, Scope
from core.store.engine import Store
from core.store.schema import audit, people

DAY = date(2026, 3, 1)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sa.Connection]:
    """One transaction on a store with two people, 1 and 2."""
    made = Store(f"sqlite:///{tmp_path / 'vigie.db'}")
    made.upgrade()
    with made.write() as connection:
        for name in ("ana", "bob"):
            accounts.add(
                connection, who="test", name=name, role=Role.SQUAD, password="long enough a password", chosen=True
            )
        yield connection


def names(connection: sa.Connection, person: int) -> list[str]:
    return [view.name for view in views.seen_by(connection, "m", person)]


def told(connection: sa.Connection, entity: str) -> list[tuple[str, str]]:
    rows = connection.execute(sa.select(audit.c.who, audit.c.action).where(audit.c.entity == entity))
    return [(row.who, row.action) for row in rows]


def test_a_view_is_its_owners_until_it_is_shared(connection: sa.Connection) -> None:
    views.save(connection, "m", 1, "Mine", {"scope": "pm"}, shared=False, who="ana")
    views.save(connection, "m", 1, "Ours", {"scope": "pm", "line": "Siège, Sinistre"}, shared=True, who="ana")
    assert names(connection, 1) == ["Mine", "Ours"]
    assert names(connection, 2) == ["Ours"]
    assert views.seen_by(connection, "other", 1) == []
    assert views.seen_by(connection, "m", 2)[0].params == {"scope": "pm", "line": "Siège, Sinistre"}


def test_a_view_of_a_name_that_one_has_takes_its_place(connection: sa.Connection) -> None:
    for scope in ("a", "b"):
        views.save(connection, "m", 1, " My  view ", {"scope": scope}, shared=False, who="ana")
    views.save(connection, "m", 2, "My view", {"scope": "c"}, shared=False, who="bob")
    assert [(one.name, one.query, one.version) for one in views.seen_by(connection, "m", 1)] == [
        ("My view", "scope=b", 2)
    ]
    assert told(connection, "view") == [("ana", "add"), ("ana", "change"), ("bob", "add")]


def test_nobody_removes_somebody_elses_view(connection: sa.Connection) -> None:
    views.save(connection, "m", 1, "Ours", {}, shared=True, who="ana")
    (view,) = views.seen_by(connection, "m", 2)
    with pytest.raises(NotAllowed):
        views.remove(connection, view.id, 2, who="bob")
    views.remove(connection, view.id, 1, who="ana")
    views.remove(connection, view.id, 1, who="ana")
    assert names(connection, 1) == []


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_view_has_a_name(connection: sa.Connection, name: str) -> None:
    with pytest.raises(InputInvalid):
        views.save(connection, "m", 1, name, {}, shared=False, who="ana")


def test_what_a_person_has_kept_of_views_is_bounded(connection: sa.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shared one is read by everybody who opens the list."""
    with pytest.raises(InputInvalid):
        views.save(connection, "m", 1, "Long", {"scope": "x" * views.LONGEST_QUERY}, shared=True, who="ana")
    monkeypatch.setattr(views, "MOST", 1)
    views.save(connection, "m", 1, "First", {}, shared=True, who="ana")
    views.save(connection, "m", 1, "First", {"scope": "a"}, shared=True, who="ana")
    with pytest.raises(InputInvalid):
        views.save(connection, "m", 1, "Second", {}, shared=True, who="ana")
    views.save(connection, "other", 1, "Second", {}, shared=True, who="ana")
    views.save(connection, "m", 2, "Second", {}, shared=False, who="bob")
    assert (names(connection, 1), names(connection, 2)) == (["First"], ["First", "Second"])


def test_an_event_is_added_changed_removed_and_all_of_it_is_kept(connection: sa.Connection) -> None:
    marks.add(connection, "m", DAY, " Router  2.1 ", "a note", who="ana")
    (mark,) = marks.of_mission(connection, "m", EVERYTHING)
    assert (mark.day, mark.title, mark.note, mark.author) == (DAY, "Router 2.1", "a note", "ana")
    marks.change(connection, mark, DAY, "Router 2.2", "", who="bob")
    (changed,) = marks.of_mission(connection, "m", EVERYTHING)
    assert (changed.title, changed.version) == ("Router 2.2", 2)
    marks.remove(connection, changed, who="bob")
    assert marks.of_mission(connection, "m", EVERYTHING) == ()
    assert told(connection, "mark") == [("ana", "add"), ("bob", "change"), ("bob", "remove")]


def test_events_are_read_once_until_one_changes(tmp_path: Path) -> None:
    made = Store(f"sqlite:///{tmp_path / 'vigie.db'}")
    made.upgrade()

    def read() -> tuple[marks.Mark, ...]:
        with made.read() as connection:
            return marks.of_mission(connection, "m", EVERYTHING)

    assert read() is read()
    with made.write() as connection:
        marks.add(connection, "m", DAY, "Incident", "", who="ana")
    assert [mark.title for mark in read()] == ["Incident"]
    assert read() is read()


def test_two_who_change_one_event_are_told(connection: sa.Connection) -> None:
    marks.add(connection, "m", DAY, "Incident", "", who="ana")
    (mark,) = marks.of_mission(connection, "m", EVERYTHING)
    marks.change(connection, mark, DAY, "Incident A", "", who="ana")
    with pytest.raises(Conflict):
        marks.change(connection, mark, DAY, "Incident B", "", who="bob")
    with pytest.raises(Conflict):
        marks.remove(connection, mark, who="bob")


def test_an_event_says_what_happened(connection: sa.Connection) -> None:
    with pytest.raises(InputInvalid):
        marks.add(connection, "m", DAY, " ", "", who="ana")


@pytest.mark.parametrize(
    ("squads", "shown"), [(None, ["All", "Nord", "Sud"]), ({"Sud"}, ["All", "Sud"]), (set(), ["All"])]
)
def test_an_event_of_a_squad_is_shown_to_it_and_to_those_who_see_every_squad(
    connection: sa.Connection, squads: set[str] | None, shown: list[str]
) -> None:
    for squad in (None, "Nord", "Sud"):
        marks.add(connection, "m", DAY, squad or "All", "", who="ana", squad=squad)
    scope = Scope(None if squads is None else frozenset(squads))
    assert [mark.title for mark in marks.of_mission(connection, "m", scope)] == shown


PEOPLE = {"nord": ["Nord"], "sud": ["Sud"], "both": ["Nord", "Sud"]}


def test_what_a_squads_people_share_reaches_those_who_see_all_of_their_rows(connection: sa.Connection) -> None:
    for name, squads in PEOPLE.items():
        accounts.add(connection, who="test", name=name, role=Role.SQUAD, squads=squads)
    accounts.add(connection, who="test", name="lead", role=Role.LEAD)
    accounts.add(connection, who="test", name="duty", role=Role.DUTY)
    ids = {name: accounts.existing(connection, name).person.id for name in (*PEOPLE, "lead", "duty")}
    for name, number in ids.items():
        views.save(connection, "m", number, f"of {name}", {}, shared=True, who=name)
    assert {name: set(names(connection, number)) for name, number in ids.items()} == {
        "nord": {"of nord", "of lead", "of duty"},
        "sud": {"of sud", "of lead", "of duty"},
        "both": {"of both", "of nord", "of sud", "of lead", "of duty"},
        "lead": {f"of {name}" for name in ids},
        "duty": {f"of {name}" for name in ids},
    }
    wider = {view.name for view in views.seen_by(connection, "m", ids["nord"]) if view.wider}
    assert wider == {"of lead", "of duty"}


def test_whoever_leaves_a_squad_loses_its_views(connection: sa.Connection) -> None:
    for name, squads in PEOPLE.items():
        accounts.add(connection, who="test", name=name, role=Role.SQUAD, squads=squads)
    nord, both = (accounts.existing(connection, name) for name in ("nord", "both"))
    views.save(connection, "m", nord.person.id, "Retards du Nord", {}, shared=True, who="nord")
    (view,) = views.seen_by(connection, "m", both.person.id)
    assert views.find(connection, view.id, both.person.id) == view
    connection.execute(sa.update(people).where(people.c.id == both.person.id).values(squads=["Sud"]))
    assert views.find(connection, view.id, both.person.id) is None
