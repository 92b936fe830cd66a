"""Forged messages against the register: what a screen does not offer, the server does not do. And what is picked."""

import json
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


def test_only_the_rows_picked_are_exported_and_picks_end_where_other_rows_stand(
    server: Server, browse: Browse, join: Join
) -> None:
    officer = join(Role.COMPLIANCE)
    with server.store.write() as connection:
        author = accounts.existing(connection, officer).person.id
        refs = [
            acts.add(connection, TREATMENTS, author, {"name": f"Zymurgie {name}"}).ref
            for name in ("un", "deux", "trois")
        ]
    tab = browse().sign_in(officer, PASSWORD, "/register?words=zymurgie")
    [table] = [one for one in tab.widgets() if type(one).__name__ == "Dataframe"]
    told = {"selection": {"rows": [0, 2], "columns": [], "cells": []}}
    tab.run(WidgetState(id=table.id, string_value=json.dumps(told)))
    assert "2 picked" in tab.text()
    menu = next(one for one in tab.blocks if one.popover.label == "Export the selection (2)").popover
    tab.run(WidgetState(id=menu.id, bool_value=True))
    file = tab.browser.http.get(tab.asked(tab.widget("CSV (.csv)").deferred_file_id)).text
    assert [ref for ref in refs if ref in file] == [refs[0], refs[2]]

    tab.set("Search", string_value="Zymurgie deux")
    tab.run()
    assert "Export" in [one.popover.label for one in tab.blocks]
