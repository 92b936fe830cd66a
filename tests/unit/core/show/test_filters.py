"""Filters say the same in an address whatever the language, and believe no address blindly."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.i18n import speaking
from core.show import filters
from core.show.filters import Choice, Choices, Day, Days, Field, Filter, OneOf, Picked, Range, Rows, Text, Words

CODES = {"tel": "Téléphonie", "a,b": "Avec virgule", "50%": "Moitié", "%2C": "Piège"}
DAYS = Day("Nuit", default=date(2026, 11, 19), first=date(2026, 1, 1), last=date(2026, 11, 20))
RANGE = Days("Période", default=(date(2026, 11, 1), date(2026, 11, 19)), first=date(2026, 1, 1))
HOURS = Range("Entre", options=tuple((f"{hour % 24:02}:00", f"{hour % 24} h") for hour in range(18, 43)))
CHOICE = Choice("Famille", options=CODES)
CHOICES = Choices("Familles", options=CODES)
TEXT = Text("Cherche")
ONE_OF = OneOf("Compte", default="each", options={"each": "chacun", "split": "partagé"})
PICKED = Picked("Choisi", columns={"hour": int, "kind": str}, told=lambda picks: " ".join(map(str, picks.values())))


@pytest.mark.parametrize(
    ("one", "value", "said"),
    [
        (DAYS, date(2026, 11, 19), "2026-11-19"),
        (RANGE, (date(2026, 11, 1), date(2026, 11, 19)), "2026-11-01_2026-11-19"),
        (HOURS, (4, 24), "22:00_18:00"),
        (HOURS, (0, 24), None),
        (CHOICE, "tel", "tel"),
        (CHOICE, None, None),
        (CHOICES, ["tel", "a,b"], "tel,a%2Cb"),
        (CHOICES, [], None),
        (TEXT, "solaris", "solaris"),
        (TEXT, "", None),
        (PICKED, {"hour": 9}, "hour=9"),
        (PICKED, {"hour": 0, "kind": "à & b"}, "hour=0&kind=%C3%A0+%26+b"),
        (PICKED, {"kind": None}, "kind="),
        (PICKED, {}, None),
        (ONE_OF, "split", "split"),
        (ONE_OF, "each", "each"),
    ],
)
def test_a_value_is_said_in_the_address(one: Filter[Any], value: Any, said: str | None) -> None:
    assert one.encode(value) == said
    assert one.read(said) == value


@pytest.mark.parametrize("said", ["colour=red", "hour=nine", "hour", "%"])
def test_an_address_picks_nothing_that_a_chart_could_not(said: str) -> None:
    assert PICKED.read(said) == ({"hour": None} if said == "hour" else {})


def test_a_day_is_in_the_address_even_where_it_is_the_default() -> None:
    assert DAYS.encode(DAYS.default) == "2026-11-19"


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("months-1", date(2026, 10, 1), date(2026, 10, 31)),
        ("months-3", date(2026, 8, 1), date(2026, 10, 31)),
        ("months-12", date(2026, 1, 1), date(2026, 10, 31)),
    ],
)
def test_days_that_move_are_the_last_months_that_are_over_within_what_there_is(
    said: str, first: date, last: date
) -> None:
    moving = Days("Période", default=RANGE.default, first=date(2026, 1, 1), today=date(2026, 11, 20))
    assert moving.moves(said)
    assert moving.read(said) == (first, last)


@pytest.mark.parametrize("said", ["months-2", "months--1", "months-", "months-1000000"])
def test_days_move_by_the_months_that_are_offered_alone(said: str) -> None:
    moving = Days("Période", default=RANGE.default, today=date(2026, 11, 20))
    assert not moving.moves(said)
    assert moving.read(said) == moving.default


def test_days_move_only_where_the_screen_says_the_day() -> None:
    assert RANGE.read("months-1") == RANGE.default


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (DAYS, "yesterday"),
        (DAYS, "2026-13-01"),
        (DAYS, "2025-12-31"),
        (DAYS, "2026-11-21"),
        (RANGE, "2026-11-19_2026-11-01"),
        (RANGE, "2026-11-01"),
        (HOURS, "23:00_22:00"),
        (HOURS, "22:07_23:00"),
        (HOURS, "25:00_26:00"),
        (CHOICE, "unknown"),
        (CHOICES, "unknown,other"),
    ],
)
def test_nonsense_in_the_address_means_the_default(one: Filter[Any], said: str) -> None:
    assert one.read(said) == one.default


def test_of_several_choices_the_known_ones_are_kept() -> None:
    assert CHOICES.read("unknown,tel") == ["tel"]


@given(picked=st.lists(st.sampled_from(sorted(CODES)), unique=True))
def test_any_choices_come_back_from_the_address(picked: list[str]) -> None:
    assert CHOICES.read(CHOICES.encode(picked)) == picked


@given(said=st.text(max_size=300))
@pytest.mark.parametrize("one", [DAYS, RANGE, HOURS, CHOICE, CHOICES, TEXT])
def test_no_address_breaks_a_filter(one: Filter[Any], said: str) -> None:
    assert one.allowed(one.read(said))


@given(start=st.integers(0, 24), end=st.integers(0, 24))
def test_any_range_of_hours_comes_back_from_the_address(start: int, end: int) -> None:
    if start < end:
        assert HOURS.read(HOURS.encode((start, end))) == (start, end)


def test_a_note_tells_the_values_in_words() -> None:
    assert DAYS.shown(date(2026, 11, 19)) == "19 nov. 2026"
    assert CHOICES.shown(["tel", "50%"]) == "Téléphonie, Moitié"
    assert CHOICE.shown(None) == "Toutes"


OFFERED: dict[str, Filter[Any]] = {
    "clients": Choices("Client", options={"a": "A", "b,c": "B"}),
    "state": Choice("State", options={"x": "X"}),
    "days": Days("Days", (date(2026, 3, 1), date(2026, 3, 9)), first=date(2026, 2, 1), today=date(2026, 3, 9)),
}


@pytest.mark.parametrize(
    ("asked", "handed", "lost"),
    [
        ({"clients": "a,b%2Cc", "state": "x", "days": "months-1"}, None, ""),
        ({"clients": "a,secret"}, {"clients": "a,"}, "Client"),
        ({"clients": "secret"}, {"clients": ","}, "Client"),
        ({"state": "y"}, {"state": ""}, "State"),
        ({"days": "2025-01-01_2025-12-31"}, {"days": ""}, "Days"),
        ({"assignees": "annb", "state": "x"}, {"assignees": "", "state": "x"}, "a filter that is not open to you"),
    ],
)
def test_what_an_address_asks_and_is_not_offered_is_told_and_not_handed_on(
    asked: dict[str, str], handed: dict[str, str] | None, lost: str
) -> None:
    given = filters.handed(OFFERED, asked)
    assert given == (asked if handed is None else handed)
    with speaking("en"):
        said = filters.left_out(OFFERED, asked)
        assert (lost in said) if lost else not said
        assert filters.left_out(OFFERED, given) == said


@pytest.mark.parametrize(
    ("one", "unsaid", "lost"),
    [(Text("A"), "", False), (Words("A"), "", False), (Picked("A", columns={"client": str}), "-", True)],
)
def test_what_may_be_anything_is_not_handed_on_from_somebody_who_sees_more(
    one: Filter[Any], unsaid: str, lost: bool
) -> None:
    given = filters.handed({"a": one}, {"a": "client=nord"}, wider=True)
    assert given == {"a": unsaid}
    assert filters.read({"a": one}, given).a == one.default
    assert bool(filters.left_out({"a": one}, given)) == lost
    assert filters.handed({"a": one}, {"a": "client=nord"}) == {"a": "client=nord"}


ROWS = Rows(
    "Lignes",
    (("a", "x", True),),
    fields=(
        Field("name", "Nom", locked=True),
        Field("kind", "Type", options=("x", "y")),
        Field("on", "Actif", flag=True),
    ),
    most=2,
)


@pytest.mark.parametrize(
    ("rows", "fixed", "fits"),
    [
        ((("a", "y", False),), True, True),
        ((("b", "y", False),), True, False),
        ((), True, False),
        ((("b", "y", False), ("c", "x", True)), False, True),
        ((("b", "y", False),) * 3, False, False),
        ((("b", "z", False),), False, False),
        ((("b", "y", "yes"),), False, False),
        ((("b", "y"),), False, False),
    ],
)
def test_rows_of_a_form_are_what_was_offered(rows: tuple[Any, ...], fixed: bool, fits: bool) -> None:
    assert replace(ROWS, fixed=fixed).allowed(rows) is fits
