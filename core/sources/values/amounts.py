"""Reading amounts, shares and counts that people and programs write, a column at a time.

An amount has a sign in front or behind, or parentheses that mean below zero; figures in groups of three, set apart by
blanks, apostrophes, points or commas; a decimal point or comma; a currency in front or behind.

`1.234` and `1,234` may be one thousand or one: the decimal mark of the column decides. It is the one that the source
declares, else the one that other cells of the column can only have; where neither tells, such a cell is doubtful, and
is never guessed. What a workbook or a database holds as a number has a decimal point, whatever its column does.
"""

from typing import Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from core.facts.tables import FIGURES
from core.sources.values.moments import trim

Mark = Literal["", ",", "."]
CURRENCIES = {
    "EUR": r"€|eur|euros?",
    "USD": r"us ?\$|\$|usd",
    "GBP": r"£|gbp",
    "CHF": r"chf|fr\.|sfr\.?",
}
"""How each currency is written, as a pattern."""
WHOLE_FIGURES = 18
"""How many figures a whole number keeps, whichever they are."""

_MINUS = "[−–-]"
_GROUPED = r"^\d{1,3}(?:(?: \d{3})+|(?:'\d{3})+|(?:’\d{3})+)(?:[.,]\d+)?$"
_POINT_GROUPS = r"^\d{1,3}(?:(?:\.\d{3})+,\d+|(?:\.\d{3}){2,})$"
_COMMA_GROUPS = r"^\d{1,3}(?:(?:,\d{3})+\.\d+|(?:,\d{3}){2,})$"
_PLAIN = r"^(?:\d+|\d*[.,]\d+)$"
_DOUBTFUL = r"^[1-9]\d{0,2}[.,]\d{3}$"
_TYPED = r"^-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$"


class Amounts(NamedTuple):
    """A column of numbers (float64). Of a cell with text that became null, one of these is true: `unreadable`: it is no
    number; `doubtful`: it may be two; `too_long`: it has more figures than are kept."""

    values: pa.Array
    unreadable: pa.Array
    doubtful: pa.Array
    too_long: pa.Array


def read_amounts(text: pa.Array, *, mark: Mark = "", currency: str = "", typed: pa.Array | None = None) -> Amounts:
    """Amounts from text. `mark`: the decimal mark that the source declares; empty: as the column's cells tell.

    `currency`: the one that may be named (a key of CURRENCIES); another one, or any where it is empty, is unreadable.
    `typed`: where the source held a number and no text.
    """
    text = trim(text)
    number, negative = _parts(text, CURRENCIES.get(currency, ""))
    forms = _Forms(number)
    mark = mark or forms.mark()
    points, commas = (pc.and_(forms.doubtful, pc.match_substring(number, sign)) for sign in (".", ","))
    no_points = pc.or_(forms.point_groups, points) if mark == "," else forms.point_groups
    no_commas = pc.or_(forms.comma_groups, commas) if mark == "." else forms.comma_groups
    unclear = forms.doubtful if not mark else pc.and_(forms.doubtful, False)
    single = pc.and_not(pc.or_(forms.grouped, forms.plain), unclear)
    digits = pc.if_else(no_points, pc.replace_substring(number, ".", ""), None)
    digits = pc.coalesce(digits, pc.if_else(no_commas, pc.replace_substring(number, ",", ""), None))
    digits = pc.coalesce(digits, pc.if_else(single, pc.replace_substring_regex(number, "[ '’]", ""), None))
    digits = pc.replace_substring(digits, ",", ".")
    most = FIGURES
    if typed is not None:
        held = pc.fill_null(pc.and_(typed, pc.match_substring_regex(text, _TYPED)), False)
        digits = pc.if_else(held, pc.replace_substring_regex(text, "^-", ""), digits)
        negative = pc.if_else(held, pc.starts_with(text, "-"), negative)
        unclear = pc.and_not(unclear, held)
        most = pc.if_else(held, FIGURES + 2, FIGURES)  # 17 come back where they were a number before
    too_long = pc.fill_null(
        pc.greater(pc.utf8_length(pc.replace_substring_regex(digits, r"^[0.]+|\.|[eE].*", "")), most), False
    )
    # What a program wrote of a number that it held comes back as it is written, however long: nothing is lost of it.
    long = pc.if_else(too_long, digits, None)
    too_long = pc.and_not(too_long, pc.fill_null(pc.equal(long.cast(pa.float64()).cast(pa.string()), long), False))
    values = pc.if_else(too_long, None, digits).cast(pa.float64())
    values = pc.if_else(pc.fill_null(negative, False), pc.negate(values), values)
    unclear = pc.fill_null(unclear, False)
    unreadable = pc.and_not(pc.and_not(pc.and_(pc.is_valid(text), pc.is_null(values)), unclear), too_long)
    return Amounts(values, unreadable, unclear, too_long)


