"""What the organisation says of itself once: its controller and officers, which new records begin with."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from core.base.i18n import N_
from core.mission.discovery import missions
from core.people.rights import require
from core.records import acts, check, records
from core.records.collection import Collection
from core.records.fields import Answer, Form, Part, form
from core.records.lists import Lists
from core.records.records import Record, Summary
from core.records.workflow import State, Workflow
from pages.register.model import (
    ARTICLE,
    CONTROLLER,
    DPO,
    DPO_COMPANY,
    JOINT_CONTROLLERS,
    REPRESENTATIVE,
    SECTIONS,
    Actor,
)

KIND = "organisation"
KEPT = "kept"
MISSION = "register"


class Organisation(Part):
    """The actors that most records share."""

    controller: Answer[Actor] = CONTROLLER
    joint_controllers: Answer[Actor] = JOINT_CONTROLLERS
    representative: Answer[Actor] = REPRESENTATIVE
    dpo: Answer[Actor] = DPO
    dpo_company: Answer[Actor] = DPO_COMPANY


FORM: Form = form(KIND, N_("The organisation"), Organisation, SECTIONS, ARTICLE)


COLLECTION = Collection(mission=MISSION, form=FORM, workflow=Workflow((State(KEPT, N_("kept")),), ()), prefix="")
"""What the organisation says, as its screens take it: one record, which has no name and takes no steps."""


def find(connection: sa.Connection) -> Record | None:
    """What the organisation says of itself, None until somebody said it."""
    held = records.refs(connection, KIND)
    return records.get(connection, KIND, held[KIND]) if held else None


def save(connection: sa.Connection, person_id: int, version: int, data: Mapping[str, Any]) -> Record:
    """Keep what the organisation says of itself; `version` is the one that was read, 0 where there was none.

    Raises NotAllowed, InputInvalid, Conflict as the operations of `treatments` do.
    """
    person = require(connection, person_id, missions()[MISSION], act=True)
    acts.require_everything(person)
    content = check.read(FORM, data, Lists({})).model_dump(mode="json")
    summary = Summary(ref=KIND, title=KIND, completeness=100, search="")
    held = find(connection)
    if held is None:
        [number] = records.add(connection, KIND, [(summary, content)], who=person.name, state=KEPT)
        return records.get(connection, KIND, number)
    return records.save(
        connection,
        held,
        version=version,
        who=person.name,
        action="save",
        state=KEPT,
        keys=FORM.keys,
        data=content,
        summary=summary,
    )


def fill(connection: sa.Connection, form: Form, data: Mapping[str, Any]) -> dict[str, Any]:
    """A content whose unanswered actors are those of the organisation."""
    held = find(connection)
    asked = {field.name for field in form.fields}
    ours = {name: answer for name, answer in held.data.items() if name in asked} if held else {}
    return {**ours, **{name: value for name, value in data.items() if value is not None}}


def behind(connection: sa.Connection, collection: Collection) -> list[tuple[Record, dict[str, Any]]]:
    """The records that say of an actor what the organisation said before, or nothing: each with what it would say now.

    An actor that a record names otherwise is its own, and stays; so does an archived record.
    """
    held = find(connection)
    if held is None:
        return []
    asked = {field.name for field in collection.form.fields} & held.data.keys()
    contents = [version.data for version in records.history(connection, held.id)]
    stale = []
    for record in records.contents(connection, collection.kind, collection.live):
        now = record.data
        ours = {
            name: held.data[name]
            for name in asked
            if held.data[name] is not None
            and now.get(name) != held.data[name]
            and (now.get(name) is None or any(now[name] == content.get(name) for content in contents))
        }
        if ours:
            stale.append((record, {**now, **ours}))
    return stale
