"""Requests by type and month of creation, in the colours that the types have in Jira."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_
from core.facts.conditions import NO_VALUE, local_month
from core.show.about import About
from core.show.figure import Figure, Mark
from pages.jira.behind import Behind
from pages.jira.choices import type_name
from pages.jira.colours import OTHERS
from pages.jira.conditions import TYPE, I, chosen, count, created_in, query
from pages.jira.figures.notes import SOURCE, shows
from pages.jira.figures.stacked import COUNTS, by_month, columns, stacked
from pages.jira.look import JiraLook

ABOUT = About(
    N_("Requests by type and month of creation, in the colours that the types have in Jira. Pale months are partial."),
    SOURCE,
)
TYPE_MONTHS = query(
    "type_months",
    sa.select(TYPE.label("type"), local_month(I.created_at).label("month"), count().label("requests"))
    .where(*chosen(), *created_in())
    .group_by(TYPE, local_month(I.created_at))
    .order_by(local_month(I.created_at), TYPE),
)


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    names = {code: type_name(code) for code in rows["type"].unique()}
    return by_month(rows, "type", names, look.months, "requests", look.type_colours)


def _means(look: JiraLook, mark: Mark) -> Mapping[str, Any]:
    if mark["code"] == OTHERS:
        return {}
    return shows(Behind("created", *look.within(mark["month_code"])), types=[mark["code"] or NO_VALUE])


BY_TYPE: Figure[JiraLook] = Figure(
    name="by-type",
    title=N_("Requests by type"),
    about=ABOUT,
    query=TYPE_MONTHS,
    shape=_shape,
    columns=columns(COUNTS),
    chart=lambda frame, look: stacked(frame, look.type_colours),
    told=N_("Requests by type and month. Pick a bar to filter by its type."),
    means=_means,
)
