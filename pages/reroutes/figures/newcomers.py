"""Pairs that the period before did not have."""

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_
from core.show.about import About
from core.show.figure import Figure
from pages.reroutes.figures.matrix import PAIR_COLUMNS, pairs
from pages.reroutes.look import RerouteLook
from pages.reroutes.queries import Columns, Select, question
from pages.reroutes.words import SOURCE


@question("pairs_met", cap=50_000)
def pairs_met(h: Columns) -> Select:
    """Which pairs of entities there were."""
    return sa.select(h.origin, h.target).distinct()


def _shape(look: RerouteLook, now: pd.DataFrame) -> pd.DataFrame:
    return newcomers(now, look.ask(pairs_met, **look.slice.before().values()))


def newcomers(pairs: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Pairs that were not met in the period before, the most frequent first."""
    known = set(zip(before["origin"], before["target"], strict=True))
    new = [pair not in known for pair in zip(pairs["origin"], pairs["target"], strict=True)]
    return pairs[new].reset_index(drop=True)


NEWCOMERS: Figure[RerouteLook] = Figure(
    name="newcomers",
    title=N_("New pairs"),
    about=About(N_("Pairs of the period that the period of the same length before did not have."), SOURCE),
    query=pairs,
    shape=_shape,
    columns=PAIR_COLUMNS,
    height=280,
)
