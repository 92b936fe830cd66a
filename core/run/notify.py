"""Freeze the figures and send the mails that are due, once:

    python -m core.run.notify [--show]

`--show` freezes nothing, and only says what would be sent. Schedule the command each working morning (cron, a systemd
timer).
"""

import argparse
import logging
import sys
from collections.abc import Iterator
from datetime import datetime

from core.base import clock, log
from core.base.errors import NotifyFailed, VigieError
from core.base.i18n import _, show_number
from core.base.settings import settings
from core.mission.discovery import missions
from core.store.engine import store
from core.tell import view_mails
from core.tell.mail import Mail
from core.tell.notices import Notice, NoticeMaker, keep_due, made, send, waiting

_log = logging.getLogger("vigie.notify")
LETTERS = {view_mails.KIND: view_mails.letter}


def makers() -> list[NoticeMaker]:
    """All that may have something to tell: every mission, and the views that are mailed."""
    return [*(one.notices for one in missions().values() if one.notices), view_mails.due]


def freeze(now: datetime) -> int:
    """Publish what every mission has to by now; gives how many could not, each told in the log."""
    failed = 0
    for mission in missions().values():
        try:
            if mission.freeze:
                mission.freeze(now)
        except VigieError as error:
            _log.error("%s froze nothing: %s", mission.key, error.detail or error.sentence)
            sys.stdout.write(f"{_(mission.title)}: {error.sentence}\n")
            failed += 1
    return failed


def _line(notice: Notice) -> str:
    return f"{notice.to}: {notice.subject}\n"


def _would_go(now: datetime) -> Iterator[str]:
    """What is waiting and would be sent, with what would be attached."""
    for notice in waiting(store()):
        try:
            letter = made(notice, now, LETTERS)
        except NotifyFailed as failure:
            yield failure.sentence + "\n"
            continue
        if letter is not None:
            yield _line(letter.notice)
            for one in (*letter.pictures, *letter.files):
                yield f"  {one.name} ({show_number(len(one.data) / 1_000)} kB)\n"


def main(arguments: list[str]) -> int:
    """The command. Exit code 1 when something could not be sent."""
    parser = argparse.ArgumentParser(prog="python -m core.run.notify", description="Freeze and send what is due, once.")
    parser.add_argument("--show", action="store_true", help="say what would be sent, send nothing")
    chosen = parser.parse_args(arguments)
    log.setup()
    failed = 0
    try:
        store().upgrade()
        now = clock.now()
        if not chosen.show:
            failed = freeze(now)
        keep_due(store(), now, makers())
        if chosen.show:
            sys.stdout.writelines(_would_go(now))
            return 0
        for notice, failure in send(store(), Mail(settings()), now, LETTERS):
            sys.stdout.write(failure.sentence + "\n" if failure else _line(notice))
            failed += failure is not None
    except VigieError as error:
        sys.stderr.write(error.sentence + "\n")
        return 1
    if not failed:
        sys.stdout.write(_("Everything that was due has been sent.") + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
