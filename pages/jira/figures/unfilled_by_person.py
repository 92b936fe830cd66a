"""Empty mandatory fields by assignee, for whom names may be told."""

import pandas as pd

from core.base.i18n import N_, _
from core.facts.conditions import NO_VALUE
from core.show.figure import Figure
from pages.jira.choices import NO_LONGER_KNOWN, UNASSIGNED
from pages.jira.conditions import FORGOTTEN, I, filled, person
from pages.jira.figures.notes import shows
from pages.jira.figures.people import ABOUT
from pages.jira.figures.unfilled import group_columns, groups, lacking, unfilled_by
from pages.jira.look import JiraLook


def _names(rows: pd.DataFrame) -> list[str]:
    called = {"": _(UNASSIGNED), FORGOTTEN: _(NO_LONGER_KNOWN)}
    return [called.get(code, name) for code, name in zip(rows["code"], rows["name"], strict=True)]


BY_PERSON = unfilled_by("_by_person", filled(I.assignee), person(I))
UNFILLED_BY_PERSON: Figure[JiraLook] = Figure(
    name="unfilled-people",
    title=N_("By assignee"),
    about=ABOUT,
    query=lambda look: BY_PERSON(look.rules),
    shape=lambda look, rows: groups(look, rows.assign(name=_names(rows)), {}),
    columns=group_columns(N_("Assignee")),
    means=lambda look, mark: shows(lacking(look, mark["column"]), assignees=[str(mark["code"] or NO_VALUE)]),
    when=lambda look: look.named,
    mailed=False,
)
