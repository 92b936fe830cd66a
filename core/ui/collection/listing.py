"""The list of a collection: searched, filtered, edited in a grid, added to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from itertools import islice
from typing import Any

import pandas as pd
import sqlalchemy as sa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.base.i18n import _, language, ngettext, show_number
from core.records import acts, drafts, frames, listing, records
from core.records.collection import Collection
from core.records.facets import STATE
from core.records.fields import TEXT_LENGTH
from core.records.lists import Lists
from core.records.records import Line
from core.show import export
from core.show.filters import Choice, Choices, Text
from core.store.engine import store
from core.store.kept import until_changed
from core.ui import records as parts
from core.ui.collection import answers
from core.ui.collection.ways import address, go_to, work_on
from core.ui.drawn import block
from core.ui.forms import done, write
from core.ui.grid import grid
from core.ui.records import SIZE, PageOf
from core.ui.screen import Screen
from core.ui.words import plain

NO_TEMPLATE = ""
UNSAVED = 3
"""Records with something unsaved that are named; the others are counted."""
USUAL = 4
"""So many facets stand in the line of filters, in the order in which the collection names them."""


def draw(s: Screen, collection: Collection) -> None:
    """The list, and what can be done from there."""
    _filters(s, collection)
    bar = s.bar
    if s.can_act:
        with bar:
            _add(s, collection)
        _unsaved(s, collection)
    kind = collection.kind
    order, descending, _word = listing.ORDERS[s.chosen.sort or "ref"]
    with store().read() as connection:
        wanted = listing.wanted(collection, s.chosen.values, s.now, collection.lists(connection), s.person.scope.squads)
        total = listing.total(connection, kind, wanted)
        s.say(collection.counted(total))
        edited, place = st.container(), st.container()
        page = s.filters(page=PageOf(_("Page"), total=total)).page
        lines = listing.lines(
            connection, kind, wanted, order, descending=descending, offset=(page - 1) * SIZE, limit=SIZE
        )
        key = ("shown", kind, listing.key_of(wanted), order, descending, page, SIZE, language())
        shown = until_changed(connection, key, partial(_lines, collection, connection, lines)) if lines else None
        every = total or listing.total(connection, kind, replace(collection.live, squads=wanted.squads))
    if not every:
        begin = _("No record yet: “Add” begins one, “Import” takes those of a file.")
        st.info(begin if s.can_act else _("No record yet."), icon=":material/inbox:")
        return
    if shown is None:
        st.info(_("No record passes these filters."), icon=":material/filter_alt_off:")
        return
    with place:
        picked = s.table(
            shown,
            title=collection.counted(total),
            columns=frames.line_columns(collection),
            about=collection.about,
            name=f"{kind}s",
            select=True,
            on_open=go_to,
            rows=partial(_all_lines, collection, wanted, order, descending),
        )
    if len(picked) == 1:  # a cell that opens its record takes the mouse alone; by keyboard a row is picked
        ref = lines[picked[0]].ref
        with bar:
            parts.link(_("Open {ref}").format(ref=plain(ref)), "", address(record=ref), key=f"{s.mission.key}.picked")
    if s.can_act:
        _bulk(s, collection, [lines[position] for position in picked], lines, wanted, total, bar, edited)


def _unsaved(s: Screen, collection: Collection) -> None:
    """The records that the person left with something unsaved, each as a link."""
    with store().read() as connection:
        left = drafts.unsaved(connection, s.person.id, collection.kind, s.person.scope.squads)
    if not left:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(f":orange-badge[{_('Kept for you, not saved yet')}]", width="content")
        for ref, title in islice(left.items(), UNSAVED):
            parts.link(plain(f"{ref} · {title}"), "", address(record=ref), key=f"{s.mission.key}.unsaved.{ref}")
        if len(left) > UNSAVED:
            st.caption(f"+ {show_number(len(left) - UNSAVED)}", width="content")


def _filters(s: Screen, collection: Collection) -> None:
    """What the list is narrowed by, with the number of records that each choice would give."""
    with store().read() as connection:
        lists, asked = collection.lists(connection), _said(collection)
    now = listing.wanted(collection, asked, s.now, lists, s.person.scope.squads)
    facets = {
        name: Choices(
            listing.label(collection, name),
            options=Offered(partial(_options, collection, name, now, lists, asked.get(name) or ())),
            rare=place >= USUAL or listing.is_rare(collection, name),
        )
        for place, name in enumerate(listing.filtered(collection))
    }
    completeness = {code: _(word) for code, word in listing.COMPLETENESS.items()}
    s.filters(
        words=Text(_("Search")),
        state=facets.pop(STATE),
        complete=Choice(_("Completeness"), options=completeness, rare=True),
        look=Choice(_("To look at"), options={code: _(word) for code, word in listing.LOOKS.items()}, rare=True),
        sort=Choice(
            _("Sort by"), "ref", options={code: _(order[2]) for code, order in listing.ORDERS.items()}, rare=True
        ),
        **facets,
    )


def _options(
    collection: Collection, facet: str, now: records.Wanted, lists: Lists, chosen: Sequence[str]
) -> dict[str, str]:
    with store().read() as connection:
        return listing.options(connection, collection, facet, now, lists, chosen)


class Offered(Mapping[str, str]):
    """What a filter offers, counted when it is asked for: most filters stay closed."""

    def __init__(self, count: Callable[[], dict[str, str]]) -> None:
        self._count = count

    @cached_property
    def _found(self) -> dict[str, str]:
        return self._count()

    def __getitem__(self, code: str) -> str:
        return self._found[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def _said(collection: Collection) -> dict[str, Any]:
    """The filters as they were chosen, before they are drawn: each is counted with the others in force."""
    names = (*listing.filtered(collection), "words", "complete", "look")
    return {name: st.session_state.get(f"{collection.mission}.{name}") for name in names}


def _lines(collection: Collection, connection: sa.Connection, lines: Sequence[Line]) -> pd.DataFrame:
    """Lines as a frame, with the facets that are columns of the list."""
    ids, lists = [line.id for line in lines], collection.lists(connection)
    shown = {
        facet: {
            number: [listing.words(collection, facet, lists, code) for code in codes]
            for number, codes in records.values(connection, facet, ids).items()
        }
        for facet in collection.columns
    }
    return frames.lines(collection, lines, acts.people(connection), shown)


def _all_lines(collection: Collection, wanted: records.Wanted, order: records.Order, descending: bool) -> Any:
    with store().read() as connection:
        lines = records.find(connection, collection.kind, wanted, order=order, descending=descending).lines
        return export.batches(_lines(collection, connection, lines))


def _bulk(
    s: Screen,
    collection: Collection,
    picked: Sequence[Line],
    lines: Sequence[Line],
    wanted: records.Wanted,
    total: int,
    bar: DeltaGenerator,
    place: DeltaGenerator,
) -> None:
    """What can be done to several records at once: those picked, or all that pass the filters.

    `bar`: the line of filters; `place`: where the grid stands.
    """
    if picked:
        with st.bottom, st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(ngettext("{n} picked", "{n} picked", len(picked)).format(n=len(picked)))
            if st.button(_("Duplicate"), icon=":material/content_copy:"):
                with write(s) as connection:
                    made = [acts.duplicate(connection, collection, s.person.id, line.id).ref for line in picked]
                    done(_("Added: {refs}"), refs=", ".join(made))
            answers.draw(s, collection, picked, wanted, total)
            states = {line.state for line in picked}
            leading = [step for step in collection.workflow.steps if states & {*step.sources}]
            parts.steps(
                [parts.Step(step.action, _(step.label), reason=step.reason) for step in leading],
                partial(_take_all, s, collection, picked),
                key=f"{s.mission.key}.bulk",
            )
    explained = _("The records picked, else those of this page.")
    with bar:
        if not picked:
            answers.draw(s, collection, picked, wanted, total)
        gridded = collection.grid and st.toggle(_("Edit in a grid"), key=f"{s.mission.key}.grid", help=explained)
    if gridded:
        with place:
            _grid(s, collection, picked or lines)


def _take_all(s: Screen, collection: Collection, picked: Sequence[Line], action: str, why: str) -> None:
    ids = {line.id: line.version for line in picked}
    with store().read() as connection:
        held = records.several(connection, collection.kind, list(ids))
    unmet = acts.conditions(collection, s.person, held.values(), action)
    with write(s) as connection:
        taken = acts.step_many(connection, collection, s.person.id, [*ids.items()], action, unmet=unmet, why=why)
        label = _(collection.workflow.step(action).label)
        done(_("Done: {step} – {refs}"), step=label, refs=", ".join(record.ref for record in taken))


def _grid(s: Screen, collection: Collection, lines: Sequence[Line]) -> None:
    """Some fields of several records in a grid: each entry is kept as a draft, then all are saved together."""
    form, key, closed = collection.form, s.mission.key, collection.workflow.closed
    with store().read() as connection:
        held = records.several(connection, collection.kind, [line.id for line in lines])
        mine = drafts.find(connection, s.person.id, list(held))
        lists = collection.lists(connection)
    open_ = [held[line.id] for line in lines if held[line.id].state not in closed]
    works = [work_on(s, collection, record, mine.get(record.id)) for record in open_]
    grid(works, [form.field(name) for name in collection.grid if collection.has(name)], lists, key=f"{key}.cells")
    begun = [work for work in works if work.draft]
    ready = [work for work in begun if not work.outdated]
    for work in begun:
        if work.outdated:
            ref = held[work.record_id].ref
            st.warning(plain(_("{ref} was saved by somebody else meanwhile: open it to merge.").format(ref=ref)))
            parts.link(_("Open {ref}").format(ref=ref), ":material/merge:", address(record=ref))
    if ready and st.button(_("Save {records}").format(records=collection.counted(len(ready))), type="primary"):
        with write(s) as connection:
            changes = [(work.record_id, work.base, work.content) for work in ready]
            acts.save_many(connection, collection, s.person.id, changes)
            drafts.drop(connection, s.person.id, [work.record_id for work in ready])
            done(_("Saved: {refs}"), refs=", ".join(held[work.record_id].ref for work in ready))


def _add(s: Screen, collection: Collection) -> None:
    """Begin a record, from nothing or from a template; its form is built once it is opened."""
    key = s.mission.key
    adding = block(st.popover, _("Add"), icon=":material/add:", type="primary", key=f"{key}.adding", on_change="rerun")
    if not adding.open:
        return
    templates = collection.templates()
    offered = {
        NO_TEMPLATE: _("Nothing filled in"),
        **{key: str(template["name"]) for key, template in templates.items()},
    }
    with adding, st.form(f"{key}.add", border=False):
        name = st.text_input(_(collection.form.field("name").label), key=f"{key}.add.name", max_chars=TEXT_LENGTH)
        template = NO_TEMPLATE
        if templates:
            template = st.selectbox(
                _("Template"), list(offered), format_func=offered.__getitem__, key=f"{key}.add.template"
            )
        if st.form_submit_button(_("Add"), type="primary"):
            with write(s) as connection:
                content = templates.get(template, {})
                named = {**content, "name": name or content.get("name", "")}
                record = acts.add(connection, collection, s.person.id, named)
                done(_("{ref} added."), ref=record.ref)
                go_to(record.ref)
