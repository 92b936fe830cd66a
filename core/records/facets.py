"""What lists show, search and count of a record, computed from its content."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.base.i18n import N_
from core.records.completeness import judge
from core.records.fields import Form, Kind
from core.records.records import Summary

SEARCHED = 4_000
"""Characters of a record that are searched."""
STATE, SQUAD = "state", "squad"
"""Facets that every collection has."""
FIXED: Mapping[str, str] = {STATE: N_("State"), SQUAD: N_("Squad")}


@dataclass(frozen=True)
class Facet:
    """What records are filtered and counted by. `choices` names the list of values that its values are codes of;
    `names` their names (source strings) where no list holds them. Neither: values are texts.

    `thing`: its values name things of this kind, which other missions know (`core.mission.related`). `filters`: the
    list of records offers it, `counts`: the figures show it.
    """

    label: str
    values: Callable[[Any], Iterable[str]]
    choices: str = ""
    names: Mapping[Any, str] | None = None
    thing: str = ""
    filters: bool = True
    counts: bool = True


Facets = Mapping[str, Facet]
Search = Callable[[Any], Iterable[str]]
"""The texts that a record is found by, beside its reference, name, squad and description."""


def summarise(form: Form, facets: Facets, search: Search, entry: Any) -> Summary:
    """The summary of a record whose reference is given."""
    squad = getattr(entry, "squad", "")
    words = (entry.ref, entry.name, *search(entry), squad, getattr(entry, "description", ""))
    return Summary(
        ref=entry.ref,
        title=entry.name,
        completeness=judge(form, entry).percent,
        search=" ".join(words)[:SEARCHED],
        squad=squad or None,
        review_on=getattr(entry, "review_on", None),
        facets=values(facets, entry),
    )


def values(facets: Facets, entry: Any) -> dict[str, tuple[str, ...]]:
    """The values that a record is filtered and counted by."""
    return {name: tuple(filter(None, facet.values(entry))) for name, facet in facets.items()}


def tags(form: Form) -> Search:
    """Found by whatever its fields of tags and links say: what most collections want."""
    names = [field.name for field in form.fields if field.kind in (Kind.TAGS, Kind.LINKS)]
    return lambda entry: (text for name in names for text in getattr(entry, name).values)
