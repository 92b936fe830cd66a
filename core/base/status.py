"""The six verdicts: their order, marks, words and colours, kept in this one place.

Charts, tables, cards, mails and exports all read from here. Nothing but OK is ever green.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.base.i18n import N_, _


class Verdict(StrEnum):
    """What can be said of a pipeline or a family at a moment; the value is what is stored and exported."""

    KO = "KO"
    WARNING = "WARNING"
    UNKNOWN = "UNKNOWN"
    RUNNING = "RUNNING"
    NOT_DUE = "NOT DUE"
    OK = "OK"


@dataclass(frozen=True)
class Look:
    """How a verdict looks. `mark` differs in shape, so colour is never the only sign. Colours are hex."""

    word: str
    business_word: str
    mark: str
    light: str
    dark: str
    severity: int


LOOKS: dict[Verdict, Look] = {
    Verdict.KO: Look(N_("KO"), N_("unavailable"), "✖", "#b3261e", "#ff8a80", 5),
    Verdict.WARNING: Look(N_("WARNING"), N_("late"), "▲", "#8a5a00", "#ffc04d", 4),
    Verdict.UNKNOWN: Look(N_("UNKNOWN"), N_("unknown"), "?", "#5f6368", "#b0b6be", 3),
    Verdict.RUNNING: Look(N_("RUNNING"), N_("in progress"), "▶", "#1f5fa8", "#8ab8f0", 2),
    Verdict.NOT_DUE: Look(N_("NOT DUE"), N_("not expected yet"), "○", "#5f6368", "#b0b6be", 1),
    Verdict.OK: Look(N_("OK"), N_("available"), "✔", "#1b6e3c", "#7ed09a", 0),
}


def word(verdict: Verdict) -> str:
    """Mark and word in the person's language, e.g. «✔ OK»."""
    look = LOOKS[verdict]
    return f"{look.mark} {_(look.word)}"


def worst(verdicts: list[Verdict]) -> Verdict:
    """The most severe of the verdicts; UNKNOWN when there are none."""
    return max(verdicts, key=lambda verdict: LOOKS[verdict].severity, default=Verdict.UNKNOWN)
