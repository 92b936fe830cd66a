"""Two states compared, three merged: nothing that anybody changed is lost without being named."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.records.diff import Clash, Difference, differences, merge, sides

KEYS = {"purposes": ("name",)}


def purpose(name: str, bases: list[str] | None = None) -> dict[str, Any]:
    return {"name": name, "bases": bases or []}


def paths(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [one.path for one in differences(before, after, KEYS)]


def test_equal_states_do_not_differ() -> None:
    assert paths({"name": "a", "purposes": [purpose("p")]}, {"name": "a", "purposes": [purpose("p")]}) == []


def test_a_changed_value_is_named_with_both_sides() -> None:
    assert differences({"name": "a"}, {"name": "b"}, KEYS) == [Difference("name", "a", "b")]


def test_a_value_within_a_row_is_named_by_its_row() -> None:
    before, after = {"purposes": [purpose("p", ["x"])]}, {"purposes": [purpose("p", ["y"])]}
    assert differences(before, after, KEYS) == [Difference("purposes[p].bases", ["x"], ["y"])]


def test_an_added_row_is_whole_on_its_side() -> None:
    after = {"purposes": [purpose("p"), purpose("q")]}
    assert differences({"purposes": [purpose("p")]}, after, KEYS) == [Difference("purposes[q]", None, purpose("q"))]


def test_rows_of_one_name_are_told_apart_by_their_order() -> None:
    before = {"purposes": [purpose("p", ["x"]), purpose("p", ["y"])]}
    after = {"purposes": [purpose("p", ["x"]), purpose("p", ["z"])]}
    assert paths(before, after) == ["purposes[p#2].bases"]


def test_another_order_of_rows_is_a_difference() -> None:
    before, after = {"purposes": [purpose("p"), purpose("q")]}, {"purposes": [purpose("q"), purpose("p")]}
    assert differences(before, after, KEYS) == [Difference("purposes", ["p", "q"], ["q", "p"])]


def test_unanswered_and_none_differ() -> None:
    assert differences({"purposes": None}, {"purposes": []}, KEYS) == [Difference("purposes", None, [])]


def test_both_sides_hold_only_what_differs() -> None:
    assert sides({"a": 1, "b": 2}, {"a": 1, "b": 3}, KEYS) == ({"b": 2}, {"b": 3})


def test_changes_of_different_fields_are_both_kept() -> None:
    merged = merge({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 3}, KEYS)
    assert (merged.data, merged.clashes) == ({"a": 2, "b": 3}, ())


def test_different_changes_of_one_field_clash_and_keep_theirs_until_settled() -> None:
    merged = merge({"a": 1}, {"a": 2}, {"a": 3}, KEYS)
    assert (merged.data, merged.clashes) == ({"a": 2}, (Clash("a", 1, 2, 3),))


def test_the_same_change_on_both_sides_is_no_clash() -> None:
    assert merge({"a": 1}, {"a": 2}, {"a": 2}, KEYS).clashes == ()


def test_rows_that_either_side_added_are_all_kept() -> None:
    base = {"purposes": [purpose("p")]}
    theirs, mine = {"purposes": [purpose("p"), purpose("q")]}, {"purposes": [purpose("p", ["x"]), purpose("r")]}
    merged = merge(base, theirs, mine, KEYS)
    assert merged.data == {"purposes": [purpose("p", ["x"]), purpose("q"), purpose("r")]}
    assert merged.clashes == ()


def test_a_row_removed_here_and_changed_there_clashes_and_stays() -> None:
    base = {"purposes": [purpose("p"), purpose("q")]}
    theirs, mine = {"purposes": [purpose("p"), purpose("q", ["x"])]}, {"purposes": [purpose("p")]}
    merged = merge(base, theirs, mine, KEYS)
    assert merged.clashes == (Clash("purposes[q]", purpose("q"), purpose("q", ["x"]), None),)
    assert merged.data == theirs
    assert merge(base, mine, theirs, KEYS).clashes == (Clash("purposes[q]", purpose("q"), None, purpose("q", ["x"])),)


def test_an_explicit_none_against_new_rows_clashes() -> None:
    base = {"purposes": [purpose("p")]}
    merged = merge(base, {"purposes": [purpose("p"), purpose("q")]}, {"purposes": []}, KEYS)
    assert [one.path for one in merged.clashes] == ["purposes"]


def test_values_of_a_set_are_added_and_taken_out_on_both_sides() -> None:
    merged = merge({"zones": ["a", "b"]}, {"zones": ["b", "c"]}, {"zones": ["a", "b", "d"]}, KEYS)
    assert (merged.data, merged.clashes) == ({"zones": ["b", "c", "d"]}, ())


values = st.one_of(st.none(), st.integers(0, 3), st.lists(st.sampled_from("abc"), unique=True))
rows = st.lists(st.builds(purpose, st.sampled_from("pqr"), st.lists(st.sampled_from("xy"), unique=True)), max_size=3)
states = st.fixed_dictionaries({"a": values, "b": values, "purposes": st.one_of(st.none(), rows)})


@given(states, states)
def test_merging_with_an_untouched_side_takes_the_other_whole(base: dict[str, Any], changed: dict[str, Any]) -> None:
    assert merge(base, changed, base, KEYS).data == changed
    assert merge(base, base, changed, KEYS).data == changed


@given(states, states)
def test_states_differ_exactly_when_a_difference_is_named(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert bool(differences(one, other, KEYS)) == (one != other)


@given(states, states, states)
def test_whatever_is_merged_without_clash_holds_each_sides_own_changes(
    base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any]
) -> None:
    merged = merge(base, theirs, mine, KEYS)
    clashing = [one.path for one in merged.clashes]
    for name in ("a", "b"):
        if name not in clashing and theirs[name] == base[name]:
            assert merged.data[name] == mine[name]
        if name not in clashing and mine[name] == base[name]:
            assert merged.data[name] == theirs[name]


def test_a_settled_clash_takes_mine_and_leaves_the_others_theirs() -> None:
    base, theirs, mine = {"a": 1, "b": 1}, {"a": 2, "b": 2}, {"a": 3, "b": 3}
    assert merge(base, theirs, mine, KEYS, prefer=["b"]).data == {"a": 2, "b": 3}
    assert merge(base, theirs, mine, KEYS, prefer=["a", "b"]).data == mine


def test_a_settled_clash_within_a_row_takes_mine_of_that_value_alone() -> None:
    base = {"purposes": [{"name": "p", "detail": "1", "note": "1"}]}
    theirs, mine = (
        {"purposes": [{"name": "p", "detail": "2", "note": "2"}]},
        {"purposes": [{"name": "p", "detail": "3", "note": "3"}]},
    )
    merged = merge(base, theirs, mine, KEYS, prefer=["purposes[p].note"])
    assert merged.data == {"purposes": [{"name": "p", "detail": "2", "note": "3"}]}
    assert [one.path for one in merged.clashes] == ["purposes[p].detail", "purposes[p].note"]


def test_a_row_that_i_removed_goes_once_that_is_settled() -> None:
    base = {"purposes": [purpose("p"), purpose("q")]}
    theirs, mine = {"purposes": [purpose("p"), purpose("q", ["x"])]}, {"purposes": [purpose("p")]}
    assert merge(base, theirs, mine, KEYS, prefer=["purposes[q]"]).data == mine
    assert merge(base, mine, theirs, KEYS, prefer=["purposes[q]"]).data == theirs


def test_settling_what_does_not_clash_changes_nothing() -> None:
    base, theirs, mine = {"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 1}
    assert merge(base, theirs, mine, KEYS, prefer=["a", "b", "c"]).data == theirs


names = st.lists(st.sampled_from("pqr"), unique=True, max_size=3)
sets = st.one_of(st.none(), st.lists(st.sampled_from("xyz"), unique=True))
details = st.sampled_from([None, 1, 2, 3])


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    """A state whose rows all have names of their own, so that each of its values can be told apart."""
    named = [{"name": name, "bases": draw(sets), "detail": draw(details)} for name in draw(names)]
    return {"a": draw(details), "zones": draw(sets), "purposes": draw(st.sampled_from([None, named]))}


def atoms(state: Any, path: str = "") -> dict[tuple[str, Any], Any]:
    """Everything that a state says: (path, member of a set or None) → value. What is unanswered says nothing."""
    said: dict[tuple[str, Any], Any] = {}
    for name, value in state.items():
        here = f"{path}.{name}".lstrip(".")
        if isinstance(value, list):
            said[here, None] = "answered"
            for one in value:
                if isinstance(one, dict):
                    row = f"{here}[{one['name']}]"
                    said |= {(row, None): "row", **atoms(one, row)}
                else:
                    said[here, one] = "in"
        elif value is not None:
            said[here, None] = value
    return said


def named_by(clashes: list[str], path: str) -> bool:
    """Whether a clash names a value, or something that holds it."""
    return any(path == clash or path.startswith((f"{clash}[", f"{clash}.")) for clash in clashes)


@settings(max_examples=200)
@given(answers(), answers(), answers())
def test_no_edit_is_lost_in_silence(base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any]) -> None:
    """Each value that either side added, changed or took out is so in what is merged, or a clash names it."""
    merged = merge(base, theirs, mine, KEYS)
    clashes = [one.path for one in merged.clashes]
    before, after = atoms(base), atoms(merged.data)
    for side in (atoms(theirs), atoms(mine)):
        for path, member in {**before, **side}:
            if before.get((path, member)) != side.get((path, member)) and not named_by(clashes, path):
                assert after.get((path, member)) == side.get((path, member)), (path, member)


@settings(max_examples=200)
@given(answers(), answers(), answers())
def test_what_neither_side_said_is_not_in_what_is_merged(
    base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any]
) -> None:
    merged = atoms(merge(base, theirs, mine, KEYS).data)
    assert merged.items() <= (atoms(theirs).items() | atoms(mine).items())


@given(answers(), answers(), answers())
def test_once_every_clash_is_settled_for_me_each_of_them_holds_mine(
    base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any]
) -> None:
    clashes = merge(base, theirs, mine, KEYS).clashes
    settled = merge(base, theirs, mine, KEYS, prefer=[one.path for one in clashes])
    assert settled.clashes == clashes
    said, ours = atoms(settled.data), atoms(mine)
    for key in {**said, **ours}:
        if named_by([one.path for one in clashes], key[0]):
            assert said.get(key) == ours.get(key), key