def read_shares(text: pa.Array, unit: str, *, mark: Mark = "", typed: pa.Array | None = None) -> Amounts:
    """Shares (0.12) from percents (`12 %`). `unit` says what a number without the sign is: `%` a percent, `1` a share;
    where it is empty such a number is doubtful."""
    text = trim(text)
    bare = pc.replace_substring_regex(text, r" ?%$", "")
    signed = pc.fill_null(pc.not_equal(text, bare), False)
    read = read_amounts(bare, mark=mark, typed=typed)
    percent = pc.or_(signed, unit == "%")
    values = pc.if_else(percent, pc.divide(read.values, 100.0), read.values)
    if unit:
        return read._replace(values=values)
    doubtful = pc.and_(pc.is_valid(values), pc.invert(signed))
    return read._replace(values=pc.if_else(doubtful, None, values), doubtful=pc.or_(read.doubtful, doubtful))


def read_counts(text: pa.Array, *, mark: Mark = "", typed: pa.Array | None = None) -> Amounts:
    """Whole numbers from zero on (int64), in groups of figures or not."""
    text = trim(text)
    plain = pc.replace_substring_regex(text, r"[ '’]", "")
    plain = pc.if_else(pc.match_substring_regex(text, rf"^\d+$|{_GROUPED}"), plain, text)
    simple = pc.fill_null(pc.match_substring_regex(plain, rf"^\d{{1,{WHOLE_FIGURES}}}$"), False)
    exact = pc.if_else(simple, plain, None).cast(pa.int64())
    if pc.all(pc.or_(simple, pc.is_null(text))).as_py():
        never = pc.and_(simple, False)
        return Amounts(exact, never, never, never)
    read = read_amounts(text, mark=mark, typed=typed)
    whole = pc.and_(pc.greater_equal(read.values, 0), pc.equal(read.values, pc.floor(read.values)))
    values = pc.coalesce(exact, pc.if_else(whole, read.values, None).cast(pa.int64()))
    unreadable = pc.or_(read.unreadable, pc.fill_null(pc.invert(whole), False))
    return Amounts(values, unreadable, read.doubtful, pc.and_not(read.too_long, simple))


def tell_mark(text: pa.Array) -> Mark:
    """The decimal mark that the cells of a column can only have; empty where they do not tell, or contradict."""
    return _Forms(_parts(trim(text), "|".join(CURRENCIES.values()))[0]).mark()


class _Forms:
    """Which form each number of a column has."""

    def __init__(self, number: pa.Array) -> None:
        self._number = number
        self.grouped = self._is(_GROUPED)
        self.point_groups = self._is(_POINT_GROUPS)
        self.comma_groups = self._is(_COMMA_GROUPS)
        self.doubtful = self._is(_DOUBTFUL)
        self.plain = self._is(_PLAIN)

    def _is(self, pattern: str) -> pa.Array:
        return pc.fill_null(pc.match_substring_regex(self._number, pattern), False)

    def mark(self) -> Mark:
        clear = pc.or_(self.grouped, pc.and_not(self.plain, self.doubtful))
        comma, point = (
            pc.any(pc.or_(groups, pc.and_(clear, pc.match_substring(self._number, sign)))).as_py()
            for groups, sign in ((self.point_groups, ","), (self.comma_groups, "."))
        )
        if comma == point:
            return ""
        return "," if comma else "."


def _parts(text: pa.Array, currency: str) -> tuple[pa.Array, pa.Array]:
    """The figures of each cell as they are grouped, null where it is no amount, and whether it is below zero."""
    named = f"(?:{currency})?" if currency else ""
    parts = pc.extract_regex(
        text,
        rf"(?i)^(?P<c0>{named}) ?(?P<open>\(?) ?(?P<s1>(?:\+|{_MINUS})?) ?(?P<c1>{named}) ?(?P<s2>(?:\+|{_MINUS})?) ?"
        rf"(?P<number>\d(?:[\d .,'’]*\d)?|[.,]\d+) ?"
        rf"(?P<s3>{_MINUS}?) ?(?P<c2>{named})(?P<s4>{_MINUS}?) ?(?P<close>\)?) ?(?P<c3>{named})$",
    )
    written = {
        name: pc.not_equal(pc.struct_field(parts, name), "") for name in ("open", "close", "s1", "s2", "s3", "s4")
    }
    plus = pc.or_(*(pc.equal(pc.struct_field(parts, name), "+") for name in ("s1", "s2")))
    signs = _count(*(written[name] for name in ("open", "s1", "s2", "s3", "s4")))
    currencies = _count(*(pc.not_equal(pc.struct_field(parts, name), "") for name in ("c0", "c1", "c2", "c3")))
    good = pc.and_(
        pc.equal(written["open"], written["close"]), pc.and_(pc.less_equal(signs, 1), pc.less_equal(currencies, 1))
    )
    number = pc.if_else(good, pc.struct_field(parts, "number"), pa.scalar(None, pa.string()))
    return number, pc.and_(pc.equal(signs, 1), pc.invert(plus))


def _count(*flags: pa.Array) -> pa.Array:
    total = flags[0].cast(pa.int64())
    for flag in flags[1:]:
        total = pc.add(total, flag.cast(pa.int64()))
    return total
