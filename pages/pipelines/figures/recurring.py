"""What comes back: pipelines that fail night after night, whose verdict keeps changing, or that are run again often."""

import pandas as pd

from core.base.i18n import N_, _, show_date
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure
from core.store.engine import store
from pages.pipelines.desk import Step, notes
from pages.pipelines.judged import RECURRING
from pages.pipelines.look import NightLook
from pages.pipelines.words import SOURCE

COLUMNS = (
    Column("pipeline", N_("Pipeline")),
    Column("family", N_("Family")),
    Column("running", N_("Failed nights running"), Kind.NUMBER),
    Column("since", N_("Since the night of"), Kind.DAY),
    Column("changes", N_("Changes in 14 nights"), Kind.NUMBER, help=N_("How often the verdict was another one.")),
    Column("reruns", N_("Reruns in 30 nights"), Kind.NUMBER),
    Column("note", N_("Last note"), width="large"),
)


def _shape(look: NightLook, recurring: pd.DataFrame) -> pd.DataFrame:
    scopes = recurring["family"] + "/" + recurring["pipeline"]
    with store().read() as connection:
        noted = notes(connection, recurring["family"], min(look.desk.at, look.night.end), look.rules.called)
    last_notes = scopes.map(lambda scope: _said(noted[scope][-1]) if noted.get(scope) else None)
    named = recurring.assign(
        family=recurring["family"].map(lambda key: look.family_names.get(key, key)), note=last_notes
    )
    return named[[column.name for column in COLUMNS]]


def _said(step: Step) -> str:
    return _("{label}: {value}").format(label=show_date(step.at), value=step.note)


WHAT_COMES_BACK: Figure[NightLook] = Figure(
    name="recurring",
    title=N_("What comes back"),
    about=About(
        N_(
            "Pipelines that failed at least three expected nights running up to the last one that is over, caught up "
            "or not; or whose verdict changed at least four times in their last fourteen expected nights; or that were "
            "run again at least three times in the last thirty. A night in which nothing was expected does not count. "
            "Beside them stands what was noted last at the duty desk by the end of the night shown."
        ),
        SOURCE,
    ),
    query=RECURRING,
    shape=_shape,
    kept=False,
    columns=COLUMNS,
    means=lambda _look, mark: {"pipeline": {"pipeline": mark["pipeline"]}},
    empty=N_("Nothing comes back: no failures night after night, no verdict that keeps changing, few reruns."),
)
