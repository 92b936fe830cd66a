"""The headlines of missions (`core.mission.contract.Headline`) on the home page: what waits, then a card each."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

import streamlit as st

from core.base import declarations
from core.base.cache import Cache
from core.base.i18n import _, language, ngettext, show_moment, show_number
from core.base.status import LOOKS
from core.mission.contract import Headline, Mission, Task
from core.store import kept
from core.store.engine import store
from core.ui import figure, freshness
from core.ui.drawn import once
from core.ui.failures import tell
from core.ui.links import Way, links
from core.ui.screen import Screen
from core.ui.words import plain

BARS = "▁▂▃▄▅▆▇█"
_kept: Cache[Headline] = Cache(entries=2000, bytes_=2000, size=lambda _headline: 1)
"""Headlines of a minute, until the store, the facts, or what files say of rules and declared data change."""
SHOWN = 8
"""Tasks of one mission that are named; the others are counted."""


class _Said(NamedTuple):
    """What a card says."""

    mission: str
    icon: str
    title: str
    number: str
    text: str
    about: str | None


def read(s: Screen, shown: Iterable[Mission], visit: datetime | None) -> list[tuple[Mission, Headline]]:
    """The headlines of some missions, in their order; one that fails says so and leaves the others alone."""
    headlines = []
    with store().read() as connection:
        stamps = kept.stamp(connection), declarations.stamp(), s.reader.snapshot, language()
    key = (*stamps, s.person, visit, s.now.replace(second=0, microsecond=0))
    for mission in shown:
        try:
            headlines.append((mission, _kept.get((mission.key, *key), partial(_headline, s, mission, visit))))
        except Exception as error:
            tell(error)
    return headlines


def _headline(s: Screen, mission: Mission, visit: datetime | None) -> Headline:
    given = mission.headline(s.reader, s.person, s.now, visit) if mission.headline else None
    return given or Headline(_(mission.summary))


def tasks(headlines: Sequence[tuple[Mission, Headline]]) -> None:
    """What waits for the person, each a link to where it is done, the gravest first in each mission."""
    once(st.header, _("To do"), anchor=False)
    waiting = [(mission, headline.tasks) for mission, headline in headlines if headline.tasks]
    if not waiting:
        st.markdown(_("Nothing waits for you."))
    with st.container(gap="xxsmall", key="tasks"):
        once(links, *(way for mission, those in waiting for way in _ways(mission, those)))


def _ways(mission: Mission, those: Sequence[Task]) -> Iterator[Way]:
    for task in sorted(those, key=_mildness)[:SHOWN]:
        yield Way(mission.key, _label(task), mission.icon, tuple(task.params.items()))
    if (rest := len(those) - SHOWN) > 0:
        more = ngettext("{n} more", "{n} more", rest).format(n=show_number(rest))
        yield Way(mission.key, f"{_(mission.title)}\u202f: {more}", mission.icon)


def _mildness(task: Task) -> int:
    return -LOOKS[task.verdict].severity if task.verdict else 0


def _label(task: Task) -> str:
    mark = f"{figure.badge(task.verdict)} " if task.verdict else ""
    return mark + plain(task.text)


def cards(s: Screen, headlines: Sequence[tuple[Mission, Headline]], visit: datetime | None) -> None:
    """A card a mission: the way there, its verdict or number with its trend, and what changed since the visit."""
    once(_cards, *(_said(s, mission, headline, visit) for mission, headline in headlines))


def _said(s: Screen, mission: Mission, headline: Headline, visit: datetime | None) -> _Said:
    about = figure.explained(headline.about, headline.freshness or s.now) if headline.about else None
    verdict = figure.badge(headline.verdict) if headline.verdict else ""
    number = " ".join(filter(None, (verdict, plain(headline.number or ""))))
    text = "\n\n".join(_lines(s, mission, headline, visit))
    return _Said(mission.key, mission.icon, _(mission.title), number, text, about)


def _cards(*cards: _Said) -> None:
    with st.grid(3, min_column_width=280, gap="small"):
        for card in cards:
            with st.container(border=True, height="stretch", gap="xsmall"):
                links(Way(card.mission, f"**{card.title}**", card.icon))
                if card.number:
                    st.metric(card.title, card.number, label_visibility="collapsed")
                st.markdown(card.text, help=card.about)


def _lines(s: Screen, mission: Mission, headline: Headline, visit: datetime | None) -> Iterator[str]:
    """What a card says below its number, as one text."""
    if trend := _trend(headline.trend):
        yield f":primary[{trend}]"
    yield plain(headline.sentence)
    yield from _listed(_("Your squads") if s.person.squads else _("For you"), headline.concerns)
    if visit and headline.changes:
        yield from _listed(_("Since {moment}").format(moment=show_moment(visit)), headline.changes)
    elif visit and mission.headline:
        yield figure.small(_("Nothing new since {moment}").format(moment=show_moment(visit)))
    if headline.freshness:
        read_at = s.reader.read_at(*mission.tables) if mission.tables else None
        yield figure.small(freshness.sentence(headline.freshness, s.now, read_at))


def _trend(values: Sequence[float]) -> str:
    """A line of bars, the highest for the largest. As text: Streamlit's own small chart has parts without a name, which
    a screen reader stumbles over."""
    most = max(values, default=0)
    return "".join(BARS[round(value / most * (len(BARS) - 1))] for value in values) if most else ""


def _listed(title: str, sentences: tuple[str, ...]) -> Iterator[str]:
    if sentences:
        yield f"**{title}**\n" + "".join(f"\n- {plain(sentence)}" for sentence in sentences)
