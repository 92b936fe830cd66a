"""The cumulative flow without what is done: how much work stood in each status at the end of each week."""

import pandas as pd

from core.base.i18n import N_
from core.show.about import About
from core.show.figure import Figure
from pages.jira.figures.cumulative import CUMULATIVE, steps
from pages.jira.figures.notes import SOURCE
from pages.jira.look import JiraLook


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    frame = CUMULATIVE.shape(look, rows)
    return frame[~frame["rests"].astype(bool)].reset_index(drop=True)


UNFINISHED: Figure[JiraLook] = Figure(
    name="unfinished",
    title=N_("Unfinished work by status"),
    about=About(
        N_("How many requests stood in each status but those in which they come to rest, at the end of each week."),
        SOURCE,
    ),
    query=CUMULATIVE.query,
    shape=_shape,
    columns=CUMULATIVE.columns,
    chart=steps,
    means=CUMULATIVE.means,
)
