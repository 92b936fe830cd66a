"""Quality in six dimensions: a score by table and dimension, with what it is a score of."""

from typing import Any

import pandas as pd

from core.base.i18n import N_, _, show_number, show_percent
from core.show.about import About
from core.show.columns import Column, Kind, framed
from core.show.figure import Figure
from pages.checks.definitions import Dimension
from pages.checks.figures.board import SOURCE
from pages.checks.look import CheckLook
from pages.checks.queries import SCORES
from pages.checks.standing import called, expected

COLUMNS = (
    Column("table", N_("Table")),
    Column("dimension", N_("Dimension")),
    Column("score", N_("Score")),
    Column("worst", N_("Worst rule")),
    Column("worst_score", N_("Its score"), Kind.PERCENT, digits=1),
    Column("rules", N_("Rules"), Kind.NUMBER),
    Column("checked", N_("Rows checked"), Kind.NUMBER),
    Column("day", N_("Day"), Kind.DAY),
    Column("change", N_("Since the day before")),
)

DIMENSIONS = {
    Dimension.COMPLETENESS: N_("exhaustiveness"),
    Dimension.UNIQUENESS: N_("uniqueness"),
    Dimension.CONFORMITY: N_("conformity"),
    Dimension.FRESHNESS: N_("timeliness"),
    Dimension.ACCURACY: N_("accuracy"),
    Dimension.ACCESS: N_("accessibility"),
}


def newest(scores: pd.DataFrame, until: object) -> pd.DataFrame:
    """Of each check and day the newest run, up to a day."""
    kept = scores[scores["day"] <= until]
    last = kept.groupby(["check", "day"])["seen_at"].transform("max")
    return kept[kept["seen_at"] == last]


def _share(part: pd.DataFrame) -> float | None:
    checked = int(part["checked"].sum())
    return float(part["passed"].sum()) / checked if checked else None


def _shape(look: CheckLook, scores: pd.DataFrame) -> pd.DataFrame:
    scores = newest(scores, look.chosen.day)
    rows: list[dict[str, Any]] = []
    wanted = scores if look.check is None else scores[scores["check"] == look.check.check]
    for table, of_table in wanted[wanted["checked"] > 0].groupby("table"):
        title = called(str(table))
        for dimension in Dimension:
            part = of_table[of_table["dimension"] == dimension.value]
            if part.empty:
                rows.append({"table": title, "dimension": _(DIMENSIONS[dimension]), "score": _("not measured")})
                continue
            day = part["day"].max()
            today, before = part[part["day"] == day], part[part["day"] < day]
            shares = {str(name): _share(scored) for name, scored in today.groupby("expectation")}
            known = {name: share for name, share in shares.items() if share is not None}
            worst = min(known, key=lambda name: known[name])
            check = look.standing.get(today.loc[today["expectation"] == worst, "check"].iloc[0])
            rows.append(
                {"table": title, "dimension": _(DIMENSIONS[dimension]), "score": show_percent(_share(today) or 0.0, 1),
                 "worst": expected(check, worst) if check else worst, "worst_score": known[worst], "rules": len(known),
                 "checked": int(today["checked"].sum()), "day": day, "change": _change(today, before)}
            )  # fmt: skip
    return framed(rows, COLUMNS)


def _change(today: pd.DataFrame, before: pd.DataFrame) -> str:
    """How the score moved since the day before it, while the same rules held."""
    if before.empty:
        return ""
    last = before[before["day"] == before["day"].max()]
    if set(last["definition"]) != set(today["definition"]):
        return _("other rules: not comparable")
    points = 100 * ((_share(today) or 0.0) - (_share(last) or 0.0))
    plus = "+" if points > 0 else ""
    return _("{n} points").format(n=plus + show_number(points, 1)) if round(points, 1) else "="


QUALITY: Figure[CheckLook] = Figure(
    name="quality",
    title=N_("Quality in six dimensions"),
    about=About(
        N_(
            "Of each table and dimension the rows that satisfy their rules among those that the rules are about, on "
            "the newest day; the worst rule stands beside the mean. A dimension without a rule is not measured, and "
            "never good."
        ),
        SOURCE,
    ),
    query=SCORES,
    shape=_shape,
    columns=COLUMNS,
    empty=N_("No check measures quality yet, or none of its rows are yours to see."),
)
