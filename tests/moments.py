"""The morning at which tests stand, they and every process that they begin: the hour and the day of the machine do not
reach them. What a server begins by itself to read or write a file apart goes by the machine.
"""

import runpy
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from core.base import clock

MORNING = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
"""A Friday, 09:30 in Paris: the last night is over, and a working day has begun."""
MACHINE = clock.machine


def running_on(moment: datetime) -> Callable[[], datetime]:
    """A clock that shows a moment now, and runs on."""
    return _ahead(moment - MACHINE())


def python(*arguments: str) -> list[str]:
    """The command that runs `python -m MODULE …` or `python -c CODE …` by the clock of this process."""
    return [sys.executable, "-m", "tests.moments", str((clock.machine() - MACHINE()).total_seconds()), *arguments]


def _ahead(ahead: timedelta) -> Callable[[], datetime]:
    return lambda: MACHINE() + ahead


if __name__ == "__main__":
    seconds, how, what, *rest = sys.argv[1:]
    clock.machine = _ahead(timedelta(seconds=float(seconds)))
    if how == "-m":
        sys.argv = [what, *rest]
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        sys.argv = [how, *rest]
        exec(what, {"__name__": "__main__"})
