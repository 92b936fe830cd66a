"""The form of a record, section by section, and what it still lacks."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.base.i18n import _, ngettext
from core.records import acts, check, links, listing, records, words
from core.records.coherence import Doubt
from core.records.collection import Collection
from core.records.completeness import Completeness, Missing
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
    """A section at a time to fill, with what each lacks and a way on; the whole record to whoever only reads it."""
    form = collection.form
    missing: dict[str, list[Missing]] = {}
    for lack in judged.missing:
        missing.setdefault(_section(form, lack), []).append(lack)
    sections = {field.section: _(form.sections[field.section]) for field in form.fields}
    content = check.stored(form, work.content)
    doubts = acts.doubts_of(collection, content)
    if not s.can_act or record.state in collection.workflow.closed:
        _whole(collection, work, sections, missing, doubts, lists)
        return
    if judged.missing:
        _missing(s, record, judged, form, sections)
    named = {key: f"{name} ({len(missing[key])})" if key in missing else name for key, name in sections.items()}
    section = s.filters(section=Part(_("Section"), next(iter(sections)), options=named)).section
    shown = {
        name: [field for field in form.fields if field.section == name and _asked(field, content)] for name in sections
    }
    st.subheader(sections[section], anchor=False)
    locked = {"ref"} if record.published is not None else set()
    locked |= {collection.workflow.held} - {""}
    paths = [lack.path for lack in missing.get(section, ())]
    work.fields(form, shown[section], lists, missing=paths, locked=locked, known=known(s, collection))
    _onward(s, record, work, section, named, shown)
    _doubts(s, collection, record, doubts)


def _section(form: Form, missing: Missing) -> str:
    """The section of something that is missing."""
    return form.field(missing.path.partition("[")[0]).section


def _whole(
    collection: Collection,
    work: Work,
    sections: Mapping[str, str],
    missing: Mapping[str, Sequence[Missing]],
    doubts: Sequence[Doubt],
    lists: Lists,
) -> None:
    """Every section as one reads it, with what it lacks in words."""
    for doubt in doubts:
        st.markdown(f":material/warning: {plain(acts.told_doubt(collection, doubt))}")
    for section, title in sections.items():
        st.subheader(title, anchor=False)
        if section in missing:
            labels = ", ".join(dict.fromkeys(_(lack.field.label) for lack in missing[section]))
            st.markdown(f":orange-badge[{_('missing')}] {plain(labels)}")
        read(collection.form, section, work.saved, lists)


def _onward(
    s: Screen,
    record: Record,
    work: Work,
    section: str,
    named: Mapping[str, str],
    shown: Mapping[str, Sequence[Asked]],
) -> None:
    """The ways to the section before and to the next one, where the first field has the focus."""
    names = [name for name in named if shown[name]]
    at = names.index(section) if section in names else 0
    before = [(names[at - 1], _("Previous: {section}"), ":material/arrow_back:")] if at else []
    after = [(name, _("Next: {section}"), ":material/arrow_forward:") for name in names[at + 1 : at + 2]]
    with st.container(horizontal=True, horizontal_alignment="distribute" if before else "right"):
        for name, label, icon in (*before, *after):
            parts.link(
                label.format(section=named[name]),
                icon,
                address(record=record.ref, section=name),
                key=f"{s.mission.key}.onward.{name}",
                then=partial(want, _first(shown[name][0], work.content)),
                kind="secondary",
            )


def _first(asked: Asked, content: Mapping[str, Any]) -> str:
    """The path of what is filled first of a field."""
    rows = asked.kind is Kind.ROWS and content.get(asked.name)
    return f"{asked.path}[0].{asked.columns[0].name}" if rows else asked.path


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
    key = f"{s.mission.key}.missing"
    with s.bar:
        opened = st.popover(count, icon=":material/checklist:", key=key, type="tertiary", on_change="rerun")
    if not opened.open:
        return

    def lead(path: str) -> None:
        st.session_state[key] = False
        want(path)

    with opened, st.container(gap="xxsmall"):
        for lack in judged.missing:
            field = form.field(lack.path.partition("[")[0])
            row = lack.path.partition("[")[2].partition("]")[0]
            where = [
                sections[field.section],
                _(field.label),
                *([str(int(row) + 1), _(lack.field.label)] if row else []),
            ]
            asked_by = form.asked_by(lack.field)
            label = f"{plain(' › '.join(dict.fromkeys(where)))} {figure.small(asked_by) if asked_by else ''}".strip()
            there = address(record=record.ref, section=field.section)
            parts.link(label, "", there, key=f"{key}.{lack.path}", then=partial(lead, lack.path))


def _doubts(s: Screen, collection: Collection, record: Record, doubts: Sequence[Doubt]) -> None:
    """What contradicts, with its article, as a link to its field: below the fields, so that none moves as it comes."""
    for number, doubt in enumerate(doubts):
        there = address(record=record.ref, section=collection.form.field(doubt.path.partition("[")[0]).section)
        icon = ":material/warning:" if doubt.blocks else ":material/help:"
        key = f"{s.mission.key}.doubt.{number}"
        parts.link(plain(acts.told_doubt(collection, doubt)), icon, there, key=key, then=partial(want, doubt.path))


def read(form: Form, section: str, content: Mapping[str, Any], lists: Lists) -> None:
    """A section as one reads it."""
    parts.answers(
        [
            (
                _(answered.field.label),
                form.asked_by(answered.field),
                answered.answers,
            )
            for answered in words.read(form, section, content, lists)
        ]
    )
