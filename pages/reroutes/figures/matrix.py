"""From where to where: a click on a cell filters both ends."""

from functools import lru_cache
from typing import Any

import altair as alt
import sqlalchemy as sa

from core.base.i18n import N_, _, language, show_number
from core.show.about import About
from core.show.charts import Drawing, drawn, pick, specification_of
from core.show.columns import Column, Kind
from core.show.figure import Figure, Mark, Note
from pages.reroutes.look import RerouteLook
from pages.reroutes.queries import COUNT, Columns, Select, question, times
from pages.reroutes.shares import most_met
from pages.reroutes.words import SOURCE


@question("pairs", cap=50_000)
def pairs(h: Columns) -> Select:
    """Each pair of entities, the most frequent first."""
    return (
        sa.select(h.origin, h.target, COUNT, times(h.nth == 1, "tasks"), times(h.back == 1, "pingpong"))
        .group_by(h.origin, h.target)
        .order_by(COUNT.desc(), h.origin, h.target)
    )


@lru_cache(maxsize=4)
def specification(_language: str) -> dict[str, Any]:
    told = [
        alt.Tooltip("origin:N", title=_("Origin")),
        alt.Tooltip("target:N", title=_("Target")),
        alt.Tooltip("handovers:Q", title=_("Reroutes"), format=",d"),
        alt.Tooltip("tasks:Q", title=_("First reroutes"), format=",d"),
    ]
    most = alt.EncodingSortField("handovers", op="sum", order="descending")
    axis = alt.Axis(labelLimit=120, ticks=False, domain=False)
    squares = (
        drawn()
        .mark_rect(cursor="pointer", cornerRadius=2)
        .encode(
            x=alt.X(
                "target:N",
                sort=most,
                title=_("Target"),
                axis=alt.Axis(labelAngle=-50, orient="top", labelLimit=120, ticks=False, domain=False),
            ),
            y=alt.Y("origin:N", sort=most, title=_("Origin"), axis=axis),
            color=alt.value("blue"),
            opacity=alt.Opacity("handovers:Q", scale=alt.Scale(type="log", range=[0.12, 1]), legend=None),
            tooltip=told,
        )
        .add_params(pick("origin", "target"))
    )
    return specification_of(squares.properties(height=alt.Step(20)))


def ends_of(_look: RerouteLook, mark: Mark) -> dict[str, object]:
    """Both ends of the pair that a mark stands for."""
    return {"origin": [mark["origin"]], "target": [mark["target"]]}


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
    told=N_("Reroutes between the entities that have most; a click on a cell filters both ends."),
)
ASKED: Note[RerouteLook] = Note(_asked, tone="text", when=lambda look: bool(look.slice.origins or look.slice.targets))
