"""Filters of a screen, kept in its address: a shared link and the back button restore them.

A value is written in the address in a form that no language changes (a day as 2026-11-20, a choice by its code),
also where it is the default: a link to last night still shows that night tomorrow. What an address says wrongly
is ignored. The browser is not trusted: a value outside of the offered ones falls back to the default.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any, Generic, TypeVar

import streamlit as st

from core.i18n import _, language, show_date

T = TypeVar("T")
DATE_FORMATS = {"fr": "DD/MM/YYYY", "en": "YYYY-MM-DD"}


@dataclass(frozen=True)
class Filter(Generic[T]):
    """One filter. `label` is already translated. `default` is what an address that says nothing means."""

    label: str
    default: T

    def draw(self, key: str) -> None:
        """Draw the widget whose value is `st.session_state[key]`."""
        raise NotImplementedError

    def encode(self, value: T) -> str | None:
        """The value as the address holds it; None leaves it out."""
        raise NotImplementedError

    def decode(self, text: str) -> T:
        """The value that an address holds. Raises ValueError when it says nothing sensible."""
        raise NotImplementedError

    def shown(self, value: T) -> str:
        """The value in the person's language, for the note of an export."""
        raise NotImplementedError

    def allowed(self, value: T) -> bool:
        """Whether the value is one that was offered."""
        return True


@dataclass(frozen=True)
class Day(Filter[date]):
    """A day, with buttons to the one before and the one after. Between `first` and `last`, where given."""

    first: date | None = None
    last: date | None = None

    def draw(self, key: str) -> None:
        with st.container(horizontal=True, wrap=False, vertical_alignment="bottom", gap="xsmall", width=290):
            self._step(key, -1, ":material/chevron_left:", _("Day before"))
            st.date_input(
                self.label,
                value=self.default,
                min_value=self.first,
                max_value=self.last,
                key=key,
                format=DATE_FORMATS[language()],
                width=180,
            )
            self._step(key, 1, ":material/chevron_right:", _("Day after"))

    def _step(self, key: str, days: int, icon: str, label: str) -> None:
        target = (st.session_state[key] or self.default) + timedelta(days=days)
        st.button(
            icon,
            key=f"{key}{days:+d}",
            help=label,
            disabled=not self.allowed(target),
            on_click=st.session_state.__setitem__,
            args=(key, target),
        )

    def encode(self, value: date) -> str:
        return value.isoformat()

    def decode(self, text: str) -> date:
        return date.fromisoformat(text)

    def shown(self, value: date) -> str:
        return show_date(value)

    def allowed(self, value: date) -> bool:
        return (
            isinstance(value, date)
            and (self.first is None or value >= self.first)
            and (self.last is None or value <= self.last)
        )


@dataclass(frozen=True)
class Days(Filter[tuple[date, date]]):
    """A range of days, both included."""

    first: date | None = None
    last: date | None = None

    def draw(self, key: str) -> None:
        st.date_input(
            self.label,
            value=self.default,
            min_value=self.first,
            max_value=self.last,
            key=key,
            format=DATE_FORMATS[language()],
            width=260,
        )

    def encode(self, value: tuple[date, date]) -> str:
        return f"{value[0].isoformat()}_{value[1].isoformat()}"

    def decode(self, text: str) -> tuple[date, date]:
        start, end = text.split("_")
        return date.fromisoformat(start), date.fromisoformat(end)

    def shown(self, value: tuple[date, date]) -> str:
        return f"{show_date(value[0])} – {show_date(value[1])}"

    def allowed(self, value: tuple[date, date]) -> bool:
        if len(value) != 2 or value[0] > value[1]:
            return False
        return (self.first is None or value[0] >= self.first) and (self.last is None or value[1] <= self.last)


def _clock(value: time) -> str:
    return value.strftime("%H:%M")


