"""Processes that tests begin to kill them or to let them race: forked off one that has loaded Vigie, and done nothing
with it, each begins within some milliseconds. Python started anew spends a second of a processor on imports."""

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from typing import Any

from core.base import clock
from core.base.settings import ROOT
from tests.moments import running_on

_forks = get_context("forkserver")
_forks.set_forkserver_preload(
    ["pytest", "duckdb", "alembic.command", "core.run.sync"]
    + [f"pages.{file.parent.name}" for file in ROOT.glob("pages/*/__init__.py")]
)
Semaphore = _forks.Semaphore


def begin(target: Callable[..., None], *given: Any) -> BaseProcess:
    """A process that runs a function of a module in the environment and by the clock of this moment."""
    process = _forks.Process(target=_run, args=(dict(os.environ), clock.machine(), target, given))
    process.start()
    return process


def _run(environ: Mapping[str, str], now: datetime, target: Callable[..., None], given: tuple[Any, ...]) -> None:
    os.environ.clear()
    os.environ.update(environ)
    clock.machine = running_on(now)
    target(*given)
