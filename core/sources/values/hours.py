"""Moments whose day stands in one column and whose hour in another, as people's own logs have them.

    Date d'exécution;Heure de début;Heure de fin
    27/11/2026;22:45;00:12

A mapping joins the two: `Date d'exécution / Heure de début`. A day is one of `values.moments.read_days`; an hour
is `22:45`, `22:45:10`, `22h45`, `10:45 PM`, figures alone (`2245`, `224510`; `130` for 01:30, in a column of longer
ones, or beside a `run_date`, for 00:01:30), or the hour of a spreadsheet or of a database that has no hours without a
day (`1899-12-30 22:45:00`, `1900-01-01 22:45:00`). A day that is called one of operation (`Date d'exploitation`,
`Business date`, `ODATE`) begins at seven, as schedulers begin it, and a night (`Nuit du`) at noon: what runs at 00:30
of it runs on the day after.
"""

import re
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from core.sources.cells import Cells
from core.sources.values.moments import filled, read_days

_NO_DAY = r"^1(?:899-12-3[01]|900-01-0[01])[T ]"
_HOUR = r"^(?:[01]?\d|2[0-4])[:hH](?:[0-5]\d)?(?::[0-5]\d(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?$"
_FIGURES = r"^(?:(?:[01]?\d|2[0-4])?[0-5]\d(?:[0-5]\d)?|\d)$"
_BEGIN_LATE = (
    (re.compile(r"(?i)\bnuit\b"), r"(?i)^(?:0?\d|1[01]):|^12:.*am$"),
    (re.compile(r"(?i)exploitation|business|\bodate\b|order[ _]?date"), r"(?i)^0?[0-6]:|^12:.*am$"),
)
"""What a day is called that does not begin at midnight, and the hours that lie before its beginning."""
_TO_THE_SECOND = re.compile(r"(?i)run_?date")
"""What a day is called beside which all figures of hours end with seconds: SQL Server Agent writes 5 for 00:00:05."""
_OF_DAYS, _OF_HOURS = r"date|jour|day|datum", r"heures?|hours?|hhmm(?:ss)?|time|h(?=début|debut|fin)"


def hours_alone(text: pa.Array) -> pa.Array:
    """Which cells are an hour without its day."""
    return pc.match_substring_regex(pc.replace_substring_regex(text, _NO_DAY, ""), _HOUR)


def on_days(days: pa.Array, hours: pa.Array, *, day_first: bool, later: int = 0, called: str = "") -> pa.Array:
    """Texts of moments, `2026-11-27 22:45`, `later` days after the day that is written, in a column `called` so. Null
    without an hour; a day or an hour that cannot be read stands as it is, so that the moment cannot be read either."""
    read, unreadable = read_days(days, day_first=day_first)
    plain = _plain(hours, 6 if _TO_THE_SECOND.fullmatch(called) else 0)
    more = pa.scalar(later, pa.int32())
    if early := next((hours for name, hours in _BEGIN_LATE if name.search(called)), ""):
        morning = pc.fill_null(pc.match_substring_regex(plain, early), False)
        afternoon = pc.fill_null(pc.match_substring_regex(plain, "(?i)pm$"), False)
        more = pc.add(more, pc.and_not(morning, afternoon).cast(pa.int32()))
    moved = pc.add(read.cast(pa.int32()), more).cast(pa.date32())
    day_texts = pc.if_else(unreadable, filled(days), moved.cast(pa.string()))
    return pc.coalesce(pc.binary_join_element_wise(day_texts, plain, " "), filled(hours))


def paired(cells: Cells, columns: Mapping[str, str], moments: Sequence[str], join: str) -> dict[str, str]:
    """The columns of some fields, where a field of a moment that found only an hour or only a day gets the other one
    too, joined by `join`. An hour takes the day of its own name («Date fin», «Heure fin»), or the nearest day before
    it; a day takes only the hour of its own name."""
    held = cells.table.column_names
    if len(held) > 1:
        cells = cells.without(cells.alone().is_valid())
    alone = [name for field in moments if (name := columns.get(field, "")) in held and _alone(name, cells.text(name))]
    if not alone:
        return dict(columns)
    days = [name for name in held if _all_days(cells.text(name))]
    hours = [name for name in held if name not in days and _all_hours(name, cells.text(name))]
    pairs = dict(columns)
    for field in moments:
        name = columns.get(field, "")
        if name in hours and days:
            before = [day for day in days if held.index(day) < held.index(name)]
            pairs[field] = join.join((_twin(name, days) or [*days[:1], *before][-1], name))
        elif name in days and (hour := _twin(name, hours)):
            pairs[field] = join.join((name, hour))
    return pairs


def all_days(cells: Cells, column: str) -> bool:
    """Whether every filled cell of a column is a day, and some cell is filled."""
    return column in cells.table.column_names and _all_days(cells.text(column))


def _twin(name: str, others: Sequence[str]) -> str | None:
    """Of columns of the other kind, the one with the same name but for the word of its kind."""
    return next((other for other in others if _stem(other) == _stem(name)), None)


def _stem(name: str) -> str:
    words = re.sub(rf"(?:{_OF_DAYS}|{_OF_HOURS})", " ", name.casefold().replace("_", " "))
    return re.sub(r"[\W_]+|\b(?:de|du|d|l|la|le|of|the)\b", "", words)


def _alone(name: str, text: pa.Array) -> bool:
    return _all_hours(name, text) or _all_days(text)


def _all_days(text: pa.Array) -> bool:
    days, unreadable = read_days(text)
    others, in_other_order = read_days(text, day_first=False)
    filled_enough = min(days.null_count, others.null_count) < len(days)
    return filled_enough and not pc.any(pc.and_(unreadable, in_other_order)).as_py()


def _all_hours(name: str, text: pa.Array) -> bool:
    texts = pc.replace_substring_regex(filled(text), _NO_DAY, "")
    named = bool(re.search(_OF_HOURS, name.casefold()))
    fits = pc.drop_null(pc.match_substring_regex(texts, f"{_HOUR}|{_FIGURES}" if named else _HOUR))
    return len(fits) > 0 and bool(pc.all(fits).as_py())


def _plain(hours: pa.Array, width: int) -> pa.Array:
    """Hours as `22:45`, with their seconds where they have them; null where there is none. `width`: how many figures an
    hour has at least that is figures alone."""
    texts = pc.replace_substring_regex(filled(hours), _NO_DAY, "")
    texts = pc.replace_substring_regex(texts, r"^(\d{1,2})[hH:](\d{2})?", r"\1:\2")
    texts = pc.replace_substring_regex(texts, r"^(\d{1,2}):($| )", r"\1:00\2")
    figures = pc.match_substring_regex(texts, _FIGURES if width else _FIGURES.replace(r"|\d)", ")"))
    figures = pc.fill_null(figures, False)
    width = 6 if (pc.max(pc.utf8_length(texts.filter(figures))).as_py() or 0) > 4 else max(width, 4)
    parted = pc.replace_substring_regex(pc.utf8_lpad(texts, width, "0"), r"^(\d\d)(\d\d)", r"\1:\2")
    return pc.if_else(figures, pc.replace_substring_regex(parted, r"(:\d\d)(\d\d)$", r"\1:\2"), texts)
