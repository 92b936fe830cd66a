"""What the board says of a check, to other missions' screens."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from core.facts.query import Reader
from core.mission.contract import Related, Thing
from core.people.person import Person
from core.show.filters import read
from pages.checks.coverage import coverage
from pages.checks.facts import TABLE_USES
from pages.checks.look import opening


def related(
    reader: Reader, person: Person, now: datetime, things: frozenset[Thing]
) -> Mapping[Thing, Sequence[Related]]:
    """The verdict of each check, as a "check", and of one of two stores as a "reconciliation"; of one that asks which
    tables are used, how much was read beside it. Raises QueryFailed."""
    if not any(kind in ("check", "reconciliation") for kind, _name in things):
        return {}
    opened = opening(reader, person, now)
    if opened is None:
        return {}
    look = opened.look(read(opened.filters, {}))
    by_thing = dict[Thing, Sequence[Related]]()
    asked = {name for _kind, name in things}
    for line in (seen for seen in look.board.lines if seen.check.check in asked):
        name = line.check.check
        sentences = [Related(line.sentence, verdict=line.verdict, address=("checks", {"check": name}))]
        sentences += [Related(coverage(reader))] if TABLE_USES.name in line.check.tables else []
        kinds = ("check", "reconciliation") if line.check.kind == "reconcile" else ("check",)
        by_thing |= {(kind, name): sentences for kind in kinds if (kind, name) in things}
    return by_thing
