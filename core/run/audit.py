"""The chain of the audit, verified, and its head taken out of the database:

python -m core.run.audit verify [--heads FILE]
python -m core.run.audit head [--to FILE] [--mail ADDRESS]
"""

import argparse
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from core.base.errors import VigieError
from core.base.i18n import _, show_moment, show_number
from core.base.settings import settings
from core.store.audit import Head, export_head, head, heads_file, prove
from core.store.encoded import canonical
from core.store.engine import store
from core.tell.mail import Mail
from core.tell.outbox import Letter, Notice

UNCOMPARED = 3
"""The exit code of what is whole as far as the store alone can say."""


def mail_head(to: str) -> Head:
    """Send the present head to somebody outside of the database. Raises StoreFailed, SettingInvalid, NotifyFailed.

    It does not wait in the outbox: whoever forges the database could change it there.
    """
    with store().read() as connection:
        now = head(connection)
    lines = [
        _(
            "The audit of Vigie ended today at entry {n}. Keep this mail: it shows any change of what came before."
        ).format(n=show_number(now.id)),
        _("To verify: put the line below in a file, then run python -m core.run.audit verify --heads FILE."),
        canonical(asdict(now)),
    ]
    day = show_moment(datetime.fromisoformat(now.at))
    notice = Notice(
        what="audit.head",
        step=now.at,
        to=to,
        subject=_("Vigie: end of the audit on {day}").format(day=day),
        text="\n\n".join(lines) + "\n",
    )
    with Mail(settings()) as post:
        post.send(Letter(notice, id=now.hash[:32]))
    return now


def main(arguments: list[str]) -> int:
    """The command. Exit code 1 when something was changed or cannot be read, 3 when nothing was found to be and no
    exported head was there to compare with."""
    parser = argparse.ArgumentParser(prog="python -m core.run.audit", description="The chain of the audit.")
    commands = parser.add_subparsers(dest="command", required=True)
    verifying = commands.add_parser("verify", help="check every entry, the records, and the heads that left")
    verifying.add_argument("--heads", type=Path, help="file of exported heads; else those exported from here")
    heading = commands.add_parser("head", help="add the newest hash to a file; run it every day")
    heading.add_argument("--to", type=Path, default=heads_file(), help="file to add the line to")
    heading.add_argument("--mail", metavar="ADDRESS", help="send it there as well")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "head":
            sys.stdout.write(canonical(asdict(export_head(chosen.to))) + "\n")
            if chosen.mail:
                mail_head(chosen.mail)
            return 0
        with store().read() as connection:
            report, less = prove(connection, chosen.heads)
    except VigieError as error:
        sys.stderr.write(error.sentence + "\n")
        return 1
    sys.stdout.write("\n".join(filter(None, (report.sentence, less))) + "\n")
    if not report.whole:
        return 1
    return 0 if report.heads else UNCOMPARED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
