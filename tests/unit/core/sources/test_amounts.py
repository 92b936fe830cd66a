"""Amounts, shares, counts and flags as people and programs write them: read, or refused with what is wrong."""

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sources.values.amounts import Amounts, read_amounts, read_counts, read_shares, tell_mark
from core.sources.values.flags import read_flags


def read(*said: str, mark: str = "", typed: list[bool] | None = None) -> list[float | None]:
    known = None if typed is None else pa.array(typed)
    amounts = read_amounts(pa.array(said, pa.string()), mark=mark, currency="EUR", typed=known)  # type: ignore[arg-type]
    assert accounted(amounts, list(said))
    values: list[float | None] = amounts.values.to_pylist()
    return values


def accounted(read: Amounts, said: list[str]) -> bool:
    """Whether each cell with text has a value, or exactly one thing that is wrong with it."""
    rows = zip(said, *(column.to_pylist() for column in read), strict=True)
    return all((value is not None) + sum(wrong) == bool(text.strip()) for text, value, *wrong in rows)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("-12", -12.0),
        ("12,00 €", 12.0),
        ("1 200", 1200.0),
        ("1\u00a0200,50", 1200.5),
        ("12\u202f345\u202f678,90 €", 12345678.9),
        ("1.234,56", 1234.56),
        ("1,234.56", 1234.56),
        ("1.234.567", 1234567.0),
        ("1'234.50", 1234.5),
        ("€(5)", -5.0),
        ("€ 5", 5.0),
        ("EUR -5", -5.0),
        ("-€5", -5.0),
        ("(12,00 €)", -12.0),
        ("(12,00) €", -12.0),
        ("12,00-", -12.0),
        ("−3", -3.0),
        ("+3", 3.0),
        ("0,500", 0.5),
        (",5", 0.5),
        ("1234.567", 1234.567),
    ],
)
def test_it_reads_an_amount(said: str, value: float) -> None:
    assert read(said) == [value]


@pytest.mark.parametrize(
    "said", ["douze", "12 34", "1 2345", "--3", "(-3)", "(3", "12 $", "€ 5 €", "12 %", "12,", "1,2,3", "1.23.456", "-"]
)
def test_it_refuses_what_is_no_amount(said: str) -> None:
    amounts = read_amounts(pa.array([said]), currency="EUR")
    assert amounts.unreadable.to_pylist() == [True]


def test_one_or_a_thousand_is_told_where_nothing_decides_and_never_guessed() -> None:
    amounts = read_amounts(pa.array(["1.234", "1,234", "", "12"]))
    assert amounts.values.to_pylist() == [None, None, None, 12.0]
    assert amounts.doubtful.to_pylist() == [True, True, False, False]


def test_the_declared_mark_decides_between_one_and_a_thousand() -> None:
    assert read("1.234", "1,234", mark=",") == [1234.0, 1.234]
    assert read("1.234", "1,234", mark=".") == [1.234, 1234.0]


def test_the_other_cells_of_a_column_decide_where_they_agree() -> None:
    assert read("1.234", "5,5") == [1234.0, 5.5]
    assert read("1.234", "2 500.5") == [1.234, 2500.5]
    assert read("1.234", "5,5", "5.5") == [None, 5.5, 5.5]
    assert [tell_mark(pa.array(column)) for column in (["5,5 €"], ["1.234.567"], ["1.234"], ["5,5", "5.5"])] == [
        ",",
        ",",
        "",
        "",
    ]


def test_a_number_that_was_typed_has_a_decimal_point_whatever_its_column_does() -> None:
    assert read("1.234", "1.234", mark=",", typed=[True, False]) == [1.234, 1234.0]
    assert read("-1e-05", "1e+16", typed=[True, True]) == [-1e-05, 1e16]


def test_more_figures_than_are_kept_are_told() -> None:
    amounts = read_amounts(pa.array(["1234567890123456", "123456789012345"]))
    assert amounts.too_long.to_pylist() == [True, False]
    assert amounts.values.to_pylist() == [None, 123456789012345.0]


GROUPS = {" ": ",", "\u00a0": ",", "\u202f": ",", ".": ",", ",": ".", "'": ".", "": ","}
SIGNS = ("-{}", "{}-", "({})", "−{}")
UNITS = ("{}", "{} €", "{}€", "€{}", "EUR {}")


@given(
    st.decimals(-(10**10), 10**10, places=2, allow_nan=False),
    st.sampled_from(sorted(GROUPS)),
    st.sampled_from(SIGNS),
    st.sampled_from(UNITS),
)
def test_an_amount_written_in_any_supported_way_reads_back(value: Decimal, group: str, sign: str, unit: str) -> None:
    figures = f"{abs(value):,.2f}".replace(",", "\0").replace(".", GROUPS[group]).replace("\0", group)
    said = unit.format(sign.format(figures) if value < 0 else figures)
    assert read(said) == [float(value)]


@given(st.lists(st.one_of(st.text("0123456789.,-+()' €%x\u202f", max_size=9), st.text(max_size=5)), max_size=6))
def test_each_cell_either_reads_or_says_what_is_wrong(said: list[str]) -> None:
    read(*[text for text in said if text.isprintable()])


def test_a_share_says_percent_or_its_unit_is_declared() -> None:
    said = pa.array(["12 %", "12,5%", "12", "0.12"])
    assert read_shares(said, "").values.to_pylist() == [0.12, 0.125, None, None]
    assert read_shares(said, "").doubtful.to_pylist() == [False, False, True, True]
    assert read_shares(said, "%").values.to_pylist() == [0.12, 0.125, 0.12, 0.0012]
    assert read_shares(said, "1").values.to_pylist() == [0.12, 0.125, 12.0, 0.12]


def test_whole_numbers_beyond_what_a_float_keeps_are_kept_to_the_last_figure_and_longer_ones_are_refused() -> None:
    said = ["9007199254740993", "123 456 789 012 345 678", "1,5", "1234567890123456789"]
    counts = read_counts(pa.array(said))
    assert counts.values.to_pylist() == [9007199254740993, 123456789012345678, None, None]
    assert (counts.too_long.to_pylist(), counts.unreadable.to_pylist()) == (
        [False, False, False, True],
        [False, False, True, False],
    )


def test_a_count_is_whole_and_not_below_zero() -> None:
    counts = read_counts(pa.array(["12", "1 200", "3,0", "-1", "1,5", None]))
    assert counts.values.to_pylist() == [12, 1200, 3, None, None, None]
    assert counts.unreadable.to_pylist() == [False, False, False, True, True, False]


def test_a_flag_is_yes_or_no_in_either_language() -> None:
    flags, unreadable = read_flags(pa.array(["Oui", "VRAI", "x", "1", "non", "Faux", "0", "no", "", "peut-être"]))
    assert flags.to_pylist() == [True] * 4 + [False] * 4 + [None, None]
    assert unreadable.to_pylist() == [False] * 9 + [True]


@pytest.mark.parametrize(
    "text", ["63678.87712999999", "0.1000000000000000055", "-1208755.4019700001", "12345678901234567"]
)
def test_a_long_number_is_kept_where_it_comes_back_as_it_was_written(text: str) -> None:
    read = read_amounts(pa.array([text]))
    kept = repr(float(text)) == text
    assert (read.values.to_pylist(), read.too_long.to_pylist()) == ([float(text) if kept else None], [not kept])
