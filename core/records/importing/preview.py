"""What an import would do, looked at once and shown as often as its screen is drawn. Texts are in the person's
language."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from core.base.cache import Cache
from core.base.i18n import _, language
from core.records.collection import Collection
from core.records.importing import imports, plan
from core.records.importing.imports import Opened
from core.records.importing.plan import FATE_NAMES, Fate, Plan, Planned
from core.records.lists import Lists
from core.records.words import show, tell
from core.show.columns import Column
from core.store.kept import stamp

SHOWN_CHANGES = 6
"""Changed fields of a row that are named; the others are counted."""


@dataclass(frozen=True)
class Preview:
    """What a file would do, and the same as a frame (`planned`). `remarks`: what is to be told of the file itself."""

    plan: Plan
    frame: pd.DataFrame
    remarks: tuple[str, ...] = ()


_opened: Cache[Opened] = Cache(entries=4, bytes_=4, size=lambda _opened: 1)
_made: Cache[Preview] = Cache(entries=8, bytes_=2 * plan.MOST_ROWS, size=lambda one: len(one.plan.rows))
"""By rows: the largest file is kept until another one as large comes."""


def look(path: Path, collection: Collection, lists: Lists, *, sheet: str = "", without_aside: bool = False) -> Opened:
    """`imports.look`, done once for a file that was staged (`core.sources.drops`): its path names its content."""
    return _opened.get(
        (path, collection.kind, sheet, without_aside, language()),
        lambda: imports.look(path, collection, lists, sheet=sheet, without_aside=without_aside),
    )


def make(
    connection: sa.Connection, collection: Collection, lists: Lists, opened: Opened, mapping: Mapping[str, str] | None
) -> Preview:
    """What the file would do now: compared once until the store changes, or what is chosen."""
    chosen = (language(), opened.path, collection.kind, opened.sheet, opened.without_aside)
    fields = frozenset((mapping or {}).items())

    def compare() -> Preview:
        read = imports.rows(opened, collection, lists, mapping)
        made = plan.make(connection, collection, lists, read)
        return Preview(made, planned(made), tuple(read.remarks))

    return _made.get((*stamp(connection), *chosen, fields), compare)


def planned(plan: Plan) -> pd.DataFrame:
    """One row a row of an import, then one for each open record that the file does not name."""
    rows = [
        {
            "place": row.place,
            "fate": _(FATE_NAMES[row.fate]),
            "ref": row.ref,
            "name": row.name,
            "changes": _content(row, plan) if row.fate is Fate.NEW else _changes(row, plan),
            "told": " ".join(filter(None, [row.why, *row.told])),
        }
        for row in plan.rows
    ]
    blank = dict.fromkeys(("place", "changes", "told"), "")
    absent = [{**blank, "fate": _("not in the file"), "ref": line.ref, "name": line.title} for line in plan.absent]
    return pd.DataFrame([*rows, *absent], columns=["place", "fate", "ref", "name", "changes", "told"])


def _changes(row: Planned, plan: Plan) -> str:
    cells = [tell(plan.collection.form, difference, plan.lists) for difference in row.differences[:SHOWN_CHANGES]]
    more = len(row.differences) - len(cells)
    words = [f"{cell.where} : {cell.before} → {cell.after}" for cell in cells]
    return " | ".join([*words, *([f"+ {more}"] if more > 0 else [])])


def _content(row: Planned, plan: Plan) -> str:
    """What lands of a new record, field by field."""
    content = json.loads(row.ready.data) if row.ready else {}
    label = _("{label}: {value}")
    return " | ".join(
        label.format(label=_(field.label), value=show(field, content[field.name], plan.lists))
        for field in plan.collection.form.fields
        if field.name not in ("ref", "name") and content.get(field.name) not in ("", None)
    )


def planned_columns(collection: Collection) -> list[Column]:
    """The columns of `planned`."""
    return [
        Column("place", _("Row"), width=130),
        Column("fate", _("What becomes of it")),
        Column("ref", _("Reference number")),
        Column("name", _(collection.form.field("name").label), width="medium"),
        Column("told", _("Remarks"), width="large"),
        Column("changes", _("What lands, before → after"), width="large"),
    ]
