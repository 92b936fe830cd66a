"""What later runs of a day changed: the rows whose outcome is another than at the first run."""

import pandas as pd

from core.base.i18n import N_, _
from core.show.about import About
from core.show.columns import Column, Kind, framed
from core.show.figure import Figure, Note
from pages.checks.figures.board import SOURCE
from pages.checks.look import CheckLook

COLUMNS = (
    Column("key", N_("Key")),
    Column("before", N_("At the first run")),
    Column("now", N_("At the later run")),
    Column("after", N_("Days after"), Kind.NUMBER),
    Column("at", N_("Seen at"), Kind.MOMENT),
)


def _shape(look: CheckLook) -> pd.DataFrame:
    check, runs, rows = look.check, look.of_day, []
    if check is not None and len(runs) > 1:
        words = {**check.words, "": _("not there")}
        before = {row["row"]: row for row in look.rows(runs[0])}
        for run in runs[1:]:
            now = {row["row"]: row for row in look.rows(run)}
            for name in dict.fromkeys((*before, *now)):
                was, is_ = before.get(name), now.get(name)
                outcomes = [row["outcome"] if row else "" for row in (was, is_)]
                if outcomes[0] != outcomes[1]:
                    titles = [words.get(outcome, outcome) for outcome in outcomes]
                    key = (is_ or was or {})["key"]
                    rows.append({"key": key, "before": titles[0], "now": titles[1], "after": run.after, "at": run.at})
            before = now
    return framed(rows, COLUMNS)


def _alone(look: CheckLook) -> str:
    return _("This day was seen once so far.") if len(look.of_day) == 1 else ""


ALONE: Note[CheckLook] = Note(_alone)
CHANGES: Figure[CheckLook] = Figure(
    name="changes",
    title=N_("What later runs changed"),
    about=About(N_("Each row whose outcome changed from one run of the day to the next."), SOURCE),
    shape=_shape,
    columns=COLUMNS,
    empty=N_("No row changed its outcome."),
)
