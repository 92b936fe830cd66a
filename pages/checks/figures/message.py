"""What is told of a check in the morning."""

from core.show.figure import Note
from pages.checks.look import CheckLook
from pages.checks.told import lines


def _said(look: CheckLook) -> list[str]:
    return lines(look.check, look.seen) if look.check and look.seen else []


MESSAGE: Note[CheckLook] = Note(_said, tone="text")
