"""Several records in a grid: what is entered is kept as each record's draft, as on its own form."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from core.base.i18n import _, language
from core.records.fields import Asked, Kind, blank
from core.records.lists import Lists
from core.ui.editing import Work
from core.ui.filters import DATE_FORMATS

REF, UNSAVED = "ref", "unsaved"
NAMELESS = "–"
"""What a row is called of which nothing is said that names it."""


def grid(works: Sequence[Work], fields: Sequence[Asked], lists: Lists, *, key: str) -> None:
    """Draw some fields of some records, a row each; every change is kept before the page runs again.

    Only `fields` are read from what the browser sends; whoever saves a draft checks its values.
    """

    def changed() -> None:
        edited = st.session_state[name]["edited_rows"]
        for row, cells in edited.items():
            work = works[int(row)]
            held = work.content
            work.keep(
                {
                    field.name: value(field, cells[field.name], lists, held.get(field.name))
                    for field in fields
                    if field.name in cells
                }
            )

    ids = "-".join(str(work.record_id) for work in works)
    name = f"{key}.{hash(ids)}.{sum(work.version for work in works)}"
    frame = pd.DataFrame(
        {
            REF: work.content["ref"],
            **{field.name: cell(field, work.content.get(field.name), lists) for field in fields},
            UNSAVED: work.draft is not None,
        }
        for work in works
    )
    st.data_editor(
        frame,
        key=name,
        hide_index=True,
        disabled=[REF, UNSAVED],
        column_config={
            REF: st.column_config.TextColumn(_("Reference"), pinned=True),
            UNSAVED: st.column_config.CheckboxColumn(_("Not saved yet")),
            **{field.name: _configured(field, lists, frame[field.name]) for field in fields},
        },
        on_change=changed,
        placeholder="–",
        alt=_("Records in a grid"),
    )


def _configured(asked: Asked, lists: Lists, cells: Iterable[Any]) -> Any:
    label, explained = _(asked.label), _(asked.help) or None
    if asked.kind is Kind.DAY:
        return st.column_config.DateColumn(label, help=explained, format=DATE_FORMATS[language()])
    if asked.kind is Kind.CHOICES:
        labels = [*_none(asked), *(lists.label(asked.choices, code) for code in lists.options(asked.choices))]
        return st.column_config.MultiselectColumn(label, help=explained, options=labels)
    if asked.kind is Kind.ROWS:
        choices = _named_by(asked).choices
        known = {lists.label(choices, code) for code in lists.options(choices)} if choices else set[str]()
        answered = {code for cell in cells for code in cell}
        labels = [*_none(asked), *sorted((known | answered) - {*_none(asked)})]
        return st.column_config.MultiselectColumn(label, help=explained, options=labels, accept_new_options=not choices)
    return st.column_config.TextColumn(label, help=explained)


def _named_by(asked: Asked) -> Asked:
    """The column that a row is called by in the grid: the first of those that name it, else its description."""
    return next((column for column in asked.columns if column.key), asked.columns[0])


def _called(asked: Asked, row: Mapping[str, Any], lists: Lists) -> str:
    column = _named_by(asked)
    words = str(row.get(column.name) or "")
    return (lists.label(column.choices, words) if words and column.choices else words) or NAMELESS


def _none(asked: Asked) -> list[str]:
    """The words for an explicit none, where the form has them."""
    return [_(asked.none)] if asked.none else []


def cell(asked: Asked, value: Any, lists: Lists) -> Any:
    """What the grid shows of a value: of choices and rows their words, those for an explicit none among them."""
    if asked.kind is Kind.DAY:
        return date.fromisoformat(value) if value else None
    if asked.kind is Kind.CHOICES:
        return _none(asked) if value == [] else [lists.label(asked.choices, code) for code in value or []]
    if asked.kind is Kind.ROWS:
        return _none(asked) if value == [] else list(dict.fromkeys(_called(asked, row, lists) for row in value or []))
    return value or ""


def value(asked: Asked, cell: Any, lists: Lists, held: Any = None) -> Any:
    """A cell, as the browser sends it, as JSON of the record; an emptied one is unanswered, the words for an explicit
    none beside others count for nothing. `held`: the rows that there are; those still called keep all that they say."""
    if asked.kind is Kind.DAY:
        return str(cell)[:10] if cell else None
    if asked.kind is Kind.CHOICES:
        chosen = [str(part) for part in cell or []]
        others = [lists.code(asked.choices, part) or part for part in chosen if part not in _none(asked)]
        return others or ([] if chosen else None)
    if asked.kind is Kind.ROWS:
        return _rows(asked, [str(part).strip() for part in cell or []], lists, held or [])
    return str(cell).strip() if cell else blank(asked)


def _rows(asked: Asked, chosen: Sequence[str], lists: Lists, held: Sequence[Mapping[str, Any]]) -> Any:
    column, names = _named_by(asked), [part for part in chosen if part and part not in _none(asked)]
    kept = [row for row in held if _called(asked, row, lists) in names]
    there = {NAMELESS, *(_called(asked, row, lists) for row in kept)}
    new = [name for name in dict.fromkeys(names) if name not in there]
    added = [{column.name: (lists.code(column.choices, part) or part) if column.choices else part} for part in new]
    return [*kept, *added] or ([] if asked.none and set(chosen) & {*_none(asked)} else None)
