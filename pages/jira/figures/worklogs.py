"""The hours that were logged on the one request that is shown; by whom where names may be told."""

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _, show_duration
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.jira.conditions import ITS_WORKLOGS, W, query
from pages.jira.facts import ISSUES, WORKLOGS
from pages.jira.figures.issue import ABOUT, THIS, asked, known
from pages.jira.look import JiraLook

ONE_WORKLOGS = query(
    "one_worklogs",
    sa.select(W.started_at, W.spent_s, W.author)
    .join_from(WORKLOGS.sql, ISSUES.sql, ITS_WORKLOGS)
    .where(THIS)
    .order_by(W.started_at),
    tables=(ISSUES, WORKLOGS),
)


def _shape(look: JiraLook) -> pd.DataFrame:
    return look.ask(ONE_WORKLOGS, **asked(look))


def _title(look: JiraLook, logs: pd.DataFrame) -> str:
    return _("Time logged: {total}").format(total=show_duration(float(logs["spent_s"].sum()), look.rules.day_s))


def _columns(look: JiraLook) -> tuple[Column, ...]:
    return (
        Column("started_at", N_("When"), Kind.MOMENT),
        Column("spent_s", N_("Spent"), Kind.DURATION, day_s=look.rules.day_s),
        *([Column("author", N_("Who"))] if look.named else []),
    )


LOGGED: Figure[JiraLook] = Figure(
    name="worklogs",
    title=_title,
    about=ABOUT,
    shape=_shape,
    columns=_columns,
    when=lambda look: known(look) and not _shape(look).empty,
    mailed=False,
)
