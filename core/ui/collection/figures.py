"""A collection in figures."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

from core.base.i18n import _, show_number, show_percent
from core.records import abouts, frames, listing
from core.records.alike import alike
from core.records.collection import Collection
from core.records.facets import STATE
from core.show import counted
from core.show.filters import Choices
from core.store.engine import store
from core.ui.collection.ways import address
from core.ui.screen import Screen


def draw(s: Screen, collection: Collection, *, first: Callable[[], None] = lambda: None) -> None:
    """How many records, how complete, how late, and how many have each value. `first` draws a figure of the mission's
    own before them, in their line."""
    squads = s.person.scope.squads
    open_ = replace(collection.live, squads=squads)
    with store().read() as connection:
        counts = listing.figures(connection, collection, s.now, squads)
        lists = collection.lists(connection)
        shown = [STATE, *(name for name, facet in collection.facets.items() if facet.counts)]
        if collection.has("squad"):
            shown.append("squad")
        numbers = {facet: listing.counts(connection, collection.kind, facet, open_) for facet in shown}
        percents = listing.counts(connection, collection.kind, "completeness", open_)
    live = counts.live
    with st.container(horizontal=True, gap="xsmall"):
        first()
        published = _("Published: {n}").format(n=show_number(live.published)) if collection.workflow.publishes else ""
        s.figure(_("Records"), show_number(live.records), collection.about, detail=published)
        s.figure(
            _("Completeness"),
            show_percent(live.percent / 100),
            abouts.COMPLETE,
            detail=_("Complete: {n}").format(n=show_number(live.whole)),
        )
        if collection.has("review_on"):
            s.figure(_("Overdue reviews"), show_number(counts.overdue), abouts.OVERDUE)
        s.figure(_("Changed this quarter"), show_number(counts.changed), abouts.CHANGED)
    with st.grid(2, min_column_width=340, gap="medium") as cells:
        for facet, n in numbers.items():
            if n:
                words = {code: listing.words(collection, facet, lists, code) for code in n}
                with cells.cell():
                    _bars(s, frames.counted(n, words), listing.label(collection, facet), facet)
        with cells.cell():
            _bars(s, frames.completeness(percents), _("Completeness"), "completeness")
    _alike(s, collection, numbers)


def _alike(s: Screen, collection: Collection, numbers: Mapping[str, Mapping[str, int]]) -> None:
    """Values that look like one written in several ways, where there are any."""
    texts = {
        name: numbers[name]
        for name, facet in collection.facets.items()
        if name in numbers and not (facet.choices or facet.names or facet.thing)
    }
    groups = [(name, listing.label(collection, name), values) for name, n in texts.items() for values in alike(n)]
    if not groups:
        return
    leads = {
        frames.spelled(label, values): address(**{name: Choices("").encode(list(values)) or ""})
        for name, label, values in groups
    }
    s.table(
        frames.spellings((label, values, texts[name]) for name, label, values in groups),
        title=_("Values that look alike"),
        columns=frames.spelling_columns(),
        about=abouts.ALIKE,
        name="alike",
        on_open=lambda value: st.query_params.from_dict(leads[value]),
    )


def _bars(s: Screen, frame: pd.DataFrame, label: str, facet: str) -> None:
    columns = frames.counted_columns(label)
    s.chart(counted.bars(frame), title=label, about=abouts.COUNT, frame=frame, columns=columns, name=f"by-{facet}")
