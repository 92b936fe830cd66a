"""Work that takes long, in a process of its own: begun, followed, stopped; what it gives is read at its end.

What it gives has no name on any disk: it is gone with the last process that holds it, whatever ends that one. What the
work puts aside meanwhile stands in a folder of its own, which goes when the work is stopped or forgotten.
"""

import json
import logging
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Mapping
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any, TypeVar

from core.base import collector, log
from core.base.errors import InputInvalid, VigieError
from core.base.i18n import _
from core.base.settings import ROOT, settings

logger = logging.getLogger("vigie.apart")
MOST = 2
"""Works that go on at a time for everybody: each keeps a processor busy."""
_all: "weakref.WeakSet[Apart]" = weakref.WeakSet()
_lock = threading.Lock()


class Apart:
    """Work of a module, whose `main` is given `asked` as JSON. It ends, and what it gave goes, with the last reference
    to it. `reads` are works that ended: the module finds what they gave under the names that `asked` gives them."""

    def __init__(self, module: str, asked: Mapping[str, Any], **reads: "Apart") -> None:
        self.step, self.share = "", 0.0
        self._error, self._rest = "", b""
        self._out = TemporaryFile(dir=settings().data)  # noqa: SIM115 - it lives as long as this does
        aside = TemporaryDirectory(prefix="vigie-")
        files = {"out": self._out.fileno(), **{name: work._out.fileno() for name, work in reads.items()}}
        self._process = subprocess.Popen(  # noqa: S603 - ours
            [sys.executable, "-m", module, json.dumps({**asked, **files})],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            pass_fds=list(files.values()),
            env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": aside.name},
        )
        assert self._process.stdout
        self._told = self._process.stdout
        os.set_blocking(self._told.fileno(), False)
        self.stop = weakref.finalize(self, _end, self._process, aside)

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self._process.poll() is None

    def look(self) -> None:
        """Take note of what it told meanwhile: `step` and `share`."""
        *lines, self._rest = (self._rest + (self._told.read() or b"")).split(b"\n")
        for line in lines:
            progress = json.loads(line)
            self.step, self.share, self._error = progress["step"], progress["share"], progress["error"]

    @property
    def error(self) -> str:
        """Why it gave nothing, in a sentence, once it ended; empty where it did."""
        if self.running or self._process.returncode == 0:
            return ""
        self.look()
        return self._error or self.broken()

    def broken(self) -> str:
        """What is said of it when it ended without a word."""
        return _("It was stopped, or failed: nothing was changed; the log has the details.")

    def wait(self, seconds: float | None = None) -> None:
        """Wait until it ended, or for some seconds. Raises TimeoutExpired then."""
        self._process.wait(seconds)

    def given(self) -> bytes:
        """What it gave. Raises InputInvalid while, or where, it gave nothing."""
        if self.running or self.error:
            raise InputInvalid(self.error or _("The file is still being made."))
        return os.pread(self._out.fileno(), os.fstat(self._out.fileno()).st_size, 0)


A = TypeVar("A", bound=Apart)


def begin(make: Callable[[], A]) -> A:
    """Begin a work. Raises InputInvalid when as many go on as may."""
    with _lock:
        if sum(work.running for work in _all) >= MOST:
            raise InputInvalid(_("Other files are being made: ask again in a minute."))
        work = make()
        _all.add(work)
        return work


def _end(process: "subprocess.Popen[bytes]", aside: "TemporaryDirectory[str]") -> None:
    """End a process, if it goes on, and remove what it put aside: killed, it could not."""
    process.kill()
    process.wait()
    aside.cleanup()


def tell(step: str, share: float, error: str = "") -> None:
    """In the process: tell whoever follows; where nobody does any more, the process ends with this."""
    sys.stdout.write(json.dumps({"step": step, "share": share, "error": error}) + "\n")
    sys.stdout.flush()


def run(work: Callable[[IO[bytes]], None], out: int) -> int:
    """In the process: do the work, which writes what it gives. Gives the exit code."""
    log.setup()
    collector.rarely()
    try:
        with os.fdopen(out, "wb") as file:
            work(file)
    except VigieError as error:
        tell("", 0.0, error.sentence)
        return 1
    except Exception:
        logger.exception("a work failed")
        tell("", 0.0, _("An unexpected error; the log has the details."))
        return 1
    return 0
