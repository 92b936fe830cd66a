"""The records of a collection by state, as a board: since when, who brought them there and why; how long they stay."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from core.base.i18n import _, local, show_date, show_number
from core.records import abouts, acts, moves, records
from core.records.collection import Collection
from core.records.moves import Phase, Stay
from core.records.records import Line, Wanted
from core.show.columns import Column, Kind
from core.store.engine import store
from core.ui import figure
from core.ui.screen import Screen
from core.ui.words import plain

SHOWN = 8
"""Records of a state that the board names; the others are counted."""


def draw(s: Screen, collection: Collection) -> None:
    """The board, then how long records stay in each state and how many go on."""
    with store().read() as connection:
        wanted = Wanted(squads=s.person.scope.squads)
        lines = {line.id: line for line in records.find(connection, collection.kind, wanted).lines}
        stays = [stay for stay in moves.stays(connection, collection) if stay.record_id in lines]
        people = acts.people(connection)
    workflow = collection.workflow
    by_state: dict[str, list[tuple[Line, Stay]]] = {state.code: [] for state in workflow.states}
    for number, stay in moves.current(stays).items():
        by_state.setdefault(stay.state, []).append((lines[number], stay))
    with st.grid(3, min_column_width=260, gap="small") as cells:
        for code, here in by_state.items():
            if here or code not in (workflow.begins, *workflow.closed):
                here.sort(key=lambda pair: pair[1].since, reverse=True)
                with cells.cell(), st.container(border=True, height="stretch"):
                    st.markdown(_column(collection, code, here, people, s.now))
    s.table(
        _frame(collection, moves.phases(list(workflow.names), workflow.closed, stays)),
        title=_("Time in each state"),
        columns=_columns(),
        about=abouts.PHASES,
        name="phases",
    )


def _column(
    collection: Collection,
    code: str,
    here: Sequence[tuple[Line, Stay]],
    people: Mapping[str, str],
    now: datetime,
) -> str:
    """A state with its records, the newest arrivals first, as Markdown."""
    state = collection.workflow.state(code)
    drawn = [f":{state.colour}-badge[{plain(_(state.name))}] **{show_number(len(here))}**"]
    for line, stay in here[:SHOWN]:
        days = show_number(int(stay.days(now)))
        since = _("since {day} ({days} d), {who}").format(
            day=show_date(local(stay.since).date()), days=days, who=people.get(stay.who, stay.who)
        )
        reason = figure.small(_("“{words}”").format(words=stay.why))
        why = f"  \n{reason}" if stay.why else ""
        link = f"[{plain(line.ref)}](</{collection.mission}?record={line.ref}>)"
        drawn.append(f"{link} **{plain(line.title)}**  \n{figure.small(since)}{why}")
    if len(here) > SHOWN:
        drawn.append(figure.small(f"+ {show_number(len(here) - SHOWN)}"))
    return "\n\n".join(drawn)


def _frame(collection: Collection, phases: Sequence[Phase]) -> pd.DataFrame:
    """One row a state that records have been in; where the way ends, none goes on."""
    way = [code for code in collection.workflow.names if code not in collection.workflow.closed]
    ends = {*way[-1:], *collection.workflow.closed}
    return pd.DataFrame(
        {
            "state": _(collection.workflow.names[phase.state]),
            "now": phase.now,
            "entered": phase.entered,
            "went_on": phase.went_on,
            "share": None if phase.state in ends else phase.went_on / phase.entered,
            "days": phase.days,
            "ended": phase.ended,
        }
        for phase in phases
        if phase.entered
    )


def _columns() -> list[Column]:
    return [
        Column("state", _("State")),
        Column("now", _("Now"), Kind.NUMBER),
        Column("entered", _("Ever there"), Kind.NUMBER),
        Column("went_on", _("Went on"), Kind.NUMBER),
        Column("share", _("Share that went on"), Kind.PERCENT),
        Column("days", _("Median days"), Kind.NUMBER, help=_("Of the stays that have ended.")),
        Column("ended", _("Ended stays"), Kind.NUMBER),
    ]
