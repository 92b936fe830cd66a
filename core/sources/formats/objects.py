"""Reading JSON as rows of text cells: one object a row, whatever list of whatever depth they stand in.

A list is named by the path to it: `[]` where it is all that there is (or one object stands on each line),
`workflow_runs[]`, `jobs[].steps[]`. A column is named from its row on: `id`, `actor.name`. What a list inside the row
holds is told as JSON text under its name (`steps`), and each of its parts, joined, under its path (`steps[].name`). Of
a list in a list, what stands around a row is named by its whole path: `jobs[].id`.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from core.base.errors import SourceFailed
from core.base.i18n import _
from core.facts.check import Refused
from core.sources import limits
from core.sources.cells import BROKEN, Cells, Known
from core.sources.formats import documents
from core.sources.formats.documents import NoJson

SUFFIXES = (".json", ".jsonl", ".ndjson")
ALL = "[]"
"""The list that is all that there is."""
_DEEPEST = 3
"""Lists in lists whose parts are columns of their own."""
_LOOKED_AT = 20
"""Objects of a list that tell what it holds."""

Object = dict[str, Any]
_EMPTY = object()


class _TooLarge(Exception):
    """It would take far more room than the text that it was read from."""


class _TooWide(Exception):
    """It has more columns than a table may have."""


def read(path: Path, known: Known = lambda _name: False, rows: str = "", most: int | None = None) -> Cells:
    """The rows of a file, or the first `most`; see `cells`. A line that is no JSON is refused. Raises SourceFailed."""
    try:
        with path.open("rb") as handle:
            raw = handle.read(limits.LARGEST_JSON + 1)
    except OSError as error:
        sentence = _("{file} cannot be read ({reason}).").format(file=path.name, reason=error.strerror)
        raise SourceFailed(sentence, detail=repr(error)) from error
    value, lines = _value(raw, path.name, most)
    table = cells(value, path.name, known, rows, lines=lines, done=len(raw), most=most)
    if not table.lines:
        raise SourceFailed(
            _("{file} holds no rows: a list of JSON objects, or one a line, is read.").format(file=path.name)
        )
    return table


def cells(
    value: Any,
    where: str,
    known: Known = lambda _name: False,
    rows: str = "",
    *,
    columns: Sequence[str] = (),
    lines: Sequence[int] = (),
    done: int = 0,
    most: int | None = None,
) -> Cells:
    """The objects of one list as rows: of the list that `rows` names, else of the one that holds most of the known
    names, else of the outermost, else of the longest; without a list, the object itself is the row.

    `columns` are there even where no object has them. `lines`: where the parts of the outermost list stand; `done`: see
    `Cells`; `most`: how many parts become rows, None for all. What is no object is refused. Raises SourceFailed where
    no list has that path, or they hold too much.
    """
    try:
        return _read(value, where, known, rows, columns, lines, done, most)
    except _TooLarge:
        raise documents.too_large(where) from None
    except _TooWide:
        sentence = _("{file} has more than {n} columns: leave out those that are not needed.")
        raise SourceFailed(sentence.format(file=where, n=limits.MOST_COLUMNS)) from None


def _read(
    value: Any,
    where: str,
    known: Known,
    rows: str,
    columns: Sequence[str],
    lines: Sequence[int],
    done: int,
    most: int | None,
) -> Cells:
    lists = _lists(value, known)
    offered = tuple(path for path in lists if lists[path].objects)
    if rows and rows not in lists and not (rows == ALL and isinstance(value, list)):
        sentence = _("{file} has no list {rows}, but {n} others.")
        raise SourceFailed(sentence.format(file=where, rows=rows, n=len(offered)))
    alone = not rows and _is_row(value, lists, known)
    chosen = rows or (ALL if alone else max(lists, key=lambda path: lists[path], default=ALL))
    parts = iter([(ALL, (), value)]) if alone else _elements(value)
    objects: list[Object] = []
    places: list[int] = []
    refused: list[Refused] = []
    names: dict[str, None] = {}
    copied = 0
    of_list = ((around, part) for at, around, part in parts if at == chosen and part is not _EMPTY)
    for number, (around, part) in enumerate(islice(of_list, most), start=1):
        place = lines[number - 1] if lines and chosen == ALL else number
        if isinstance(part, dict):
            beside = _around(around)
            copied += sum(len(text) for text in beside.values() if isinstance(text, str))
            objects.append({**beside, **dict(_flat(part))})
            places.append(place)
            names.update(dict.fromkeys(objects[-1]))
            _check_room(len(names), len(objects), copied)
        else:
            shown = "" if part is None else json.dumps(part, ensure_ascii=False)[:200]
            refused.append(Refused(f"{where}:{place}", {"": shown}, _("This is no JSON object.")))
    names.update(dict.fromkeys(columns))
    _check_room(len(names), len(objects), copied)
    return _cells(list(names), objects, places, where, refused, done, chosen, offered)


def _check_room(columns: int, rows: int, copied: int) -> None:
    """Raise _TooWide, or _TooLarge, before there is too much. `copied`: signs of what stands around rows, which each
    of them repeats."""
    if columns > limits.MOST_COLUMNS:
        raise _TooWide
    if columns * rows > limits.MOST_CELLS or copied > limits.LARGEST_JSON:
        raise _TooLarge


def _cells(
    names: list[str],
    objects: list[Object],
    places: list[int],
    where: str,
    refused: list[Refused],
    done: int,
    chosen: str,
    lists: tuple[str, ...],
) -> Cells:
    held = {name: [row.get(name) for row in objects] for name in names}
    typed = {name: pa.array([isinstance(cell, float) for cell in cells], pa.bool_()) for name, cells in held.items()}
    return Cells(
        table=pa.table({name: pa.array(list(map(_text, cells)), pa.string()) for name, cells in held.items()}),
        lines=places,
        where=where,
        refused=refused,
        done=done,
        total=done or None,
        typed={name: cells for name, cells in typed.items() if cells.true_count},
        rows=chosen,
        lists=lists,
        sparse=True,
    )


def _value(raw: bytes, name: str, most: int | None) -> tuple[Any, list[int]]:
    """What a file holds: a value, or a list of one a line, the first `most`, with their lines; None where a line is no
    JSON."""
    try:
        return documents.json_value(raw, name), []
    except NoJson:
        filled = ((number, line) for number, line in enumerate(raw.splitlines(), start=1) if line.strip())
        whole = list(islice(filled, most))
        if not any(line.lstrip().startswith(b"{") for _number, line in whole[:1]):
            raise SourceFailed(_("{file} is no JSON, or is cut.").format(file=name)) from None
    values: list[Any] = []
    broken = 0
    for _number, line in whole:
        try:
            values.append(documents.json_value(line, name))
        except NoJson:
            values.append(None)
            broken += 1
            if broken > limits.MOST_BROKEN:
                raise SourceFailed(_("{file} is no JSON, or is cut.").format(file=name)) from None
    return values, [number for number, _line in whole]


Around = tuple[tuple[str, Object], ...]
"""The objects around a part, with the paths of the lists that they are parts of."""


def _elements(value: Any, path: str = "", around: Around = ()) -> Iterator[tuple[str, Around, Any]]:
    """Every part of every list, `_EMPTY` where it has none: the list's path, what stands around the part, the part."""
    if isinstance(value, list):
        path = f"{path}[]"
        if not value:
            yield path, around, _EMPTY
        for part in value:
            yield path, around, part
            if isinstance(part, dict | list):
                within: Around = (*around, (path, part)) if isinstance(part, dict) else around
                yield from _elements(part, path, within)
    elif isinstance(value, dict):
        for name, part in value.items():
            if isinstance(part, dict | list):
                yield from _elements(part, _path(f"{path}." if path else "", name), around)


