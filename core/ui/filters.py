"""The filters of a screen (`core.show.filters`) as widgets, kept in its address: a shared link and the back button
restore them."""

from collections.abc import Mapping
from datetime import timedelta
from functools import singledispatch
from typing import Any

import streamlit as st

from core.base.i18n import _, language
from core.show.filters import (
    Choice,
    Choices,
    Chosen,
    Day,
    Days,
    Filter,
    OneOf,
    Picked,
    Range,
    Text,
    Words,
)
from core.ui.words import plain

DATE_FORMATS = {"fr": "DD/MM/YYYY", "en": "YYYY-MM-DD"}


@singledispatch
def draw(one: Filter[Any], key: str) -> None:
    """Draw the widget of a filter, whose value is `st.session_state[key]`; each kind of filter has its own."""
    raise NotImplementedError(type(one))


@draw.register
def _day(one: Day, key: str) -> None:
    with st.container(horizontal=True, wrap=False, vertical_alignment="bottom", gap="xsmall", width=290):
        _step(one, key, -1, ":material/chevron_left:", _("Day before"))
        st.date_input(
            one.label,
            value=one.default,
            min_value=one.first,
            max_value=one.last,
            key=key,
            format=DATE_FORMATS[language()],
            width=180,
        )
        _step(one, key, 1, ":material/chevron_right:", _("Day after"))


def _step(one: Day, key: str, days: int, icon: str, label: str) -> None:
    target = (st.session_state[key] or one.default) + timedelta(days=days)
    st.button(
        icon,
        key=f"{key}{days:+d}",
        help=label,
        disabled=not one.allowed(target),
        on_click=st.session_state.__setitem__,
        args=(key, target),
    )


@draw.register
def _days(one: Days, key: str) -> None:
    st.date_input(
        one.label,
        value=one.default,
        min_value=one.first,
        max_value=one.last,
        key=key,
        format=DATE_FORMATS[language()],
        width=260,
    )


@draw.register
def _range(one: Range, key: str) -> None:
    """Two boxes, from and until. Boxes rather than a slider: they work by keyboard and touch, and their text is
    readable in the dark theme."""
    start, end = f"{key}.from", f"{key}.until"
    places = range(len(one.options))

    def keep() -> None:
        first, last = st.session_state[start], st.session_state[end]
        st.session_state[key] = (first, last if first < last else places[-1])

    st.session_state[start], st.session_state[end] = st.session_state[key]
    later = places[st.session_state[start] + 1 :]
    with st.container(horizontal=True, wrap=False, vertical_alignment="bottom", gap="xsmall", width=250):
        for label, offered, at in ((_("{label}, from"), places[:-1], start), (_("until"), later, end)):
            st.selectbox(
                label.format(label=one.label),
                offered,
                key=at,
                format_func=lambda place: one.options[place][1],
                on_change=keep,
            )


@draw.register
def _choice(one: Choice, key: str) -> None:
    st.selectbox(
        one.label,
        options=list(one.options),
        index=None,
        key=key,
        format_func=lambda code: one.options.get(code, code),
        placeholder=one.none or _("All"),
        width=220,
    )


@draw.register
def _choices(one: Choices, key: str) -> None:
    st.multiselect(
        one.label,
        options=list(one.options),
        key=key,
        format_func=lambda code: one.options.get(code, code),
        placeholder=_("All"),
        width=260,
    )


@draw.register
def _text(one: Text, key: str) -> None:
    st.text_input(one.label, key=key, type="search", placeholder=_("Search"), max_chars=200, width=220)


@draw.register
def _words(one: Words, key: str) -> None:
    st.text_area(one.label, key=key, max_chars=one.longest)


@draw.register
def _one_of(one: OneOf, key: str) -> None:
    st.radio(
        one.label,
        options=list(one.options),
        key=key,
        format_func=lambda code: one.options.get(code, code),
        horizontal=True,
        width="content",
    )


@draw.register
def _picked(one: Picked, key: str) -> None:
    if st.session_state[key]:
        st.button(
            plain(one.shown(st.session_state[key])),
            key=f"{key}.off",
            icon=":material/filter_alt_off:",
            help=_("Picked in a chart; press to take it off."),
            on_click=st.session_state.__setitem__,
            args=(key, {}),
        )


def choose(mission: str, filters: Mapping[str, Filter[Any]]) -> Chosen:
    """Draw the filters in a row that wraps, and give their values; the address follows."""
    said = st.query_params.to_dict()
    values: dict[str, Any] = {}
    saying = dict(said)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for name, one in filters.items():
            values[name] = _drawn(f"{mission}.{name}", one, said.get(name))
            encoded = _saying(one, values[name], said.get(name))
            st.session_state[_known(f"{mission}.{name}")] = encoded
            saying.pop(name, None)
            if encoded is not None:
                saying[name] = encoded
    if saying != said:
        st.query_params.from_dict(saying)  # all at once: each change of the address is a step of the back button
    return Chosen(filters, values)


def _saying(one: Filter[Any], value: Any, said: str | None) -> str | None:
    """What the address is to say; days that move stay days that move while nobody picks others."""
    if isinstance(one, Days) and said is not None and one.moves(said) and one.read(said) == value:
        return said
    return one.encode(value)


def _known(key: str) -> str:
    """Where the session keeps what the address said last."""
    return f"{key}.address"


def _drawn(key: str, one: Filter[Any], said: str | None) -> Any:
    """Draw one filter; where the address changed by itself (a link, the back button) it wins over the widget."""
    if key not in st.session_state or st.session_state.get(_known(key)) != said:
        st.session_state[key] = one.read(said)
    draw(one, key)
    value = st.session_state[key]
    return one.checked(value)
