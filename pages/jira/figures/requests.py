"""The requests behind what was picked, or all that were created in the period; with names where they may be told."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from core.base.i18n import N_, _, show_number
from core.facts.query import Query
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure, Mark
from pages.jira.behind import Behind
from pages.jira.figures.notes import SOURCE, shows
from pages.jira.figures.times import ABOUT_PROGRESS
from pages.jira.look import JiraLook


def columns(
    look: JiraLook, *, drift: bool = False, why: bool = False, named: bool = False, cycle: bool = False
) -> tuple[Column, ...]:
    """What a table of requests shows, beside what it is about."""
    first = [
        Column("key", N_("Key")),
        Column("url", N_("Jira"), Kind.LINK, width="small"),
        Column("summary", N_("Name"), width=260),
    ]
    first += [Column("why", N_("Missing"), width="medium")] if why else []
    first += [Column("drift", N_("Drift"), Kind.PERCENT)] if drift else []
    if cycle:
        first += [
            Column("cycle_s", N_("Cycle time"), Kind.DURATION),
            Column("cycle_days", N_("In working days"), Kind.NUMBER, digits=1),
            Column("elapsed_s", N_("Since work began"), Kind.DURATION),
        ]
    people = [Column("assignee", N_("Assignee")), Column("reporter", N_("Reporter"))] if named else []
    return (
        *first,
        Column("request_type", N_("Request type")),
        Column("components", N_("Client")),
        Column("status", N_("Status")),
        Column("created_at", N_("Created"), Kind.MOMENT),
        Column("resolved_at", N_("Resolved"), Kind.MOMENT),
        Column("due_on", N_("Due date"), Kind.DAY),
        Column("estimate_s", N_("Estimated"), Kind.DURATION, day_s=look.rules.day_s),
        Column("spent_s", N_("Spent"), Kind.DURATION, day_s=look.rules.day_s),
        Column("remaining_s", N_("Remaining"), Kind.DURATION, day_s=look.rules.day_s),
        Column("progress_percent", N_("Jira's progress"), Kind.NUMBER, unit="%", help=ABOUT_PROGRESS),
        *people,
    )


def one_request(look: JiraLook, mark: Mark) -> Mapping[str, Any]:
    """A picked request means itself: by its address where several Jiras may have one of its key."""
    by_address = look.params["several"] and not look.params["site"]
    return shows(Behind("key", value=str((by_address and mark.get("url")) or mark["key"])))


def _query(look: JiraLook) -> Query:
    return look.behind.rows.all


def _shape(look: JiraLook) -> pd.DataFrame:
    return look.ask(_query(look), **look.behind.params())


def _title(look: JiraLook, frame: pd.DataFrame) -> str:
    n = len(frame)
    if n == _query(look).cap:
        n = int(look.ask(look.behind.rows.count, **look.behind.params())["n"].iloc[0])
    return _("Requests behind the figures: {n}").format(n=show_number(n))


def _rows(look: JiraLook) -> Iterator[pa.RecordBatch]:
    return look.stream(_query(look), **look.behind.params())


REQUESTS: Figure[JiraLook] = Figure(
    name="requests",
    title=_title,
    about=About(N_("The requests behind the figures: created in the period, under the same filters."), SOURCE),
    shape=_shape,
    columns=lambda look: columns(look, named=look.named),
    rows=_rows,
    height=320,
)
