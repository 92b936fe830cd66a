"""Open work that is blocked, or in which nothing changes any more, and for how many days."""

import pandas as pd

from core.base.i18n import N_, _, show_number
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.jira.figures.ageing import IN_WORK, in_days
from pages.jira.figures.notes import SOURCE
from pages.jira.figures.requests import one_request
from pages.jira.look import JiraLook


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    """Those that are held up today, with why; the longest still first."""
    days = in_days(rows)
    holds = {word.casefold() for word in look.rules.blocked}
    stands = days["status"].astype(object).map(lambda status: str(status).casefold() in holds)
    flagged, still = days["flagged"].astype(bool), days["still"] >= look.rules.stalled_days
    words = (_("flagged"), _("in a status that blocks"), _("nothing changed for long"))
    why = [
        ", ".join(word for word, holds in zip(words, each, strict=True) if holds)
        for each in zip(flagged, stands, still, strict=True)
    ]
    blocked: pd.DataFrame = days.assign(why=why)[flagged | stands | still]
    return blocked.sort_values(["still", "key"], ascending=[False, True], ignore_index=True)


BLOCKED: Figure[JiraLook] = Figure(
    name="blocked",
    title=lambda _look, frame: _("Work that is blocked or stands still: {n}").format(n=show_number(len(frame))),
    about=About(
        N_(
            "Open requests that somebody has worked on and that are held up today: flagged in Jira, in a status that "
            "blocks (blocked in the rules), or without any change for some days (stalled_days in the rules). Blocked "
            "days are all those spent flagged or in such a status so far."
        ),
        SOURCE,
    ),
    query=IN_WORK,
    shape=_shape,
    columns=(
        Column("key", N_("Key")),
        Column("url", N_("Jira"), Kind.LINK, width="small"),
        Column("summary", N_("Name"), width="large"),
        Column("why", N_("Why"), width="medium"),
        Column("blocked", N_("Days blocked"), Kind.NUMBER, digits=1),
        Column("still", N_("Days without a change"), Kind.NUMBER, digits=1),
        Column("status", N_("Status")),
        Column("stayed", N_("Days in this status"), Kind.NUMBER, digits=1),
    ),
    means=one_request,
    height=320,
    empty=N_("No work is blocked or stands still."),
    mailed=False,
)
