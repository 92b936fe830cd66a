"""One reading at a time in the background of this process, for the screen: started, followed, stopped."""

import logging
import threading
from collections.abc import Sequence
from functools import lru_cache
from itertools import count

from core.base.errors import SourceFailed, VigieError
from core.base.i18n import _, language, speaking
from core.run import sync
from core.run.sync import Outcome, Report

log = logging.getLogger("vigie.sync")


_numbers = count(1)


class Job:
    """A reading of some sources, known by its `number`. Its fields only grow; `error` is a sentence when it could not
    even begin."""

    def __init__(self, names: Sequence[str] | None, spoken: str) -> None:
        self.number = next(_numbers)
        self.reports: dict[str, Report] = {}
        self.outcomes: list[Outcome] = []
        self.error = ""
        self._names = names
        self._language = spoken
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="vigie-sync", daemon=True)

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end after the batch it is at."""
        self._stop.set()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until it ended, or for some seconds."""
        self._thread.join(seconds)

    def _run(self) -> None:
        with speaking(self._language):
            try:
                self.outcomes = sync.run(self._names, progress=self._follow, cancelled=self._stop.is_set)
            except VigieError as error:
                self.error = error.sentence
            except Exception:
                log.exception("the reading ended unexpectedly")
                self.error = _("An unexpected error; the log has the details.")

    def _follow(self, report: Report) -> None:
        self.reports = {**self.reports, report.source: report}


class Jobs:
    """The last job of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.last: Job | None = None

    def start(self, names: Sequence[str] | None) -> Job:
        """Read the named sources, or all. Raises SourceFailed when a reading goes on."""
        with self._lock:
            if self.last and self.last.running:
                raise SourceFailed(_("A reading goes on: wait for its end, or stop it."))
            self.last = Job(names, language())
            self.last.start()
            return self.last


@lru_cache(maxsize=1)
def jobs() -> Jobs:
    """The jobs of this process."""
    return Jobs()
