"""A squad's people find nothing of another squad in all that leaves the server for them: every frame of every screen,
every file, every mail, whatever they click, type, or ask for by an address.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from core.base import clock
from core.base.calendar import working_days
from core.mission.discovery import missions, warehouse
from core.notes import subscriptions, views
from core.notes.subscriptions import Every, Wanted
from core.people import accounts
from core.people.person import EVERYTHING, Person, Role
from core.run import notify
from core.show.filters import Choice, Choices, Filter, OneOf, Picked, Text
from core.store.engine import store
from core.tell import subscribed
from core.tell.outbox import tell_due
from tests import two_squads
from tests.client import Browser
from tests.conftest import forget, housed
from tests.mailbox import Inbox, mail_server
from tests.servers import serving
from tests.two_squads import OURS, PASSWORD, THEIRS
from tests.walking import Kept, walk

TYPED = (f"{THEIRS}-key-0", f"{THEIRS}-pipeline-0")
"""What somebody might have heard of, and looks for."""


@pytest.fixture(scope="module")
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture(scope="module")
def addresses() -> list[tuple[str, str]]:
    """Paths that ask for what only others are offered, each with the value that it names."""
    return []


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, inbox: Inbox, addresses: list[tuple[str, str]]) -> Iterator[str]:
    """A server with rows, views, events and records of two squads; some views are mailed to one of one squad."""
    now, folder = clock.now(), tmp_path_factory.mktemp("two")
    with housed(folder), mail_server(inbox) as mailing, pytest.MonkeyPatch.context() as patch:
        for name, value in {**mailing, "VIGIE_BASE_URL": "http://localhost"}.items():
            patch.setenv(name, value)
        patch.setattr(subscribed.images, "png", lambda *_given, **_more: b"")  # no word of a picture could be found
        forget()
        store().upgrade()
        two_squads.declare(folder)
        two_squads.land(now)
        with store().write() as connection:
            two_squads.keep(connection, now)
            lead = accounts.existing(connection, "lead").person
            _have_mailed(connection, accounts.existing(connection, OURS.lower()).person, *missions())
            _have_mailed(connection, lead, "jira")
            moving = {"name": "moved", "display_name": "Moved", "role": Role.SQUAD, "email": "moved@example.fr"}
            accounts.add(connection, who="test", password=PASSWORD, chosen=True, squads={OURS, THEIRS}, **moving)
            _have_mailed(connection, accounts.existing(connection, "moved").person, *missions())
        two_squads.read(_next_month(now))
        with clock.at(_next_month(now)):
            tell_due(store(), notify.makers())
            with store().write() as connection:
                version = accounts.existing(connection, "moved").version
                accounts.change(connection, who="test", name="moved", version=version, squads={OURS})
            assert notify.main([]) == 0
        addresses += _addresses(lead, now)
    with serving(folder) as server:
        yield server.url


def _next_month(now: datetime) -> datetime:
    """A day by which the mails of the next month are due, and the figures of this one published."""
    day = working_days((now.replace(day=1) + timedelta(days=32)).date())[7]
    return datetime.combine(day, time(12), UTC)


def _have_mailed(connection: sa.Connection, person: Person, *keys: str) -> None:
    """Every view of some missions that a person sees is mailed to them."""
    for key in keys:
        for view in views.seen_by(connection, key, person.id) if missions()[key].figures else ():
            wanted = Wanted(view.mission, view.name, Every.MONTH, view_id=view.id)
            subscriptions.subscribe(connection, person, wanted)


def _addresses(lead: Person, now: datetime) -> Iterator[tuple[str, str]]:
    for mission in missions().values():
        if mission.opening and Role.SQUAD in mission.see:
            opened = mission.opening(warehouse().reader(EVERYTHING), lead, now)
            assert opened is not None
            for name, one in opened.filters.items():
                for value in _theirs(one):
                    yield f"/{mission.key}?{urlencode({name: value})}", value


def _theirs(one: Filter[object]) -> Iterator[str]:
    """What an address says to ask a filter for the other squad's."""
    match one:
        case Choice() | Choices() | OneOf():
            yield from [code for code in one.options if THEIRS in code][:1]
        case Picked():
            yield from (urlencode({name: f"{THEIRS}-{name}-0"}) for name, kind in one.columns.items() if kind is str)
        case Text():
            yield from TYPED


