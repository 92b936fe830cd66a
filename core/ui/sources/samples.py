"""What is said below a field: what some cells of its column are read as, and what is wrong with others."""

from datetime import date, datetime
from typing import Any

from core.base.i18n import _, show_date, show_duration, show_moment, show_number, show_percent
from core.sources.kinds import Kind
from core.sources.mapping import Field
from core.sources.samples import Sample
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
