"""Rerouted tasks by the entity that the router chose and the one they ended in."""

import pandas as pd

from core.base.i18n import N_, language
from core.show.about import About
from core.show.charts import Drawing
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.reroutes.figures.evaluation import moved
from pages.reroutes.figures.matrix import specification
from pages.reroutes.look import RerouteLook
from pages.reroutes.shares import most_met, summed
from pages.reroutes.words import SOURCE


def _shape(look: RerouteLook) -> pd.DataFrame:
    wrong = [
        (first, last, count, count)
        for first, last, count in summed(moved(look), ["placed", "final"], "tasks")
        if first != last
    ]
    return pd.DataFrame(wrong, columns=["origin", "target", "handovers", "tasks"])


CONFUSION: Figure[RerouteLook] = Figure(
    name="confusion",
    title=N_("Chosen by the router → right in the end"),
    about=About(N_("Rerouted tasks by the entity that the router chose and the one they ended in."), SOURCE),
    shape=_shape,
    columns=(
        Column("origin", N_("First entity")),
        Column("target", N_("Last entity")),
        Column("tasks", N_("Tasks"), Kind.NUMBER),
    ),
    chart=lambda frame, _look: Drawing(specification(language()), most_met(frame)),
    means=lambda _look, mark: {"only": {"placed": mark["origin"], "final": mark["target"]}},
    mailed=False,
)
