"""The form of a record, section by section, and what it still lacks."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.base.i18n import _, ngettext
from core.records import records
from core.records.fields import Asked, Form
from core.records.lists import Lists
from core.records.records import Record
from core.store.engine import store
from core.ui import figure
from core.ui import records as parts
from core.ui.editing import Work, want
from core.ui.records import Part
from core.ui.screen import Screen
from core.ui.words import plain
from pages.register import check, listing, words
from pages.register.completeness import Completeness
from pages.register.model import FORMS, SECTIONS, Entry
from pages.register.views.page import address
from pages.register.workflow import State

KNOWN = {"squad": "squad", "pipelines": "pipeline", "tables": "table", "jira_component": "jira"}
"""Fields that offer what other records say, and the facet that holds it."""


def draw(s: Screen, record: Record, work: Work, judged: Completeness, lists: Lists) -> None:
    """What is missing, and the section that is shown, to fill or to read."""
    form = FORMS[record.kind]
    missing: dict[str, list[str]] = {}
    for one in judged.missing:
        missing.setdefault(form.field(one.path.partition("[")[0]).section, []).append(one.path)
    sections = {field.section: _(SECTIONS[field.section]) for field in form.fields}
    named = {key: f"{name} ({len(missing[key])})" if key in missing else name for key, name in sections.items()}
    if judged.missing:
        _missing(record, judged, form, sections)
    section = s.filters(section=Part(_("Section"), next(iter(sections)), options=named)).section
    st.subheader(sections[section], anchor=False)
    if not s.can_act or record.state == State.ARCHIVED:
        read(form, section, work.saved, lists)
        return
    content = check.stored(form, work.content)
    shown = [field for field in form.fields if field.section == section and _asked(field, content)]
    locked = {"ref"} if record.published is not None else set()
    work.fields(shown, lists, missing=missing.get(section, ()), locked=locked, known=_known(s, record.kind))


def _asked(field: Asked, content: Entry) -> bool:
    """Whether a field is asked: one that another answer calls for only then, or while it holds something."""
    return not field.under or field.required(content, None) or field.filled(getattr(content, field.name))


def _known(s: Screen, kind: str) -> Mapping[str, Sequence[str]]:
    """Names that are in use, to choose from while typing."""
    with store().read() as connection:
        return {
            path: list(listing.counts(connection, kind, facet, records.NOTHING))[: listing.OFFERED]
            for path, facet in KNOWN.items()
        }


def _missing(record: Record, judged: Completeness, form: Form, sections: Mapping[str, str]) -> None:
    """Each missing item with the article that asks for it, as a link to its field."""
    n = len(judged.missing)
    count = ngettext("{n} answer is missing", "{n} answers are missing", n).format(n=n)
    opened = st.expander(count, icon=":material/checklist:", key="register.missing", on_change="rerun")
    if not opened.open:
        return
    with opened, st.container(gap="xxsmall"):
        for one in judged.missing:
            field = form.field(one.path.partition("[")[0])
            row = one.path.partition("[")[2].partition("]")[0]
            where = [sections[field.section], _(field.label), *([str(int(row) + 1), _(one.field.label)] if row else [])]
            told = _("GDPR, article {article}").format(article=one.article)
            label = f"{plain(' › '.join(dict.fromkeys(where)))} {figure.small(told)}"
            there = address(record=record.ref, section=field.section)
            parts.link(label, "", there, key=f"register.missing.{one.path}", then=partial(want, one.path))


def read(form: Form, section: str, content: Mapping[str, Any], lists: Lists) -> None:
    """A section as one reads it."""
    parts.answers(
        [
            (
                _(one.field.label),
                _("GDPR, article {article}").format(article=one.field.article) if one.field.article else "",
                one.answers,
            )
            for one in words.read(form, section, content, lists)
        ]
    )
