"""One answer given for many records: pure rules on contents, as JSON holds them.

A path is a field (`transfers`) or a column of rows (`recipients.type`), which is answered in every row of each record.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from core.base.i18n import N_
from core.records.fields import LISTED, Asked, Form, Kind, blank


class How(StrEnum):
    """What becomes of an answer that a record has already."""

    EMPTY = "empty"
    """It stays: the new one is given where there is none."""
    ADD = "add"
    """It stays, with the new one beside it: for answers that may be many."""
    REPLACE = "replace"
    """It goes."""


HOW: Mapping[How, str] = {
    How.EMPTY: N_("where nothing is answered yet"),
    How.ADD: N_("beside what is answered"),
    How.REPLACE: N_("instead of what is answered"),
}
MANY = LISTED | {Kind.ROWS}
"""Kinds that an answer may be added to."""


def fields(form: Form, apart: tuple[str, ...] = ()) -> list[Asked]:
    """What may be answered for many: every field and column, but what names a single record and the fields `apart`."""
    own = {"name", "ref", *apart}
    return [asked for field in form.fields if field.name not in own for asked in (field, *field.columns)]


def fill(form: Form, content: Mapping[str, Any], path: str, value: Any, how: How) -> dict[str, Any]:
    """The content with the answer; equal to what it was where the answer has no place."""
    name, _dot, column = path.partition(".")
    asked = form.field(path)
    if not column:
        return {**content, name: _answered(asked, content.get(name), value, how)}
    rows = content.get(name) or []
    if not rows:
        return dict(content)
    return {**content, name: [{**row, column: _answered(asked, row.get(column), value, how)} for row in rows]}


def _answered(asked: Asked, held: Any, value: Any, how: How) -> Any:
    if held in (blank(asked), None, "") or how is How.REPLACE:
        return value
    if how is How.EMPTY or asked.kind not in MANY:
        return held
    if not value:
        return held  # “none” says nothing beside an answer
    if asked.kind is not Kind.ROWS:
        return [*held, *(answer for answer in value if answer not in held)]
    keys = [column.name for column in asked.columns if column.key]
    known = {tuple(row.get(key) for key in keys) for row in held}
    return [*held, *(row for row in value if tuple(row.get(key) for key in keys) not in known)]
