"""Forged messages against the register: what a screen does not offer, the server does not do."""

from collections.abc import Callable

from streamlit.proto.WidgetStates_pb2 import WidgetState

from core.people import accounts, grants
from core.people.person import Role
from core.records import acts, drafts, records
from core.records.records import Record
from pages.register.collection import TREATMENTS
from pages.register.tests.samples import WHOLE
from pages.register.workflow import VALIDATE, Action, State
from tests.client import Browser, Tab
from tests.live.conftest import PASSWORD
from tests.servers import Server

Join = Callable[..., str]
Browse = Callable[[], Browser]


def numbers(server: Server, *names: str) -> list[int]:
    with server.store.read() as connection:
        return [accounts.existing(connection, name).person.id for name in names]


def published(server: Server, author: str, validator: str) -> Record:
    with server.store.write() as connection:
        first, second = (accounts.existing(connection, name).person.id for name in (author, validator))
        grants.give(connection, who="t", name=validator, right=VALIDATE)
        record = acts.add(connection, TREATMENTS, first, WHOLE)
        record = acts.step(connection, TREATMENTS, first, record.id, 1, Action.SUBMIT)
        return acts.step(connection, TREATMENTS, second, record.id, 2, Action.VALIDATE)


def opened(browse: Browse, name: str, record: Record) -> Tab:
    return browse().sign_in(name, PASSWORD, f"/register?record={record.ref}")


def now(server: Server, record: Record) -> Record:
    with server.store.read() as connection:
        return records.get(connection, record.kind, record.id)


def test_a_field_that_may_only_be_read_cannot_be_written(server: Server, browse: Browse, join: Join) -> None:
    officer, lead = join(Role.COMPLIANCE), join(Role.LEAD)
    record = published(server, officer, lead)
    tab = opened(browse, officer, record)
    locked = tab.widget("Reference number", "TextInput")
    assert locked.disabled
    tab.run(WidgetState(id=locked.id, string_value="T-9999"))
    [person] = numbers(server, officer)
    with server.store.read() as connection:
        assert drafts.find(connection, person, [record.id]) == {}
    assert now(server, record).ref == record.ref


def test_another_persons_buttons_do_nothing_for_an_inspector(server: Server, browse: Browse, join: Join) -> None:
    officer, lead, inspector = join(Role.COMPLIANCE), join(Role.LEAD), join(Role.INSPECTOR)
    record = published(server, officer, lead)
    theirs = opened(browse, officer, record)
    call = theirs.widget("Call for review", "Button").id
    name = theirs.widget("Name of the treatment", "TextInput").id
    tab = opened(browse, inspector, record)
    assert "Call for review" not in tab.labels()
    tab.run(WidgetState(id=name, string_value="Forged"), WidgetState(id=call, trigger_value=True))
    after = now(server, record)
    assert (after.state, after.version, after.title) == (State.VALIDATED, 3, record.title)


def test_a_right_that_went_while_the_screen_was_open_is_gone(server: Server, browse: Browse, join: Join) -> None:
    officer, lead = join(Role.COMPLIANCE), join(Role.LEAD)
    record = published(server, officer, lead)
    with server.store.write() as connection:
        [author, validator] = (accounts.existing(connection, name).person.id for name in (officer, lead))
        record = acts.step(connection, TREATMENTS, author, record.id, record.version, Action.CALL)
        record = acts.step(connection, TREATMENTS, author, record.id, record.version, Action.SUBMIT)
    tab = opened(browse, lead, record)
    with server.store.write() as connection:
        grants.take(connection, who="t", name=lead, right=VALIDATE)
    tab.click("Validate")
    assert now(server, record).state == State.IN_REVIEW
    assert validator


def test_a_draft_cannot_smuggle_in_what_the_lists_do_not_hold(server: Server, browse: Browse, join: Join) -> None:
    officer = join(Role.COMPLIANCE)
    with server.store.write() as connection:
        record = acts.add(connection, TREATMENTS, accounts.existing(connection, officer).person.id, {"name": "Paie"})
    tab = browse().sign_in(officer, PASSWORD, f"/register?record={record.ref}&section=aipd")
    box = tab.widget("Criteria that are met · missing", "MultiSelect")
    tab.run(WidgetState(id=box.id, string_array_value={"data": ["no such criterion"]}))
    if "Save" in tab.labels():
        tab.click("Save")
    assert now(server, record).data["aipd_criteria"] in (None, [])
