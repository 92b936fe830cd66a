"""From the columns of a source to the columns of a fact table: guessed by name, corrected by a person, remembered."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field as Option
from pydantic import field_validator

from core.base.errors import SourceFailed
from core.base.i18n import N_, _
from core.facts.check import Refused
from core.sources.base import Options
from core.sources.cells import BROKEN, REFUSED_ROW, Cells
from core.sources.limits import LONGEST_NAME
from core.sources.values import zones
from core.sources.values.amounts import Amounts, Mark, read_amounts, read_counts, read_shares
from core.sources.values.flags import read_flags
from core.sources.values.hours import hours_alone, on_days
from core.sources.values.kinds import DATES, NUMBERS, Kind
from core.sources.values.moments import MOMENT_TYPE, Moments, filled, read_days, read_durations, read_moments, trim
from core.sources.values.patterns import capture, groups

_SHOWN = 80
_SIGNS = re.compile(r"[\W_]+")
"""Marks that accents become when they are taken apart are no letters either."""
_LEAST_PART = 5
_MEASURE = re.compile(
    r"(?i)^\W*(?:date|heure|jour|hour|day|time|dur[ée]e|nb|nbre|nombre|number|count|total|n°|rows?|lignes?|records?|taux|is|has)"
    r"(?![^\W_])"
)
"""A column that is called a day, an hour, a number, rows or a yes or no of something holds no text of it."""
_REASON = re.compile(r"^(?:motif|cause|raison|reason|code|comment)")
_PLANNED = re.compile(
    r"prev[ui]|prochain|\bnext\b|planifi|planned|schedul|souhait|expected|attendu|estim|cible|target|\breq\b"
)
"""What was planned tells of no moment that came and of nothing that lasted."""
_USUAL = re.compile(r"\bmoy|average|median|habituel|usual|avg|maxi|mini|\bmax\b|queue|\bwait|attente")
_LASTS = re.compile(r"duree|duration|elapsed")
"""What usually lasts, or at most, or lasted before the start, is not what lasted."""
_END = re.compile(r"\b(?:fin|end|finish|termin|arret|echeance|deadline|limit|due)")
_ENDS = re.compile(_END.pattern.removeprefix(r"\b"))
"""A moment of the end is none of a start («Fin prévue» is no planned start)."""
_PATH = re.compile(r"[^\s.]+(?:\.[^\s.]+)+")
"""What stands inside of something else: that `head_commit.message` holds a message says little of the row."""
JOIN = " / "
"""Stands between the columns whose cells together fill one field."""
EITHER = " | "
"""Stands between the columns of which the first that has a cell fills the field: `conclusion | status`."""


@dataclass(frozen=True)
class Field:
    """A column of a fact table that a source may fill.

    `words`: names met in sources, the most telling first; case, accents, blanks and punctuation do not count.
    `prose`: text that people read, where a broken character spoils nothing. `needed`: a row without it says nothing.
    """

    name: str
    title: str
    kind: Kind
    words: tuple[str, ...]
    prose: bool = False
    needed: bool = False


UNIT_WORDS = {"s": N_("seconds"), "ms": N_("milliseconds"), "min": N_("minutes"), "h": N_("hours")}
"""Units of bare numbers that are durations, in words."""


class ColumnMapping(Options):
    """How a source's columns fill the `fields`, as a person confirmed it."""

    fields: ClassVar[tuple[Field, ...]] = ()
    former: ClassVar[frozenset[str]] = frozenset()
    """Fields that there were: a source may name them still, and nothing is read of them."""
    parts: ClassVar[frozenset[str]] = frozenset()
    """Options that say which part of all a file holds: another part takes the place of nothing told before."""

    columns: dict[str, str] = Option(
        default_factory=dict,
        title=N_("Columns"),
        description=N_(
            "Field of Vigie: column of the source; several with “ / ” between them are joined (a day and its hour), "
            "with “ | ” the first filled one counts"
        ),
    )
    constants: dict[str, str] = Option(
        default_factory=dict, title=N_("Constants"), description=N_("Field of Vigie: one value for every row")
    )
    patterns: dict[str, str] = Option(
        default_factory=dict,
        title=N_("Patterns"),
        description=N_("Column of the source: a pattern whose named groups are fields of Vigie"),
    )
    timezone: zones.Zone = Option(
        default="Europe/Paris",
        title=N_("Time zone"),
        description=N_("Of moments that do not say theirs"),
        json_schema_extra={"kinds": [Kind.MOMENT]},
    )
    day_first: bool = Option(
        default=True,
        title=N_("Day first"),
        description=N_("08/04/2025 is 8 April"),
        json_schema_extra={"kinds": [Kind.MOMENT, Kind.DAY]},
    )
    duration_unit: Literal["s", "ms", "min", "h", "hms", "m:s"] = Option(
        default="s",
        title=N_("Unit of durations"),
        json_schema_extra={
            "kinds": [Kind.DURATION],
            "words": {**UNIT_WORDS, "hms": N_("13005 is 1 h 30 min 5 s"), "m:s": N_("12:03 is 12 min 3 s")},
        },
    )
    decimal: Mark = Option(
        default="",
        title=N_("Decimal mark"),
        description=N_("Decides whether 1,234 is one or a thousand"),
        json_schema_extra={
            "kinds": [Kind.COUNT, Kind.AMOUNT, Kind.SHARE],
            "words": {"": N_("as the column's other cells tell"), ",": N_("comma"), ".": N_("point")},
        },
    )
    currency: Literal["EUR", "USD", "GBP", "CHF"] = Option(
        default="EUR",
        title=N_("Currency"),
        description=N_("Of amounts; one in another currency is refused"),
        json_schema_extra={"kinds": [Kind.AMOUNT]},
    )
    share_unit: Literal["", "%", "1"] = Option(
        default="",
        title=N_("Unit of shares"),
        description=N_("Of those without the sign %"),
        json_schema_extra={
            "kinds": [Kind.SHARE],
            "words": {"": N_("not said"), "%": N_("12 is 12 %"), "1": N_("0.12 is 12 %")},
        },
    )

    @field_validator("columns", mode="before")
    @classmethod
    def _joins(cls, value: Any) -> Any:
        """Several columns of a field, given as a list, as one name of them all."""
        if not isinstance(value, dict):
            return value
        return {name: JOIN.join(column) if isinstance(column, list) else column for name, column in value.items()}

    @field_validator("columns", "constants")
    @classmethod
    def _names_fields(cls, value: dict[str, str]) -> dict[str, str]:
        cls._are_fields(value)
        return value

    @field_validator("patterns")
    @classmethod
    def _names_groups(cls, value: dict[str, str]) -> dict[str, str]:
        for pattern in value.values():
            cls._are_fields(groups(pattern))
        return value

    @classmethod
    def _are_fields(cls, names: Iterable[str]) -> None:
        known = [field.name for field in cls.fields]
        for name in names:
            if known and name not in known and name not in cls.former:
                raise ValueError(
                    _("{name} is no field; the fields are {fields}.").format(name=name, fields=", ".join(known))
                )


