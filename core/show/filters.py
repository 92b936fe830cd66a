"""What a screen can be asked by, and what an address says of it: pure, so that a mail reads a view as its screen does.

A value is written in the address in a form that no language changes (a day as 2026-11-20, a choice by its code),
also where it is the default: a link to last night still shows that night tomorrow. What an address says wrongly
is ignored. The browser is not trusted: a value outside of the offered ones falls back to the default.

Days may also move with the calendar: `months-3` in an address means the last three months that are over.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

from core.base.i18n import N_, _, every, ngettext, show_date
from core.base.periods import Grain, last_whole

T = TypeVar("T")
MOVING = "months-"
FEW = 3
"""As many choices are counted on a chip instead of named."""
WHOLE = N_("the whole of it")
SPANS = (1, 3, 6, 12)
"""Numbers of months that a person is offered for days that move."""


@dataclass(frozen=True)
class Filter(Generic[T]):
    """One filter. `label` is already translated. `default` is what an address that says nothing means. A `rare` one
    stands behind the others until it is used; an `inline` kind stands open in the line; one that stands `aside` is
    drawn by a part of the screen (`core.show.figure.Choose`) and concerns nothing else."""

    inline: ClassVar[bool] = False
    unsaid: ClassVar[str | None] = None
    """Where a value may be anything: what stands in an address instead of one that somebody else chose, who sees more
    and may have named what one may not see."""
    label: str
    default: T
    rare: bool = field(default=False, kw_only=True)
    aside: bool = field(default=False, kw_only=True)

    def encode(self, value: T) -> str | None:
        """The value as the address holds it; None leaves it out."""
        raise NotImplementedError

    def decode(self, text: str) -> T:
        """The value that an address holds. Raises ValueError when it says nothing sensible."""
        raise NotImplementedError

    def shown(self, value: T) -> str:
        """The value in the person's language, for the note of an export."""
        raise NotImplementedError

    def chip(self, value: T) -> str:
        """The value in few words, for the button that opens the filter."""
        return self.shown(value)

    def allowed(self, value: T) -> bool:
        """Whether the value is one that was offered."""
        return True

    def checked(self, value: T) -> T:
        """The value where it was offered, else the default: a browser is not trusted."""
        return value if self.allowed(value) else self.default

    def whole(self, written: str) -> bool:
        """Whether what an address says of it is offered, all of it."""
        try:
            return self.allowed(self.decode(written))
        except ValueError:
            return False

    def handed(self, written: str) -> str:
        """What an address says of it, as far as it is offered; what is left is told by `whole` not to be all."""
        return written if self.whole(written) else ""

    def read(self, written: str | None) -> T:
        """What an address says of it; the default where it says nothing, or nothing that is allowed."""
        if written is None:
            return self.default
        try:
            return self.checked(self.decode(written))
        except ValueError:
            return self.default


@dataclass(frozen=True)
class Day(Filter[date]):
    """A day. Between `first` and `last`, where given."""

    first: date | None = None
    last: date | None = None

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
    """A range of days, both included. Where `today` is given, an address may hold days that move with it."""

    first: date | None = None
    last: date | None = None
    today: date | None = None

    def encode(self, value: tuple[date, date]) -> str:
        return f"{value[0].isoformat()}_{value[1].isoformat()}"

    def decode(self, text: str) -> tuple[date, date]:
        if self.today and self.moves(text):
            return self._moved(self.today, int(text.removeprefix(MOVING)))
        start, end = text.split("_")
        return date.fromisoformat(start), date.fromisoformat(end)

    def moves(self, text: str) -> bool:
        """Whether what an address holds moves with the calendar."""
        return self.today is not None and text in {f"{MOVING}{months}" for months in SPANS}

    def _moved(self, today: date, months: int) -> tuple[date, date]:
        """The last months that are over, as far as they lie within `first` and `last`."""
        over = last_whole(today, Grain.MONTH, months)
        return max(over.first, self.first or over.first), min(over.last, self.last or over.last)

    def shown(self, value: tuple[date, date]) -> str:
        return f"{show_date(value[0])} – {show_date(value[1])}"

    def allowed(self, value: tuple[date, date]) -> bool:
        if len(value) != 2 or value[0] > value[1]:
            return False
        return (self.first is None or value[0] >= self.first) and (self.last is None or value[1] <= self.last)


def moving(months: int) -> str:
    """Days that move, in words."""
    return ngettext("The last month that is over", "The last {n} months that are over", months).format(n=months)


