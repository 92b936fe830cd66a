"""Reading moments, days and durations that people and schedulers write, a column at a time.

A moment is read when it is one of:
- a date in figures, `-`, `/` or `.` between them, the year first (ISO) or last (day first, or month first when the
  source says so; a two-figure year is of this century), with or without a time, a fraction of up to nine figures,
  AM/PM, an offset or Z;
- a date whose month is a French or an English word between day and year (`1er janvier 2025`, `19/févr./26 7:31 PM`);
- a number of ten or thirteen figures: seconds or milliseconds since 1970, UTC.

A moment without an offset is on the wall clock of the source's time zone. The clock change decides two cases:
- an hour that happens twice has two readings: summer time, then winter time;
- an hour that does not exist (02:30 when clocks go forward) was written by a clock that had not changed, or changed
  too early: it is read with the offset before the change (03:30 summer time), then with the one after it.
Both readings are given, and the caller, who knows what came before and after, picks one; the first when nothing tells.
Clock changes are known until 2037.
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.sources.months import in_figures

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


def read_moments(text: pa.Array, zone: str, *, day_first: bool = True) -> Moments:
    """Moments (UTC microseconds) from text, by the rules above."""
    text = trim(text)
    parts = _figures(text)
    naive, offset_us, bad = _wall_clock(parts, day_first)
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


def read_durations(text: pa.Array, unit: str) -> tuple[pa.Array, pa.Array]:
    """Seconds and whether each cell was unreadable. `unit` (`s`, `ms`, `min`) is that of bare numbers.

    A comma may stand for the decimal point, blanks may part thousands; `1:02:03` is hours, minutes and seconds
    whatever the unit. A negative duration is unreadable.
    """
    text = trim(text)
    plain = pc.replace_substring(pc.replace_substring(text, ",", "."), " ", "")
    clock = pc.extract_regex(plain, r"^(?P<h>\d+):(?P<m>[0-5]?\d)(?::(?P<s>[0-5]?\d(?:\.\d+)?))?$")
    hours, minutes, seconds = (_floats(pc.struct_field(clock, part)) for part in "hms")
    timed = hours * 3600 + minutes * 60 + np.nan_to_num(seconds)
    is_number = pc.match_substring_regex(plain, r"^\d+(\.\d*)?$")
    number = _floats(pc.if_else(is_number, plain, None)) * {"s": 1.0, "ms": 0.001, "min": 60.0}[unit]
    values = np.where(np.isnan(number), timed, number)
    read = pa.array(values, pa.float64(), mask=np.isnan(values))
    return read, pc.and_(pc.is_valid(text), pc.is_null(read))


def _figures(text: pa.Array) -> pa.StructArray:
    """The parts of each date; null where there is none."""
    parts = pc.extract_regex(text, _FIGURES)
    if pc.any(pc.and_(pc.is_valid(text), pc.is_null(parts))).as_py():
        return pc.extract_regex(in_figures(text), _FIGURES)
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
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    days = _MONTH_DAYS[np.clip(month, 0, 12)] + ((month == 2) & leap)
    good = (
        parts.is_valid().to_numpy(zero_copy_only=False)
        & ((year >= 1900) & (year <= 2200) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= days))
        & ((hour >= 0) & (hour < 24) & (minute < 60) & (second < 60))
    )
    months = np.where(good, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    total = (day - 1) * 86_400 + hour * 3_600 + minute * 60 + second
    naive = months.astype("datetime64[us]") + (total * 1_000_000 + _fraction(pc.struct_field(parts, "f")))
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
    """Moments from seconds or milliseconds since 1970; null for anything else."""
    digits = pc.if_else(pc.match_substring_regex(text, r"^1\d{9}(\d{3})?(\.0)?$"), text, None)
    number = pc.replace_substring(digits, ".0", "").cast(pa.int64())
    return pc.if_else(pc.less(number, 10**10), pc.multiply(number, 1_000_000), pc.multiply(number, 1_000)).cast(
        MOMENT_TYPE
    )
