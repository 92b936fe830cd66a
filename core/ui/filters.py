"""The filters of a screen (`core.show.filters`) as widgets, kept in its address: a shared link and the back button
restore them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial, singledispatch
from typing import Any, Literal
from zlib import crc32

import pandas as pd
import streamlit as st

from core.base.i18n import _, every, language
from core.show.columns import missing
from core.show.filters import (
    Choice,
    Choices,
    Chosen,
    Day,
    Days,
    Field,
    Filter,
    Line,
    OneOf,
    Picked,
    Range,
    Rows,
    Text,
    Words,
    left_out,
)
from core.ui import drawn
from core.ui.drawn import block
from core.ui.words import plain

LONGEST_CELL = 300
MOST_AT_ONCE = 7
"""Of so many options that stand beside each other one is found at a glance; more are a list."""
LONG_WORDS, LONGEST_WORDS = 26, 55
"""Choices of so many signs get a wider box."""
TALL = 480
"""Pixels of a page of text."""
DATE_FORMATS = {"fr": "DD/MM/YYYY", "en": "YYYY-MM-DD"}


@singledispatch
def draw(asked: Filter[Any], key: str) -> None:
    """Draw the widget of a filter, whose value is `st.session_state[key]`; each kind of filter has its own."""
    raise NotImplementedError(type(asked))


@draw.register
def _day(asked: Day, key: str) -> None:
    st.date_input(
        asked.label,
        value=asked.default,
        min_value=asked.first,
        max_value=asked.last,
        key=key,
        format=DATE_FORMATS[language()],
        width=260,
    )


def _step(asked: Day, key: str, value: date, days: int, icon: str, label: str) -> None:
    target = value + timedelta(days=days)
    drawn.button(
        icon,
        partial(put, key, target),
        key=f"{key}{days:+d}",
        help=label,
        type="tertiary",
        disabled=not asked.allowed(target),
    )


@draw.register
def _days(asked: Days, key: str) -> None:
    st.date_input(
        asked.label,
        value=asked.default,
        min_value=asked.first,
        max_value=asked.last,
        key=key,
        format=DATE_FORMATS[language()],
        width=260,
    )


@draw.register
def _range(asked: Range, key: str) -> None:
    """Two boxes, from and until. Boxes rather than a slider: they work by keyboard and touch, and their text is
    readable in the dark theme."""
    start, end = f"{key}.from", f"{key}.until"
    places = range(len(asked.options))

    def keep() -> None:
        first, last = st.session_state[start], st.session_state[end]
        st.session_state[key] = (first, last if first < last else places[-1])

    st.session_state[start], st.session_state[end] = st.session_state[key]
    later = places[st.session_state[start] + 1 :]
    with st.container(horizontal=True, wrap=False, vertical_alignment="bottom", gap="xsmall", width=250):
        for label, offered, at in ((_("{label}, from"), places[:-1], start), (_("until"), later, end)):
            st.selectbox(
                label.format(label=asked.label),
                offered,
                key=at,
                format_func=lambda place: asked.options[place][1],
                on_change=keep,
            )


@draw.register
def _choice(asked: Choice, key: str) -> None:
    st.selectbox(
        asked.label,
        options=list(asked.options),
        index=None,
        key=key,
        format_func=lambda code: asked.options.get(code, code),
        placeholder=asked.none or every(asked.label),
        width=_width([asked.none, *asked.options.values()]),
    )


def _width(words: Sequence[str]) -> int:
    """Pixels of a box of which the longest of some words is not cut, within reason."""
    longest = max(map(len, words))
    return 220 if longest < LONG_WORDS else 420 if longest < LONGEST_WORDS else 640


@draw.register
def _choices(asked: Choices, key: str) -> None:
    st.multiselect(
        asked.label,
        options=list(asked.options),
        key=key,
        format_func=lambda code: asked.options.get(code, code),
        placeholder=every(asked.label),
        width=260,
    )


@draw.register
def _text(asked: Text, key: str) -> None:
    st.text_input(
        asked.label,
        key=key,
        type="search",
        placeholder=asked.label,
        max_chars=200,
        width=220,
        label_visibility="collapsed",
    )


@draw.register
def _line(asked: Line, key: str) -> None:
    st.text_input(asked.label, key=key, max_chars=asked.longest, help=asked.help or None)


@draw.register
def _rows(asked: Rows, key: str) -> None:
    """A table to be changed. What it began with is told apart by its key: of other rows it begins anew, and what was
    typed into it is read back as the value."""
    names = [field.name for field in asked.fields]
    began = pd.DataFrame(list(asked.default), columns=names).astype(
        {f.name: bool if f.flag else str for f in asked.fields}
    )
    st.caption(asked.label)
    given = st.data_editor(
        began,
        key=f"{key}.{crc32(repr(asked.default).encode()):x}",
        num_rows="fixed" if asked.fixed else "dynamic",
        hide_index=True,
        column_config={field.name: _column(field) for field in asked.fields},
        disabled=[field.name for field in asked.fields if field.locked],
    )
    st.session_state[key] = tuple(
        tuple(_cell(field, cell) for field, cell in zip(asked.fields, row, strict=True))
        for row in given.itertuples(index=False)
    )


def _column(field: Field) -> Any:
    if field.flag:
        return st.column_config.CheckboxColumn(field.label, default=False)
    if field.options:
        return st.column_config.SelectboxColumn(
            field.label, options=list(field.options), default=field.options[0], required=True
        )
    return st.column_config.TextColumn(field.label, default="", max_chars=LONGEST_CELL)


def _cell(field: Field, cell: Any) -> str | bool:
    return cell is True or str(cell) == "True" if field.flag else "" if missing(cell) else str(cell).strip()


@draw.register
def _words(asked: Words, key: str) -> None:
    st.text_area(asked.label, key=key, max_chars=asked.longest, height=TALL if asked.tall else "content")


@draw.register
def _one_of(asked: OneOf, key: str) -> None:
    options = list(asked.options)

    def named(code: str) -> str:
        return asked.options.get(code, code)

    if len(options) > MOST_AT_ONCE:
        st.selectbox(asked.label, options=options, key=key, format_func=named)
        return
    st.radio(asked.label, options=options, key=key, format_func=named, horizontal=True, width="content")


def put(key: str, value: Any) -> None:
    """Give a filter a value, for a callback; what its open box holds is forgotten."""
    st.session_state[key] = value
    st.session_state.pop(_box(key), None)


def choose(mission: str, filters: Mapping[str, Filter[Any]], *, shown: bool = True) -> Chosen:
    """Draw the filters as a line of chips that say their values, and give these; the address follows.

    A chip opens its choice; the widget of a closed one is not built. Rare filters stand behind one chip until they
    are used; the last button takes every filter back to what it is at first. Filters that are not `shown` hold all the
    same.
    """
    address = st.query_params.to_dict()
    values: dict[str, Any] = {}
    saying = dict(address)
    before: Mapping[str, str | None] = st.session_state.get(_known(mission), {})
    known = dict(before)
    for name, asked in filters.items():
        values[name] = _value(f"{mission}.{name}", asked, address.get(name), before.get(name))
        known[name] = encoded = _saying(asked, values[name], address.get(name))
        saying.pop(name, None)
        if encoded is not None:
            saying[name] = encoded
    if known != before:
        st.session_state[_known(mission)] = known
    place = f"{mission}.{next(iter(filters), '')}"
    hidden = [name for name, asked in filters.items() if asked.rare and values[name] == asked.default]
    for name, asked in filters.items():
        if shown and name not in hidden and not asked.aside:
            _chip(f"{mission}.{name}", asked, values[name])
    if hidden and shown:
        more = drawn.menu(_("Filters"), ":material/tune:", f"{place}.more")
        if more.open:
            with more:
                for name in hidden:
                    _open(f"{mission}.{name}", filters[name], values[name])
    changed = {
        f"{mission}.{name}": asked.default
        for name, asked in filters.items()
        if values[name] != asked.default and not asked.inline and not asked.aside
    }
    if changed and shown:
        drawn.button(
            ":material/restart_alt:",
            partial(_reset, changed),
            key=f"{place}.reset",
            help=_("Take every filter off"),
            type="tertiary",
        )
    if saying != address:
        st.query_params.from_dict(saying)  # all at once: each change of the address is a step of the back button
    return Chosen(filters, values)


def _reset(defaults: Mapping[str, Any]) -> None:
    for key, value in defaults.items():
        put(key, value)


def _chip(key: str, asked: Filter[Any], value: Any) -> None:
    """A filter in the line: its label and value, its choice when open; days step, what was picked is taken off."""
    if asked.inline:
        draw(asked, key)
        return
    if isinstance(asked, Picked):
        if value:
            drawn.button(
                plain(asked.shown(value)),
                partial(put, key, {}),
                key=f"{key}.off",
                icon=":material/filter_alt_off:",
                help=_("Picked in a chart; press to take it off."),
            )
        return
    if isinstance(asked, Day):
        _step(asked, key, value, -1, ":material/chevron_left:", _("Day before"))
    label = _("{label}: {value}").format(label=plain(asked.label), value=f"**{plain(asked.chip(value))}**")
    kind: Literal["secondary", "tertiary"] = "tertiary" if value == asked.default else "secondary"
    chip = block(st.popover, label, key=f"{key}.chip", type=kind, on_change="rerun")
    if chip.open:
        with chip:
            _open(key, asked, value)
    if isinstance(asked, Day):
        _step(asked, key, value, 1, ":material/chevron_right:", _("Day after"))


def _open(key: str, asked: Filter[Any], value: Any) -> None:
    st.session_state.setdefault(_box(key), value)
    draw(asked, _box(key))


def stand(mission: str, chosen: Chosen, name: str) -> None:
    """Draw a filter that stands aside, open, where it concerns something."""
    _open(f"{mission}.{name}", chosen.filters[name], chosen.values[name])


def lost(mission: str, chosen: Chosen, asked: Mapping[str, str]) -> None:
    """Tell what an address asks for and is not offered here, as long as the filters stay as it left them."""
    kept = f"{mission}.lost"
    values = {name: asked.encode(chosen.values[name]) for name, asked in chosen.filters.items()}
    if sentence := left_out(chosen.filters, asked):
        st.session_state[kept] = values, sentence
    elif st.session_state.get(kept, ({}, ""))[0] != values:
        st.session_state.pop(kept, None)
    if kept in st.session_state:
        st.warning(plain(st.session_state[kept][1]), icon=":material/filter_alt_off:")


def _saying(asked: Filter[Any], value: Any, written: str | None) -> str | None:
    """What the address is to say; days that move stay days that move while nobody picks others."""
    if isinstance(asked, Days) and written is not None and asked.moves(written) and asked.read(written) == value:
        return written
    return asked.encode(value)


def _known(mission: str) -> str:
    """Where the session keeps what the address said last of each filter: each look into the session has its price, and
    a screen has up to thirty filters."""
    return f"{mission}.address"


def _box(key: str) -> str:
    """The widget of an open filter: Streamlit forgets it once it is not drawn, so the value has a key of its own."""
    return f"{key}.box"


_NOTHING: Any = object()


def _value(key: str, asked: Filter[Any], written: str | None, before: str | None) -> Any:
    """The value of a filter; where the address changed by itself (a link, the back button) since it said what was
    `before`, it wins over the widget.

    What an open box holds counts once it is whole: of a range of days, its first day alone changes nothing.
    """
    value = st.session_state.get(key, _NOTHING)
    if value is _NOTHING or before != written:
        value = asked.read(written)
        put(key, value)
        return asked.checked(value)
    boxed = st.session_state.get(_box(key), _NOTHING)
    if boxed is not _NOTHING and asked.allowed(boxed):
        value = st.session_state[key] = boxed
    return asked.checked(value)
