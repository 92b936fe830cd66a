"""Check the rules of every mission, or of one, as they now stand: `python -m core.rules check [mission]`.

Gives 1 where a file is wrong, and says file, line and field; else 0.
"""

import argparse
import importlib
import importlib.util
import sys
from collections.abc import Sequence

from core.base.errors import RulesInvalid
from core.base.i18n import _
from core.mission.discovery import missions
from core.rules.ruleset import RuleSet


def rules_of(mission: str) -> RuleSet[object] | None:  # type: ignore[type-var]
    """The rules that a mission declares as `RULES` in its `rules.py`; None where it has none."""
    name = f"{missions()[mission].package}.rules"
    if importlib.util.find_spec(name) is None:
        return None
    declared = getattr(importlib.import_module(name), "RULES", None)
    return declared if isinstance(declared, RuleSet) else None


def main(arguments: Sequence[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m core.rules", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="check the rules that are in force")
    check.add_argument("mission", nargs="?", choices=sorted(missions()), help="of this mission; without: of all")
    asked = parser.parse_args(arguments)
    wrong = 0
    for mission in [asked.mission] if asked.mission else missions():
        rules = rules_of(mission)
        if rules is None:
            continue
        try:
            rules.in_force()
            sys.stdout.write(_("{mission}: the rules are right.").format(mission=mission) + "\n")
        except RulesInvalid as error:
            wrong += 1
            sys.stderr.write(f"{mission}: {error.sentence}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
