"""Indicators checked and tried: what a look would say now, without taking it."""

from collections.abc import Sequence

from core.base import clock
from core.base.i18n import _
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from pages.indicators import taking
from pages.indicators.look import sliced
from pages.indicators.words import month, written

SHOWN = 13
"""So many months are told, the newest."""


def problems() -> Sequence[str]:
    """What is wrong with declared indicators."""
    return taking.declared_now().problems


def attempt(name: str) -> Sequence[str] | None:
    """The newest months as a look would say them now. Raises RulesInvalid and QueryFailed."""
    indicator = taking.declared_now().get(name)
    if indicator is None:
        return None
    ready = taking.take(indicator, warehouse().reader(EVERYTHING), clock.now(), [], (), reason=_("tried"))
    rows = sorted(ready.rows.to_pylist(), key=lambda row: (row["period"], row["slice"]), reverse=True)
    months = sorted({row["period"] for row in rows}, reverse=True)[:SHOWN]
    return [
        f"{month(row['period'])}  {sliced(row['slice'])}  {written(row['value'], indicator.shape, indicator.unit)}"
        for row in rows
        if row["period"] in months
    ] or [_("{title}: the SELECT gives no month.").format(title=indicator.title)]
