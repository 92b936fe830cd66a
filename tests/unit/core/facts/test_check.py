"""What may land and what is refused, cell by cell."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.i18n import speaking
from core.facts.check import check, newest
from tests.unit.core.facts.jobs import JOBS, NOON, batch, job


def words(*rows: dict[str, Any]) -> pa.Table:
    """Rows whose every cell is text, as a file gives them."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})


def reasons(rows: pa.Table) -> list[tuple[str, str]]:
    with speaking("en"):
        return [(refused.position, refused.reason) for refused in check(JOBS, rows)[1]]


GOOD = {"job": "a", "try": "1", "at": "2026-03-31T12:00:00Z", "seen_at": "2026-03-31T12:00:00Z"}


def test_it_reads_text_as_the_declared_types() -> None:
    good, refused = check(JOBS, words({**GOOD, "seconds": "1.5", "good": "true", "night": "2026-03-31"}))
    assert refused == []
    assert good.schema == JOBS.schema
    assert good.to_pylist() == [
        {
            "job": "a",
            "try": 1,
            "at": NOON,
            "state": None,
            "seconds": 1.5,
            "good": True,
            "night": date(2026, 3, 31),
            "team": None,
            "seen_at": NOON,
        }
    ]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("try", "one", "try: “one” is not a whole number."),
        ("seconds", "1,5", "seconds: “1,5” is not a number."),
        ("good", "oui", "good: “oui” is not true or false."),
        ("night", "31/03/2026", "night: “31/03/2026” is not a day."),
        ("at", "2026-03-31 12:00", "at: “2026-03-31 12:00” is not a moment with its time zone."),
        ("at", None, "at is empty; it must be filled."),
        ("job", None, "job is empty; it must be filled."),
        ("seen_at", None, "seen_at is empty; it must be filled."),
    ],
)
def test_it_refuses_a_row_and_says_why(column: str, value: str | None, reason: str) -> None:
    assert reasons(words(GOOD, {**GOOD, column: value}, GOOD)) == [("2", reason)]


def test_it_refuses_in_french() -> None:
    with speaking("fr"):
        assert [refused.reason for refused in check(JOBS, words({**GOOD, "try": "un"}))[1]] == [
            "try\u202f: «\u202fun\u202f» n’est pas un nombre entier."
        ]


def test_a_refused_row_keeps_its_raw_cells_and_its_first_reason() -> None:
    _, refused = check(JOBS, words({**GOOD, "try": "one", "at": None}))
    assert refused[0].row == {"job": "a", "try": "one", "at": "", "seen_at": "2026-03-31T12:00:00Z"}
    assert len(refused) == 1


def test_a_long_value_is_cut_in_the_sentence() -> None:
    assert len(reasons(words({**GOOD, "try": "x" * 5000}))[0][1]) < 150


def test_the_good_rows_of_a_bad_batch_land_in_their_order() -> None:
    rows = words(*({**GOOD, "job": str(n), "try": "x" if n % 3 == 0 else "1"} for n in range(10)))
    good, refused = check(JOBS, rows)
    assert good["job"].to_pylist() == ["1", "2", "4", "5", "7", "8"]
    assert [one.position for one in refused] == ["1", "4", "7", "10"]


def test_it_refuses_to_guess_a_column_or_a_time_zone() -> None:
    with pytest.raises(ValueError, match="jobs has no column colour"):
        check(JOBS, words({**GOOD, "colour": "red"}))
    naive = batch(job()).set_column(2, "at", pa.array([datetime(2026, 3, 31)], pa.timestamp("us")))
    with pytest.raises(ValueError, match="at holds moments without a time zone"):
        check(JOBS, naive)


def test_moments_of_any_zone_and_unit_become_utc_microseconds() -> None:
    paris = timezone(timedelta(hours=2))
    rows = batch(job()).set_column(
        2, "at", pa.array([datetime(2026, 3, 31, 14, 0, 0, 1, tzinfo=paris)], pa.timestamp("ns", "Europe/Paris"))
    )
    assert check(JOBS, rows)[0]["at"].to_pylist() == [NOON + timedelta(microseconds=1)]


def test_not_a_number_is_no_number() -> None:
    good, _ = check(JOBS, batch(job(seconds=float("nan")), job(seconds=2.0)))
    assert good["seconds"].to_pylist() == [None, 2.0]


def test_an_empty_batch_is_a_typed_empty_batch() -> None:
    good, refused = check(JOBS, pa.table({"job": pa.array([], pa.null())}))
    assert (good.schema, good.num_rows, refused) == (JOBS.schema, 0, [])


def test_the_newest_observed_row_of_a_key_is_kept_and_of_two_the_last() -> None:
    early, late = NOON, NOON + timedelta(hours=1)
    rows = batch(
        job("a", state="late", seen_at=late),
        job("b", state="first"),
        job("a", state="early", seen_at=early),
        job("b", state="last"),
        job("b", state="second try", **{"try": 2}),
    )
    assert newest(JOBS, rows)["state"].to_pylist() == ["late", "last", "second try"]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3)), min_size=1))
def test_newest_is_what_a_loop_would_find(seen: list[tuple[str, int]]) -> None:
    best: dict[str, tuple[int, int]] = {}
    for number, (name, hour) in enumerate(seen):
        best[name] = max(best.get(name, (-1, -1)), (hour, number))
    rows = batch(
        *(
            job(name, state=str(n), seen_at=datetime(2026, 1, 1, hour, tzinfo=UTC))
            for n, (name, hour) in enumerate(seen)
        )
    )
    assert newest(JOBS, rows)["state"].to_pylist() == [str(n) for n in sorted(n for _, n in best.values())]


@given(st.lists(st.one_of(st.integers().map(str), st.text(max_size=3)), max_size=30))
def test_every_row_lands_or_is_refused_whatever_the_cells(cells: list[str]) -> None:
    rows = words(*({**GOOD, "job": str(n), "try": cell} for n, cell in enumerate(cells))) if cells else words(GOOD)
    good, refused = check(JOBS, rows)
    assert sorted([*good["job"].to_pylist(), *(one.row["job"] for one in refused)]) == sorted(rows["job"].to_pylist())
