"""Every check with its verdict and its sentence, the gravest first. A click opens one."""

from collections.abc import Mapping

import pandas as pd

from core.base.i18n import N_, _, ngettext, show_number
from core.base.status import LOOKS
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Answer, Figure, Mark, Note
from pages.checks.board import Board
from pages.checks.look import CheckLook

SOURCE = N_("Checks declared in the declarations folder, over the tables that they name")
ABOUT = About(
    N_(
        "Each check by the newest run of the newest day up to the chosen one. KO and warnings are limits of the check "
        "that were exceeded; a check that could not be made, or that was to be made and was not, is unknown."
    ),
    SOURCE,
)
COLUMNS = (
    Column("verdict", N_("Status"), Kind.STATUS, width=120),
    Column("title", N_("Check"), width=260),
    Column("sentence", N_("What it says"), width=620),
    Column("day", N_("Day checked"), Kind.DAY),
    Column("after", N_("Days after"), Kind.NUMBER),
    Column("at", N_("Run at"), Kind.MOMENT),
    Column("owner", N_("Whom to ask")),
)


def _shape(look: CheckLook) -> pd.DataFrame:
    rows = [
        {
            "check": line.check.check,
            "verdict": line.verdict.value,
            "title": line.check.title,
            "sentence": line.sentence[:1].upper() + line.sentence[1:],
            "day": line.seen.day if line.seen else None,
            "after": line.seen.after if line.seen else None,
            "at": line.seen.at if line.seen else None,
            "owner": line.check.owner,
        }
        for line in look.board.lines
    ]
    return pd.DataFrame(rows, columns=["check", *(column.name for column in COLUMNS)])


def _means(_look: CheckLook, mark: Mark) -> Mapping[str, object]:
    return {"check": mark["check"]}


def counted(board: Board) -> str:
    """How many checks have each verdict, in words."""
    parts = []
    for verdict, look in LOOKS.items():
        if count := sum(line.verdict is verdict for line in board.lines):
            parts.append(f"{show_number(count)} {_(look.word)}")
    words = ngettext("{n} check", "{n} checks", len(board.lines)).format(n=show_number(len(board.lines)))
    return f"{words}\u202f: {', '.join(parts)}" if parts else words


def _title(look: CheckLook) -> str:
    return f"{LOOKS[look.board.verdict].mark} {counted(look.board)}"


ANSWER: Answer[CheckLook] = Answer(
    about=ABOUT,
    verdict=lambda look: look.board.verdict if look.line is None else look.line.verdict,
    say=lambda look: (
        counted(look.board) if look.line is None else f"{look.line.check.title}\u202f: {look.line.sentence}"
    ),
    title=_title,
    live=lambda look: True,
    when=lambda look: bool(look.board.lines),
)
PROBLEMS: Note[CheckLook] = Note(lambda look: look.standing.problems, tone="warning")
BOARD: Figure[CheckLook] = Figure(
    name="board",
    title=N_("Checks"),
    about=ABOUT,
    shape=_shape,
    columns=COLUMNS,
    means=_means,
    detail=lambda _look, _frame: _("Choose a check to open it."),
    when=lambda look: look.check is None,
    empty=N_("No check is declared."),
)
