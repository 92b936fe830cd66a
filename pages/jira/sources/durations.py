"""Durations as Jira's exports and people write them: in days and weeks of work, not of the clock."""

import re

import pyarrow as pa
import pyarrow.compute as pc

from core.sources.values.moments import UNITS, tell_unit, trim

WEEK = 5
"""Working days of a week, as Jira counts them."""
_NOTHING = frozenset(
    {"-", "–", "—", "none", "aucun", "aucune", "n/a", "not specified", "non spécifié", "non renseigné"}
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_GROUPED = re.compile(r"\d{1,3}(?:[.,' ’]\d{3})+")
_CLOCK = re.compile(r"(\d+):([0-5]\d)(?::([0-5]\d))?")
_PART = re.compile(
    r"(?P<n>\d+(?:[.,]\d+)?)\s*(?:(?P<w>w|sem|weeks?|semaines?)|(?P<d>d|j|days?|jours?)|(?P<h>h|hrs?|hours?|heures?)"
    r"|(?P<min>m|mn|mins?|minutes?)|(?P<s>s|secs?|seconds?|secondes?))\.?(?=[\s,;\d]|et\b|and\b|t\d|$)"
)
_OF_DAYS = re.compile(r"(?i)(?<![^\W_])(?:j|jh|j/h|jours?(?:[ -]hommes?)?|days?|d|man[ -]days?|md)(?![^\W_]|['’])")
_UNCLEAR = re.compile(r"(?i)(?<![^\W_])h ?/ ?j(?:ours?)?(?![^\W_])")
"""`h/j`: hours, days of one person, or hours a day."""
_LONG = 1_800
"""Seconds from which on bare numbers may well be seconds."""
_QUARTER = 15
_BETWEEN = re.compile(r"(?:[\s,;t]|et\b|and\b)*")


def read_durations(text: pa.Array, unit: str, day_s: float) -> tuple[pa.Array, pa.Array]:
    """Seconds, and whether each cell was unreadable; an empty cell is null and readable. `unit` (of UNITS, or `d`) is
    that of bare numbers, which are unreadable without, `day_s` are the seconds of a working day."""
    words = text.dictionary_encode()
    read = [(word, seconds(word, unit, day_s)) for word in words.dictionary.to_pylist()]
    values = pa.array([value for _word, value in read], pa.float64()).take(words.indices)
    wrong = pa.array([value is None and word.casefold() not in _NOTHING for word, value in read], pa.bool_())
    return values, wrong.take(words.indices).fill_null(False)


def seconds(written: str, unit: str, day_s: float) -> float | None:
    """Seconds of one duration: `28800`, `1d 4h`, `1 jour, 2 heures`, `7:30`; None where it is none, or may be two.

    Jira exports whole seconds, so that in seconds a mark before three figures parts thousands; in another unit it may
    be a decimal mark as well, and is not guessed.
    """
    size = {**UNITS, "d": day_s, "w": WEEK * day_s}
    text = written.replace("\u00a0", " ").replace("\u202f", " ").strip().casefold()
    if not unit and (_GROUPED.fullmatch(text) or _NUMBER.fullmatch(text)):
        return None
    if _GROUPED.fullmatch(text):
        marks = {char for char in text if not char.isdigit()}
        whole = len(marks) == 1 and (unit == "s" or not marks & set(".,"))
        return float(re.sub(r"\D", "", text)) * size[unit] if whole else None
    if _NUMBER.fullmatch(text):
        return float(text.replace(",", ".")) * size[unit]
    if clock := _CLOCK.fullmatch(text):
        return int(clock[1]) * 3_600.0 + int(clock[2]) * 60 + int(clock[3] or 0)
    return _spelled(text, size)


def told_unit(column: str) -> str:
    """The unit that the name of a column says, `d` for days of work (`Charge (j)`); empty where it says none."""
    return "d" if _OF_DAYS.search(column) else tell_unit(column)


def unit_of(column: str, chosen: str) -> str:
    """The unit of the bare numbers of a column: the one that its name says, else the `chosen` one; none where its name
    may say hours or days, and neither was chosen."""
    if _UNCLEAR.search(column):
        return chosen if chosen in ("h", "d") else ""
    return told_unit(column) or chosen


def likely_unit(columns: list[pa.Array]) -> str:
    """The unit of the bare numbers of some columns, where they can hardly be seconds, for all are below half an hour's:
    minutes, where they are whole quarters and some an hour or more; hours, where some are no whole minutes; else
    none. Thousandths of seconds, where all are whole minutes of them and some half an hour."""
    cells = [cell for column in columns for cell in trim(column).drop_null().to_pylist()]
    values = [float(cell.replace(",", ".")) for cell in cells if _NUMBER.fullmatch(cell)]
    if max(values, default=0) >= _LONG:
        return "ms" if max(values) >= _LONG * 1_000 and not any(value % 60_000 for value in values) else ""
    if max(values, default=0) >= UNITS["min"] and not any(value % _QUARTER for value in values):
        return "min"
    return "h" if any(value % 60 for value in values) else ""


def last(column: pa.Array) -> bool:
    """Whether the cells of a column may be durations: most of them are, or all are empty."""
    words = [word for word in pc.unique(trim(column)).to_pylist() if word]
    return 2 * sum(seconds(word, "s", UNITS["h"]) is not None for word in words) >= len(words)


def _spelled(text: str, units: dict[str, float]) -> float | None:
    text = re.sub(r"^p(?=t?\d)", "", text)
    total, place, matched = 0.0, 0, False
    while place < len(text):
        place = match.end() if (match := _BETWEEN.match(text, place)) else place
        if place == len(text):
            break
        part = _PART.match(text, place)
        if part is None:
            return None
        total += float(part["n"].replace(",", ".")) * next(units[name] for name in units if part.groupdict().get(name))
        place, matched = part.end(), True
    return total if matched else None