QUARTERS = tuple(time(minutes // 60, minutes % 60) for minutes in range(0, 1440, 15))
LAST_MINUTE = time(23, 59)


def pick_range(label: str, options: Sequence[T], key: str, shown: Callable[[T], str]) -> None:
    """Two boxes, from and until, over one ordered list; `st.session_state[key]` holds the pair in its order.

    Two boxes rather than a slider: they work by keyboard and touch, and their text is readable in the dark theme.
    """
    start, end = f"{key}.from", f"{key}.until"

    def keep() -> None:
        first, last = st.session_state[start], st.session_state[end]
        in_order = options.index(first) < options.index(last)
        st.session_state[key] = (first, last if in_order else options[-1])

    st.session_state[start], st.session_state[end] = st.session_state[key]
    later = options[options.index(st.session_state[start]) + 1 :]
    with st.container(horizontal=True, wrap=False, vertical_alignment="bottom", gap="xsmall", width=250):
        st.selectbox(_("{label}, from").format(label=label), options[:-1], key=start, format_func=shown, on_change=keep)
        st.selectbox(_("until"), later, key=end, format_func=shown, on_change=keep)


@dataclass(frozen=True)
class Hours(Filter[tuple[time, time]]):
    """A range of local hours of the day, by quarters; the last one, 23:59, means until midnight."""

    default: tuple[time, time] = (QUARTERS[0], LAST_MINUTE)

    def draw(self, key: str) -> None:
        pick_range(self.label, [*QUARTERS, LAST_MINUTE], key, _clock)

    def encode(self, value: tuple[time, time]) -> str | None:
        return None if value == self.default else f"{_clock(value[0])}_{_clock(value[1])}"

    def decode(self, text: str) -> tuple[time, time]:
        start, end = text.split("_")
        return time.fromisoformat(start), time.fromisoformat(end)

    def shown(self, value: tuple[time, time]) -> str:
        return f"{_clock(value[0])} – {_clock(value[1])}"

    def allowed(self, value: tuple[time, time]) -> bool:
        return len(value) == 2 and value[0] < value[1] and {*value} <= {*QUARTERS, LAST_MINUTE}


@dataclass(frozen=True)
class Choice(Filter[str | None]):
    """One of some codes, or None for all of them. `options`: code → label, already translated."""

    default: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)

    def draw(self, key: str) -> None:
        st.selectbox(
            self.label,
            options=list(self.options),
            index=None,
            key=key,
            format_func=lambda code: self.options.get(code, code),
            placeholder=_("All"),
            width=220,
        )

    def encode(self, value: str | None) -> str | None:
        return value

    def decode(self, text: str) -> str | None:
        return text

    def shown(self, value: str | None) -> str:
        return self.options[value] if value is not None else _("All")

    def allowed(self, value: str | None) -> bool:
        return value is None or value in self.options


@dataclass(frozen=True)
class Choices(Filter[list[str]]):
    """Some codes out of many; an empty list means all of them. `options`: code → label, already translated."""

    default: list[str] = field(default_factory=list)
    options: Mapping[str, str] = field(default_factory=dict)

    def draw(self, key: str) -> None:
        st.multiselect(
            self.label,
            options=list(self.options),
            key=key,
            format_func=lambda code: self.options.get(code, code),
            placeholder=_("All"),
            width=260,
        )

    def encode(self, value: list[str]) -> str | None:
        return ",".join(code.replace("%", "%25").replace(",", "%2C") for code in value) or None

    def decode(self, text: str) -> list[str]:
        codes = [code.replace("%2C", ",").replace("%25", "%") for code in text.split(",")]
        return [code for code in codes if code in self.options]

    def shown(self, value: list[str]) -> str:
        return ", ".join(self.options[code] for code in value) or _("All")

    def allowed(self, value: list[str]) -> bool:
        return {*value} <= {*self.options}


@dataclass(frozen=True)
class Text(Filter[str]):
    """Words to search for; "" for none."""

    default: str = ""

    def draw(self, key: str) -> None:
        st.text_input(self.label, key=key, type="search", placeholder=_("Search"), max_chars=200, width=220)

    def encode(self, value: str) -> str | None:
        return value or None

    def decode(self, text: str) -> str:
        return text[:200]

    def shown(self, value: str) -> str:
        return value or "–"


class Chosen:
    """The values of a screen's filters, as attributes named like the filters."""

    def __init__(self, filters: Mapping[str, Filter[Any]], values: Mapping[str, Any]) -> None:
        self._filters = filters
        self.values = dict(values)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["values"][name]
        except KeyError:
            raise AttributeError(name) from None

    def also(self, more: "Chosen") -> "Chosen":
        """These filters and some more."""
        return Chosen({**self._filters, **more._filters}, {**self.values, **more.values})

    def told(self) -> tuple[tuple[str, str], ...]:
        """(label, value) of each filter in the person's language, for the note of an export."""
        return tuple((one.label, one.shown(self.values[name])) for name, one in self._filters.items())


def choose(mission: str, filters: Mapping[str, Filter[Any]]) -> Chosen:
    """Draw the filters in a row that wraps, and give their values; the address follows."""
    said = st.query_params.to_dict()
    values: dict[str, Any] = {}
    saying = dict(said)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for name, one in filters.items():
            values[name] = _drawn(f"{mission}.{name}", one, said.get(name))
            encoded = one.encode(values[name])
            st.session_state[_known(f"{mission}.{name}")] = encoded
            saying.pop(name, None)
            if encoded is not None:
                saying[name] = encoded
    if saying != said:
        st.query_params.from_dict(saying)  # all at once: each change of the address is a step of the back button
    return Chosen(filters, values)


def _known(key: str) -> str:
    """Where the session keeps what the address said last."""
    return f"{key}.address"


def _drawn(key: str, one: Filter[Any], said: str | None) -> Any:
    """Draw one filter; where the address changed by itself (a link, the back button) it wins over the widget."""
    if key not in st.session_state or st.session_state.get(_known(key)) != said:
        st.session_state[key] = _read(one, said)
    one.draw(key)
    value = st.session_state[key]
    return value if one.allowed(value) else one.default


def _read(one: Filter[Any], said: str | None) -> Any:
    if said is None:
        return one.default
    try:
        value = one.decode(said)
    except ValueError:
        return one.default
    return value if one.allowed(value) else one.default
