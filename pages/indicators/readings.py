"""The readings of an indicator that goes on moving, and its completion. Pure: frames in, frames out.

A frame of looks holds rows of `pages.indicators.facts.INDICATOR_VALUES`. One *series* is an indicator's slice. A month
has three readings: as published (frozen), up to date (its newest look), and as seen on a day. Published and up to date
are compared within one version of the definition: a new definition is no drift.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

import numpy as np
import pandas as pd

from pages.indicators.facts import REBUILT

SERIES = ["indicator", "slice"]
CELL = [*SERIES, "version", "period"]
FEWEST = 6
"""Of so many steps from one look to the next, completion says something."""
WINDOW = 12
"""The newest steps that completion is made of."""
GROWN = 12
"""The age in months at which a month counts as complete."""
LOW, HIGH = 0.1, 0.9


def months_between(earlier: date, later: date) -> int:
    """Months from the month of one day to that of another."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def last_takes(looks: pd.DataFrame) -> pd.DataFrame:
    """The looks that count: of one day, the last take."""
    ordered = looks.sort_values("take", kind="stable")
    return ordered.drop_duplicates([*CELL, "seen_on"], keep="last").sort_index()


def as_seen(looks: pd.DataFrame, on: date | None = None) -> pd.DataFrame:
    """The newest look at each month of each series and version, not later than a day where one is given."""
    counted = last_takes(looks)
    known = counted if on is None else counted[counted["seen_on"] <= on]
    return known.sort_values("seen_on", kind="stable").drop_duplicates(CELL, keep="last").sort_index()


def compared(published: pd.DataFrame, looks: pd.DataFrame, on: date | None = None) -> pd.DataFrame:
    """Each month of each series: as published, and as its newest look says, or its newest up to a day.

    `published`: `indicator`, `slice`, `period`, `version`, `value`, `seen_on`. Columns: `indicator`, `slice`, `period`,
    `version`, `published`, `published_on`, `value`, `seen_on`, `age` (months from the month to that look), `drift`
    (value less published), `share` (drift of published; none where that is 0). A month that was not published has the
    newest version that looked at it.
    """
    newest = as_seen(looks, on)
    frozen = published.rename(columns={"value": "published", "seen_on": "published_on"})
    known = newest.merge(frozen[[*CELL, "published", "published_on"]], on=CELL, how="left")
    told = known["published_on"].notna()
    version = known["version"].where(told).fillna(known["version"])
    chosen = known.assign(told=told, of=version).sort_values(["told", "of"], kind="stable")
    chosen = chosen.drop_duplicates([*SERIES, "period"], keep="last").sort_values([*SERIES, "period"])
    drift = chosen["value"] - chosen["published"]
    share = drift / chosen["published"].where(chosen["published"] != 0)
    ages = [months_between(*pair) for pair in zip(chosen["period"], chosen["seen_on"], strict=True)]
    columns = [*CELL, "published", "published_on", "value", "seen_on"]
    return chosen[columns].assign(age=ages, drift=drift, share=share).reset_index(drop=True)


def rebuilt(looks: pd.DataFrame) -> pd.DataFrame:
    """What the newest version would have published of each month, as it was rebuilt: `period`, `rebuilt`. Of looks of
    one series; each month at the age of one month."""
    newest = looks[(looks["version"] == looks["version"].max()) & (looks["origin"] == REBUILT)]
    seen = zip(newest["period"], newest["seen_on"], strict=True)
    young = newest.loc[[months_between(*pair) == 1 for pair in seen]]  # also where there is none
    return pd.DataFrame({"period": young["period"], "rebuilt": young["value"]})


def triangle(looks: pd.DataFrame) -> pd.DataFrame:
    """The looks of one series and version by age: `period`, `age`, `value`, `seen_on`, `of_newest` (share of the
    newest value of that month; none where that is 0). Of several looks in one month, the last."""
    counted = last_takes(looks).sort_values("seen_on", kind="stable")
    ages = [months_between(*pair) for pair in zip(counted["period"], counted["seen_on"], strict=True)]
    cells = counted.assign(age=ages).drop_duplicates(["period", "age"], keep="last").sort_values(["period", "age"])
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
    found: dict[date, Completion] = {}
    for period, row in _months(values):
        seen = row.dropna()
        if seen.empty or (age := int(seen.index[-1])) >= GROWN:
            continue
        growths = [growth for factors in steps if (growth := _growth(factors, age)) is not None][-WINDOW:]
        if len(growths) >= FEWEST:
            low, high = np.quantile(growths, [LOW, HIGH])
            found[period] = Completion(float(seen.iloc[-1] * low), float(seen.iloc[-1] * high), len(growths))
    return found


def _steps(values: pd.DataFrame, first: date | None) -> list[dict[int, float]]:
    """By step, the oldest first: the factor of each age."""
    by_month: dict[int, dict[int, float]] = {}
    for period, row in _months(values):
        for age in (one for one in row.index if one + 1 in row.index):
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
    return float(np.prod([factors[one] for one in wanted])) if all(one in factors for one in wanted) else None


def slice_of(dimensions: Mapping[str, object]) -> str:
    """Values of dimensions as one text, in the order of names; `=`, `;` and `%` of values are escaped."""
    return ";".join(f"{name}={_escaped(dimensions[name])}" for name in sorted(dimensions))


def dimensions_of(said: str) -> dict[str, str]:
    """The dimensions that a slice names."""
    parts = (part.partition("=") for part in said.split(";") if part)
    return {name: _plain(value) for name, _equals, value in parts}


def _escaped(value: object) -> str:
    said = "" if value is None else str(value)
    return said.replace("%", "%25").replace("=", "%3D").replace(";", "%3B")


def _plain(said: str) -> str:
    return said.replace("%3B", ";").replace("%3D", "=").replace("%25", "%")
