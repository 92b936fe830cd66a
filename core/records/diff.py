"""Two states of a record compared, and three merged: pure functions over plain JSON.

A state is a JSON object. In it, a list of objects is a list of rows, each named by the first filled of the fields that
`keys` gives for the list's path (`{"purposes": ("name",)}`) and, where several are alike, by their order among those;
a list of anything else is a set of values. A missing value is null.

A path names a value: `name`, `purposes[Payroll].legal_bases`, `recipients[SQUAD#2]` for the second row of that name.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Keys = Mapping[str, tuple[str, ...]]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """One value that differs. A row that is only on one side is whole on that side and None on the other.

    Where rows only stand in another order, `before` and `after` are the lists of their names.
    """

    path: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Clash:
    """One value that two people changed in different ways since the `base` that both had read."""

    path: str
    base: Any
    theirs: Any
    mine: Any


@dataclass(frozen=True)
class Merged:
    """`data` holds what either side changed, and their side of each clash until somebody settles it."""

    data: dict[str, Any]
    clashes: tuple[Clash, ...]


def differences(before: Row, after: Row, keys: Keys) -> list[Difference]:
    """Every value that differs, in the order of the fields."""
    return list(_object_differences("", "", before, after, keys))


def sides(current: Row, proposed: Row, keys: Keys) -> tuple[dict[str, Any], dict[str, Any]]:
    """The differing values by path, as they are and as somebody proposes them: what a Conflict holds."""
    changes = differences(current, proposed, keys)
    return {change.path: change.before for change in changes}, {change.path: change.after for change in changes}


def merge(base: Row, theirs: Row, mine: Row, keys: Keys, prefer: Collection[str] = ()) -> Merged:
    """What two people made of one base. What only one of them changed is taken; the rest clashes.

    `prefer` are the paths of clashes that are settled: there, mine is taken.
    """
    merger = _Merger(keys, prefer)
    return Merged(merger.objects("", "", base, theirs, mine), tuple(merger.clashes))


def named(rows: Sequence[Row], keys: tuple[str, ...]) -> dict[str, Row]:
    """Rows by their name in a path."""
    seen: Counter[str] = Counter()
    rows_by_name: dict[str, Row] = {}
    for row in rows:
        name = next((str(row[key]) for key in keys if row.get(key)), "?")
        seen[name] += 1
        rows_by_name[name if seen[name] == 1 else f"{name}#{seen[name]}"] = row
    return rows_by_name


def _is_rows(*values: Any) -> bool:
    """Whether these are states of a list of rows: lists of objects, one of them at least not empty."""
    lists = [value for value in values if value]
    return bool(lists) and all(isinstance(value, list | tuple) and isinstance(value[0], Mapping) for value in lists)


def _names(*objects: Row) -> list[str]:
    return list(dict.fromkeys(name for row in objects for name in row))


def _object_differences(path: str, place: str, before: Row, after: Row, keys: Keys) -> Iterator[Difference]:
    """`path` names the object with its rows, `place` without: where `keys` knows it."""
    for name in _names(before, after):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        here, there = f"{path}.{name}".lstrip("."), f"{place}.{name}".lstrip(".")
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _object_differences(here, there, old, new, keys)
        elif old and new and _is_rows(old, new):
            yield from _row_differences(here, there, old, new, keys)
        else:
            yield Difference(here, old, new)


def _row_differences(
    path: str, place: str, before: Sequence[Row], after: Sequence[Row], keys: Keys
) -> Iterator[Difference]:
    old, new = named(before, keys.get(place, ())), named(after, keys.get(place, ()))
    for name in _names(old, new):
        here = f"{path}[{name}]"
        if name in old and name in new:
            yield from _object_differences(here, place, old[name], new[name], keys)
        else:
            yield Difference(here, old.get(name), new.get(name))
    kept = [name for name in old if name in new]
    if kept != [name for name in new if name in old]:
        yield Difference(path, list(old), list(new))


class _Merger:
    """One merge: goes down three states together and notes where two sides clash."""

    def __init__(self, keys: Keys, prefer: Collection[str]) -> None:
        self.clashes: list[Clash] = []
        self._keys, self._prefer = keys, prefer

    def objects(self, path: str, place: str, base: Row, theirs: Row, mine: Row) -> dict[str, Any]:
        merged = {}
        for name in _names(theirs, mine, base):
            here, there = f"{path}.{name}".lstrip("."), f"{place}.{name}".lstrip(".")
            merged[name] = self._merge(here, there, base.get(name), theirs.get(name), mine.get(name))
        return merged

    def _merge(self, path: str, place: str, base: Any, theirs: Any, mine: Any) -> Any:
        if theirs == mine or mine == base:
            return theirs
        if theirs == base:
            return mine
        if isinstance(theirs, Mapping) and isinstance(mine, Mapping):
            return self.objects(path, place, base if isinstance(base, Mapping) else {}, theirs, mine)
        if theirs and mine and _is_rows(theirs, mine):
            return self._rows(path, place, base if _is_rows(base) else [], theirs, mine)
        if theirs and mine and isinstance(theirs, list | tuple) and isinstance(mine, list | tuple):
            return _merge_values(base if isinstance(base, list | tuple) else [], theirs, mine)
        return self._clash(path, base, theirs, mine)

    def _rows(
        self, path: str, place: str, base: Sequence[Row], theirs: Sequence[Row], mine: Sequence[Row]
    ) -> list[Row]:
        olds, others, ours = (named(rows, self._keys.get(place, ())) for rows in (base, theirs, mine))
        stayed = olds.keys() & others.keys() & ours.keys()
        moved = [name for name in ours if name in stayed] != [name for name in olds if name in stayed]
        merged: list[Row] = []
        for name in _names(ours, others) if moved else _names(others, ours):
            here, old, other, our = f"{path}[{name}]", olds.get(name), others.get(name), ours.get(name)
            if other is not None and our is not None:
                merged.append(self.objects(here, place, old or {}, other, our))
            elif old is None:
                merged.append(other or our or {})
            elif (other or our) != old:
                kept = self._clash(here, old, other, our)
                merged.extend([kept] if kept is not None else [])
        return merged

    def _clash(self, path: str, base: Any, theirs: Any, mine: Any) -> Any:
        self.clashes.append(Clash(path, base, theirs, mine))
        return mine if path in self._prefer else theirs


def _merge_values(base: Sequence[Any], theirs: Sequence[Any], mine: Sequence[Any]) -> list[Any]:
    """Values that either side added, without those that either side took out."""
    kept = [value for value in theirs if value in mine or value not in base]
    return kept + [value for value in mine if value not in base and value not in theirs]
