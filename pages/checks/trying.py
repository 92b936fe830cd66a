"""Checks checked and tried: what the newest due run would say now, without keeping it."""

from collections.abc import Sequence
from datetime import timedelta

from core.base import clock
from core.base.i18n import _, show_date
from core.base.status import Verdict, word
from core.mission.discovery import warehouse
from pages.checks import judged, running
from pages.checks.facts import CHECK_COUNTS
from pages.checks.standing import standing


def problems() -> Sequence[str]:
    """What is wrong with declared checks."""
    return standing().problems


def attempt(name: str) -> Sequence[str] | None:
    """What the newest run that is due would say now. Raises QueryFailed."""
    check = standing().get(name)
    if check is None:
        return None
    now = clock.now()
    slots = list(check.slots(now - timedelta(days=7), now))
    if not slots:
        return [_("no run is due yet.")]
    run = running.run(check, warehouse().reader(running.scope()), slots[-1], now)
    counts = judged.summed(run.rows.get(CHECK_COUNTS, ()))
    sentence = run.told.get("error") or judged.sentence(check, counts)
    return [
        f"{show_date(slots[-1].day)}, J+{slots[-1].after}\u202f: {word(Verdict(run.told['verdict']))}, {sentence}",
        *judged.equation(check, counts),
    ]
