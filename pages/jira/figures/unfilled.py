"""Mandatory fields that are empty, of the requests created in the period; and what the same by group shares."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _
from core.facts.query import Query
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure, Note
from pages.jira.behind import Behind
from pages.jira.choices import NONE
from pages.jira.conditions import EMPTY, chosen, count, created_in, is_asked, lacks, query
from pages.jira.figures.notes import SOURCE, shows
from pages.jira.look import JiraLook
from pages.jira.rules import OTHER_FIELD, Asked, Rules

ABOUT = About(
    N_("Requests created in the period in which a mandatory field is empty. A time estimate of zero is an estimate."),
    SOURCE,
)


def counted(asked: Sequence[Asked], of: Mapping[str, Any] | None = None) -> list[Any]:
    """How many requests there are and, of each field, how many lack it; how many are asked for it, where not all are.
    `of` gives conditions by column where they were worked out before."""
    counts = [count().label("requests")]
    for field in asked:
        counts.append(count(of[f"no_{field.key}"] if of else lacks(field)).label(field.key))
        if field.since or field.field not in EMPTY:
            counts.append(count(of[f"of_{field.key}"] if of else is_asked(field)).label(f"of_{field.key}"))
    return counts


def unfilled_by(name: str, *labels: Any) -> Callable[[Rules], Query]:
    """How many requests lack each mandatory field, by groups: `name` and, of a second label, `code`."""

    @lru_cache(maxsize=20)
    def made(asked: tuple[Asked, ...]) -> Query:
        named = [label.label(column) for label, column in zip(labels, ("name", "code"), strict=False)]
        select = sa.select(*named, *counted(asked)).where(*chosen(), *created_in())
        return query(f"unfilled{name}", select.group_by(*labels).order_by(*labels))

    return lambda rules: made(rules.mandatory)


def asked_for(rows: pd.DataFrame, asked: Asked) -> "pd.Series[Any]":
    """How many requests are asked for a field, in each group."""
    return rows[f"of_{asked.key}" if f"of_{asked.key}" in rows else "requests"].astype(float)


def group_columns(label: str, kind: Kind = Kind.TEXT) -> Callable[[JiraLook], tuple[Column, ...]]:
    """What a table by groups shows: a column a mandatory field."""
    return lambda look: (
        Column("name", label, kind),
        Column("requests", N_("Requests"), Kind.NUMBER),
        Column("share", N_("Empty cells"), Kind.PERCENT),
        *(Column(field.key, field.called, Kind.NUMBER) for field in look.rules.mandatory),
    )


def groups(look: JiraLook, rows: pd.DataFrame, names: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Empty mandatory fields by group: `name`, `code` where there is one, `requests`, a column a field, `share` of the
    cells asked for that are empty. `names` says what some groups are called; without it they are called what they
    are."""
    asked = look.rules.mandatory
    cells = sum((asked_for(rows, field) for field in asked), rows["requests"].astype(float) * 0)
    empty = sum((rows[field.key].astype(float) for field in asked), rows["requests"].astype(float) * 0)
    frame = rows.assign(share=(empty / cells.where(cells > 0)).fillna(0.0))
    if names is not None:
        frame["name"] = [names.get(name, name) or _(NONE) for name in frame["name"]]
    return frame


def lacking(look: JiraLook, column: str, month: str = "") -> Behind:
    """The requests behind a cell: those that lack the column's field; all of them where it is no field."""
    first, last = look.within(month) if month else (None, None)
    asked = look.rules.asked(column)
    if asked is None:
        return Behind("created", first, last)
    if asked.since:
        first = max(asked.since, first or look.chosen.period[0])
        last = max(last or look.chosen.period[1], first)
    return Behind("lacking", first, last, column)


def _shape(look: JiraLook, counts: pd.DataFrame) -> pd.DataFrame:
    totals = {field: int(asked_for(counts, field).sum()) for field in look.rules.mandatory}
    return pd.DataFrame(
        {
            "name": field.key,
            "field": field.called,
            "since": field.since,
            "empty": int(counts[field.key].sum()),
            "requests": total,
            "share": int(counts[field.key].sum()) / total if total else 0.0,
        }
        for field, total in totals.items()
    )


def _columns(look: JiraLook) -> tuple[Column, ...]:
    dated = any(field.since for field in look.rules.mandatory)
    return (
        Column("field", N_("Field")),
        *([Column("since", N_("Asked since"), Kind.DAY)] if dated else []),
        Column("empty", N_("Empty"), Kind.NUMBER),
        Column("requests", N_("Requests"), Kind.NUMBER, help=N_("Those that are asked for the field.")),
        Column("share", N_("Share"), Kind.PERCENT),
    )


def _untold(look: JiraLook) -> str:
    frame = UNFILLED.frame(look)
    names = ", ".join(frame.loc[(frame["requests"] == 0) & frame["name"].str.startswith(OTHER_FIELD), "field"])
    sentence = _("No source tells of {fields}: once it is read again as a whole, it does, where Jira has such a field.")
    return sentence.format(fields=names) if names else ""


ALL_UNFILLED = unfilled_by("")
UNFILLED: Figure[JiraLook] = Figure(
    name="unfilled",
    title=N_("Empty mandatory fields"),
    about=ABOUT,
    query=lambda look: ALL_UNFILLED(look.rules),
    shape=_shape,
    columns=_columns,
    means=lambda look, mark: shows(lacking(look, str(mark["name"]))),
)
UNTOLD_FIELDS: Note[JiraLook] = Note(_untold)
