"""Pipelines that slowly take longer, or less: by how much a day, and when they come to the limit of their rule."""

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from core.base.i18n import N_, _, local, show_date, show_duration
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.pipelines.drift import Median, drift
from pages.pipelines.figures import durations
from pages.pipelines.look import NightLook
from pages.pipelines.words import SOURCE

COLUMNS = (
    Column("pipeline", N_("Pipeline")),
    Column("per_month", N_("Change in 30 days")),
    Column("between", N_("Between (95 %)")),
    Column("today", N_("Today about"), Kind.DURATION),
    Column("reaches", N_("Comes to its limit")),
    Column("days", N_("Days it is made of"), Kind.NUMBER),
)


def _written(seconds: float) -> str:
    sign = "−" if seconds < 0 else "+"
    return f"{sign}{show_duration(abs(seconds))}"


def drifting(medians: Mapping[str, Sequence[Median]], limits: Mapping[str, float], today: date) -> pd.DataFrame:
    """The pipelines whose durations drift, those that grow most first. `medians`: as `daily` gives them; `limits`:
    seconds that a pipeline's run may last, by its name."""
    rows = []
    for name, its in medians.items():
        trend = drift(tuple(its))
        if trend is None:
            continue
        reached = trend.reaches(limits[name], today) if name in limits else None
        between = ""
        if reached:
            between = _("between {first} and {last}").format(first=show_date(reached[0]), last=show_date(reached[1]))
        low, high = sorted((30 * trend.low, 30 * trend.high))
        row = {"pipeline": name, "slope": trend.slope, "today": trend.today, "days": trend.days, "reaches": between}
        rows.append({**row, "per_month": _written(30 * trend.slope), "between": f"{_written(low)} … {_written(high)}"})
    names = ["slope", *(column.name for column in COLUMNS)]
    return pd.DataFrame(rows, columns=names).sort_values("slope", ascending=False).reset_index(drop=True)


def daily(look: NightLook) -> dict[str, list[Median]]:
    """Pipeline → day and median of each day, of the pipelines shown; of each from the day on from which its duration is
    normal, where a person said so."""
    since = {pipeline: date.fromisoformat(decision.value) for pipeline, decision in look.normal.items()}
    medians = durations.daily(look)
    for pipeline in medians.keys() & since.keys():
        medians[pipeline] = [median for median in medians[pipeline] if median[0] >= since[pipeline]]
    return medians


def _shape(look: NightLook) -> pd.DataFrame:
    limits = {
        member.pipeline: 60.0 * longest
        for family in look.rules.families
        for member in family.members
        if (longest := member.longest or family.longest)
    }
    return drifting(daily(look), limits, local(min(look.night.end, look.now)).date())


DRIFTS: Figure[NightLook] = Figure(
    name="drifts",
    title=N_("Durations that drift"),
    about=About(
        N_(
            "Pipelines whose successful runs slowly take longer, or less: the slope of Theil and Sen over the daily "
            "medians of 90 days, with its 95 % interval. A pipeline stands here where the interval leaves out zero and "
            "at least 20 days are known; its limit is the longest duration that its rule allows."
        ),
        SOURCE,
    ),
    shape=_shape,
    columns=COLUMNS,
    means=lambda _look, mark: {"pipeline": {"pipeline": mark["pipeline"]}},
    empty=N_("No duration drifts."),
)