@dataclass(frozen=True)
class Range(Filter[tuple[int, int]]):
    """From one of some ordered options to a later one, as their places. `options`: (code, label) in order, labels
    already translated; codes may come twice, as the hours at both ends of a day. The whole range is the default."""

    default: tuple[int, int] = (0, 0)
    options: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "default", (0, len(self.options) - 1))

    def encode(self, value: tuple[int, int]) -> str | None:
        return None if value == self.default else "_".join(self.options[place][0] for place in value)

    def decode(self, text: str) -> tuple[int, int]:
        first, last = text.split("_")
        codes = [code for code, _label in self.options]
        return codes.index(first), len(codes) - 1 - codes[::-1].index(last)

    def shown(self, value: tuple[int, int]) -> str:
        return _(WHOLE) if value == self.default else " – ".join(self.options[place][1] for place in value)

    def allowed(self, value: tuple[int, int]) -> bool:
        return len(value) == 2 and 0 <= value[0] < value[1] < len(self.options)


@dataclass(frozen=True)
class Choice(Filter[str | None]):
    """One of some codes, or None for all of them, or for what `none` says. `options`: code → label; labels and `none`
    are already translated."""

    default: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    none: str = ""

    def encode(self, value: str | None) -> str | None:
        return value

    def decode(self, text: str) -> str | None:
        return text

    def shown(self, value: str | None) -> str:
        return self.options[value] if value is not None else self.none or every(self.label)

    def allowed(self, value: str | None) -> bool:
        return value is None or value in self.options


@dataclass(frozen=True)
class Choices(Filter[list[str]]):
    """Some codes out of many; an empty list means all of them. `options`: code → label, already translated."""

    default: list[str] = field(default_factory=list)
    options: Mapping[str, str] = field(default_factory=dict)

    def encode(self, value: list[str]) -> str | None:
        return ",".join(code.replace("%", "%25").replace(",", "%2C") for code in value) or None

    def chip(self, value: list[str]) -> str:
        if len(value) < FEW:
            return self.shown(value)
        return ngettext("{n} chosen", "{n} chosen", len(value)).format(n=len(value))

    def decode(self, text: str) -> list[str]:
        return [code for code in _codes(text) if code in self.options]

    def whole(self, written: str) -> bool:
        return {*_codes(written)} <= {*self.options}

    def handed(self, written: str) -> str:
        return written if self.whole(written) else f"{self.encode(self.decode(written)) or ''},"

    def shown(self, value: list[str]) -> str:
        return ", ".join(self.options[code] for code in value) or every(self.label)

    def allowed(self, value: list[str]) -> bool:
        return not value or {*value} <= {*self.options}


def _codes(text: str) -> list[str]:
    """The codes that an address holds."""
    return [code.replace("%2C", ",").replace("%25", "%") for code in text.split(",")]


@dataclass(frozen=True)
class Text(Filter[str]):
    """Words to search for; "" for none."""

    inline: ClassVar[bool] = True
    unsaid: ClassVar[str | None] = ""
    default: str = ""

    def encode(self, value: str) -> str | None:
        return value or None

    def decode(self, text: str) -> str:
        return text[:200]

    def shown(self, value: str) -> str:
        return value or "–"


@dataclass(frozen=True)
class Words(Text):
    """A text of several lines, for the form of an act; at most `longest` signs. A `tall` one is a page of text."""

    longest: int = 4_000
    tall: bool = False

    def allowed(self, value: str) -> bool:
        return len(value) <= self.longest


@dataclass(frozen=True)
class Line(Text):
    """A text of one line, for the form of an act; at most `longest` signs. `help` is already translated."""

    longest: int = 200
    help: str = ""

    def allowed(self, value: str) -> bool:
        return len(value) <= self.longest


Cell = str | bool
Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Field:
    """A column of `Rows`. `label` is already translated; `flag`: it is ticked or not; `options`: it is one of them, the
    first in a new row; `locked`: it is shown and not changed."""

    name: str
    label: str
    flag: bool = False
    options: tuple[str, ...] = ()
    locked: bool = False


