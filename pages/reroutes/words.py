"""Words that several figures of the hand-overs say."""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise

import pandas as pd

from core.base.i18n import N_, _, show_date
from core.show.filters import Picks
from core.show.look import Look
from pages.reroutes.facts import WAITS, Way
from pages.reroutes.queries import ROWS_SHOWN

SOURCE = N_("Task logs and tables of reroutes; hand-overs are derived by the rule of pages/reroutes/derive.py")


def ways() -> dict[str, str]:
    """Who moved a task, in words."""
    return {Way.MANUAL.value: _("by hand"), Way.AUTOMATIC.value: _("by a machine"), Way.UNKNOWN.value: _("not said")}


def picked(picks: Picks) -> str:
    """What a click on a chart picked, in words."""
    named: list[str] = []
    labels = {"origin_type": _("Type of the origin"), "target_type": _("Type of the target"), "line": _("Filière")}
    labels |= {"placed": _("First entity"), "final": _("Last entity")}
    for name, value in picks.items():
        if name in labels:
            named.append(f"{labels[name]}\u202f: {_('not said') if value is None else value}")
        elif name == "wait" and isinstance(value, int):
            named.append(f"{_('Waited')}\u202f: {dict(enumerate(wait_names())).get(value, value)}")
        elif name == "weekday" and isinstance(value, int):
            named.append(weekday_name(value))
        elif name == "hour":
            named.append(f"{value}\u202fh")
        elif name == "total":
            named.append(_("{n} reroutes of one task").format(n=value))
    return ", ".join(named)


def wait_names() -> list[str]:
    """The classes of waiting in words, shortest first."""
    named = [_limit(seconds) for seconds in WAITS]
    return [
        _("under {limit}").format(limit=named[0]),
        *(f"{low} – {high}" for low, high in pairwise(named)),
        _("{limit} or more").format(limit=named[-1]),
    ]


def _limit(seconds: int) -> str:
    if seconds < 3_600:
        return f"{seconds // 60}\u202fmin"
    if seconds < 86_400:
        return f"{seconds // 3_600}\u202fh"
    return _("{n} d").format(n=seconds // 86_400)


def weekday_name(number: int) -> str:
    """A weekday in words; Monday is 1."""
    return show_date(date(2024, 1, number), "EEEE")


def recipients(text: str | None) -> str:
    """A list written as text (`["a@b", "c@d"]`) as people read it; any other text as it is."""
    if not text:
        return ""
    inner = text.strip()
    if inner.startswith("[") and inner.endswith("]"):
        parts: Iterable[str] = (part.strip().strip("\"'") for part in inner[1:-1].split(","))
        return ", ".join(part for part in parts if part)
    return inner


def shown_of(_look: Look, frame: pd.DataFrame) -> str:
    """A word on a list that shows its first rows alone."""
    if len(frame) < ROWS_SHOWN:
        return ""
    return _("The first {n} are shown; the export holds them all.").format(n=ROWS_SHOWN)
