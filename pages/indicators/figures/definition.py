"""What an indicator counts: its definition as it is in force, and as it was published."""

import pandas as pd

from core.base.i18n import N_, _, show_date
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure, Note
from pages.indicators.look import IndicatorLook
from pages.indicators.words import SOURCE


def _versions(look: IndicatorLook) -> pd.DataFrame:
    by_version: dict[int, dict[str, object]] = {}
    for one in look.own:
        told = by_version.setdefault(one.data["version"], {"first": one.month, "months": 0, **one.data})
        told["months"] = int(str(told["months"])) + 1
    columns = ["version", "first", "months", "meaning", "why", "select"]
    rows = [{**said, "version": version} for version, said in sorted(by_version.items(), reverse=True)]
    return pd.DataFrame(rows, columns=columns)


def _in_force(look: IndicatorLook) -> list[str]:
    one = look.indicator
    assert one is not None
    month = look.today.replace(day=1)
    said = [one.meaning]
    sentence = _("Published on working day {n} of the month after, from {hour} on; {periods} months are looked at.")
    said.append(
        sentence.format(n=one.freeze.working_day, hour=f"{one.freeze.hour:%H:%M}", periods=one.periods)
        + " "
        + _("Next: {day}.").format(day=show_date(one.published(look.rules.department).on(month)))
    )
    if one.waits_for:
        said.append(_("It waits until these pipelines went well: {names}.").format(names=", ".join(one.waits_for)))
    return said


DEFINITION: Note[IndicatorLook] = Note(_in_force, tone="text")
SEEN_SQL: Figure[IndicatorLook] = Figure(
    name="versions",
    title=N_("Versions that were published"),
    about=About(
        N_("What each version counted: its meaning, why it changed, and its question as it was asked."), SOURCE
    ),
    shape=_versions,
    columns=(
        Column("version", N_("Version"), Kind.NUMBER),
        Column("first", N_("Since"), Kind.MONTH),
        Column("months", N_("Months published"), Kind.NUMBER),
        Column("meaning", N_("What it counts"), width="large"),
        Column("why", N_("Why it changed")),
        Column("select", N_("Question"), width="large"),
    ),
    empty=N_("Nothing was published yet."),
)
