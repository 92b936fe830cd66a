"""The drift of each request that has both times, the largest first; a picked one opens below."""

import sqlalchemy as sa

from core.base.i18n import N_
from core.show.figure import Figure
from pages.jira.conditions import MEASURED, ROWS, I, chosen, query, resolved_in
from pages.jira.figures import times
from pages.jira.figures.requests import columns, one_request
from pages.jira.look import JiraLook

DRIFTS: Figure[JiraLook] = Figure(
    name="drifts",
    title=N_("Drift of each request"),
    about=times.ABOUT,
    query=query(
        "drifts",
        sa.select(*ROWS, times.DRIFT.label("drift"))
        .where(*chosen(), *resolved_in(), *MEASURED)
        .order_by(times.DRIFT.desc(), I.key),
        cap=5_000,
    ),
    columns=lambda look: columns(look, drift=True),
    height=320,
    means=one_request,
    mailed=False,
)
