"""Runs of pipelines that no family of the rules holds: nobody judges them."""

import pandas as pd

from core.base.i18n import N_, _
from core.show.about import About
from core.show.columns import framed
from core.show.figure import Figure
from pages.pipelines.figures.runs import COLUMNS, row
from pages.pipelines.look import NightLook
from pages.pipelines.words import SOURCE


def _shape(look: NightLook) -> pd.DataFrame:
    runs = sorted(look.passing.unassigned, key=lambda run: run.order)
    return framed(list(map(row, runs)), COLUMNS)


def title(look: NightLook) -> str:
    """The tab's title: how many pipelines there are."""
    return _("In no family ({n})").format(n=len({run.pipeline for run in look.passing.unassigned}))


UNASSIGNED: Figure[NightLook] = Figure(
    name="unassigned",
    title=N_("Pipelines in no family"),
    about=About(N_("Runs of pipelines that no family of the rules holds: nobody judges them."), SOURCE),
    shape=_shape,
    columns=COLUMNS,
    empty=N_("Every pipeline that ran and passes these filters is in a family."),
)
