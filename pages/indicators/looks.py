"""One look at an indicator: what its SELECT answered becomes a value a month and slice. Pure."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import pyarrow as pa

from core.base.errors import RulesInvalid
from core.base.i18n import _, ngettext
from core.base.periods import Grain
from core.facts.squads import HOUSE
from pages.indicators.definitions import Indicator
from pages.indicators.facts import INDICATOR_VALUES
from pages.indicators.readings import slice_of

Origin = Literal["scheduled", "late", "again", "rebuilt"]
NUMBERS = frozenset({"value", "numerator", "denominator"})
SQUAD, PERIOD = "squad", "period"


@dataclass(frozen=True)
class Taken:
    """A look: its day on the screens' clock, its moment (UTC), why it is taken, by whom, and which take of that day."""

    on: date
    at: datetime
    origin: Origin
    source: str
    take: int = 1
    reason: str | None = None


Cell = tuple[date, str, str]
"""A month, a slice and its squad, or HOUSE."""


def values(indicator: Indicator, answer: pa.Table, first: date, last: date) -> dict[Cell, dict[str, float | None]]:
    """What an answer says by month, slice and squad: `value`, `numerator`, `denominator`.

    It has the columns that are wanted. Raises RulesInvalid with a sentence where a month or a number is none, the same
    cell is told twice, or months beyond those that were asked for are. A ratio over nothing has no value.
    """
    numbers = wanted(indicator) - {PERIOD}
    named = [name for name in answer.column_names if name not in {PERIOD, SQUAD, *NUMBERS}]
    found: dict[Cell, dict[str, float | None]] = {}
    for row in answer.to_pylist():
        month = _month(indicator, row[PERIOD])
        if not first <= month <= last:
            told = _("its SELECT gives {month}; it was asked for {first} to {last}: compare with $first and $last")
            raise wrong(indicator, told.format(month=f"{month:%m/%Y}", first=f"{first:%m/%Y}", last=f"{last:%m/%Y}"))
        squad = row.get(SQUAD) or indicator.squad
        said = slice_of({name: row[name] for name in named} | ({SQUAD: squad} if squad else {}))
        cell = (month, said, squad or HOUSE)
        if cell in found:
            told = _("its SELECT gives {month} twice: group by the month and by every dimension")
            raise wrong(indicator, told.format(month=f"{month:%m/%Y}"))
        found[cell] = _numbers(indicator, row, numbers)
    return found


def wanted(indicator: Indicator) -> frozenset[str]:
    """The columns that its SELECT has to give."""
    return frozenset({PERIOD, "numerator", "denominator"} if indicator.shape == "ratio" else {PERIOD, "value"})


def rows(
    indicator: Indicator,
    told: Mapping[Cell, Mapping[str, float | None]],
    earlier: Iterable[Cell],
    window: tuple[date, date],
    taken: Taken,
) -> pa.Table:
    """The rows to land of a look. A cell of `earlier` looks that is within the window and that the answer does not
    tell of any more is 0: what is counted went away."""
    gone = {cell for cell in earlier if window[0] <= cell[0] <= window[1]} - told.keys()
    nothing: dict[str, float | None] = {"value": 0.0, "numerator": None, "denominator": None}
    if indicator.shape == "ratio":
        nothing = {"value": None, "numerator": 0.0, "denominator": 0.0}
    made: list[dict[str, Any]] = [
        {
            "source": taken.source,
            "indicator": indicator.indicator,
            "version": indicator.version,
            "definition": indicator.counted,
            "period": month,
            "slice": said,
            "squad": squad,
            "seen_on": taken.on,
            "take": taken.take,
            "seen_at": taken.at,
            "origin": taken.origin,
            "reason": taken.reason,
            **numbers,
        }
        for (month, said, squad), numbers in [*told.items(), *((cell, nothing) for cell in sorted(gone, key=str))]
    ]
    return pa.Table.from_pylist(made, INDICATOR_VALUES.schema)


def _month(indicator: Indicator, said: object) -> date:
    day = said.date() if isinstance(said, datetime) else said
    if not isinstance(day, date):
        told = _("its SELECT gives “{value}” for a period, which is no day") if said is not None else _(
            "its SELECT gives rows without a period: leave out what has no date, or count it apart"
        )  # fmt: skip
        raise wrong(indicator, told.format(value=said))
    return Grain.MONTH.first(day)


def _numbers(indicator: Indicator, row: Mapping[str, Any], wanted: frozenset[str]) -> dict[str, float | None]:
    said = {name: _number(indicator, name, row[name]) for name in wanted}
    if indicator.shape == "number":
        return {"value": said["value"], "numerator": None, "denominator": None}
    over, under = said["numerator"], said["denominator"]
    share = over / under if over is not None and under else None
    return {"value": share, "numerator": over, "denominator": under}


def _number(indicator: Indicator, name: str, said: object) -> float | None:
    if said is None:
        return None
    try:
        number = float(said)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        told = _("its SELECT gives “{value}” for {name}, which is no number")
        raise wrong(indicator, told.format(value=said, name=name))
    return number


def wrong(indicator: Indicator, problem: str) -> RulesInvalid:
    """The error to raise of an indicator; `problem` is a sentence without its full stop."""
    return RulesInvalid(_("The indicator {name}: {problem}.").format(name=indicator.indicator, problem=problem))


def changed(landed: Iterable[Mapping[str, Any]], new: pa.Table) -> str:
    """A sentence where the same day was looked at before and said otherwise; "" where it said the same."""
    before = {(row["period"], row["slice"]): row["value"] for row in landed}
    now = {(row["period"], row["slice"]): row["value"] for row in new.to_pylist()}
    count = sum(before.get(cell) != now.get(cell) for cell in before.keys() | now.keys())
    if not before or not count:
        return ""
    return ngettext(
        "{n} value differs from what was seen earlier that day; that one stays. Look again with a reason to keep both.",
        "{n} values differ from what was seen earlier that day; those stay. Look again with a reason to keep both.",
        count,
    ).format(n=count)