class _Held(NamedTuple):
    """What a list is chosen by, the first first: whether it holds objects, known names, nearness, length."""

    objects: bool
    known: int
    near: int
    length: int


def _lists(value: Any, known: Known) -> dict[str, _Held]:
    """The lists that hold objects, or nothing at all, by path."""
    held: dict[str, int] = {}
    names: dict[str, set[str]] = {}
    for path, _around, part in _elements(value):
        if isinstance(part, dict):
            held[path] = held.get(path, 0) + 1
            if held[path] <= _LOOKED_AT:
                names.setdefault(path, set()).update(_first_names(part))
        elif part is _EMPTY:
            held.setdefault(path, 0)
        if len(held) > limits.MOST_COLUMNS:
            raise _TooLarge
    return {
        path: _Held(number > 0, sum(map(known, names.get(path, ()))), -path.count("[]"), number)
        for path, number in held.items()
    }


def _first_names(value: Object) -> Iterator[str]:
    """The columns of an object, of one that is too wide some of them: it is not the list that is read, perhaps."""
    try:
        for name, _part in _flat(value):
            yield name
    except _TooWide:
        return


def _is_row(value: Any, lists: dict[str, _Held], known: Known) -> bool:
    """Whether a value is a row itself: an object without objects in lists, and not the wrapping of an empty list."""
    if not isinstance(value, dict) or any(held.objects for held in lists.values()):
        return False
    return not lists or any(map(known, _first_names(value)))


def _around(around: Around) -> Object:
    """What stands around a row, but lists: they hold the row itself and its like."""
    return {
        f"{path}.{name}": part
        for path, around_it in around
        for name, part in _named(around_it)
        if not isinstance(part, list)
    }


def _flat(value: Object, within: str = "") -> Iterator[tuple[str, Any]]:
    """What an object holds, by column. Raises _TooWide."""
    for number, (named, part) in enumerate(_named(value, within)):
        if number >= limits.MOST_COLUMNS:
            raise _TooWide
        yield named, part
        if isinstance(part, list) and named.count("[]") < _DEEPEST:
            yield from _joined(part, f"{named}[]")


def _named(value: Object, within: str = "") -> Iterator[tuple[str, Any]]:
    """What an object holds, by path; objects within it are taken apart."""
    for name, part in value.items():
        named = _path(within, name)
        if isinstance(part, dict) and part:
            yield from _named(part, f"{named}.")
        else:
            yield named, part


def _joined(parts: list[Any], named: str) -> Iterator[tuple[str, str]]:
    """What the parts of a list hold, by column, joined; what is itself a list is told by its own parts."""
    texts: dict[str, list[str]] = {}
    for part in parts:
        for name, inner in _flat(part, f"{named}.") if isinstance(part, dict) else [(named, part)]:
            if inner not in (None, "") and not isinstance(inner, dict | list):
                texts.setdefault(name, []).append(_text(inner))
        if len(texts) > limits.MOST_COLUMNS:
            raise _TooWide
    yield from ((name, ", ".join(words)) for name, words in texts.items())


def _path(within: str, name: str) -> str:
    """The path of what stands under a name. Raises _TooLarge: a long one is repeated by all that stands below it."""
    path = f"{within}{' '.join(name.split()) or '#'}"
    if len(path) > limits.LONGEST_NAME:
        raise _TooLarge
    return path


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, documents.Written) and "e" not in value.said.lower():
        return value.said
    return value.replace("\0", BROKEN) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
