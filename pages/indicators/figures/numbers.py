"""The newest published month of an indicator: as published, as it is today, and what it comes to."""

from typing import Any

from core.base.i18n import N_, _, ngettext, show_date, show_number
from core.show.about import About
from core.show.columns import Kind, missing
from core.show.figure import Number, Numbers
from core.show.growth import EXPECTED
from pages.indicators.look import IndicatorLook
from pages.indicators.words import SOURCE, signed, written


def newest(look: IndicatorLook) -> dict[str, Any] | None:
    """The newest month that was published, of the slice that is shown."""
    told = look.months[look.months["published_on"].notna()]
    return None if told.empty else dict(told.iloc[-1])


def _published(look: IndicatorLook) -> str | None:
    row = newest(look)
    assert look.indicator is not None
    return written(row["published"], look.indicator.shape, look.indicator.unit) if row else None


def _today(look: IndicatorLook) -> str | None:
    row = newest(look)
    assert look.indicator is not None
    return written(row["value"], look.indicator.shape, look.indicator.unit) if row else None


def _of(look: IndicatorLook) -> str:
    row = newest(look)
    return show_date(row["period"], "MMM y") if row else ""


def _drift(look: IndicatorLook) -> str:
    row = newest(look)
    assert look.indicator is not None
    if row is None or missing(row["drift"]) or not row["drift"]:
        return _("unchanged since") if row else ""
    return _("{drift} since").format(drift=signed(row["drift"], look.indicator))


def _expected(look: IndicatorLook) -> str | None:
    row = newest(look)
    told = look.completion.get(row["period"]) if row else None
    if told is None:
        return None
    return f"{show_number(round(told.low))} – {show_number(round(told.high))}"  # the unit stands beside it


def _steps(look: IndicatorLook) -> str:
    row = newest(look)
    told = look.completion.get(row["period"]) if row else None
    return ngettext("of {n} month", "of {n} months", told.steps).format(n=told.steps) if told else ""


NUMBERS: Numbers[IndicatorLook] = Numbers(
    (
        Number(
            name="published",
            label=N_("Published"),
            about=About(N_("The newest month that was published, as it was frozen: it never changes."), SOURCE),
            value=_published,
            kind=Kind.TEXT,
            detail=_of,
        ),
        Number(
            name="today",
            label=N_("Up to date"),
            about=About(N_("The same month as the newest look says, in the same version of the definition."), SOURCE),
            value=_today,
            kind=Kind.TEXT,
            detail=_drift,
        ),
        Number(
            name="expected",
            label=N_("Expected at one year"),
            about=About(EXPECTED, SOURCE),
            value=_expected,
            kind=Kind.TEXT,
            detail=_steps,
            when=lambda look: look.counts,
        ),
    ),
    when=lambda look: look.indicator is not None,
)
