"""Pipelines that failed night after night, up to the night shown."""

import pandas as pd

from core.base.i18n import N_
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.pipelines.look import NightLook
from pages.pipelines.why import sentence
from pages.pipelines.words import SOURCE

LEAST = 3
COLUMNS = (
    Column("pipeline", N_("Pipeline")),
    Column("family", N_("Family")),
    Column("nights", N_("Nights running"), Kind.NUMBER),
    Column("since", N_("Since the night of"), Kind.DAY),
    Column("verdict", N_("Status"), Kind.STATUS),
    Column("why", N_("Why")),
)


def _shape(look: NightLook) -> pd.DataFrame:
    """One row a pipeline that failed at least three nights running, the longest row first."""
    rows = [
        {
            "pipeline": member.member.pipeline,
            "family": member.family.name,
            "nights": streak.nights,
            "since": pd.Timestamp(streak.since, tz="UTC"),
            "verdict": member.judged.verdict.value,
            "why": sentence(member.judged.told),
        }
        for member in look.passing.members
        if (streak := look.streaks.get((member.family.key, member.member.pipeline))) and streak.nights >= LEAST
    ]
    rows.sort(key=lambda row: -int(str(row["nights"])))
    return pd.DataFrame(rows, columns=[column.name for column in COLUMNS])


REPEATED: Figure[NightLook] = Figure(
    name="repeated",
    title=N_("Failed night after night"),
    about=About(
        N_(
            "Pipelines that failed at least three nights running up to the night shown, caught up or not. Nights in "
            "which nothing was expected of them do not count; at most thirty are looked at."
        ),
        SOURCE,
    ),
    shape=_shape,
    columns=COLUMNS,
    empty=N_("No pipeline failed three nights running."),
)
