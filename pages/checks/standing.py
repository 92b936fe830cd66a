"""The checks that stand now, as the team declares them."""

from dataclasses import dataclass

from core.base.i18n import _
from core.declared.extracts import Extract
from core.declared.files import declared
from core.declared.select import SelectRefused
from core.facts.tables import FactTable
from core.mission.discovery import missions
from pages.checks.compiled import Compiled, compiled
from pages.checks.definitions import Check


@dataclass(frozen=True)
class Standing:
    """The checks that are declared rightly, in the order of titles, and one sentence for each that is not."""

    checks: tuple[Check, ...]
    problems: tuple[str, ...]

    def get(self, name: str | None) -> Check | None:
        """The check of a name."""
        return next((one for one in self.checks if one.check == name), None)


def readable() -> dict[str, FactTable]:
    """The tables that a check may name: every mission's, but what checks themselves said."""
    return {table.name: table for one in missions().values() if one.key != "checks" for table in one.tables}


def titles(check: Check) -> dict[str, str]:
    """Titles of columns as the declared tables of a check say them, by the names that its rows bear."""
    columns = [
        column
        for extract in declared(Extract, "extracts").things
        if extract.extract in check.tables
        for column in extract.columns
    ]
    found = {column.name: column.title for column in columns}
    for side in (check.left, check.right):
        if side is not None:
            found |= {f"{side.called}_{column.name}": f"{column.title} ({side.called})" for column in columns}
    return found


def people_of(check: Check) -> bool:
    """Whether a check reads a table that names people: then its rows are told only to whoever may know them."""
    there = readable()
    return any(there[name].personal for name in check.tables if name in there)


def questions(check: Check) -> Compiled:
    """The questions of a check. Raises SelectRefused."""
    return compiled(check, readable())


def standing() -> Standing:
    """The checks as they are declared now."""
    files = declared(Check, "checks")
    problems, right, names = [*files.problems], list[Check](), [one.check for one in files.things]
    for one in files.things:
        if names.count(one.check) > 1:
            problems.append(_("The check {name} is declared twice: none of the two counts.").format(name=one.check))
            continue
        try:
            questions(one)
        except SelectRefused as error:
            problems.append(_("The check {name}: {problem}.").format(name=one.check, problem=error))
        else:
            right.append(one)
    return Standing(tuple(sorted(right, key=lambda one: one.title.casefold())), tuple(dict.fromkeys(problems)))
