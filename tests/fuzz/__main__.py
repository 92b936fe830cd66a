"""`make fuzz`: tries every reader for a minute (or `--seconds`), and tells the smallest input that one fails on."""

import argparse
import sys
import time
import traceback

from hypothesis import HealthCheck, given, settings

from tests.conftest import OPENED
from tests.fuzz.readers import READERS

SECONDS = 60


def fuzz(name: str, seconds: float) -> tuple[int, str]:
    """How often a reader was tried, and how it failed, if it did."""
    strategy, read = READERS[name]
    tried = 0
    until = time.monotonic() + seconds

    @settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def one(given: object) -> None:
        nonlocal tried
        if time.monotonic() < until:
            tried += 1
            read(given)

    while time.monotonic() < until:
        try:
            one()
        except Exception:
            return tried, traceback.format_exc()
    return tried, ""


def main() -> int:
    """Run from the command line: 1 when a reader fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("readers", nargs="*", metavar="READER", help=f"of {', '.join(READERS)}; all without a name")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for each reader")
    told = parser.parse_args()
    failed = 0
    for name in told.readers or READERS:
        tried, how = fuzz(name, told.seconds)
        sys.stdout.write(f"{name}: {tried} tried, {'failed' if how else 'held'}\n{how}")
        sys.stdout.flush()
        failed += bool(how)
    return int(failed > 0)


if __name__ == "__main__":
    import logging
    import os

    logging.disable()  # of what is refused each reader writes a line
    os.environ.update(OPENED)
    sys.exit(main())
