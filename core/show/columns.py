"""How a column is shown: the one description that a table on screen and its exports share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

from core.base import status
from core.base.i18n import DAY_S, N_, _, show_date, show_duration, show_moment, show_number, show_percent, show_time

if TYPE_CHECKING:
    import pandas as pd


class Kind(StrEnum):
    """What a column holds, and so how it is written in the person's language."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    """A share of 1."""
    DURATION = "duration"
    """Seconds."""
    MOMENT = "moment"
    """UTC-aware; written in the screens' time zone."""
    TIME = "time"
    """UTC-aware; only the hour is written, in the screens' time zone."""
    DAY = "day"
    MONTH = "month"
    """Its first day; written without it."""
    STATUS = "status"
    """A `Verdict` value; written with its mark and word."""
    MARK = "mark"
    """A `Verdict` value; its mark alone is written on screen, its word in files."""
    AVAILABILITY = "availability"
    """A `Verdict` value; written in the words that business people use."""
    FLAG = "flag"
    LINK = "link"
    """An https address."""


MOMENTS = frozenset({Kind.MOMENT, Kind.TIME})
PLAIN = frozenset({Kind.TEXT, Kind.LINK})
"""Written as they are."""
VERDICTS = frozenset({Kind.STATUS, Kind.MARK, Kind.AVAILABILITY})
YES, NO = N_("yes"), N_("no")

Width = Literal["small", "medium", "large"] | int | None


@dataclass(frozen=True)
class Column:
    """One column of a frame as people see it. `label` and `help` are source strings, translated when shown, but
    for labels that are data (`Own`).

    `digits` are the decimals of a NUMBER or PERCENT, `unit` stands after its label ("Rows (thousands)"). `width` in
    pixels, or as Streamlit names it. `day_s` are the seconds of a day of a DURATION, where it is one of work.
    """

    name: str
    label: str
    kind: Kind = Kind.TEXT
    digits: int = 0
    unit: str = ""
    help: str = ""
    width: Width = None
    day_s: float = DAY_S

    @property
    def header(self) -> str:
        """Label and unit, in the person's language."""
        label = _(self.label)
        return f"{label} ({self.unit})" if self.unit else label


def framed(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> "pd.DataFrame":
    """Rows as a frame of these columns alone, in their order; moments are UTC, also where there is no row."""
    import pandas as pd  # records are declared without it

    frame = pd.DataFrame(rows, columns=[column.name for column in columns])
    return frame.astype({column.name: "datetime64[us, UTC]" for column in columns if column.kind is Kind.MOMENT})


def missing(value: Any) -> bool:
    """Whether a cell holds nothing: None, NaN, NaT or NA."""
    import pandas as pd  # records are declared without it

    return value is None or bool(pd.api.types.is_scalar(value) and pd.isna(value))


def utc(value: Any) -> datetime:
    """A cell of a MOMENT or TIME column as a UTC datetime; a naive one is taken as UTC, as the lake stores it."""
    import pandas as pd

    moment: datetime = value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def show(value: Any, column: Column) -> str:
    """A cell in the person's language; a missing one is empty."""
    if missing(value):
        return ""
    match column.kind:
        case Kind.NUMBER:
            return show_number(value, column.digits)
        case Kind.PERCENT:
            return show_percent(value, column.digits)
        case Kind.DURATION:
            return show_duration(value, column.day_s)
        case Kind.MOMENT:
            return show_moment(value if value.tzinfo else utc(value))
        case Kind.TIME:
            return show_time(utc(value))
        case Kind.DAY:
            return show_date(date(value.year, value.month, value.day))
        case Kind.MONTH:
            return show_date(date(value.year, value.month, 1), "MMM y")
        case Kind.STATUS:
            return status.word(status.Verdict(value))
        case Kind.MARK:
            return status.LOOKS[status.Verdict(value)].mark
        case Kind.AVAILABILITY:
            look = status.LOOKS[status.Verdict(value)]
            return f"{look.mark} {_(look.business_word)}"
        case Kind.FLAG:
            return _(YES) if value else _(NO)
        case _:
            return str(value)
