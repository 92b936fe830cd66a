"""Filters of a business night: its hours, in their order, and what was known at one of them.

An hour is told in minutes since the night's turn, so that the hours before midnight come first; the address holds
it as the clock shows it.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import streamlit as st

from core.base.calendar import Night
from core.base.i18n import _
from core.show.filters import Filter
from core.ui.filters import draw, pick_range

HALF_HOUR, WHOLE_NIGHT = 30, 1440
Minutes = tuple[int, int]


def clock(minutes: int, turn: time) -> str:
    """Wall-clock hour that lies some minutes after the night's turn."""
    return f"{datetime.combine(date.min + timedelta(days=1), turn) + timedelta(minutes=minutes):%H:%M}"


def _minutes(clock: str, turn: time) -> int:
    """Minutes from the night's turn to a wall-clock hour. Raises ValueError when it is none."""
    wall = time.fromisoformat(clock)
    return ((wall.hour - turn.hour) * 60 + wall.minute - turn.minute) % WHOLE_NIGHT


@dataclass(frozen=True)
class NightHours(Filter[Minutes]):
    """A range of hours in the order of the night, in minutes since its turn."""

    default: Minutes = (0, WHOLE_NIGHT)
    turn: time = time(18)

    def _label(self, minutes: int) -> str:
        """The night begins and ends at the same hour: the first is told apart, as options must differ."""
        hour = clock(minutes, self.turn)
        return hour if minutes else _("{hour} the day before").format(hour=hour)

    def encode(self, value: Minutes) -> str | None:
        return None if value == self.default else "_".join(clock(minutes, self.turn) for minutes in value)

    def decode(self, text: str) -> Minutes:
        first, last = (_minutes(clock, self.turn) for clock in text.split("_"))
        return first, last or WHOLE_NIGHT

    def shown(self, value: Minutes) -> str:
        return " – ".join(map(self._label, value))

    def allowed(self, value: Minutes) -> bool:
        return len(value) == 2 and 0 <= value[0] < value[1] <= WHOLE_NIGHT


@draw.register
def _hours(one: NightHours, key: str) -> None:
    pick_range(one.label, range(0, WHOLE_NIGHT + 1, HALF_HOUR), key, one._label)


@dataclass(frozen=True)
class KnownAt(Filter[int | None]):
    """The hour of the night whose knowledge is shown, in minutes since its turn; None: all that is known by now."""

    default: int | None = None
    turn: time = time(18)
    last: int = WHOLE_NIGHT

    def encode(self, value: int | None) -> str | None:
        return None if value is None else clock(value, self.turn)

    def decode(self, text: str) -> int:
        return _minutes(text, self.turn)

    def shown(self, value: int | None) -> str:
        return _("Now") if value is None else clock(value, self.turn)

    def allowed(self, value: int | None) -> bool:
        return value is None or 0 < value <= self.last


@draw.register
def _known_at(one: KnownAt, key: str) -> None:
    st.selectbox(
        one.label,
        options=range(HALF_HOUR, one.last + 1, HALF_HOUR),
        index=None,
        key=key,
        format_func=lambda minutes: clock(minutes, one.turn),
        placeholder=_("Now"),
        width=150,
    )


def moment_at(night: Night, minutes: int) -> datetime:
    """The UTC moment some wall-clock minutes after the night's turn."""
    return night.end if minutes == WHOLE_NIGHT else night.moment(time.fromisoformat(clock(minutes, night.turn)))
