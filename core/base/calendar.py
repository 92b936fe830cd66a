"""Business time: working days, French public holidays, cron schedules.

A wall-clock time becomes one moment even in the two nights when the clock changes:
an hour that does not exist is read as the hour after it (02:30 → 03:30 in March); of an hour that comes twice,
an opening takes the first and a closing the second, so that nobody is late by the clock alone (October).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile
from zoneinfo import ZoneInfo

import numpy as np
from cronsim import CronSim, CronSimError

from core.base.settings import settings

ALSACE_MOSELLE = ("57", "67", "68")
"""Departments with two more public holidays: Good Friday and the second day of Christmas."""


def to_moment(day: date, wall: time, zone: str, *, closing: bool = False) -> datetime:
    """The UTC moment of a wall-clock time; `closing` takes the second of an hour that comes twice."""
    first, second = (datetime.combine(day, wall, ZoneInfo(zone)).replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return max(first, second) if closing else first


def start_of(day: date) -> datetime:
    """The first moment (UTC) of a day on the screens' clock."""
    return datetime.combine(day, time(), ZoneInfo(settings().timezone)).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The last moment (UTC) of a day on the screens' clock."""
    return datetime.combine(day, time.max, ZoneInfo(settings().timezone)).astimezone(UTC)


@lru_cache(maxsize=64)
def _public_holidays(year: int, department: str) -> dict[date, str]:
    import holidays  # commands that ask for no day start without it

    subdivision = "57" if department in ALSACE_MOSELLE else None
    return dict(holidays.country_holidays("FR", subdiv=subdivision, years=year, language="fr"))


def public_holiday(day: date, department: str = "") -> str | None:
    """French name of the public holiday, or None. Departments 57, 67 and 68 have two more."""
    return _public_holidays(day.year, department).get(day)


def is_working_day(day: date, department: str = "") -> bool:
    """Monday to Friday, public holidays excepted."""
    return day.weekday() < 5 and public_holiday(day, department) is None


def working_days(month: date, department: str = "") -> list[date]:
    """The working days of the month that `month` lies in, in order."""
    first = month.replace(day=1)
    days = (first + timedelta(days=n) for n in range(31))
    return [day for day in days if day.month == first.month and is_working_day(day, department)]


def worked_days(starts: np.ndarray, ends: np.ndarray, department: str = "") -> np.ndarray:
    """Working days from each moment to another, parts of a day included; both are wall clocks (datetime64, no NaT)."""
    years = np.concatenate([starts, ends]).astype("datetime64[Y]").astype(int) + 1970
    off = [
        day for year in range(years.min(initial=1970), years.max(initial=1970) + 1)
        for day in _public_holidays(year, department)
    ]  # fmt: skip

    def since_long_ago(moments: np.ndarray) -> np.ndarray:
        days = moments.astype("datetime64[D]")
        whole = np.busday_count(np.datetime64("1970-01-01"), days, holidays=off)
        part = (moments - days) / np.timedelta64(1, "D")
        return np.asarray(whole + np.where(np.is_busday(days, holidays=off), part, 0.0))

    return np.asarray(since_long_ago(ends) - since_long_ago(starts))


def check_cron(expression: str) -> None:
    """Raise ValueError when it is no five-field cron expression."""
    if len(expression.split()) != 5:
        raise ValueError(f"a cron expression has five fields: {expression!r}")
    try:
        CronSim(expression, datetime(2026, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        raise ValueError(f"not a cron expression: {expression!r} ({error})") from None


@lru_cache(maxsize=4096)
def cron_times(expression: str, start: datetime, end: datetime, zone: str) -> tuple[datetime, ...]:
    """UTC moments of [start, end[ when a cron of that zone fires, as Debian's cron does.

    A fixed time fires once in the night when its hour comes twice, and just after the gap when it does not exist.
    """
    ticks: Iterator[datetime] = CronSim(expression, (start - timedelta(seconds=1)).astimezone(ZoneInfo(zone)))
    return tuple(takewhile(lambda tick: tick < end, (tick.astimezone(UTC) for tick in ticks)))
