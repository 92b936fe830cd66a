"""Figures and charts, each with its "i": what it means, where it comes from, how fresh it is, whom to ask."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial
from itertools import islice
from typing import Any
from urllib.parse import quote, urlencode

import streamlit as st
from streamlit.dataframe_util import convert_anything_to_arrow_bytes

from core.base import status
from core.base.cache import OfFrame
from core.base.i18n import _, language, show_moment
from core.base.settings import settings
from core.base.status import Verdict
from core.mission.contract import Mission, Related
from core.show import charts
from core.show.about import About
from core.ui import drawn
from core.ui.drawn import once
from core.ui.filters import put
from core.ui.words import plain

TOUCHED = 3
"""Things touched that are named; the others are counted."""
_arrow: OfFrame[bytes] = OfFrame(entries=100)
"""Frames of charts as they are sent: turning one into Arrow at every click costs as much as ten texts."""
NUMBER = 146
"""Pixels of a figure in a row of them."""
URL_SIGNS = ":/?#[]@!$&'()*+,;=%-._~"


def explained(about: About, freshness: datetime | None, more: str = "") -> str:
    """The text of an "i", as Markdown: Streamlit's help button shows it on hover, focus and touch. `more` is its last
    line: the way to its place in the guide."""
    lines = [
        _(about.definition),
        _("Source: {source}").format(source=_(about.source)),
        _("Data as of {moment}").format(moment=show_moment(freshness)) if freshness else _("No data yet"),
        _("Ask: {contact}").format(contact=plain(about.contact or whom_to_ask())),
    ]
    return "\n\n".join([*lines, more] if more else lines)


def whom_to_ask() -> str:
    """Who answers where neither a figure nor the settings name somebody."""
    return settings().contact or _("an administrator of Vigie")


def draw(
    label: str,
    value: str,
    about: About,
    freshness: datetime | None,
    *,
    verdict: Verdict | None,
    detail: str,
    more: str = "",
) -> None:
    """One figure with its "i": as wide as two of them need on a phone, so that a row wraps evenly."""
    once(
        st.metric,
        label,
        badge(verdict) if verdict else plain(value),
        plain(detail) or None,
        delta_color="off",
        delta_arrow="off",
        help=explained(about, freshness, more),
        width=NUMBER,
    )


def badge(verdict: Verdict) -> str:
    """A verdict with mark, word and colour, as Markdown: what is drawn as one piece is sent as one piece."""
    return f":{charts.THEME_COLOURS[verdict]}-badge[{status.word(verdict)}]"


def small(text: str) -> str:
    """A side remark, as Markdown. The text may come with data."""
    return f":gray[:small[{plain(text)}]]"


def link(label: str, url: str, icon: str) -> str:
    """A link to somewhere else, as Markdown. The address may come with data; it was checked to be one."""
    return f"[{icon} {label}](<{quote(url, safe=URL_SIGNS)}>)"


def related(name: str, things: Sequence[tuple[Mission, Related]]) -> str:
    """A thing and what other missions say of it (`core.mission.related`), as Markdown."""
    lines = [
        " ".join(
            part
            for part in (
                badge(thing.verdict) if thing.verdict else "",
                plain(thing.text),
                link(_(mission.title), address(thing.address), ":material/arrow_outward:") if thing.address else "",
            )
            if part
        )
        for mission, thing in things
    ]
    return "  \n".join([f"**{plain(name)}**", *lines])


def touched(things: Iterable[tuple[Mission, Related]]) -> str:
    """What other missions say that something touches, a line a mission, and whom that reaches; as Markdown."""
    lines: dict[str, dict[tuple[str, str], None]] = {}
    reached: dict[str, None] = {}
    for mission, thing in things:
        reached |= dict.fromkeys(thing.reaches)
        lines.setdefault(_(mission.title), {})[thing.text, address(thing.address) if thing.address else ""] = None
    paragraphs = []
    for title, named in lines.items():
        more = f" (+ {len(named) - TOUCHED})" if len(named) > TOUCHED else ""
        names = (f"[{plain(text)}](<{url}>)" if url else plain(text) for text, url in islice(named, TOUCHED))
        paragraphs.append(f"**{plain(title)}** : {' · '.join(names)}{more}")
    if reached:
        paragraphs.append(plain(_("It reaches: {names}").format(names=", ".join(reached))))
    return "  \n".join(paragraphs)


def address(place: tuple[str, Mapping[str, str]]) -> str:
    """Where a screen of a mission shows something: its key and its parameters as a URL of this host."""
    mission, parameters = place
    return _address(settings().base_path, mission, tuple(parameters.items()))


@lru_cache(maxsize=5_000)
def _address(base: str, mission: str, parameters: tuple[tuple[str, str], ...]) -> str:
    return f"{base}/{mission}?{urlencode(parameters)}"


def chart(
    chart: charts.AnyChart | charts.Drawing, *, key: str, told: str, on_pick: Callable[[], None] | None = None
) -> None:
    """A chart in the person's language, in the theme in force; `told` is read to whoever does not see it.

    `on_pick` is called when a selection of the chart's specification changes; `picked` says what it holds.
    """
    theme = st.context.theme.type or "light"
    if not isinstance(chart, charts.Drawing):
        st.altair_chart(charts.localised(chart, language(), theme), key=key, alt=told, on_select=on_pick or "ignore")
        return
    shows = drawn.The(chart), language(), theme, key, told
    if _arrow.found(chart.frame, ()) is None:  # perhaps a frame that is made anew at each run
        _drawing(*shows, on_select=on_pick or "ignore")
    elif on_pick:
        drawn.picked(_drawing, on_pick, *shows)
    else:
        once(_drawing, *shows)


def _drawing(chart: drawn.The, spoken: str, theme: str, key: str, told: str, *, on_select: Any = "ignore") -> None:
    frame = chart.thing.frame
    data = _arrow.get(frame, (), partial(convert_anything_to_arrow_bytes, frame))
    spec = {**charts.localised_drawing(chart.thing, spoken, theme), "datasets": {"drawn": data}}
    st.vega_lite_chart(spec=spec, key=key, alt=told, on_select=on_select)


def picked(key: str, selection: str) -> list[dict[str, Any]]:
    """What a selection of a chart holds: a dictionary of field and value for each mark picked."""
    state = st.session_state.get(key) or {}
    return list(state.get("selection", {}).get(selection) or [])


def take(mission: str, values: Mapping[str, object]) -> None:
    """The filters of the screen take some values, by filter; where they hold them already, lists and picks are emptied
    again. For a callback."""
    wanted = {f"{mission}.{name}": value for name, value in values.items()}
    again = all(st.session_state.get(key) == value for key, value in wanted.items())
    for key, value in wanted.items():
        put(key, type(value)() if again and isinstance(value, list | dict) else value)
