"""The form of a record, section by section, and what it still lacks."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.base.i18n import _, ngettext
from core.records import acts, check, links, listing, records, words
from core.records.collection import Collection
from core.records.completeness import Completeness
from core.records.fields import Asked, Form, Kind
from core.records.lists import Lists
from core.records.records import Record
from core.store.engine import store
from core.ui import figure
from core.ui import records as parts
from core.ui.collection.ways import address
from core.ui.editing import Work, want
from core.ui.records import Part
from core.ui.screen import Screen
from core.ui.words import plain

Known = Mapping[str, Sequence[str] | Mapping[str, str]]
"""What is offered while somebody types, by path: texts, or codes with their words."""


def draw(s: Screen, collection: Collection, record: Record, work: Work, judged: Completeness, lists: Lists) -> None:
    """What is missing, and the section that is shown, to fill or to read."""
    form = collection.form
    missing: dict[str, list[str]] = {}
    for one in judged.missing:
        missing.setdefault(form.field(one.path.partition("[")[0]).section, []).append(one.path)
    sections = {field.section: _(form.sections[field.section]) for field in form.fields}
    named = {key: f"{name} ({len(missing[key])})" if key in missing else name for key, name in sections.items()}
    if judged.missing:
        _missing(s, record, judged, form, sections)
    _doubts(s, collection, record, work)
    section = s.filters(section=Part(_("Section"), next(iter(sections)), options=named)).section
    st.subheader(sections[section], anchor=False)
    if not s.can_act or record.state in collection.workflow.closed:
        read(form, section, work.saved, lists)
        return
    content = check.stored(form, work.content)
    shown = [field for field in form.fields if field.section == section and _asked(field, content)]
    locked = {"ref"} if record.published is not None else set()
    locked |= {collection.workflow.held} - {""}
    work.fields(form, shown, lists, missing=missing.get(section, ()), locked=locked, known=known(s, collection))


def _asked(field: Asked, content: Any) -> bool:
    """Whether a field is asked: one that another answer calls for only then, or while it holds something."""
    return not field.under or field.required(content, None) or field.filled(getattr(content, field.name))


def known(s: Screen, collection: Collection) -> Known:
    """Names that are in use, to choose from while typing; the records that a link may lead to, with their names."""
    wanted = records.Wanted(squads=s.person.scope.squads)
    with store().read() as connection:
        used: dict[str, Sequence[str] | Mapping[str, str]] = {
            path: list(listing.counts(connection, collection.kind, facet, wanted))[: listing.OFFERED]
            for path, facet in collection.known.items()
        }
        linked = [field for field in collection.form.fields if field.kind is Kind.LINKS]
        return {**used, **{field.path: links.options(connection, s.person, field.to) for field in linked}}


def _missing(s: Screen, record: Record, judged: Completeness, form: Form, sections: Mapping[str, str]) -> None:
    """Each missing item with the article that asks for it, as a link to its field."""
    n = len(judged.missing)
    count = ngettext("{n} answer is missing", "{n} answers are missing", n).format(n=n)
    opened = st.expander(count, icon=":material/checklist:", key=f"{s.mission.key}.missing", on_change="rerun")
    if not opened.open:
        return
    with opened, st.container(gap="xxsmall"):
        for one in judged.missing:
            field = form.field(one.path.partition("[")[0])
            row = one.path.partition("[")[2].partition("]")[0]
            where = [sections[field.section], _(field.label), *([str(int(row) + 1), _(one.field.label)] if row else [])]
            told = form.asked_by(one.field)
            label = f"{plain(' › '.join(dict.fromkeys(where)))} {figure.small(told) if told else ''}".strip()
            there = address(record=record.ref, section=field.section)
            parts.link(label, "", there, key=f"{s.mission.key}.missing.{one.path}", then=partial(want, one.path))


def _doubts(s: Screen, collection: Collection, record: Record, work: Work) -> None:
    """What contradicts, with its article, as a link to its field."""
    form = collection.form
    for number, one in enumerate(acts.doubts_of(collection, check.stored(form, work.content))):
        there = address(record=record.ref, section=form.field(one.path.partition("[")[0]).section)
        icon = ":material/warning:" if one.blocks else ":material/help:"
        key = f"{s.mission.key}.doubt.{number}"
        parts.link(plain(acts.told_doubt(collection, one)), icon, there, key=key, then=partial(want, one.path))


def read(form: Form, section: str, content: Mapping[str, Any], lists: Lists) -> None:
    """A section as one reads it."""
    parts.answers(
        [
            (
                _(one.field.label),
                form.asked_by(one.field),
                one.answers,
            )
            for one in words.read(form, section, content, lists)
        ]
    )
