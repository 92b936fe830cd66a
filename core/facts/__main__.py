"""Erase what may no longer be kept of people; schedule it each night:

python -m core.facts expire
"""

import argparse
import sys
from datetime import UTC, datetime

from core import log
from core.errors import VigieError
from core.facts.expire import Held, expire, forget
from core.i18n import N_, _, show_number
from core.mission import missions
from core.store.engine import store

TOLD = {
    Held.ACCOUNTS: N_("Accounts whose person was erased: {n}"),
    Held.CONNECTIONS: N_("Sessions, attempts and mails erased: {n}"),
    Held.AUDIT: N_("Entries of the audit past their retention, kept as proof: {n}"),
    Held.FACTS: N_("Facts whose people were taken out: {n}"),
}


def main(arguments: list[str]) -> int:
    """The command. Exit code 1 when the store or the lake does not answer."""
    parser = argparse.ArgumentParser(prog="python -m core.facts", description="Retention of what Vigie holds.")
    parser.add_subparsers(dest="command", required=True).add_parser("expire", help="erase what is past its retention")
    parser.parse_args(arguments)
    log.setup()
    now = datetime.now(UTC)
    try:
        store().upgrade()
        with store().write() as connection:
            months: dict[str, int] = {}
            for mission in missions().values():
                months |= mission.kept(connection) if mission.kept else {}
            done = expire(connection, months, now)
        done |= forget([mission.forget for mission in missions().values() if mission.forget], months, now)
    except VigieError as error:
        sys.stderr.write(error.sentence + "\n")
        return 1
    for what, number in done.items():
        sys.stdout.write(_(TOLD[Held(what)]).format(n=show_number(number)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
