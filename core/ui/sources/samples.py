"""What is said below a field: what some cells of its column are read as, and what is wrong with others."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from core.base.i18n import _, show_date, show_duration, show_moment, show_number, show_percent
from core.sources.cells import Cells
from core.sources.mapping import ColumnMapping, Field, cells_of
from core.sources.samples import Sample
from core.sources.values.kinds import DATES, Kind
from core.sources.values.moments import open_order, read_moments
from core.ui.words import plain

_SHOWN = 40


def told(field: Field, seen: Sample) -> str:
    """Markdown: three cells with what they are read as, then how many cannot be read, and one of them."""
    if not seen.filled:
        return _("The first rows leave it empty.")
    read = " · ".join(plain(_cell(field, text, value)) for text, value in seen.read)
    if not seen.unreadable:
        return read
    wrong = _("{n} of {all} cannot be read, e.g. “{value}”.").format(
        n=show_number(seen.unreadable), all=show_number(seen.filled), value=plain(seen.example[:_SHOWN])
    )
    return " ".join(filter(None, (read, f":red[{wrong}]")))


def order_asked(cells: Cells, fields: Sequence[Field], mapping: ColumnMapping) -> str:
    """Markdown that asks whether days or months stand first, where no date proves it; empty where it need not."""
    of_dates = [field for field in fields if field.kind in DATES and field.name in mapping.columns]
    date = open_order([cells_of(cells, field, mapping, {}) for field in of_dates])
    if not date:
        return ""
    read = read_moments(pa.array([date]), mapping.timezone, day_first=mapping.day_first).first[0].as_py()
    return _(
        "Day or month first? Nothing here proves it. “{value}” is read as {moment}: else change “{option}” under "
        "“{settings}”."
    ).format(value=plain(date), moment=show_moment(read), option=_("Day first"), settings=_("Settings"))


def _cell(field: Field, text: str, value: Any) -> str:
    shown = _value(field.kind, value)
    return text[:_SHOWN] if shown is None or shown == text else f"{text[:_SHOWN]} → {shown}"


def _value(kind: Kind, value: Any) -> str | None:
    match kind:
        case Kind.MOMENT if isinstance(value, datetime):
            return show_moment(value)
        case Kind.DAY if isinstance(value, date):
            return show_date(value)
        case Kind.DURATION:
            return show_duration(value)
        case Kind.AMOUNT:
            return show_number(value, 2)
        case Kind.SHARE:
            return show_percent(value, 1)
        case Kind.FLAG:
            return _("yes") if value else _("no")
    return None
