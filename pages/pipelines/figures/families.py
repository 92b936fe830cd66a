"""Every family's verdict with its reason, and its last fourteen nights: a click on one opens that night."""

from datetime import date, timedelta
from typing import Any

import pandas as pd

from core.base.i18n import N_, show_date
from core.show.columns import Column, Kind
from core.show.figure import Columns, Figure, Mark
from pages.pipelines.families import FamilyBoard
from pages.pipelines.headline import ABOUT
from pages.pipelines.look import NightLook
from pages.pipelines.rules import Family
from pages.pipelines.why import sentence
from pages.pipelines.words import marked, seconds

NIGHTS = 14


def _days(look: NightLook) -> list[date]:
    """The nights beside each family, the oldest first; the one looked at is the last."""
    return [look.night.day - timedelta(days=age) for age in range(NIGHTS - 1, -1, -1)]


def _shape(look: NightLook) -> pd.DataFrame:
    before = {
        day.isoformat(): {family.family.key: family.verdict.value for family in look.board_before(age).families}
        for age, day in zip(range(NIGHTS - 1, -1, -1), _days(look), strict=True)
    }
    return pd.DataFrame(
        [
            {
                **row(board),
                **{day: verdicts.get(board.family.key) for day, verdicts in before.items()},
            }
            for board in look.passing.families
        ]
    )


def row(board: FamilyBoard) -> dict[str, Any]:
    """A family's verdict, without its other nights. `start` and `end` are UTC, `duration_s` the seconds between."""
    return {
        "key": board.family.key,
        "family": board.family.name,
        "verdict": board.verdict.value,
        "why": sentence(board.why),
        "start": board.start,
        "end": board.end,
        "duration_s": seconds(board.start, board.end),
        "steps": _steps(board.family),
        "contact": board.family.contact,
    }


def _steps(family: Family) -> str:
    """The steps of a family while the squad has not agreed to them."""
    if all(step.confirmed for step in family.steps):
        return ""
    return " → ".join(marked(step.name, step.confirmed) for step in family.steps)


def _columns(look: NightLook) -> Columns:
    nights = [
        Column(day.isoformat(), f"{day.day:02}", Kind.MARK, help=show_date(day, "full"), width=30)
        for day in _days(look)
    ]
    return [
        Column("family", N_("Family"), width=138),
        Column("verdict", N_("Status"), Kind.STATUS, width=94),
        Column("why", N_("Why"), width=350),
        *nights,
        Column("start", N_("Start"), Kind.TIME, width=60),
        Column("end", N_("End"), Kind.TIME, width=60),
        Column("duration_s", N_("Duration"), Kind.DURATION, width=80),
        Column("steps", N_("Steps to be confirmed")),
        Column("contact", N_("Contact")),
    ]


def _means(look: NightLook, mark: Mark) -> dict[str, object]:
    """A night's mark opens that night, any other cell shows the family alone."""
    column = str(mark["column"])
    if column in {day.isoformat() for day in _days(look)}:
        return {"night": date.fromisoformat(column)}
    return {"family": [mark["key"]]}


FAMILIES: Figure[NightLook] = Figure(
    name="families",
    title=N_("Families"),
    about=ABOUT,
    shape=_shape,
    columns=_columns,
    means=_means,
    when=lambda look: bool(look.passing.families),
)
