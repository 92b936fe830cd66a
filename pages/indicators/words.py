"""How values of an indicator are written, and where they come from."""

from collections.abc import Iterable
from datetime import date

from core.base.i18n import N_, _, show_date, show_number, show_percent
from core.show.columns import Column, Kind, missing
from pages.indicators.definitions import Indicator

SOURCE = N_("Indicators declared in the declarations folder, over the tables that they name")


def is_share(shape: str, unit: str) -> bool:
    """Whether values are shares of 1: those of a ratio without a unit; with one it is a mean, as € a file."""
    return shape == "ratio" and not unit


def kind(indicator: Indicator | None) -> Kind:
    """What the values of an indicator are."""
    return Kind.PERCENT if indicator is not None and is_share(indicator.shape, indicator.unit) else Kind.NUMBER


def column(name: str, label: str, indicator: Indicator | None, *, whole: bool) -> Column:
    """A column of values of an indicator; `whole`: all of them are whole numbers."""
    ratio = indicator is not None and indicator.shape == "ratio"
    return Column(name, label, kind(indicator), digits=0 if whole and not ratio else 1, unit=_unit(indicator))


def _unit(indicator: Indicator | None) -> str:
    return indicator.unit if indicator is not None else ""


def written(value: float | None, shape: str, unit: str) -> str:
    """A value in the person's language, with its unit; an en dash where there is none."""
    if value is None or missing(value):
        return "–"
    return show_percent(value, 1) if is_share(shape, unit) else _size(value, shape, unit)


def signed(value: float | None, indicator: Indicator) -> str:
    """A difference in the person's language, with its sign; "" where there is none."""
    if value is None or missing(value):
        return ""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{_size(abs(value), indicator.shape, indicator.unit)}"


def moved(value: float, shape: str, unit: str) -> str:
    """A difference without its unit, with its sign: of a share in points."""
    return f"{'+' if value > 0 else '−' if value < 0 else '±'}{_size(abs(value), shape, unit, bare=True)}"


def _size(size: float, shape: str, unit: str, *, bare: bool = False) -> str:
    if is_share(shape, unit):
        return _("{n} points").format(n=show_number(100 * size, 1))
    number = show_number(size, 0 if float(size).is_integer() else 1)
    return f"{number}\u00a0{unit}" if unit and not bare else number


def month(of: date) -> str:
    """A month in words."""
    return show_date(of, "MMMM y")


def months(those: Iterable[date]) -> str:
    """Months in words."""
    return ", ".join(map(month, those))
