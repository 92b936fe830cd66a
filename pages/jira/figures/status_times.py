"""How long requests stayed in each status."""

import sqlalchemy as sa

from core.base.i18n import N_
from core.facts.conditions import percentiles, seconds_between
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.jira.behind import Behind
from pages.jira.conditions import NOW, STAY, STAYED_IN, query
from pages.jira.facts import CHANGES, ISSUES
from pages.jira.figures.notes import SOURCE, shows
from pages.jira.look import JiraLook

_stayed = sa.func.greatest(0, seconds_between(STAY.c.since, sa.func.coalesce(STAY.c.until, NOW)))
_median_s, _p85_s = percentiles(_stayed, 0.5, 0.85)
STATUS_TIMES: Figure[JiraLook] = Figure(
    name="status-times",
    title=N_("Time in each status"),
    about=About(
        N_("How long requests stayed in each status, each stay counted; one that lasts counts up to now."), SOURCE
    ),
    query=query(
        "status_times",
        sa.select(
            STAY.c.status,
            sa.func.count(sa.distinct(sa.tuple_(STAY.c.source, STAY.c.issue_id))).label("requests"),
            _median_s.label("median_s"),
            _p85_s.label("p85_s"),
        )
        .where(*STAYED_IN)
        .group_by(STAY.c.status)
        .order_by(sa.desc("requests"), STAY.c.status),
        tables=(ISSUES, CHANGES),
    ),
    columns=(
        Column("status", N_("Status")),
        Column("requests", N_("Requests"), Kind.NUMBER),
        Column("median_s", N_("Median stay"), Kind.DURATION),
        Column("p85_s", N_("85 of 100 stays below"), Kind.DURATION),
    ),
    means=lambda _look, mark: shows(Behind("stayed", value=str(mark["status"]))),
)
