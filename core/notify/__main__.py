"""Send what is due, once:

    python -m core.notify [--show]

`--show` only says what would be sent. Schedule the command each working morning (cron, a systemd timer).
"""

import argparse
import sys
from datetime import UTC, datetime

from core import log
from core.errors import VigieError
from core.i18n import _
from core.notify.mail import Mail
from core.notify.notices import Notice, keep_due, send, waiting
from core.settings import settings
from core.store.engine import store


def _line(notice: Notice) -> str:
    return f"{notice.to}: {notice.subject}\n"


def main(arguments: list[str]) -> int:
    """The command. Exit code 1 when something could not be sent."""
    parser = argparse.ArgumentParser(prog="python -m core.notify", description="Send what is due, once.")
    parser.add_argument("--show", action="store_true", help="say what would be sent, send nothing")
    chosen = parser.parse_args(arguments)
    log.setup()
    failed = 0
    try:
        store().upgrade()
        keep_due(store(), datetime.now(UTC))
        if chosen.show:
            sys.stdout.writelines(map(_line, waiting(store())))
            return 0
        for notice, failure in send(store(), Mail(settings()), datetime.now(UTC)):
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
