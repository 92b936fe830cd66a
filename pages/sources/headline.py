"""What the home page says of the sources: which ones fail, and where rows wait to be put right."""

from collections.abc import Iterator
from datetime import datetime

from core.base.i18n import _, ngettext, show_number
from core.base.status import Verdict
from core.facts.query import Reader
from core.mission.contract import Headline, Task
from core.people.person import Person
from pages.sources.look import Opening, picked, standing


def headline(reader: Reader, person: Person, now: datetime, visit: datetime | None) -> Headline:
    """How many sources are read, and what is wrong with them. Raises QueryFailed and StoreFailed."""
    opened = Opening(reader, person, now)
    number, sentence, failing = standing(reader, opened.entries)
    removed = {entry.name for entry in opened.entries if not entry.enabled}
    return Headline(
        sentence,
        number=number,
        tasks=tuple(_tasks(failing, {name: n for name, n in opened.refused.items() if name not in removed})),
    )


def _tasks(failing: list[str], refused: dict[str, int]) -> Iterator[Task]:
    for name in failing:
        yield Task(_("The source {source} fails").format(source=name), Verdict.KO, picked(name))
    for name, n in sorted(refused.items()):
        said = ngettext("{n} row of {source} is refused", "{n} rows of {source} are refused", n)
        yield Task(said.format(n=show_number(n), source=name), Verdict.WARNING, picked(name))
