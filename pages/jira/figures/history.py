"""What changed in the one request that is shown, and when; who did it where names may be told."""

import sqlalchemy as sa

from core.base.i18n import N_
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.jira.conditions import ITS_CHANGES, C, query
from pages.jira.facts import CHANGES, ISSUES
from pages.jira.figures.issue import ABOUT, THIS, asked, known
from pages.jira.look import JiraLook

ONE_CHANGES = query(
    "one_changes",
    sa.select(C.at, C.field, C.before, C.after, C.author)
    .join_from(CHANGES.sql, ISSUES.sql, ITS_CHANGES)
    .where(THIS)
    .order_by(C.at, C.change_id, C.position),
    tables=(ISSUES, CHANGES),
)


def _columns(look: JiraLook) -> tuple[Column, ...]:
    return (
        Column("at", N_("When"), Kind.MOMENT),
        Column("field", N_("Field")),
        Column("before", N_("Before")),
        Column("after", N_("After")),
        *([Column("author", N_("Who"))] if look.named else []),
    )


HISTORY: Figure[JiraLook] = Figure(
    name="history",
    title=N_("History"),
    about=ABOUT,
    shape=lambda look: look.ask(ONE_CHANGES, **asked(look)),
    columns=_columns,
    when=known,
    mailed=False,
)
