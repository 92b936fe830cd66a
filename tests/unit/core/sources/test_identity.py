"""Rows that look alike are told apart by their order."""

from collections import Counter

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from core.sources.identity import Ordinals


def test_look_alikes_are_numbered_across_pieces() -> None:
    ordinals = Ordinals()
    assert ordinals.number(pa.array(["a", "b", "a"])).to_pylist() == [1, 1, 2]
    assert ordinals.number(pa.array(["a", "c", "c", "b"])).to_pylist() == [3, 1, 2, 2]


@given(st.lists(st.lists(st.sampled_from("abcd"), max_size=6), max_size=6))
def test_it_counts_as_a_counter_would(pieces: list[list[str]]) -> None:
    ordinals, counter = Ordinals(), Counter[str]()
    for piece in pieces:
        expected = []
        for key in piece:
            counter[key] += 1
            expected.append(counter[key])
        assert ordinals.number(pa.array(piece, pa.string())).to_pylist() == expected
