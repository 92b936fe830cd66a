"""How months that are looked at again and again go on moving: by age, and what the young ones come to.

A frame of looks has `period` (first day of a month), `seen_on` (day of the look) and `value`, in the order in which
they were taken. What is pure stands first, then the parts of a screen that show it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, cast

import altair as alt
import numpy as np
import pandas as pd

from core.base.i18n import N_, _, language
from core.base.periods import Grain
from core.show.about import About
from core.show.charts import Drawing
from core.show.columns import Column, Kind, show
from core.show.figure import Figure, L, Note
from core.show.heat import heat

FEWEST = 6
"""Of so many steps from one look to the next, completion says something."""
WINDOW = 12
"""The newest steps that completion is made of."""
GROWN = 12
"""The age in months at which a month counts as complete."""
LOW, HIGH = 0.1, 0.9
SHOWN = 18
"""So many months and ages stand in the picture of a triangle; its export holds all."""
EXPECTED = N_(
    "What the month comes to at twelve months of age: its newest value times how the months before it "
    "grew from that age on, step by step; from the 10th to the 90th percentile. Nothing is said of "
    "fewer than six steps, and it is never published."
)


def months_between(earlier: date, later: date) -> int:
    """Months from the month of one day to that of another."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def triangle(looks: pd.DataFrame) -> pd.DataFrame:
    """Looks by age: `period`, `age`, `value`, `seen_on`, `of_newest` (share of the newest value of that month; none
    where that is 0). Of several looks in one month, the last."""
    ordered = looks.sort_values("seen_on", kind="stable")
    ages = [months_between(*pair) for pair in zip(ordered["period"], ordered["seen_on"], strict=True)]
    cells = ordered.assign(age=ages).drop_duplicates(["period", "age"], keep="last").sort_values(["period", "age"])
    newest = cells.groupby("period")["value"].transform("last")
    share = cells["value"] / newest.where(newest != 0)
    return cells[["period", "age", "value", "seen_on"]].assign(of_newest=share).reset_index(drop=True)


@dataclass(frozen=True)
class Completion:
    """What a month comes to once it is `GROWN` months old: a range, and how many steps it is made of."""

    low: float
    high: float
    steps: int


def completion(cells: pd.DataFrame, first: date | None = None) -> Mapping[date, Completion]:
    """The range that each month younger than `GROWN` is expected to come to, by its newest look.

    `cells`: a `triangle`. A *step* is what happened between the looks of one month and of the next: for every age the
    factor by which a month of that age grew. What a month still has to grow is the product of a step's factors from its
    age on; the range is the 10th to the 90th percentile of these products over the newest `WINDOW` steps, those that
    began before `first` left out. With fewer than `FEWEST` steps that reach `GROWN` nothing is said.
    """
    values = cells.pivot(index="period", columns="age", values="value")
    steps = _steps(values, first)
    completions: dict[date, Completion] = {}
    for period, row in _months(values):
        seen = row.dropna()
        if seen.empty or (age := int(seen.index[-1])) >= GROWN:
            continue
        growths = [growth for factors in steps if (growth := _growth(factors, age)) is not None][-WINDOW:]
        if len(growths) >= FEWEST:
            low, high = np.quantile(growths, [LOW, HIGH])
            completions[period] = Completion(float(seen.iloc[-1] * low), float(seen.iloc[-1] * high), len(growths))
    return completions


def _steps(values: pd.DataFrame, first: date | None) -> list[dict[int, float]]:
    """By step, the oldest first: the factor of each age."""
    by_month: dict[int, dict[int, float]] = {}
    for period, row in _months(values):
        for age in (known_age for known_age in row.index if known_age + 1 in row.index):
            young, older = row[age], row[age + 1]
            month = period.year * 12 + period.month + int(age)
            if pd.isna(young) or pd.isna(older) or young == 0:
                continue
            if first is None or month >= first.year * 12 + first.month:
                by_month.setdefault(month, {})[int(age)] = float(older / young)
    return [by_month[month] for month in sorted(by_month)]


def _months(values: pd.DataFrame) -> Iterator[tuple[date, "pd.Series[float]"]]:
    """Each month of a triangle, with its values by age."""
    return ((cast(date, period), row) for period, row in values.iterrows())