def irrelevant(options: type[Options], fields: Iterable[Field]) -> tuple[str, ...]:
    """The options of a mapping that none of the fields makes use of."""
    kinds = {field.kind for field in fields}
    extra = {name: info.json_schema_extra for name, info in options.model_fields.items()}
    asked = {name: option.get("kinds") for name, option in extra.items() if isinstance(option, dict)}
    return tuple(name for name, of in asked.items() if isinstance(of, list) and not kinds & set(map(str, of)))


def plain(name: str) -> str:
    """A name without case, accents, blanks and punctuation: «Début d'exécution» → "debutdexecution". Of a text that is
    longer than any name the rest stays as it is: a cell of megabytes would take minutes."""
    return _plain(name) if len(name) <= _SHOWN else _plain.__wrapped__(name[:LONGEST_NAME]) + name[LONGEST_NAME:]


@lru_cache(maxsize=20_000)
def _plain(name: str) -> str:
    return _SIGNS.sub("", unicodedata.normalize("NFKD", name.casefold()))


@dataclass(frozen=True)
class KnownNames:
    """Whether a column name is one of some words; two that know the same words are equal."""

    words: frozenset[str]

    def __call__(self, name: str) -> bool:
        return len(name) <= LONGEST_NAME and (plain(name) in self.words or bare(name) in self.words)


