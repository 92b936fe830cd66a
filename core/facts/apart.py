"""Questions that others wrote, answered in a process of its own: `python -I apart.py` reads questions, prints answers.

A few signs of SQL can take any time and memory (a text that doubles at each step), and DuckDB bounds neither within one
value. Here that ends this process alone. It is kept for the next question, and ends with whoever began it.
"""

import atexit
import json
import os
import pickle
import resource
import subprocess
import sys
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import duckdb
import pyarrow as pa

from core.facts.schemas import Bodies, Schemas, reading

MEMORY = 3 * 2**30
"""Of the process, in bytes."""
_THREADS = min(4, os.cpu_count() or 1)
"""Each takes a part of MEMORY by being there: on a machine of many cores they would take all of it."""
LARGEST_ANSWER = 2**29
"""Bytes that an answer may take of whoever asked."""
_free = threading.BoundedSemaphore(2)
"""So many answer beside each other; further questions wait, as long as one may take."""
_idle: "list[_Process]" = []


class Waited(duckdb.InterruptException):
    """Nobody looked at the question: so many others were answered."""


def answer(root: Path | None, bodies: Bodies, statement: str, places: Sequence[Any], seconds: float) -> pa.Table:
    """What a statement answers that sees views of a lake's files (`root`), or of none, with values at its places.

    Raises duckdb.Error as DuckDB does: InterruptException after so many seconds, OutOfMemoryException where it takes or
    answers more than there is memory for. Raises Waited where others are answered all that time.
    """
    if not _free.acquire(timeout=seconds):
        raise Waited(f"others were answered for {seconds:g} s")
    try:
        process = _idle.pop() if _idle else _Process()
        if not process.lives():  # killed from outside, or by the end of its time while it answered
            process.end()
            process = _Process()
        try:
            failure, table = process.ask((root, dict(bodies), statement, list(places)), seconds)
        except BaseException:
            process.end()
            raise
        if failure.get("kind") == "OutOfMemoryException":  # what it took it may keep
            process.end()
        else:
            _idle.append(process)
    finally:
        _free.release()
    if table is None:
        raise getattr(duckdb, failure["kind"], duckdb.Error)(failure["said"])
    return table


class _Process:
    """One that answers, one question after the other."""

    def __init__(self) -> None:
        # In a session of its own: what interrupts whoever asks at a terminal is not for it.
        self._popen = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        )
        atexit.register(self.end)

    def ask(self, asked: tuple[Any, ...], seconds: float) -> tuple[dict[str, str], pa.Table | None]:
        """What it tells of itself, and the table unless that is an error. Raises as `answer` where it ends over it."""
        too_late = threading.Event()

        def kill() -> None:
            too_late.set()
            self._popen.kill()

        late = threading.Timer(seconds, kill)
        late.daemon = True
        late.start()
        assert self._popen.stdin
        assert self._popen.stdout
        try:
            pickle.dump(asked, self._popen.stdin)
            self._popen.stdin.flush()
            failure = json.loads(self._popen.stdout.readline())
            return failure, None if failure else pa.ipc.open_stream(self._popen.stdout).read_all()
        except (OSError, ValueError):  # its end: a broken pipe, or an answer that breaks off
            if too_late.is_set():
                raise duckdb.InterruptException(f"longer than {seconds:g} s") from None
            raise duckdb.OutOfMemoryException("its process ended") from None
        finally:
            late.cancel()

    def lives(self) -> bool:
        """Whether it can be asked."""
        return self._popen.poll() is None

    def end(self) -> None:
        """End it at once."""
        atexit.unregister(self.end)
        self._popen.kill()
        self._popen.communicate()


@lru_cache(maxsize=4)
def _schemas(root: Path | None) -> Schemas:
    return Schemas(reading(root, _THREADS))


def _answered(root: Path | None, bodies: dict[str, str], statement: str, places: list[Any]) -> pa.Table:
    with _schemas(root).cursor(frozenset(bodies.items()), lambda: bodies) as cursor:
        table = cursor.execute(statement, places).to_arrow_table()
    if table.nbytes > LARGEST_ANSWER:
        raise duckdb.OutOfMemoryException("a large answer")
    return table


def main() -> None:
    """Answer questions until there are no more."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = sys.stdout.buffer
    while True:
        try:
            asked = pickle.load(sys.stdin.buffer)  # noqa: S301  of the process that began this one
        except EOFError:
            return
        try:
            table = _answered(*asked)
        except Exception as error:
            kind = "OutOfMemoryException" if isinstance(error, MemoryError) else type(error).__name__
            out.write(json.dumps({"kind": kind, "said": str(error)}).encode() + b"\n")
        else:
            out.write(b"{}\n")
            with pa.ipc.new_stream(out, table.schema) as stream:
                stream.write_table(table)
        out.flush()


if __name__ == "__main__":
    main()
