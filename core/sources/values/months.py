"""Dates with their month in words, as people and French or English programs write them."""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

_MONTHS = (
    ("janv", "jan", "january", "janvier"), ("févr", "fév", "feb", "february", "février", "fevr", "fevrier"),
    ("mars", "mar", "march"), ("avr", "apr", "april", "avril"), ("mai", "may"), ("juin", "jun", "june"),
    ("juil", "jul", "july", "juillet"), ("août", "aug", "august", "aout"), ("sept", "sep", "september", "septembre"),
    ("oct", "october", "octobre"), ("nov", "november", "novembre"),
    ("déc", "dec", "december", "décembre", "decembre"),
)  # fmt: skip
_NUMBERS = {word: f"{number:02d}" for number, words in enumerate(_MONTHS, start=1) for word in words}
_NAMED = r"^(?P<day>\d{1,2})(?:er)?[-/ .](?P<month>\p{L}{3,9})\.?[-/ .](?P<year>\d{2}|\d{4})(?P<rest>|[ T].*)$"


_DAYS = frozenset((
    "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "lun", "mer", "jeu", "ven", "sam", "dim",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "wed", "thu", "fri",
    "sat", "sun",
))  # fmt: skip


def is_calendar(word: str) -> bool:
    """Whether a word of a file's name, in lower case, tells only when it was written, or that it is a copy."""
    return word in _NUMBERS or word in _DAYS or word in ("t", "z", "copie", "copy")


_WEEK_DAY = r"^(?P<year>\d{4})-?W(?P<week>\d{2})-?(?P<day>[1-7])(?P<rest>|[ T].*)$"


def of_weeks(text: pa.Array) -> pa.Array:
    """`2026-W48-5` → `2026-11-27`, with what follows it; other texts as they are."""
    parts = pc.extract_regex(text, _WEEK_DAY)
    if parts.null_count == len(parts):
        return text
    read = [_of_week(part) for part in parts.to_pylist()]
    return pc.coalesce(pa.array(read, pa.string()), text)


def _of_week(parts: dict[str, str] | None) -> str | None:
    if parts is None:
        return None
    try:
        day = date.fromisocalendar(int(parts["year"]), int(parts["week"]), int(parts["day"]))
    except ValueError:  # a year has no week 60
        return None
    return f"{day.isoformat()}{parts['rest']}"


def in_figures(text: pa.Array) -> pa.Array:
    """`19/févr./26 7:31 PM` → `2026-02-19 7:31 PM`; other texts as they are. A two-figure year is of this century."""
    parts = pc.extract_regex(text, _NAMED)
    words = pc.struct_field(parts, "month").dictionary_encode()
    numbers = pa.array([_NUMBERS.get((word or "").casefold()) for word in words.dictionary.to_pylist()], pa.string())
    month = numbers.take(words.indices)
    year = pc.struct_field(parts, "year")
    year = pc.if_else(pc.equal(pc.utf8_length(year), 2), pc.binary_join_element_wise("20", year, ""), year)
    day = pc.utf8_lpad(pc.struct_field(parts, "day"), 2, "0")
    iso = pc.binary_join_element_wise(year, month, day, "-")
    return pc.coalesce(pc.binary_join_element_wise(iso, pc.struct_field(parts, "rest"), ""), text)
