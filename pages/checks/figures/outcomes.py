"""The outcomes of one run: how many rows each has, and the equation in which they add up. A click shows its rows."""

from collections.abc import Mapping

import pandas as pd

from core.base.i18n import N_, Own, _, show_moment
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Figure, Mark, Note
from pages.checks import judged
from pages.checks.figures.board import SOURCE
from pages.checks.look import CheckLook

COLUMNS = (
    Column("title", N_("Outcome")),
    Column("rows", N_("Rows"), Kind.NUMBER),
    Column("share", N_("Share"), Kind.PERCENT, digits=1),
    Column("limit", N_("Limit")),
)
SIDES = ("left", "right")


def _shape(look: CheckLook) -> pd.DataFrame:
    check, shown = look.check, look.seen
    rows = []
    if check is not None and shown is not None:
        counts, limits = (
            {count.outcome: count for count in shown.counts},
            {outcome.outcome: outcome for outcome in check.outcomes},
        )
        for name, title in check.words.items():
            count = counts.get(name, judged.Count(name, 0, 0))
            if name not in limits and not count.rows:
                continue
            limit = limits.get(name)
            said = [
                words.format(limit=limit)
                for words, limit in (
                    (_("warning above {limit}"), limit and limit.warn_above),
                    (_("KO above {limit}"), limit and limit.ko_above),
                )
                if limit
            ]
            of = judged.whole(count, shown.counts)
            share = count.rows / of if of else None
            rows.append(
                {"outcome": name, "title": title, "rows": count.rows, "share": share, "left": count.left,
                 "right": count.right, "limit": ", ".join(said)}
            )  # fmt: skip
    return pd.DataFrame(rows, columns=["outcome", *(column.name for column in COLUMNS), *SIDES])


def _means(_look: CheckLook, mark: Mark) -> Mapping[str, object]:
    return {"outcome": mark["outcome"]}


def _columns(look: CheckLook) -> tuple[Column, ...]:
    """The rows of each list under what the check calls it; of one list alone there is nothing to tell apart."""
    called = look.check.called if look.check else {}
    return (
        *COLUMNS[:3],
        *(Column(side, Own(name.capitalize()), Kind.NUMBER) for name, side in called.items()),
        *COLUMNS[3:],
    )


def _equation(look: CheckLook) -> list[str]:
    return judged.equation(look.check, look.seen.counts) if look.check and look.seen else []


def _which(look: CheckLook) -> str:
    seen = look.seen
    if seen is None:
        return ""
    template = _("Day of {run}; seen on {moment}; version {version} of the check.")
    return template.format(run=seen.name, moment=show_moment(seen.at), version=seen.version)


def _file(look: CheckLook) -> str:
    seen = look.seen
    if seen is None or not seen.file:
        return ""
    return _("File of the robot: {name}, SHA-256 {checksum}. It is written once.").format(
        name=seen.file, checksum=seen.checksum
    )


MEANT: Note[CheckLook] = Note(lambda look: look.check.meaning if look.check else "", tone="text")
WHICH: Note[CheckLook] = Note(_which)
EQUATION: Note[CheckLook] = Note(_equation, tone="text")
FILE: Note[CheckLook] = Note(_file)
OUTCOMES: Figure[CheckLook] = Figure(
    name="outcomes",
    title=N_("Outcomes"),
    about=About(
        N_(
            "Every row is in exactly one outcome; rows that cannot be judged (no key, a key that comes twice, no "
            "pattern) have outcomes of their own. Shares are of the rows of the left or only list, of the right one "
            "where an outcome has rows of that alone."
        ),
        SOURCE,
    ),
    shape=_shape,
    columns=_columns,
    means=_means,
    empty=N_("This day was not checked."),
)
