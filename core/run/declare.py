"""What the team declares, checked and tried: nothing is written.

python -m core.run.declare check         is all that is declared right? Else file, line and field, and 1
python -m core.run.declare try NAME      what an extract would land, or an indicator would say, now
"""

import argparse
import sys
from collections.abc import Sequence

from core.base.errors import VigieError
from core.base.i18n import _
from core.mission.discovery import missions
from core.store.engine import store


def check() -> list[str]:
    """What is wrong with anything declared, a sentence each."""
    declaring = [mission.declaring for mission in missions().values() if mission.declaring]
    return [problem for declared in declaring for problem in declared.problems()]


def attempt(name: str) -> Sequence[str] | None:
    """What a declared thing would give, a line each; None where nothing bears the name. Raises VigieError."""
    answers = (mission.declaring.attempt(name) for mission in missions().values() if mission.declaring)
    return next((lines for lines in answers if lines is not None), None)


def main(arguments: Sequence[str]) -> int:
    """The command. 1 where something is wrong, or nothing bears the name."""
    parser = argparse.ArgumentParser(prog="python -m core.run.declare", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="check all that is declared")
    commands.add_parser("try", help="try one, without writing").add_argument("name")
    asked = parser.parse_args(arguments)
    try:
        store().upgrade()  # a new data folder has none yet
        wrong = check()
        lines = (
            attempt(asked.name) if asked.command == "try" else [] if wrong else [_("All that is declared is right.")]
        )
    except VigieError as error:
        wrong, lines = [error.sentence], []
    if lines is None:
        wrong = [*wrong, _("Nothing is declared under the name {name}.").format(name=asked.name)]
    sys.stdout.writelines(f"{line}\n" for line in lines or ())
    sys.stderr.writelines(f"{problem}\n" for problem in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
