"""Reroutes by each value of a column, the most frequent first; a click takes the value."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import altair as alt
import sqlalchemy as sa

from core.base.i18n import N_, _, language
from core.show.about import About
from core.show.charts import BESIDE, Drawing, drawn, numbers, pick, specification_of
from core.show.columns import Column, Kind
from core.show.figure import Figure, Mark
from pages.reroutes.look import RerouteLook
from pages.reroutes.queries import COUNT, Columns, Select, question
from pages.reroutes.shares import shares
from pages.reroutes.words import SOURCE

BARS = 12


@question("ends")
def ends(h: Columns) -> Select:
    """Each combination of both ends, their types and the filière, in one pass rather than one for each."""
    both = (h.origin, h.target, h.origin_type, h.target_type, h.line)
    return sa.select(*both, COUNT).group_by(*both).order_by(*both)


@lru_cache(maxsize=4)
def _specification(_language: str) -> dict[str, Any]:
    tooltips = [
        alt.Tooltip("value:N", title=_("Value")),
        alt.Tooltip("handovers:Q", title=_("Reroutes"), format=",d"),
        alt.Tooltip("share:Q", title=_("Share"), format=".1%"),
    ]
    base = drawn().encode(
        y=alt.Y("value:N", sort=None, title=None, axis=alt.Axis(labelLimit=150, ticks=False, domain=False)),
        x=alt.X("handovers:Q", title=None, scale=BESIDE, axis=alt.Axis(tickCount=4, format=",d")),
        tooltip=tooltips,
    )
    bars = base.mark_bar(cornerRadiusEnd=2, cursor="pointer").encode(color=alt.value("blue"))
    values = numbers(base, "handovers:Q", ",d")
    return specification_of(alt.layer(bars.add_params(pick("value", "said")), values).properties(height=alt.Step(20)))


def _means(side: str) -> Callable[[RerouteLook, Mark], dict[str, object]]:
    """A bar of entities filters by them, a bar of another column by its value, also by none."""

    def means(_look: RerouteLook, mark: Mark) -> dict[str, object]:
        value = mark["value"]
        return {side: [value]} if side in ("origin", "target") else {"only": {side: value if mark["said"] else None}}

    return means


def _by(side: str, label: str) -> Figure[RerouteLook]:
    return Figure(
        name=f"by-{side}",
        title=label,
        about=ABOUT,
        query=ends,
        shape=lambda _look, pairs: shares(pairs, side),
        columns=(
            Column("value", label),
            Column("handovers", N_("Reroutes"), Kind.NUMBER),
            Column("share", N_("Share"), Kind.PERCENT, digits=1),
        ),
        chart=lambda frame, _look: Drawing(_specification(language()), frame.head(BARS)),
        means=_means(side),
    )


ABOUT = About(N_("Reroutes of the period by each value, the most frequent first."), SOURCE)
DISTRIBUTION: tuple[Figure[RerouteLook], ...] = (
    _by("origin", N_("Origin")),
    _by("target", N_("Target")),
    _by("origin_type", N_("Type of the origin")),
    _by("target_type", N_("Type of the target")),
    _by("line", N_("Filière")),
)
