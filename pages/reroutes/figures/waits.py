"""How long tasks had been with the entity that gave them away."""

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _, language
from core.facts.conditions import percentiles
from core.show.about import About
from core.show.charts import Drawing, drawn, numbers, pick, specification_of
from core.show.columns import Column, Kind, show
from core.show.figure import Figure
from pages.reroutes.facts import WAITS
from pages.reroutes.look import RerouteLook
from pages.reroutes.queries import COUNT, Columns, Select, question
from pages.reroutes.words import SOURCE, wait_names


@question("waits")
def waits(h: Columns) -> Select:
    """Each class of waiting (see `facts.WAITS`)."""
    return sa.select(h.wait, COUNT).where(h.wait.is_not(None)).group_by(h.wait).order_by(h.wait)


@question("waits_usual")
def usual(h: Columns) -> Select:
    """How long half of the hand-overs waited at most, and nine in ten, in seconds; null where none is known."""
    half, most = percentiles(h.waited_s, 0.5, 0.9)
    return sa.select(half.label("half"), most.label("most"))


def _said(look: RerouteLook, _frame: pd.DataFrame) -> str:
    numbers = look.ask(usual).iloc[0]
    if pd.isna(numbers["half"]):
        return ""
    half, most = (show(float(numbers[name]), Column(name, "", Kind.DURATION)) for name in ("half", "most"))
    return _("Half of them within {half} (median), nine in ten within {most}.").format(half=half, most=most)


def shape(_look: RerouteLook, counts: pd.DataFrame) -> pd.DataFrame:
    """Hand-overs by class of waiting, in order: `wait`, `name`, `handovers`, `together` (share up to the class)."""
    known = dict(zip(counts["wait"], counts["handovers"], strict=True))
    frame = pd.DataFrame(
        {
            "wait": range(len(WAITS) + 1),
            "name": wait_names(),
            "handovers": [known.get(n, 0) for n in range(len(WAITS) + 1)],
        }
    )
    frame["together"] = frame["handovers"].cumsum() / max(int(frame["handovers"].sum()), 1)
    return frame


@lru_cache(maxsize=4)
def _specification(_language: str) -> dict[str, Any]:
    tooltips = [
        alt.Tooltip("name:N", title=_("Waited")),
        alt.Tooltip("handovers:Q", title=_("Reroutes"), format=",d"),
        alt.Tooltip("together:Q", title=_("Up to here"), format=".1%"),
    ]
    base = drawn().encode(
        x=alt.X("name:N", sort=None, title=None, axis=alt.Axis(labelAngle=-40, labelOverlap=False)),
        y=alt.Y("handovers:Q", title=_("Reroutes")),
        tooltip=tooltips,
    )
    bars = base.mark_bar(cornerRadiusEnd=2, cursor="pointer").encode(color=alt.value("blue")).add_params(pick("wait"))
    values = numbers(base, "handovers:Q", ",d", upright=True)
    return specification_of(alt.layer(bars, values).properties(height=260))


WAITED: Figure[RerouteLook] = Figure(
    name="waits",
    title=N_("Time to reroute"),
    about=About(N_("How long a task had been with the entity that gave it away, in classes."), SOURCE),
    query=waits,
    shape=shape,
    columns=(
        Column("name", N_("Waited")),
        Column("handovers", N_("Reroutes"), Kind.NUMBER),
        Column("together", N_("Up to here"), Kind.PERCENT, digits=1),
    ),
    chart=lambda frame, _look: Drawing(_specification(language()), frame),
    means=lambda _look, mark: {"only": {"wait": mark["wait"]}},
    when=lambda look: bool(look.dated),
    detail=_said,
)