def _growth(factors: Mapping[int, float], age: int) -> float | None:
    """The product of a step's factors from an age to `GROWN`; none where one is missing."""
    wanted = range(age, GROWN)
    return float(np.prod([factors[step] for step in wanted])) if all(step in factors for step in wanted) else None


def parts(
    cells: Callable[[L], pd.DataFrame],
    expected: Callable[[L], Mapping[date, Completion]],
    column: Callable[[str, str, L], Column],
    source: str,
    *,
    grows: Callable[[L], bool],
    when: Callable[[L], bool] | None = None,
) -> tuple[Figure[L], Figure[L], Note[L]]:
    """What a screen shows of growth: the triangle, what young months come to, and a note while nothing says that.

    `cells` gives a `triangle`, `expected` its `completion`; `column` (name, label, look) says how values are written;
    what does not `grow`, e.g. a share, comes to nothing. `when`: whether there is anything to show.
    """

    def told(look: L) -> pd.DataFrame:
        rows, value = cells(look), column("value", N_("Value"), look)
        return rows.assign(
            name=[Grain.MONTH.label(month) for month in rows["period"]],
            place=[month.year * 12 + month.month for month in rows["period"]],
            said=[show(number, value) for number in rows["value"]],
        )

    def young(look: L) -> pd.DataFrame:
        newest = cells(look).sort_values("age").drop_duplicates("period", keep="last").set_index("period")
        rows = [
            {"period": month, **newest.loc[month, ["age", "value"]], **vars(expectation)}
            for month, expectation in expected(look).items()
        ]
        return pd.DataFrame(rows, columns=["period", "age", "value", "low", "high", "steps"]).sort_values(
            "period", ascending=False, ignore_index=True
        )

    by_age: Figure[L] = Figure(
        name="triangle",
        title=N_("How months grew"),
        about=About(
            N_(
                "A line a month, a column an age: what was seen of the month when it was so many months old, in "
                "percent of its newest value, in one version of the definition. Linear colours. The picture shows the "
                "newest months and ages; the export holds all."
            ),
            source,
        ),
        shape=told,
        columns=lambda look: (
            Column("period", N_("Month"), Kind.MONTH),
            Column("age", N_("Age in months"), Kind.NUMBER),
            column("value", N_("Value"), look),
            Column("of_newest", N_("Of the newest value"), Kind.PERCENT, digits=1),
            Column("seen_on", N_("Looked at on"), Kind.DAY),
        ),
        chart=_chart,
        told=N_("What was seen of each month at each age, in percent of its newest value."),
        when=when,
    )
    to_come: Figure[L] = Figure(
        name="completion",
        title=N_("What young months come to"),
        about=About(EXPECTED, source),
        shape=young,
        columns=lambda look: (
            Column("period", N_("Month"), Kind.MONTH),
            Column("age", N_("Age in months"), Kind.NUMBER),
            column("value", N_("Up to date"), look),
            column("low", N_("Expected at one year, from"), look),
            column("high", N_("to"), look),
            Column("steps", N_("Months it is made of"), Kind.NUMBER),
        ),
        when=lambda look: bool(expected(look)),
    )
    too_few: Note[L] = Note(
        lambda _look: _("What a young month comes to is said once six looks reach back over a year."),
        when=lambda look: grows(look) and not expected(look),
    )
    return by_age, to_come, too_few


@lru_cache(maxsize=4)
def _specification(_language: str) -> dict[str, Any]:
    axis = alt.Axis(labelAngle=0, orient="top", ticks=False, domain=False)
    across = alt.X("age:O", title=_("Age of the month when it was looked at, in months"), axis=axis)
    down = alt.Y("name:N", sort=alt.EncodingSortField("place", op="min", order="descending"), title=None)
    tooltips = [
        alt.Tooltip("name:N", title=_("Month")),
        alt.Tooltip("age:Q", title=_("Age in months")),
        alt.Tooltip("said:N", title=_("Value")),
        alt.Tooltip("of_newest:Q", title=_("Of the newest value"), format=".1%"),
    ]
    return heat(across, down, "of_newest", tooltips, number=".0%", most=1, step=20)


def _chart(frame: pd.DataFrame, _look: Any) -> Drawing:
    newest = frame["place"].max() if len(frame) else 0
    shown = frame[(frame["place"] > newest - SHOWN) & (frame["age"] <= SHOWN)]
    return Drawing(_specification(language()), shown[["name", "place", "age", "said", "of_newest"]])
