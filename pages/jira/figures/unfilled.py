"""Mandatory fields that are empty, of the requests created in the period; and what the same by group shares."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _
from core.facts.query import Query
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.jira.behind import Behind
from pages.jira.choices import NONE
from pages.jira.conditions import EMPTY, chosen, count, created_in, query
from pages.jira.figures.notes import SOURCE, shows
from pages.jira.look import JiraLook
from pages.jira.rules import FIELDS

ABOUT = About(
    N_("Requests created in the period in which a mandatory field is empty. A time estimate of zero is an estimate."),
    SOURCE,
)


def unfilled_by(name: str, *labels: Any) -> Query:
    """How many requests there are and how many lack each field, by groups: `name` and, of a second label, `code`."""
    counts = [count(empty).label(field) for field, empty in EMPTY.items()]
    named = [label.label(column) for label, column in zip(labels, ("name", "code"), strict=False)]
    select = sa.select(*named, count().label("requests"), *counts)
    select = select.where(*chosen(), *created_in()).group_by(*labels).order_by(*labels)
    return query(f"unfilled{name}", select)


def group_columns(label: str, kind: Kind = Kind.TEXT) -> Callable[[JiraLook], tuple[Column, ...]]:
    """What a table by groups shows: a column a mandatory field."""
    return lambda look: (
        Column("name", label, kind),
        Column("requests", N_("Requests"), Kind.NUMBER),
        Column("share", N_("Empty cells"), Kind.PERCENT),
        *(Column(name, FIELDS[name], Kind.NUMBER) for name in look.rules.mandatory),
    )


def groups(look: JiraLook, rows: pd.DataFrame, names: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Empty mandatory fields by group: `name`, `code` where there is one, `requests`, a column a field, `share` of
    cells empty. `names` says what some groups are called; without it they are called what they are."""
    fields = list(look.rules.mandatory)
    frame = rows[[name for name in rows.columns if name not in EMPTY or name in fields]].copy()
    cells = frame["requests"].astype(float) * max(len(fields), 1)
    frame["share"] = frame[fields].sum(axis=1).astype(float) / cells
    if names is not None:
        frame["name"] = [names.get(name, name) or _(NONE) for name in frame["name"]]
    return frame


def lacking(look: JiraLook, column: str, month: str = "") -> Behind:
    """The requests behind a cell: those that lack the column's field; all of them where it is no field."""
    first, last = look.within(month) if month else (None, None)
    is_field = column in look.rules.mandatory
    return Behind("lacking" if is_field else "created", first, last, column if is_field else "")


def _shape(look: JiraLook, counts: pd.DataFrame) -> pd.DataFrame:
    total = int(counts["requests"].sum())
    return pd.DataFrame(
        {
            "name": name,
            "field": _(FIELDS[name]),
            "empty": int(counts[name].sum()),
            "requests": total,
            "share": int(counts[name].sum()) / total if total else 0.0,
        }
        for name in look.rules.mandatory
    )


UNFILLED: Figure[JiraLook] = Figure(
    name="unfilled",
    title=N_("Empty mandatory fields"),
    about=ABOUT,
    query=unfilled_by(""),
    shape=_shape,
    columns=(
        Column("field", N_("Field")),
        Column("empty", N_("Empty"), Kind.NUMBER),
        Column("requests", N_("Requests"), Kind.NUMBER),
        Column("share", N_("Share"), Kind.PERCENT),
    ),
    means=lambda _look, mark: shows(Behind("lacking", value=str(mark["name"]))),
)