def known_names(fields: Iterable[Field], mapping: ColumnMapping | None = None) -> KnownNames:
    """Whether a column name is one that the fields, or the mapping of the source, look for."""
    words = {plain(word) for field in fields for word in field.words}
    for column in mapping.columns.values() if mapping else ():
        words |= {plain(column), *map(plain, parts(column, ()))}
    return KnownNames(frozenset(words))


def bare(name: str) -> str:
    """A plain name without what stands in brackets, and without a zone or a unit at its end: «End [UTC]» → "end"."""
    alone = re.sub(r"[\[(][^\])]*[\])]", " ", name)
    return plain(re.sub(r"(?i)(?<=[^A-Z])(?:UTC|GMT|CET)$", "", alone.strip())) or plain(name)


def is_planned(name: str) -> bool:
    """Whether a column tells what was planned: `Date prévue`, `Next run`."""
    return bool(_PLANNED.search(_in_words(name)))


def _in_words(name: str) -> str:
    """The words of a name, plain, with a blank between them: «nextRun» → "next run"."""
    return " ".join(map(plain, _SIGNS.sub(" ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).split()))


def _says_otherwise(name: str, word: str) -> bool:
    words = _in_words(name)
    planned = any(of.search(words) and not of.search(word) for of in (_PLANNED, _USUAL))
    return bool(_REASON.search(words)) or planned or bool(_END.search(words) and not _ENDS.search(word))


def guess(columns: Sequence[str], fields: Sequence[Field]) -> dict[str, str]:
    """Field → column, by name: equal ones first, then those equal but for a zone or brackets, then those that a
    field's word is a part of, but paths. Of those, what a row must name, or people read, is no day and no number («Date
    de traitement» names no «traitement»), and no moment and no duration is a reason, what was planned, usual or of the
    end, unless its word says so. Each is used once."""
    free = dict.fromkeys(columns)
    bares = {name: bare(name) for name in free}
    guessed: dict[str, str] = {}
    for fits in (
        lambda word, name, _field: word == plain(name),
        lambda word, name, _field: word == bares[name],
        lambda word, name, field: (
            len(word) >= _LEAST_PART
            and word in plain(name)
            and not _PATH.fullmatch(name)
            and not (field.kind == Kind.TEXT and (field.needed or field.prose) and _MEASURE.match(name))
            and not (field.kind in (Kind.MOMENT, Kind.DURATION) and _says_otherwise(name, word))
            and not (field.kind == Kind.MOMENT and _LASTS.search(plain(name)))
        ),
    ):
        for field in fields:
            if field.name in guessed:
                continue
            words = map(plain, field.words)
            hit = next((name for word in words for name in free if fits(word, name, field)), None)
            if hit is not None:
                guessed[field.name] = hit
                del free[hit]
    return {field.name: guessed[field.name] for field in fields if field.name in guessed}


def parts(column: str, names: Collection[str]) -> list[str]:
    """The columns that fill a field: one of these names, several joined (`depot / workflow`), or one of several."""
    return [column] if column in names else column.split(EITHER if EITHER in column else JOIN)


def require_columns(cells: Cells, wanted: Iterable[str]) -> None:
    """Raise SourceFailed when a column that is wanted is not there, saying which are. Sparse cells need one of them.

    Others are not named: where the file is another one than was meant, they would be its content.
    """
    held = cells.table.column_names
    names = list(dict.fromkeys(name for column in wanted for name in parts(column, held)))
    missing = [column for column in names if column not in held]
    if missing and not (cells.sparse and (len(missing) < len(names) or not cells.lines)):
        raise SourceFailed(
            _("{where} lacks the column {missing}. Of those it should have it holds: {found}.").format(
                where=cells.where,
                missing=", ".join(missing),
                found=", ".join(column for column in names if column not in missing) or "–",
            )
        )


class Reasons:
    """Why rows are refused: the first reason found for each."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._found: dict[int, str] = {}

    def add(self, wrong: pa.Array, sentence: Callable[[int], str]) -> None:
        """Refuse the rows where `wrong` is true (null counts as false) for the reason `sentence` gives of each."""
        for row in pc.indices_nonzero(pc.fill_null(wrong, False)).to_pylist():
            if row not in self._found:
                self._found[row] = sentence(row)

    def good(self) -> pa.Array:
        """True for each row that nothing was found against."""
        return pa.array([row not in self._found for row in range(len(self._cells.lines))], pa.bool_())

    def refused(self, start: int, extra: Mapping[str, pa.Array]) -> list[Refused]:
        """The refused rows from row `start` on, each with its filled cells of the `extra` columns."""
        rows = []
        for row, reason in sorted(self._found.items()):
            if row >= start:
                further = {name: value for name, cells in extra.items() if (value := cells[row].as_py())}
                rows.append(Refused(self._cells.position(row), {**self._cells.row(row), **further}, reason))
        return rows


@dataclass(frozen=True)
class Converted:
    """Columns of the fields, typed; null where a row was refused. `second` differs from `columns` only for moments
    of the hour that happens twice or never (see `core.sources.values.moments`)."""

    columns: dict[str, pa.Array]
    second: dict[str, pa.Array]


def convert(cells: Cells, fields: Sequence[Field], mapping: ColumnMapping, reasons: Reasons) -> Converted:
    """Fields from cells; what cannot be read is noted in `reasons`. Raises SourceFailed when a column is missing, or
    its dates are written in the other order of day and month."""
    require_columns(cells, [*mapping.columns.values(), *mapping.patterns])
    captured = _captured(cells, mapping, reasons)
    columns: dict[str, pa.Array] = {}
    second: dict[str, pa.Array] = {}
    for field in fields:
        text = cells_of(cells, field, mapping, captured)
        if not field.prose:
            _refuse_broken(text, field, mapping, reasons)
        if field.kind == Kind.MOMENT:
            columns[field.name], second[field.name], unreadable = _moments(cells, field, text, mapping, reasons)
        elif field.kind in NUMBERS:
            typed = cells.typed.get(mapping.columns.get(field.name, ""))
            read = _numbers(field.kind, text, mapping, typed)
            columns[field.name], unreadable = read.values, read.unreadable
            reasons.add(read.doubtful, _about(_DOUBTFUL[field.kind == Kind.SHARE], text, field, mapping))
            reasons.add(read.too_long, _about(_TOO_LONG, text, field, mapping))
        elif field.kind == Kind.DAY:
            columns[field.name], unreadable = read_days(text, day_first=mapping.day_first)
        elif field.kind == Kind.DURATION:
            columns[field.name], unreadable = read_durations(text, mapping.duration_unit)
        elif field.kind == Kind.FLAG:
            columns[field.name], unreadable = read_flags(text)
        else:
            columns[field.name] = text
            held = cells.typed.get(mapping.columns.get(field.name, ""))
            if held is not None:
                whole, exact = (pc.match_substring_regex(text, form) for form in (r"^-?\d+$", _EXACT))
                cut = pc.and_(held, pc.and_not(whole, exact))
                reasons.add(pc.fill_null(cut, False), _about(_CUT, text, field, mapping))
            continue
        if field.kind == Kind.MOMENT:
            reasons.add(pc.and_(unreadable, hours_alone(text)), _about(_NO_DAY, text, field, mapping))
        if field.kind in DATES and pc.any(unreadable).as_py():
            turned = read_moments(text, mapping.timezone, day_first=not mapping.day_first).unreadable
            other_order = pc.and_not(unreadable, turned)
            if pc.any(other_order).as_py() and REFUSED_ROW not in cells.table.column_names:
                _require_order(cells, field, mapping, text)
            reasons.add(other_order, _about(_TURNED, text, field, mapping))
        reasons.add(unreadable, _about(_UNREADABLE[field.kind], text, field, mapping))
    return Converted(columns, second)


_UNREADABLE = {
    Kind.MOMENT: N_("{column}: “{value}” is not a date."),
    Kind.DAY: N_("{column}: “{value}” is not a day."),
    Kind.DURATION: N_("{column}: “{value}” is not a duration."),
    Kind.COUNT: N_("{column}: “{value}” is not a whole number."),
    Kind.AMOUNT: N_("{column}: “{value}” is not an amount in the currency of the source."),
    Kind.SHARE: N_("{column}: “{value}” is not a percentage."),
    Kind.FLAG: N_("{column}: “{value}” is neither yes nor no."),
}
_FAR = "Etc/GMT+12"
"""A zone in which nobody's clock runs."""
_NO_ZONE = N_("{column}: “{value}” is no time zone that is known.")
_NO_DAY = N_("{column}: “{value}” is an hour without its day: name the column of the day before it, “Day / Hour”.")
_TURNED = N_(
    "{column}: “{value}” is a date whose day and month stand the other way round: change “Day first” of the source "
    "(day_first)."
)
_OTHER_ORDER = N_(
    "{where}: in the column {column} day and month stand the other way round, “{value}” for one: change “Day first” of "
    "the source (day_first)."
)
_DOUBTFUL = (
    N_("{column}: “{value}” may be two numbers: declare the decimal mark of the source."),
    N_("{column}: “{value}” may be two numbers: declare the decimal mark and the unit of shares of the source."),
)
_TOO_LONG = N_("{column}: “{value}” has more figures than can be kept.")
_CUT = N_(
    "{column}: “{value}” stands as a number, of which a workbook keeps 15 figures: format the column as text, and fill "
    "it anew."
)
_EXACT = r"^-?[1-8]\d{14}[1-9]$"
"""A number of 16 figures that no workbook cut: it would have made the last a nought, and as a float it is exact."""
_NO_MATCH = N_("{column}: “{value}” does not fit the pattern.")


def _moments(cells: Cells, field: Field, text: pa.Array, mapping: ColumnMapping, reasons: Reasons) -> Moments:
    """Moments on the clock of the zone that the name of their column says, else a column beside it in each row, else
    the source. A row with a zone that is not known is refused."""
    zone_told = zones.told(mapping.columns.get(field.name, ""))
    beside = None if zone_told else zones.column(cells.table.column_names)
    zone = zone_told or mapping.timezone
    if beside is None:
        return read_moments(text, zone, day_first=mapping.day_first)
    names = filled(cells.text(beside))
    each = names.dictionary_encode()
    known = pa.array([zones.named(name) for name in each.dictionary.to_pylist()], pa.string())
    named = known.take(each.indices)
    here = pc.fill_null(named, zone)
    nothing = pa.nulls(len(text), MOMENT_TYPE)
    read = Moments(nothing, nothing, pa.array([False] * len(text)))
    for zone_here in pc.unique(here).to_pylist():
        rows = pc.equal(here, zone_here)
        there = read_moments(pc.if_else(rows, text, None), zone_here, day_first=mapping.day_first)
        read = Moments(*(pc.if_else(rows, new, old) for new, old in zip(there, read, strict=True)))
    unknown = pc.and_(pc.is_valid(names), pc.is_null(named))
    if pc.any(unknown).as_py():  # no matter where a moment has its offset
        elsewhere = read_moments(text, _FAR, day_first=mapping.day_first).first
        reasons.add(pc.and_(unknown, pc.not_equal(read.first, elsewhere)), _telling(_NO_ZONE, names, beside))
    return read


def _require_order(cells: Cells, field: Field, mapping: ColumnMapping, text: pa.Array) -> None:
    """Raise SourceFailed where more dates can be read in the other order alone than in that of the source alone: those
    that can be read in both would land on wrong days without a word. Corrected rows are a few, each typed by hand."""
    column = mapping.columns.get(field.name, "")
    names = parts(column, cells.table.column_names)
    written = cells.text(names[0]) if len(names) == 2 and EITHER not in column else text
    as_told, turned = (
        read_moments(written, mapping.timezone, day_first=order).unreadable
        for order in (mapping.day_first, not mapping.day_first)
    )
    others = pc.indices_nonzero(pc.and_not(as_told, turned))
    if len(others) > pc.sum(pc.and_not(turned, as_told)).as_py():
        value = written[others[0].as_py()].as_py()[:_SHOWN]
        raise SourceFailed(_(_OTHER_ORDER).format(where=cells.where, column=names[0] or _(field.title), value=value))


def _numbers(kind: Kind, text: pa.Array, mapping: ColumnMapping, typed: pa.Array | None) -> Amounts:
    if kind == Kind.COUNT:
        return read_counts(text, mark=mapping.decimal, typed=typed)
    if kind == Kind.SHARE:
        return read_shares(text, mapping.share_unit, mark=mapping.decimal, typed=typed)
    return read_amounts(text, mark=mapping.decimal, currency=mapping.currency, typed=typed)


def _captured(cells: Cells, mapping: ColumnMapping, reasons: Reasons) -> dict[str, pa.Array]:
    """What the patterns' groups hold, by field. A cell that does not fit its pattern is refused."""
    captured: dict[str, pa.Array] = {}
    for column, pattern in mapping.patterns.items():
        text = trim(cells.text(column))
        parts, unmatched = capture(text, pattern)
        captured |= parts
        reasons.add(unmatched, _telling(_NO_MATCH, text, column))
    return captured


def cells_of(cells: Cells, field: Field, mapping: ColumnMapping, captured: Mapping[str, pa.Array]) -> pa.Array:
    """The trimmed text of a field, a constant where the cell is empty; null where there is none."""
    if field.name in mapping.columns:
        column = mapping.columns[field.name]
        names = parts(column, cells.table.column_names)
        held = [cells.text(name) for name in names]
        if EITHER in column and len(held) > 1:
            text = _first(held)
        elif field.kind == Kind.MOMENT and len(held) == 2:
            text = on_days(*held, day_first=mapping.day_first, called=names[0])
        else:
            text = _joined(held)
        text = _blank_is_null(pc.utf8_trim_whitespace(text)) if field.prose else trim(text)
        text = filled(text) if field.kind in (Kind.MOMENT, Kind.DAY, Kind.DURATION) else text
    elif field.name in captured:
        text = trim(captured[field.name])
    else:
        text = pa.nulls(len(cells.lines), pa.string())
    constant = mapping.constants.get(field.name)
    return pc.fill_null(text, constant) if constant else text


def _joined(texts: list[pa.Array]) -> pa.Array:
    """The cells of several columns as one, `web/Tests`; those of one as they are. What is empty is left out."""
    if len(texts) == 1:
        return texts[0]
    first, *others = (_blank_is_null(trim(text)) for text in texts)
    first = pc.if_else(pc.is_null(pc.coalesce(first, *others)), "", first)  # pyarrow 26 loses rows that are all null
    return pc.binary_join_element_wise(first, *others, "/", null_handling="skip")


def _first(texts: list[pa.Array]) -> pa.Array:
    """Of the cells of several columns the first that is filled."""
    return pc.fill_null(pc.coalesce(*(_blank_is_null(trim(text)) for text in texts)), "")


def _blank_is_null(text: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _refuse_broken(text: pa.Array, field: Field, mapping: ColumnMapping, reasons: Reasons) -> None:
    sentence = N_("{column}: “{value}” holds bytes that are no text: the file is damaged or mis-encoded.")
    reasons.add(pc.match_substring(text, BROKEN), _about(sentence, text, field, mapping))


def _about(sentence: str, text: pa.Array, field: Field, mapping: ColumnMapping) -> Callable[[int], str]:
    return _telling(sentence, text, mapping.columns.get(field.name, field.name))


def _telling(sentence: str, text: pa.Array, column: str) -> Callable[[int], str]:
    def say(row: int) -> str:
        return _(sentence).format(column=column, value=(text[row].as_py() or "")[:_SHOWN])

    return say
