"""What lists show, search and count of a record, computed from its content."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.base.i18n import N_
from core.records.completeness import judge
from core.records.fields import Asked, Form, Kind, plain_path
from core.records.records import Summary

SEARCHED = 20_000
"""Characters of a record that are searched."""
STATE, SQUAD, LACKS = "state", "squad", "lacks"
"""Facets that every collection has; the values of the last are paths of the fields that a record lacks."""
FIXED: Mapping[str, str] = {STATE: N_("State"), SQUAD: N_("Squad"), LACKS: N_("Lacks")}


@dataclass(frozen=True)
class Facet:
    """What records are filtered and counted by. `choices` names the list of values that its values are codes of;
    `names` their names (source strings) where no list holds them. Neither: values are texts.

    `thing`: its values name things of this kind, which other missions know (`core.mission.related`). `filters`: the
    list of records offers it, behind the usual ones where it is `rare`; `counts`: the figures show it.
    """

    label: str
    values: Callable[[Any], Iterable[str]]
    choices: str = ""
    names: Mapping[Any, str] | None = None
    thing: str = ""
    filters: bool = True
    rare: bool = False
    counts: bool = True


Facets = Mapping[str, Facet]


def summarise(form: Form, facets: Facets, entry: Any) -> Summary:
    """The summary of a record whose reference is given. It is found by every text that it holds."""
    judged = judge(form, entry)
    lacks = tuple(dict.fromkeys(plain_path(missing.path) for missing in judged.missing))
    return Summary(
        ref=entry.ref,
        title=entry.name,
        completeness=judged.percent,
        search=" ".join(filter(None, (entry.ref, *_texts(form.fields, entry))))[:SEARCHED],
        squad=getattr(entry, "squad", "") or None,
        review_on=getattr(entry, "review_on", None),
        facets={**values(facets, entry), LACKS: lacks},
    )


def values(facets: Facets, entry: Any) -> dict[str, tuple[str, ...]]:
    """The values that a record is filtered and counted by."""
    return {name: tuple(filter(None, facet.values(entry))) for name, facet in facets.items()}


def _texts(fields: Sequence[Asked], part: Any) -> Iterator[str]:
    for field in fields:
        value = getattr(part, field.name)
        if field.kind in (Kind.TEXT, Kind.LONG):
            yield value
        elif field.kind in (Kind.TAGS, Kind.LINKS):
            yield from value.values
        elif field.kind is Kind.ROWS:
            for row in value.values:
                yield from _texts(field.columns, row)
