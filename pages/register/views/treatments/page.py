"""The list of the register: searched, filtered, edited in a grid, added to."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.base.i18n import _, ngettext, show_number
from core.records import drafts, records
from core.records.fields import TEXT_LENGTH
from core.records.records import Line
from core.show import export
from core.show.filters import Choice, Choices, Text
from core.store.engine import store
from core.ui import records as parts
from core.ui.forms import done, write
from core.ui.grid import grid
from core.ui.records import SIZE, PageOf
from core.ui.screen import Screen
from core.ui.words import plain
from pages.register import MISSION, abouts, frames, listing, templates, treatments
from pages.register.lists import load
from pages.register.model import FORMS, TREATMENT
from pages.register.views.page import address, go_to, work_on
from pages.register.workflow import STEPS, Action, State

NO_TEMPLATE = ""
GRID = ("name", "squad", "typologies", "review_on", "started_on", "ended_on", "jira_component", "notes")
"""Fields that the grid holds."""


def draw(s: Screen, kind: str) -> None:
    """The list, and what can be done from there."""
    if s.can_act:
        _add(s, kind)
    _filters(s, kind)
    wanted = listing.wanted(s.chosen.values, s.now)
    order, descending, _word = listing.ORDERS[s.chosen.sort or "ref"]
    with store().read() as connection:
        total = listing.total(connection, kind, wanted)
        page = s.filters(page=PageOf(_("Page"), total=total)).page
        found = listing.lines(
            connection, kind, wanted, order, descending=descending, offset=(page - 1) * SIZE, limit=SIZE
        )
        people = treatments.people(connection)
    if not found:
        st.info(_("No treatment passes these filters."), icon=":material/filter_alt_off:")
        return
    picked = s.table(
        frames.lines(found, people),
        title=ngettext("{n} treatment", "{n} treatments", total).format(n=show_number(total)),
        columns=frames.line_columns(),
        about=abouts.TREATMENTS,
        name="treatments",
        select=s.can_act,
        on_open=go_to,
        rows=partial(_all_lines, kind, wanted, order, descending),
    )
    if s.can_act:
        _bulk(s, kind, [found[position] for position in picked], found)


def _filters(s: Screen, kind: str) -> None:
    """What the list is narrowed by, with the number of records that each choice would give."""
    with store().read() as connection:
        lists = load(connection)
        now = listing.wanted(_said(), s.now)
        facets = {
            name: listing.options(connection, kind, name, now, lists, _said().get(name) or ())
            for name in listing.FILTERED
            if kind == TREATMENT.kind or name in ("state", "squad", "pipeline")
        }
    s.filters(words=Text(_("Search")), state=Choices(listing.label("state"), options=facets.pop("state")))
    more = any(_said().get(name) for name in facets)
    with st.expander(_("More filters"), icon=":material/filter_alt:", expanded=more):
        s.filters(
            complete=Choice(_("Completeness"), options={code: _(word) for code, word in listing.COMPLETENESS.items()}),
            look=Choice(_("To look at"), options={code: _(word) for code, word in listing.LOOKS.items()}),
            sort=Choice(_("Sort by"), "ref", options={code: _(one[2]) for code, one in listing.ORDERS.items()}),
            **{name: Choices(listing.label(name), options=found) for name, found in facets.items()},
        )


def _said() -> dict[str, Any]:
    """The filters as they were chosen, before they are drawn: each is counted with the others in force."""
    names = (*listing.FILTERED, "words", "complete", "look")
    return {name: st.session_state.get(f"{MISSION.key}.{name}") for name in names}


def _all_lines(kind: str, wanted: records.Wanted, order: records.Order, descending: bool) -> Any:
    with store().read() as connection:
        found = records.find(connection, kind, wanted, order=order, descending=descending).lines
        people = treatments.people(connection)
    return export.batches(frames.lines(found, people))


def _bulk(s: Screen, kind: str, picked: Sequence[Line], found: Sequence[Line]) -> None:
    """What can be done to several records at once."""
    if picked:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(ngettext("{n} picked", "{n} picked", len(picked)).format(n=len(picked)))
            if st.button(_("Duplicate"), icon=":material/content_copy:"):
                with write(s) as connection:
                    made = [treatments.duplicate(connection, s.person.id, one.id, kind=kind).ref for one in picked]
                    done(_("Added as drafts: {refs}"), refs=", ".join(made))
            archive = STEPS[Action.ARCHIVE]
            parts.steps(
                [parts.Step(Action.ARCHIVE, _(archive.label), reason=True)],
                partial(_take_all, s, kind, picked),
                key="register.bulk",
            )
    if st.toggle(_("Edit in a grid"), key="register.grid", help=_("The treatments picked, else those of this page.")):
        _grid(s, kind, picked or found)


def _take_all(s: Screen, kind: str, picked: Sequence[Line], action: str, why: str) -> None:
    with write(s) as connection:
        for one in picked:
            treatments.step(connection, s.person.id, one.id, one.version, Action(action), why=why, kind=kind)
        done(_("Archived: {refs}"), refs=", ".join(one.ref for one in picked))


def _grid(s: Screen, kind: str, found: Sequence[Line]) -> None:
    """Some fields of several records in a grid: each entry is kept as a draft, then all are saved together."""
    form = FORMS[kind]
    with store().read() as connection:
        held = records.several(connection, kind, [one.id for one in found])
        mine = drafts.find(connection, s.person.id, list(held))
        lists = load(connection)
    works = [work_on(s, held[one.id], mine.get(one.id)) for one in found if held[one.id].state != State.ARCHIVED]
    grid(works, [form.field(name) for name in GRID if name in form.model.model_fields], lists, key="register.cells")
    begun = [work for work in works if work.draft]
    ready = [work for work in begun if not work.outdated]
    for work in begun:
        if work.outdated:
            ref = held[work.record_id].ref
            st.warning(plain(_("{ref} was saved by somebody else meanwhile: open it to merge.").format(ref=ref)))
            parts.link(_("Open {ref}").format(ref=ref), ":material/merge:", address(record=ref))
    if ready and st.button(
        ngettext("Save {n} treatment", "Save {n} treatments", len(ready)).format(n=len(ready)), type="primary"
    ):
        with write(s) as connection:
            changes = [(work.record_id, work.base, work.content) for work in ready]
            treatments.save_many(connection, s.person.id, changes, kind=kind)
            drafts.drop(connection, s.person.id, [work.record_id for work in ready])
            done(_("Saved: {refs}"), refs=", ".join(held[work.record_id].ref for work in ready))


def _add(s: Screen, kind: str) -> None:
    """Begin a record, from nothing or from a template."""
    offered = {
        NO_TEMPLATE: _("Nothing filled in"),
        **{key: said["name"] for key, said in templates.templates().items()},
    }
    with (
        st.popover(_("Add"), icon=":material/add:", type="primary", key="register.adding"),
        st.form("register.add", border=False),
    ):
        name = st.text_input(_("Name of the treatment"), key="register.add.name", max_chars=TEXT_LENGTH)
        template = NO_TEMPLATE
        if kind == TREATMENT.kind:
            template = st.selectbox(
                _("Template"), list(offered), format_func=offered.__getitem__, key="register.add.template"
            )
        if st.form_submit_button(_("Add"), type="primary"):
            with write(s) as connection:
                content = templates.templates().get(template, {})
                record = treatments.add(
                    connection, s.person.id, {**content, "name": name or content.get("name", "")}, kind=kind
                )
                done(_("{ref} added as a draft."), ref=record.ref)
                go_to(record.ref)
