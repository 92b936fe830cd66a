"""The register in figures."""

import pandas as pd
import streamlit as st

from core.base.i18n import _, show_number, show_percent
from core.store.engine import store
from core.ui.screen import Screen
from pages.register import abouts, charts, frames, listing
from pages.register.lists import load
from pages.register.model import TREATMENT
from pages.register.views.page import go_to


def draw(s: Screen, kind: str) -> None:
    """The figures, what should be erased by now, and how many treatments have each value."""
    with store().read() as connection:
        found = listing.figures(connection, kind, s.now)
        lists = load(connection)
        counted = {
            facet: listing.counts(connection, kind, facet, listing.LIVE_ONLY)
            for facet in listing.COUNTED
            if kind == TREATMENT.kind or facet in ("state", "squad")
        }
        percents = listing.counts(connection, kind, "completeness", listing.LIVE_ONLY)
    whole = found.completeness
    with st.container(horizontal=True):
        s.figure(
            _("Treatments"),
            show_number(whole.records),
            abouts.TREATMENTS,
            detail=_("Published: {n}").format(n=show_number(found.published)),
        )
        s.figure(
            _("Completeness"),
            show_percent(whole.percent / 100),
            abouts.COMPLETE,
            detail=_("Complete: {n}").format(n=show_number(whole.whole)),
        )
        s.figure(_("Overdue reviews"), show_number(found.overdue), abouts.OVERDUE)
        s.figure(_("Changed this quarter"), show_number(found.changed), abouts.CHANGED)
        s.figure(_("Retention run out"), show_number(len(found.run_out)), abouts.RUN_OUT)
    if found.run_out:
        s.table(
            frames.run_out(found.run_out, lists),
            title=_("Retention run out"),
            columns=frames.run_out_columns(),
            about=abouts.RUN_OUT,
            name="run-out",
            on_open=go_to,
        )
    with st.grid(2, min_column_width=340, gap="medium") as cells:
        for facet, numbers in counted.items():
            if numbers:
                words = {code: listing.words(facet, lists, code) for code in numbers}
                with cells.cell():
                    _bars(s, frames.counted(numbers, words), listing.label(facet), facet)
        with cells.cell():
            _bars(s, frames.completeness(percents), _("Completeness"), "completeness")


def _bars(s: Screen, frame: pd.DataFrame, label: str, facet: str) -> None:
    columns = frames.counted_columns(label)
    s.chart(charts.bars(frame), title=label, about=abouts.COUNT, frame=frame, columns=columns, name=f"by-{facet}")
