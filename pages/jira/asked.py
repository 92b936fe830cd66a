"""Fields that the rules ask for and that have no column of their own: which of them an issue fills, which it leaves
blank. Their values are not kept; a field that a source does not tell of is neither."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from core.sources.mapping import plain
from pages.jira.rules import FIELDS, Rules

WRITTEN = ("custom field", "champs personnalisés", "champ personnalisé")
"""How exports write a custom field before its name in brackets, in lower case."""


def custom(rules: Rules) -> list[str]:
    """The fields without a column of their own that the rules ask for, by id or name as the rules say them."""
    return list(
        dict.fromkeys(asked.field for asked in (*rules.mandatory, *rules.ready_needs) if asked.field not in FIELDS)
    )


def ids(rules: Rules, known: Mapping[str, str]) -> dict[str, str]:
    """The id of each field that the rules ask for, where `known` (id → name) has one of that id or name."""
    by_name = {plain(name): number for number, name in known.items()} | {plain(number): number for number in known}
    return {field: by_name[plain(field)] for field in custom(rules) if plain(field) in by_name}


def headers(rules: Rules, names: list[str]) -> dict[str, list[str]]:
    """The columns of an export that hold each field that the rules ask for; repeated ones are several."""
    by_field: dict[str, list[str]] = {}
    for field in custom(rules):
        ways = {plain(field), *(plain(f"{word} ({field})") for word in WRITTEN)}
        if columns := [name for name in names if plain(name) in ways]:
            by_field[field] = columns
    return by_field


def told(values: Mapping[str, Any], nothing: Iterable[str]) -> dict[str, str | None]:
    """The columns `filled` and `blank` of an issue, of the value of each field that its source tells of; `nothing` are
    words that fill no field."""
    empty = _empty(tuple(nothing))
    given = {field: plain(" ".join(_texts(value))) not in empty for field, value in values.items()}
    return {
        "filled": "\n".join(field for field, is_filled in given.items() if is_filled) or None,
        "blank": "\n".join(field for field, is_filled in given.items() if not is_filled) or None,
    }


@lru_cache(maxsize=10)
def _empty(nothing: tuple[str, ...]) -> frozenset[str]:
    return frozenset({"", *map(plain, nothing)})


def _texts(value: Any) -> Iterator[str]:
    """The texts in a field's value: of an option, of several, of a document."""
    if isinstance(value, Mapping):
        for part in ("value", "name", "displayName", "key", "text", "content", "child"):
            yield from _texts(value.get(part))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
    elif value is not None:
        yield str(value)