LEAST = {"extracts": 5}
"""Acts that a screen offers at least, where it is a small one; else the walk went astray."""


def signed_in(url: str, name: str) -> Browser:
    browser = Browser(url)
    browser.sign_in(name, PASSWORD).close()
    return browser


def paths() -> list[str]:
    return ["/", *(f"/{key}" for key in missions())]


def test_nothing_of_another_squad_leaves_the_server(url: str) -> None:
    for other in ("lead", THEIRS.lower()):  # what is kept of their screens goes to nobody else
        others = signed_in(url, other)
        for path in paths():
            others.open(path).close()
    kept, browser = Kept(), signed_in(url, OURS.lower())
    done = {path: walk(browser, path, kept, TYPED) for path in paths()}
    assert kept.where(THEIRS, but=TYPED) == []
    everywhere = set.intersection(*done.values())  # the menu's
    walked = {path.strip("/") or "home": len(acts - everywhere) for path, acts in done.items()}
    open_to_squads = {key: n for key, n in walked.items() if Role.SQUAD in missions()[key].see}
    assert {key: n for key, n in walked.items() if n and key not in open_to_squads} == {}
    assert {key: n for key, n in open_to_squads.items() if missions()[key].opening and n < LEAST.get(key, 15)} == {}


def test_no_address_asks_for_another_squads_rows(url: str, addresses: list[tuple[str, str]]) -> None:
    browser = signed_in(url, OURS.lower())
    assert len(addresses) >= 20
    for path, value in addresses:
        kept, tab = Kept(), browser.open(path)
        for message in tab.messages:
            kept.add(path, message.SerializeToString())
        tab.close()
        assert kept.where(THEIRS, but=re.findall(rf"{THEIRS}[\w-]*", value)) == []


def mailed_to(inbox: Inbox, person: str) -> Kept:
    kept = Kept()
    for mail in inbox.mails:
        if mail["To"] == person:
            kept.add(f"head of {mail['Subject']}", str(mail.items()).encode())
            for part in mail.walk():
                content = part.get_content() if not part.is_multipart() else ""
                data = content if isinstance(content, bytes) else str(content).encode()
                kept.add_file(f"{part.get_content_type()} of {mail['Subject']}", data)
    return kept


@pytest.mark.usefixtures("url")
def test_nothing_of_another_squad_is_mailed(inbox: Inbox) -> None:
    ours, leads = mailed_to(inbox, f"{OURS.lower()}@example.fr"), mailed_to(inbox, "lead@example.fr")
    assert ours.where(THEIRS) == []
    assert any("sheet1.xml" in where for where in ours.where(OURS))
    assert any("sheet1.xml" in where for where in leads.where(THEIRS)), "what is looked for would be found"


@pytest.mark.usefixtures("url")
def test_nothing_of_a_squad_that_was_taken_from_a_person_is_mailed(inbox: Inbox) -> None:
    """Neither what they have sent to them, nor what was waiting when it was taken."""
    moved = mailed_to(inbox, "moved@example.fr")
    assert moved.where(THEIRS) == []
    assert any("sheet1.xml" in where for where in moved.where(OURS))


def test_what_is_looked_for_is_found_in_every_kind_of_thing_where_it_may_be(url: str) -> None:
    kept = Kept()
    walk(signed_in(url, "lead"), "/jira", kept, deepest=1)
    found = " ".join(kept.where(THEIRS))
    assert all(kind in found for kind in ("tab Types", ".csv", ".xlsx", "as text", "jira.views")), found
