"""What there is among requests, for the filters to offer it, and what clients and types are called."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from core.base.i18n import N_, _
from core.base.settings import settings
from core.facts.conditions import NO_VALUE
from core.facts.query import Query, Reader
from pages.jira.conditions import (
    FILTERS,
    MOVES,
    STATUS,
    TYPE,
    C,
    I,
    clients,
    count,
    lines,
    person,
    query,
    there,
    told_site,
)
from pages.jira.facts import CHANGES, ISSUES
from pages.jira.names import Discretion
from pages.jira.rules import Rules
from pages.jira.words import brought

NONE = N_("(none)")
UNASSIGNED = N_("Unassigned")
NO_LONGER_KNOWN = N_("No longer known")
SHOWN = 400
"""Values of a filter that are offered, the most frequent ones: a browser is sent no endless lists."""


def _choices() -> sa.Select[Any]:
    def of(kind: str, column: Any) -> sa.Select[Any]:
        values = sa.select(sa.func.unnest(lines(column)).label("value")).where(*there()).subquery()
        named = sa.select(sa.literal(kind).label("kind"), values.c.value, count().label("n"))
        return named.group_by(values.c.value)

    columns = {"project": I.project, "type": TYPE, "status": I.status, "label": I.labels, "client": clients(I)}
    held = sa.union_all(*(of(kind, column) for kind, column in columns.items())).subquery()
    return sa.select(held.c.kind, held.c.value, held.c.n).order_by(held.c.kind, held.c.n.desc(), held.c.value)


CHOICES = query("choices", _choices())
"""Every value that a filter offers, and how many issues have it. Nobody's name."""


def _statuses() -> sa.Select[Any]:
    present = sa.select(STATUS.label("status")).where(*there())
    passed = (sa.select(side).where(MOVES) for side in (C.before, C.after))
    every = sa.union_all(present, *passed).subquery()
    return (
        sa.select(every.c.status, count().label("n"))
        .where(every.c.status.is_not(None))
        .group_by(every.c.status)
        .order_by(count().desc(), every.c.status)
    )


STATUSES = query("statuses", _statuses(), tables=(ISSUES, CHANGES))
"""Every status that requests have or passed, the most met first."""
PEOPLE_CHOICES = query(
    "people_choices",
    sa.select(person(I).label("value"), sa.func.max(I.assignee).label("label"), count().label("n"))
    .where(*there(), person(I) != "")
    .group_by(person(I))
    .order_by(count().desc()),
)
_FIRST, _LAST = (of(I.url) for of in (sa.func.min, sa.func.max))
"""All addresses of one Jira begin alike, so that between two of its own in order there are none of another."""
SPAN = query(
    "span",
    sa.select(
        sa.func.min(sa.case((I.gone_at.is_(None), I.created_at))).label("first"),
        count(I.gone_at.is_(None)).label("n"),
        sa.func.coalesce(sa.func.min(I.source) < sa.func.max(I.source), sa.false()).label("several"),
        told_site(_FIRST).label("site"),
        sa.func.coalesce(told_site(_FIRST) != told_site(_LAST), sa.false()).label("sites"),
    ),
)
"""What there is at all: when it begins, how many issues, whether several sources tell of them, the address of a Jira
and whether there are several."""
OVER = query(
    "over",
    sa.select(
        sa.func.lower(I.status).label("status"),
        (count(I.category == "done") * 2 > count(I.category.is_not(None))).label("over"),
    )
    .where(I.status.is_not(None))
    .group_by(sa.func.lower(I.status))
    .order_by(sa.func.lower(I.status)),
)
"""Every status that a request has, in lower case, and whether it is done; where projects disagree, as most have it."""


def client_names(codes: Sequence[str]) -> dict[str, str]:
    """What each client is called, by code: its component; with its project where two projects have one of that name."""
    parts = {code: code.partition("/")[::2] for code in codes}
    names = [name for _project, name in parts.values()]
    return {
        code: (name if names.count(name) == 1 else f"{name} · {project}")
        if name
        else (_(NONE) if names.count("") == 1 else f"{_(NONE)} · {project}")
        for code, (project, name) in parts.items()
    }


def type_name(code: str) -> str:
    """What a request type is called; several chosen ones stand one a line."""
    return ", ".join(code.split("\n")) if code else _(NONE)


def standing(reader: Reader, rules: Rules) -> dict[str, Any]:
    """What questions take of the rules, the settings and what there is; filters that want all."""
    [span] = reader.run(SPAN).table.to_pylist()
    over = {row["status"]: row["over"] for row in reader.run(OVER).table.to_pylist()}
    return {
        **{name: [] for name in FILTERS},
        **rules.params(),
        "over": [word for word in sorted({*over, *brought("done")}) if over.get(word, True)],
        "limit": rules.drift_limit,
        "zone": settings().timezone,
        "several": span["several"],
        "site": "" if span["sites"] else span["site"] or "",
    }


def rows(reader: Reader, query: Query, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of an answer to a question, which takes what it names of what is given. Raises QueryFailed."""
    choices: list[dict[str, Any]] = reader.run(query, **{name: given[name] for name in query.params}).table.to_pylist()
    return choices


def offered(
    reader: Reader, given: Mapping[str, Any], discretion: Discretion
) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """What each filter offers by kind (client, type, status, label, project): code → label, the most frequent first;
    and every client's name by code. What names people is not offered to whoever may not be told them."""
    by_kind: dict[str, list[str]] = {}
    for row in rows(reader, CHOICES, given):
        by_kind.setdefault(row["kind"], []).append(row["value"])
    hidden = {kind: discretion.named(kind, values) for kind, values in by_kind.items()}
    names = client_names(list(dict.fromkeys(map(discretion.chosen, by_kind.get("client", [])))))
    labels = {kind: {value or NO_VALUE: type_name(value) for value in values} for kind, values in by_kind.items()}
    labels["client"] = {code: names[code] for code in by_kind.get("client", []) if code in names}
    offers = {
        kind: [choice for choice in of.items() if choice[0] not in hidden[kind]] for kind, of in labels.items() if of
    }
    return {kind: dict(listed[:SHOWN]) for kind, listed in offers.items()}, names


def people(reader: Reader, given: Mapping[str, Any]) -> dict[str, str]:
    """Whom requests are assigned to: code → name, and those assigned to nobody."""
    named = {row["value"]: row["label"] or _(NO_LONGER_KNOWN) for row in rows(reader, PEOPLE_CHOICES, given)}
    return {**named, NO_VALUE: _(UNASSIGNED)}
