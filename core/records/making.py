"""A file that takes long, made in a process of its own: begun, followed, stopped.

The file has no name on any disk: it is gone with the last process that holds it, whatever ends that one. What its
writers put aside meanwhile stands in a folder of its own, which goes when making it is stopped or forgotten.
"""

import json
import logging
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence
from datetime import datetime
from tempfile import TemporaryDirectory, TemporaryFile

from core.base import log
from core.base.errors import InputInvalid, VigieError
from core.base.i18n import _, speaking
from core.base.settings import ROOT, settings
from core.records import files, links
from core.records.files import File, Order
from core.store.engine import store

logger = logging.getLogger("vigie.export")
MOST = 2
"""Files that are made at a time for everybody: each keeps a processor busy."""
_made: "weakref.WeakSet[Making]" = weakref.WeakSet()
_lock = threading.Lock()


class Making:
    """A file that is being made for a person. It ends, and its file goes, with the last reference to it."""

    def __init__(self, file: File, order: Order) -> None:
        self.order = order
        self.step, self.share = "", 0.0
        self._file, self._error, self._rest = file, "", b""
        self._out = TemporaryFile(dir=settings().data)  # noqa: SIM115 - it lives as long as this does
        aside = TemporaryDirectory(prefix="vigie-")
        asked = {
            "file": file.key,
            "kind": order.collection.kind,
            "person": order.person_id,
            "language": order.language,
            "moment": order.moment.isoformat(),
            "published": order.published,
            "out": self._out.fileno(),
        }
        self._process = subprocess.Popen(  # noqa: S603 - ours
            [sys.executable, "-m", __name__, json.dumps(asked)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            pass_fds=[self._out.fileno()],
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
            said = json.loads(line)
            self.step, self.share, self._error = said["step"], said["share"], said["error"]

    @property
    def error(self) -> str:
        """Why there is no file, in a sentence, once it ended; empty where there is one."""
        if self.running or self._process.returncode == 0:
            return ""
        self.look()
        return self._error or _("The file was not made: making it was stopped, or failed; the log has the details.")

    def wait(self, seconds: float | None = None) -> None:
        """Wait until it ended, or for some seconds. Raises TimeoutExpired then."""
        self._process.wait(seconds)

    def take(self) -> bytes:
        """The whole file, for the person it was made for, whose right is read again. Raises NotAllowed, and
        InputInvalid while, or where, there is none."""
        with speaking(self.order.language), store().read() as connection:
            files.allowed(connection, self._file, self.order)
            if self.running or self.error:
                raise InputInvalid(self.error or _("The file is still being made."))
        return os.pread(self._out.fileno(), os.fstat(self._out.fileno()).st_size, 0)


def begin(file: File, order: Order) -> Making:
    """Begin to make a file. Raises InputInvalid when as many are being made as may be."""
    with _lock:
        if sum(making.running for making in _made) >= MOST:
            raise InputInvalid(_("Other files are being made: ask again in a minute."))
        making = Making(file, order)
        _made.add(making)
        return making


def _end(process: "subprocess.Popen[bytes]", aside: "TemporaryDirectory[str]") -> None:
    """End a process, if it goes on, and remove what it put aside: killed, it could not."""
    process.kill()
    process.wait()
    aside.cleanup()


def _tell(step: str, share: float, error: str = "") -> None:
    """Tell whoever follows; nobody does any more: the process ends with this."""
    sys.stdout.write(json.dumps({"step": step, "share": share, "error": error}) + "\n")
    sys.stdout.flush()


def main(arguments: Sequence[str]) -> int:
    """What the process does."""
    log.setup()
    asked = json.loads(arguments[0])
    collection = links.collections()[asked["kind"]]
    moment = datetime.fromisoformat(asked["moment"])
    order = Order(asked["person"], asked["language"], collection, moment, asked["published"])
    with speaking(order.language):
        try:
            with os.fdopen(asked["out"], "wb") as out:
                files.write(out, files.offered(collection)[asked["file"]], order, _tell)
        except VigieError as error:
            _tell("", 0.0, error.sentence)
            return 1
        except Exception:
            logger.exception("a file was not made")
            _tell("", 0.0, _("An unexpected error; the log has the details."))
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
