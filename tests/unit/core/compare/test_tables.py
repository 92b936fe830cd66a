"""Two sets by key: every row in exactly one class, whatever the keys."""

from collections import Counter
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.compare.tables import Comparison, Match, compare, folded

KEYS = st.one_of(st.none(), st.sampled_from(["a", "b", "c", "d", "A ", ""]))
ROWS = st.lists(st.tuples(KEYS, st.one_of(st.none(), st.integers(0, 2)), st.sampled_from([None, 0.0, 1.5])), max_size=9)
SCHEMA = pa.schema({"id": pa.string(), "n": pa.int64(), "share": pa.float64()})


def table(*rows: tuple[Any, ...]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=False)) for row in rows], SCHEMA)


def ids(rows: pa.Table) -> list[str | None]:
    found: list[str | None] = rows["id"].to_pylist()
    return found


def expected(left: list[tuple[Any, ...]], right: list[tuple[Any, ...]]) -> tuple[list[Match], list[Match]]:
    """The same by plain Python, a row at a time."""
    times = [Counter(row[0] for row in side) for side in (left, right)]

    def one(row: tuple[Any, ...], own: int, other: list[tuple[Any, ...]]) -> Match:
        sides = (("left", "right"), ("right", "left"))[own]
        if row[0] is None:
            return Match(f"no_key_{sides[0]}")
        for side, counted in zip(sides, (times[own], times[1 - own]), strict=True):
            if counted[row[0]] > 1:
                return Match(f"doubled_{side}")
        twin = next((each for each in other if each[0] == row[0]), None)
        if twin is None:
            return Match(f"only_{sides[0]}")
        return Match.EQUAL if twin == row else Match.DIFFERING

    return [one(row, 0, right) for row in left], [one(row, 1, left) for row in right]


def classes(found: Comparison) -> tuple[list[Match], list[Match]]:
    """The class of each row of both sides, in their order."""
    rows = found.pairs.to_pylist()
    sides = [{row[side]: Match(row["match"]) for row in rows if row[side] is not None} for side in ("left", "right")]
    return tuple([side[place] for place in sorted(side)] for side in sides)  # type: ignore[return-value]


@settings(max_examples=60, deadline=None)
@given(ROWS, ROWS)
def test_every_row_is_in_one_class_and_the_classes_add_up(
    left: list[tuple[Any, ...]], right: list[tuple[Any, ...]]
) -> None:
    found = compare(table(*left), table(*right), ["id"])
    assert classes(found) == expected(left, right)
    assert sum(number for number, _other in found.counts.values()) == len(left)
    assert sum(number for _other, number in found.counts.values()) == len(right)
    assert sum(len(found.left(match)) for match in Match) == len(left)
    assert found.counts[Match.EQUAL][0] == found.counts[Match.EQUAL][1]
    assert found.counts[Match.DIFFERING][0] == found.counts[Match.DIFFERING][1]


def test_what_differs_is_named_field_by_field() -> None:
    left = table(("a", 1, 0.5), ("b", 2, None), ("c", 3, 1.0))
    right = table(("c", 3, 1.0), ("a", 1, 0.25), ("b", None, 2.0))
    found = compare(left, right, ["id"])
    assert found.differences().to_pylist() == [
        {"left": 0, "right": 1, "field": "share", "was": "0.5", "now": "0.25"},
        {"left": 1, "right": 2, "field": "n", "was": "2", "now": None},
        {"left": 1, "right": 2, "field": "share", "was": None, "now": "2"},
    ]
    assert ids(found.left(Match.EQUAL)) == ids(found.right(Match.EQUAL)) == ["c"]
    only_n = compare(left, right, ["id"], fields=["n"])
    assert ids(only_n.left(Match.DIFFERING)) == ["b"]


def test_keys_that_stand_twice_pair_with_nothing() -> None:
    found = compare(
        table(("a", 1), ("a", 2), ("b", 1), ("c", 1)), table(("a", 1), ("b", 1), ("b", 1), ("d", 1)), ["id"]
    )
    assert {match: number for match, number in found.counts.items() if number != (0, 0)} == {
        Match.ONLY_LEFT: (1, 0),
        Match.ONLY_RIGHT: (0, 1),
        Match.DOUBLED_LEFT: (2, 1),
        Match.DOUBLED_RIGHT: (1, 2),
    }


def test_keys_may_be_made_comparable_and_may_be_of_several_columns() -> None:
    left, right = table((" Émile", 1), ("", 2), ("Bob", 3)), table(("ÉMILE ", 1), ("bob", 4), (None, 5))
    found = compare(left, right, ["id"], normal={"id": folded})
    assert ids(found.left(Match.EQUAL)) == [" Émile"]
    assert (ids(found.left(Match.NO_KEY_LEFT)), ids(found.right(Match.NO_KEY_RIGHT))) == ([""], [None])
    assert [(row["was"], row["now"]) for row in found.differences().to_pylist()] == [("3", "4")]
    both = compare(left, right, ["id", "n"], normal={"id": folded})
    assert both.counts[Match.EQUAL] == (1, 1)
    assert ids(both.left(Match.ONLY_LEFT)) == ["Bob"]


def test_columns_that_cannot_be_compared_are_named() -> None:
    other = table(("a", 1)).set_column(1, "n", pa.array(["1"]))
    with pytest.raises(ValueError, match="n is int64 on the left, not on the right"):
        compare(table(("a", 1)), other, ["id"])
    with pytest.raises(ValueError, match="there is no column key"):
        compare(table(("a", 1)), other, ["key"])


def test_names_of_columns_are_never_read_as_sql() -> None:
    odd = 'it\'s "n"; --'
    left, right = (pa.table({"k y": ["a"], odd: [number]}) for number in (1, 2))
    assert compare(left, right, ["k y"]).differences().to_pylist() == [
        {"left": 0, "right": 0, "field": odd, "was": "1", "now": "2"}
    ]