@dataclass(frozen=True)
class Rows(Filter[tuple[Row, ...]]):
    """Rows that a person changes, and adds and takes out unless they are `fixed`, for the form of an act. A cell is a
    text, "" for nothing, or a flag. At most `most` rows."""

    default: tuple[Row, ...] = ()
    fields: tuple[Field, ...] = ()
    fixed: bool = False
    most: int = 1_000

    def allowed(self, value: tuple[Row, ...]) -> bool:
        """Of fixed rows, the locked cells are those that were shown."""
        if len(value) > self.most or any(not self._fits(row) for row in value):
            return False
        return not self.fixed or [self._locked(row) for row in value] == [self._locked(row) for row in self.default]

    def _fits(self, row: Row) -> bool:
        return len(row) == len(self.fields) and all(
            isinstance(cell, bool)
            if field.flag
            else isinstance(cell, str) and (not field.options or cell in field.options)
            for field, cell in zip(self.fields, row, strict=True)
        )

    def _locked(self, row: Row) -> Row:
        return tuple(cell for field, cell in zip(self.fields, row, strict=True) if field.locked)


@dataclass(frozen=True)
class OneOf(Filter[str]):
    """Always one of a few codes. `options`: code → label, already translated."""

    options: Mapping[str, str] = field(default_factory=dict)

    def encode(self, value: str) -> str | None:
        return value

    def decode(self, text: str) -> str:
        return text

    def shown(self, value: str) -> str:
        return self.options[value]

    def allowed(self, value: str) -> bool:
        return value in self.options


Picks = dict[str, "str | int | None"]
"""Columns and the value of each that a mark of a chart stands for."""


@dataclass(frozen=True)
class Picked(Filter[Picks]):
    """What a click on a mark of a chart asks for; {} for nothing. `columns` gives the type of each column that a mark
    can name, str or int; `told` says picks in words."""

    unsaid: ClassVar[str | None] = "-"  # no pick at all, by which `left_out` tells that there was one
    default: Picks = field(default_factory=dict)
    columns: Mapping[str, type] = field(default_factory=dict)
    told: Callable[[Picks], str] = str

    def encode(self, value: Picks) -> str | None:
        return urlencode({name: "" if part is None else part for name, part in value.items()}) or None

    def decode(self, text: str) -> Picks:
        parts = dict(parse_qsl(text, keep_blank_values=True))
        return {name: self._read(name, part) for name, part in parts.items()}

    def _read(self, name: str, written: str) -> str | int | None:
        kind = self.columns.get(name)
        if kind is None:
            raise ValueError(name)
        return kind(written) if written else None

    def shown(self, value: Picks) -> str:
        return self.told(value) if value else "–"

    def allowed(self, value: Picks) -> bool:
        return isinstance(value, dict) and value.keys() <= self.columns.keys()


class Chosen:
    """The values of a screen's filters, as attributes named like the filters; `filters` are these, by name."""

    def __init__(self, filters: Mapping[str, Filter[Any]], values: Mapping[str, Any]) -> None:
        self.filters = dict(filters)
        self.values = dict(values)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["values"][name]
        except KeyError:
            raise AttributeError(name) from None

    def also(self, more: "Chosen") -> "Chosen":
        """These filters and some more."""
        return Chosen({**self.filters, **more.filters}, {**self.values, **more.values})

    def told(self) -> tuple[tuple[str, str], ...]:
        """(label, value) of each filter in the person's language, for the note of an export.

        Those that stand aside are told where they were chosen.
        """
        return tuple(
            (asked.label, asked.shown(self.values[name]))
            for name, asked in self.filters.items()
            if not asked.aside or self.values[name] != asked.default
        )


def read(filters: Mapping[str, Filter[Any]], params: Mapping[str, str]) -> Chosen:
    """What an address says of some filters. Its other parameters say nothing."""
    return Chosen(filters, {name: asked.read(params.get(name)) for name, asked in filters.items()})


def handed(filters: Mapping[str, Filter[Any]], params: Mapping[str, str], *, wider: bool = False) -> dict[str, str]:
    """An address as it may reach somebody who is offered these filters: what is not offered is emptied, and its name
    stays, by which `left_out` tells it. `wider`: it is of somebody who sees more."""
    return {name: _handed(filters[name], written, wider) if name in filters else "" for name, written in params.items()}


def _handed(asked: Filter[Any], written: str, wider: bool) -> str:
    return asked.unsaid if wider and written and asked.unsaid is not None else asked.handed(written)


def left_out(filters: Mapping[str, Filter[Any]], params: Mapping[str, str]) -> str:
    """A sentence on what an address asks for and these filters do not offer; "" where they offer all of it."""
    lost = [
        filters[name].label for name, written in params.items() if name in filters and not filters[name].whole(written)
    ]
    lost += [_("a filter that is not open to you")] if params.keys() - filters.keys() else []
    sentence = _("Left out, for it is not offered to you or is no longer there: {filters}. More is shown without it.")
    return sentence.format(filters=", ".join(lost)) if lost else ""
