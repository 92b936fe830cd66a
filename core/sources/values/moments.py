"""Reading moments, days and durations that people and schedulers write, a column at a time.

A moment is read when it is one of:
- a date in figures, `-`, `/` or `.` between them, the year first (ISO) or last (day first, or month first when the
  source says so; a two-figure year is of this century), with or without a time, a fraction of up to nine figures,
  AM/PM, an offset or Z; 24:00 is the end of its day;
- a date whose month is a French or an English word between day and year (`1er janvier 2025`, `19/févr./26 7:31 PM`);
- one of the other spellings that leave no doubt (`values.spellings`): `20/11/2026 à 00h12`, `20261120 001200`,
  `20-NOV-26 12.12.00 AM`, `2026-W47-5 00:12`, `2026-11-20 00:12 CET`, `Fri, 20 Nov 2026 00:12:00 +0100`;
- a number of ten, thirteen, sixteen or nineteen figures: seconds since 1970 (with a fraction, too), or thousandths,
  millionths, billionths of them, UTC;
- a day of a spreadsheet, with its hour as a fraction (`46346.0083`), on the wall clock of the source; without one,
  where another cell of the column has one.

A moment without an offset is on the wall clock of the source's time zone. The clock change decides two cases:
- an hour that happens twice has two readings: summer time, then winter time;
- an hour that does not exist (02:30 when clocks go forward) was written by a clock that had not changed, or changed
  too early: it is read with the offset before the change (03:30 summer time), then with the one after it.
Both readings are given, and the caller, who knows what came before and after, picks one; the first when nothing tells.
Clock changes are known until 2037.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.sources.values.months import in_figures
from core.sources.values.spellings import in_order

MOMENT_TYPE = pa.timestamp("us", tz="UTC")
_ODD = r"\t\n\v\f\r\x{00A0}\x{2007}\x{2009}\x{202F}"
_BLANKS = f"[ {_ODD}]+"
_UNTIDY = f"^ | $|  |[{_ODD}]"

_FIGURES = (
    r"^(?P<a>\d{1,4})[-/.](?P<b>\d{1,2})[-/.](?P<c>\d{1,4})"
    r"(?:[T ](?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?)?"
    r" ?(?P<p>[AaPp][Mm])? ?(?P<z>Z|UTC|[+-]\d{2}(?::?\d{2})?)?$"
)
_MONTH_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_HOUR_US = 3_600_000_000

_NOTHING = (
    r"(?i)^(?:[-–—]+|n/?[ad]|null|\[null\]|none|nan|nat|s\.?o\.?|"
    r"(?:0000-00-00|(?:0001|1601|1970)-01-01|0?1[/.]0?1[/.](?:0001|1601|1970)|9999-12-31|(?:31[/.]12|12[/.]31)[/.]9999)"
    r"(?:[,T ].*)?)$"
)
"""What exports write where there is no date and no duration; the first and the last day that programs know, too."""
DATED = r"\d\D+\d+\D+\d|\d\D*\pL{3}\D*\d"
"""What looks like a date rather than like a number."""
_VERSION = r"^\d{1,2}\.\d{1,2}\.\d{1,2}$|^\d{4}\.(?:\d\.\d{1,2}|\d{2}\.\d)$"
"""What may well be the version of a program, although it can be read as a date: `1.2.03`."""


class Moments(NamedTuple):
    """A column of moments. `first` and `second` differ only in the hour that happens twice, or never.

    `unreadable` is true where there was text and it is not a moment; an empty cell is null and readable.
    """

    first: pa.Array
    second: pa.Array
    unreadable: pa.Array


def trim(text: pa.Array) -> pa.Array:
    """Text without blanks at its ends, no-break ones included; runs of blanks become one space, nothing is null."""
    if pc.any(pc.match_substring_regex(text, _UNTIDY)).as_py():
        text = pc.utf8_trim(pc.replace_substring_regex(text, _BLANKS, " "), " ")
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def filled(text: pa.Array) -> pa.Array:
    """Trimmed text of dates or durations; null too where a cell only says that there is none: `--`, `N/A`, `null`."""
    text = trim(text)
    return pc.if_else(pc.match_substring_regex(text, _NOTHING), pa.scalar(None, pa.string()), text)


def read_moments(text: pa.Array, zone: str, *, day_first: bool = True) -> Moments:
    """Moments (UTC microseconds) from text, by the rules above. `0`, as seconds since 1970, is none."""
    text = trim(text)
    text = pc.if_else(pc.equal(text, "0"), pa.scalar(None, pa.string()), text)
    parts = _figures(text)
    if parts.null_count > text.null_count:  # a name of a zone is a wall clock's
        named = f"(?i) {re.escape(zone)}$"
        if pc.any(pc.match_substring_regex(text, named)).as_py():
            text = pc.replace_substring_regex(text, named, "")
            parts = _figures(text)
    naive, offset_us, bad = _wall_clock(parts, day_first)
    if bad.any():
        naive = np.where(bad, _of_spreadsheet(text), naive)
    first, second = _in_zone(naive, zone)
    aware = pa.array(naive.astype("int64") - offset_us, mask=np.isnat(naive)).cast(pa.timestamp("us")).cast(MOMENT_TYPE)
    has_offset = pc.fill_null(pc.not_equal(pc.struct_field(parts, "z"), ""), False)
    first, second = pc.if_else(has_offset, aware, first), pc.if_else(has_offset, aware, second)
    if bad.any():
        epoch = _epoch(text)
        first, second = pc.coalesce(first, epoch), pc.coalesce(second, epoch)
    return Moments(first, second, pc.and_(pc.is_valid(text), pc.is_null(first)))


def read_days(text: pa.Array, *, day_first: bool = True) -> tuple[pa.Array, pa.Array]:
    """Days (date32) and whether each cell was unreadable: with an offset, or a time but midnight, it is no day."""
    text = trim(text)
    parts = _figures(text)
    naive, _offset_us, bad = _wall_clock(parts, day_first)
    days = naive.astype("datetime64[D]")
    has_offset = pc.fill_null(pc.not_equal(pc.struct_field(parts, "z"), ""), False).to_numpy(zero_copy_only=False)
    wrong = bad | has_offset | (days.astype("datetime64[us]") != naive)
    read = pa.array(days, pa.date32(), mask=wrong)
    return read, pc.and_(pc.is_valid(text), pc.is_null(read))


def dated(text: pa.Array) -> bool:
    """Whether every filled cell of a column is a date that is written as one, and some cell is filled; those that may
    as well be versions are none."""
    text = pc.unique(filled(text)).drop_null()
    written = pc.all(
        pc.and_not(pc.match_substring_regex(text, DATED), pc.match_substring_regex(text, _VERSION))
    ).as_py()
    return bool(len(text) and written) and any(
        not pc.any(read_moments(text, "UTC", day_first=order).unreadable).as_py() for order in (True, False)
    )


def tell_order(columns: Sequence[pa.Array]) -> bool | None:
    """Whether dates in figures have their day first: some have a part that is no month; None where they do not tell.
    Where none has, hours with AM or PM in capitals are those of an American, the month first, or of a Briton: the order
    by which the rows follow each other, or else lie nearer together."""
    beyond = _beyond_months(columns)
    if beyond[0] != beyond[1]:
        return beyond[0]
    if beyond[0] or not _halves(columns):
        return None
    return _nearer(columns) is True


def open_order(columns: Sequence[pa.Array]) -> str:
    """A date with an hour of which nothing proves whether the day or the month stands first, although it may well be
    another one than `tell_order` and the habit of the house take it for; empty where there is none."""
    if any(_beyond_months(columns)) or (_in_turn(columns) is not None and _halves(columns)):
        return ""
    if not _halves(columns) and _nearer(columns) is not False:
        return ""
    for text in columns:
        parts = _figures(trim(text))
        a, b, hours = (pc.struct_field(parts, name) for name in "abh")
        doubtful = pc.and_(pc.less(pc.utf8_length(a), 3), pc.and_(pc.not_equal(a, b), pc.not_equal(hours, "")))
        if doubted := text.filter(pc.fill_null(doubtful, False)).to_pylist():
            return str(doubted[0])
    return ""


def _beyond_months(columns: Sequence[pa.Array]) -> tuple[bool, bool]:
    """Whether the first part of some date in figures is no month, and whether the second of some is none."""
    first = second = False
    for text in columns:
        parts = _figures(trim(text))
        a, b = (_integers(pc.struct_field(parts, name)) for name in "ab")
        first |= bool(((a > 12) & (a < 100)).any())
        second |= bool(((b > 12) & (a < 100)).any())
    return first, second


def _halves(columns: Sequence[pa.Array]) -> bool:
    """Whether some hour of a date in figures, the year last, has an AM or PM in capitals."""
    for text in columns:
        parts = _figures(trim(text))
        halves = pc.is_in(pc.struct_field(parts, "p"), pa.array(["AM", "PM"])).to_numpy(zero_copy_only=False)
        if (halves & (_integers(pc.struct_field(parts, "a")) < 100)).any():
            return True
    return False


def _readings(columns: Sequence[pa.Array]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The moments of each column with its days first, and with its months first."""
    for text in columns:
        yield tuple(
            pc.drop_null(read_moments(text, "UTC", day_first=order).first).cast(pa.int64()).to_numpy()
            for order in (True, False)
        )


