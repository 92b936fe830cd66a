"""From where to where: a click on a cell filters both ends."""

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _, language, show_number, show_percent
from core.show.about import About
from core.show.charts import Drawing
from core.show.columns import Column, Kind
from core.show.figure import Figure, Mark, Note
from core.show.heat import heat
from pages.reroutes.look import RerouteLook
from pages.reroutes.queries import COUNT, Columns, Select, question, times
from pages.reroutes.shares import most_met, named_share
from pages.reroutes.words import SOURCE


@question("pairs", cap=50_000)
def pairs(h: Columns) -> Select:
    """Each pair of entities, the most frequent first."""
    return (
        sa.select(h.origin, h.target, COUNT, times(h.nth == 1, "tasks"), times(h.back == 1, "pingpong"))
        .group_by(h.origin, h.target)
        .order_by(COUNT.desc(), h.origin, h.target)
    )


ORIGIN, TARGET, COUNTED = N_("Origin"), N_("Target"), N_("Reroutes")


@lru_cache(maxsize=4)
def specification(_language: str, origin: str = ORIGIN, target: str = TARGET, counted: str = COUNTED) -> dict[str, Any]:
    """Cells of `shares.most_met`, with their numbers; each end says all its hand-overs beside its name."""
    tooltips = [
        alt.Tooltip("origin:N", title=_(origin)),
        alt.Tooltip("target:N", title=_(target)),
        alt.Tooltip("handovers:Q", title=_(counted), format=",d"),
    ]
    names = alt.Axis(labelLimit=140, labelOverlap=False, ticks=False, domain=False, labelFontSize=10)
    above = alt.Axis(
        labelAngle=-90, orient="top", labelLimit=140, labelOverlap=False, ticks=False, domain=False, labelFontSize=10
    )
    across = alt.X("target_name:N", sort=_by_rank("target_rank"), title=_(target), axis=above)
    down = alt.Y("origin_name:N", sort=_by_rank("origin_rank"), title=_(origin), axis=names)
    picks = ("origin", "target", "other_origin", "other_target")
    return heat(across, down, "handovers", tooltips, picks=picks, number="~s", step=20)


def _by_rank(field: str) -> alt.EncodingSortField:
    return alt.EncodingSortField(field, op="max", order="descending")


def ends_of(_look: RerouteLook, mark: Mark) -> dict[str, object]:
    """Both ends of the pair that a mark stands for; what stands for the others sets no limit."""
    return {end: [mark[end]] for end in ("origin", "target") if not mark.get(f"other_{end}")}


def said_share(cells: pd.DataFrame) -> str:
    """What share of the data those of the cells (`most_met`) show that name both ends."""
    named, every = named_share(cells)
    if named == every:
        return ""
    return _("{n} of {all} are between the entities named ({share}); the rest stands as “others”.").format(
        n=show_number(named), all=show_number(every), share=show_percent(named / every)
    )


def _asked(look: RerouteLook) -> str:
    ends = " → ".join(", ".join(side) or _("all") for side in (look.slice.origins, look.slice.targets))
    n = show_number(int(look.ask(pairs)["handovers"].sum()))
    return _("{ends}: {n} reroutes. The tab “Rows” holds as many.").format(ends=ends, n=n)


PAIR_COLUMNS = (
    Column("origin", N_("Origin")),
    Column("target", N_("Target")),
    Column("handovers", N_("Reroutes"), Kind.NUMBER),
    Column("tasks", N_("First reroutes"), Kind.NUMBER),
    Column("pingpong", N_("Ping-pong"), Kind.NUMBER),
)
MATRIX: Figure[RerouteLook] = Figure(
    name="matrix",
    title=N_("From where to where"),
    about=About(
        N_("Reroutes from each entity to each other; a click on a cell filters the whole screen by both its ends."),
        SOURCE,
    ),
    query=pairs,
    columns=PAIR_COLUMNS,
    chart=lambda frame, _look: Drawing(specification(language()), most_met(frame)),
    means=ends_of,
    detail=lambda _look, frame: said_share(most_met(frame)),
    told=N_("Reroutes between the entities that have most; a click on a cell filters both ends."),
)
ASKED: Note[RerouteLook] = Note(_asked, tone="text", when=lambda look: bool(look.slice.origins or look.slice.targets))