def _in_turn(columns: Sequence[pa.Array]) -> bool | None:
    """By which order, and not by the other, the rows of some column follow each other: is it that of days first?"""
    for readings in _readings(columns):
        steps = [np.diff(moments) for moments in readings]
        turned = [bool(len(step) > 1 and ((step >= 0).all() or (step <= 0).all())) for step in steps]
        if turned[0] != turned[1]:
            return turned[0]
    return None


def _nearer(columns: Sequence[pa.Array]) -> bool | None:
    """Whether the rows lie nearer together with their days first, where they do not stand in turn by one order alone;
    None where both are as near."""
    if (in_turn := _in_turn(columns)) is not None:
        return in_turn
    spans = [[np.ptp(moments) if len(moments) else 0 for moments in readings] for readings in _readings(columns)]
    days, months = (sum(span) for span in zip(*spans, strict=True)) if spans else (0, 0)
    return None if days == months else bool(days < months)


def tell_unit(column: str) -> str:
    """The unit of durations that the name of a column says: `ms`, `min`, `h`, `s`; empty where it says none."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column).casefold()
    for unit, pattern in (
        ("ms", "ms|millis|millisecondes?|milliseconds?"),
        ("min", "min|mins|minutes?"),
        ("h", "h|hours?|heures?"),
        ("s", "s|sec|secondes?|seconds?"),
    ):
        if re.search(rf"(?<![a-zé])(?:{pattern})(?![a-zé])", words.replace("_", " ")):
            return unit
    return ""


UNITS = {"s": 1.0, "ms": 0.001, "min": 60.0, "h": 3_600.0}
"""Seconds of each unit that bare numbers may be in."""
LONGEST_DURATION = 100 * 366 * 86_400.0
"""Seconds; what is longer is none, and would lead out of the calendar."""


def read_durations(text: pa.Array, unit: str) -> tuple[pa.Array, pa.Array]:
    """Seconds and whether each cell was unreadable. `unit` (of UNITS) is that of bare numbers, or
    `hms`: their figures are hours, minutes and seconds, 13005 for 1:30:05; or `m:s`: they are seconds, and `12:03` is
    minutes and seconds.

    A comma may stand for the decimal point, blanks may part thousands; `1:02:03` is hours, minutes and seconds
    whatever the unit, `1 h 02 min`, `3'20''`, `PT1H2M`, `+000 02:03:04` and `1 day, 2:03:04` say theirs. A negative
    duration is unreadable, and so is one beyond LONGEST_DURATION.
    """
    text = trim(text)
    plain = pc.replace_substring_regex(pc.replace_substring(text, ",", "."), r" (\d{3}\b|$)", r"\1")
    clock = pc.extract_regex(plain, r"^(?P<h>\d+):(?P<m>[0-5]?\d)(?::(?P<s>[0-5]?\d(?:\.\d+)?))?$")
    hours, minutes, seconds = (_floats(pc.struct_field(clock, part)) for part in "hms")
    short = np.isnan(seconds) & (unit == "m:s")
    timed = np.where(short, hours * 60 + minutes, hours * 3600 + minutes * 60 + np.nan_to_num(seconds))
    is_number = pc.match_substring_regex(plain, r"^\d+(\.\d*)?$")
    number = _floats(pc.if_else(is_number, plain, None))
    number = _in_figures(number) if unit == "hms" else number * UNITS.get(unit, 1.0)
    values = np.where(np.isnan(number), timed, number)
    left = pc.if_else(pa.array(np.isnan(values)), text, None).dictionary_encode()
    if len(left.dictionary):
        spelled = pa.array([_spelled(word) for word in left.dictionary.to_pylist()], pa.float64()).take(left.indices)
        values = np.where(np.isnan(values), spelled.to_numpy(zero_copy_only=False), values)
    values = np.where(values > LONGEST_DURATION, np.nan, values)
    read = pa.array(values, pa.float64(), mask=np.isnan(values))
    return read, pc.and_(pc.is_valid(text), pc.is_null(read))


def _in_figures(number: np.ndarray) -> np.ndarray:
    """Seconds of 13005; NaN of what has no such minutes or seconds."""
    minutes, seconds = number // 100 % 100, number % 100
    good = (minutes < 60) & (seconds < 60)
    return np.where(good, number // 10_000 * 3_600 + minutes * 60 + seconds, np.nan)


_SPELLED = re.compile(
    r"p?\+?(?:(?P<d>\d+)(?:[. ](?=\d+:)|(?:days?|jours?|d|j),?))?t?"
    r"(?: ?(?P<clock>\d+:[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?)|"
    r"(?:(?P<h>\d+(?:[.,]\d+)?)(?:heures?|hours?|hrs?|h),?)?"
    r"(?:(?P<m>\d+(?:[.,]\d+)?)(?:minutes?|mins?|mn|m(?!s)|['′’](?!['′’])),?)?"
    r"(?:(?P<s>\d+(?:[.,]\d+)?)(?:secondes?|seconds?|secs?|s|['′’]{2}|[\"″]),?)?"
    r"(?:(?P<ms>\d+(?:[.,]\d+)?)(?:millisecondes?|milliseconds?|ms))?(?P<bare>\d{1,2})?)"
)


def _spelled(text: str) -> float | None:
    """Seconds of a duration that says its units; a bare number at the end is of the unit below the last one said."""
    match = _SPELLED.fullmatch(re.sub(r" (?!\d+:)", "", text.casefold()))
    if match is None or not any(match.groups()):
        return None
    part = {
        name: float((value or "0").replace(",", ".")) for name, value in match.groupdict().items() if name != "clock"
    }
    clock = [float(number.replace(",", ".")) for number in (match["clock"] or "").split(":") if number]
    bare = 0.0
    if match["bare"]:
        below = [unit for group, unit in (("h", 60.0), ("m", 1.0)) if match[group]]
        if not below or match["s"] or match["ms"]:
            return None
        bare = part["bare"] * below[-1]
    timed = sum(value * unit for value, unit in zip(clock, (3600.0, 60.0, 1.0), strict=False))
    return part["d"] * 86_400 + part["h"] * 3600 + part["m"] * 60 + part["s"] + part["ms"] / 1000 + timed + bare


def _figures(text: pa.Array) -> pa.StructArray:
    """The parts of each date; null where there is none. Only what is not in figures is looked at again."""
    parts = pc.extract_regex(text, _FIGURES)
    for turn in (in_figures, in_order):
        odd = pc.and_(pc.is_valid(text), pc.is_null(parts))
        if not pc.any(odd).as_py():
            break
        places = np.flatnonzero(odd.to_numpy(zero_copy_only=False))
        order = np.arange(len(text))
        order[places] = len(text) + np.arange(len(places))
        parts = pa.concat_arrays([parts, pc.extract_regex(turn(text.filter(odd)), _FIGURES)]).take(pa.array(order))
    return parts


def _floats(text: pa.Array) -> np.ndarray:
    filled = pc.if_else(pc.equal(text, ""), None, text)
    return np.asarray(filled.cast(pa.float64()).to_numpy(zero_copy_only=False))


def _wall_clock(parts: pa.StructArray, day_first: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Wall clock (datetime64[us], NaT where it is none), offset (µs), and where no date was read."""
    number = {name: _integers(pc.struct_field(parts, name)) for name in "abchms"}
    year_first = number["a"] > 99
    year = np.where(year_first, number["a"], number["c"])
    year = np.where(year < 100, year + 2000, year)
    month = np.where(year_first | day_first, number["b"], number["a"])
    day = np.where(year_first, number["c"], number["a" if day_first else "b"])
    hour = _twelve_hours(number["h"], pc.struct_field(parts, "p"))
    minute, second = number["m"], number["s"]
    fraction = _fraction(pc.struct_field(parts, "f"))
    midnight = (hour == 24) & (minute == 0) & (second == 0) & (fraction == 0)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    days = _MONTH_DAYS[np.clip(month, 0, 12)] + ((month == 2) & leap)
    good = (
        parts.is_valid().to_numpy(zero_copy_only=False)
        & ((year >= 1900) & (year <= 2200) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= days))
        & ((hour >= 0) & (hour < 24) & (minute < 60) & (second < 60) | midnight)
    )
    months = np.where(good, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    total = (day - 1) * 86_400 + hour * 3_600 + minute * 60 + second
    naive = months.astype("datetime64[us]") + (total * 1_000_000 + fraction)
    return np.where(good, naive, np.datetime64("NaT", "us")), _offset(pc.struct_field(parts, "z")), ~good


def _integers(text: pa.Array) -> np.ndarray:
    return np.asarray(pc.fill_null(pc.if_else(pc.equal(text, ""), "0", text).cast(pa.int64()), 0).to_numpy())


def _fraction(text: pa.Array) -> np.ndarray:
    """Microseconds of a fraction's figures; figures beyond the sixth are dropped."""
    return _integers(pc.utf8_slice_codeunits(pc.utf8_rpad(pc.fill_null(text, ""), 6, "0"), 0, 6))


def _twelve_hours(hour: np.ndarray, half: pa.Array) -> np.ndarray:
    """Hours of 24 from hours with AM or PM; -1 where the hour fits no half."""
    letter = pc.fill_null(pc.utf8_lower(half), "").to_numpy(zero_copy_only=False)
    turned = np.where((hour >= 1) & (hour <= 12), hour % 12 + np.where(letter == "pm", 12, 0), -1)
    return np.where(letter == "", hour, turned)


def _offset(text: pa.Array) -> np.ndarray:
    """Microseconds east of UTC."""
    parts = pc.extract_regex(text, r"^(?P<sign>[+-])(?P<h>\d{2}):?(?P<m>\d{2})?$")
    minutes = _integers(pc.struct_field(parts, "h")) * 60 + _integers(pc.struct_field(parts, "m"))
    west = pc.fill_null(pc.equal(pc.struct_field(parts, "sign"), "-"), False).to_numpy(zero_copy_only=False)
    return np.asarray(np.where(west, -minutes, minutes) * 60_000_000)


def _in_zone(naive: np.ndarray, zone: str) -> tuple[pa.Array, pa.Array]:
    wall = pa.array(naive)
    first, second = (
        pc.assume_timezone(wall, zone, ambiguous=side, nonexistent=side).cast(MOMENT_TYPE)
        for side in ("earliest", "latest")
    )
    apart = pc.subtract(second.cast(pa.int64()), first.cast(pa.int64()))
    missing = pc.and_(pc.greater(apart, 0), pc.less(apart, _HOUR_US // 60))
    if pc.any(missing).as_py():
        hour = pa.scalar(_HOUR_US, pa.duration("us"))
        before, after = (
            pc.assume_timezone(shifted, zone, ambiguous="earliest", nonexistent="earliest").cast(MOMENT_TYPE)
            for shifted in (pc.subtract(wall, hour), pc.add(wall, hour))
        )
        first = pc.if_else(missing, pc.add(before, hour), first)
        second = pc.if_else(missing, pc.subtract(after, hour), second)
    return first, second


def _epoch(text: pa.Array) -> pa.Array:
    """Moments from seconds since 1970, or thousandths, millionths, billionths of them; null for anything else."""
    digits = pc.if_else(pc.match_substring_regex(text, r"^1\d{9}(?:(?:\d{3}){0,3}(?:\.0)?|\.\d{1,9})$"), text, None)
    digits = pc.utf8_slice_codeunits(pc.replace_substring_regex(digits, r"\.0$|\.", ""), 0, 16)
    return pc.utf8_rpad(digits, 16, "0").cast(pa.int64()).cast(MOMENT_TYPE)


def _of_spreadsheet(text: pa.Array) -> np.ndarray:
    """Wall clock of days since 30 December 1899, to the millisecond; NaT for anything else."""
    fractions = pc.match_substring_regex(text, r"^\d{5}[.,]\d+$")
    whole = pc.any(fractions).as_py()
    serial = pc.or_(fractions, pc.match_substring_regex(text, r"^\d{5}$")) if whole else fractions
    days = _floats(pc.if_else(pc.fill_null(serial, False), pc.replace_substring(text, ",", "."), None))
    milliseconds = np.round(np.nan_to_num(days) * 86_400_000).astype("int64")
    wall = np.datetime64("1899-12-30", "us") + milliseconds * np.timedelta64(1000, "us")
    return np.where(np.isnan(days), np.datetime64("NaT", "us"), wall)
