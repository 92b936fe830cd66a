"""What the home page says of the sources: which ones fail, and where rows wait to be put right."""

from collections.abc import Iterator
from datetime import datetime

from core.base.i18n import _, ngettext, show_number
from core.base.status import Verdict
from core.facts.query import Reader
from core.mission.contract import Headline, Task
from core.people.person import Person
from pages.sources.look import Opening, picked
from pages.sources.queries import LAST_READINGS


def headline(reader: Reader, person: Person, now: datetime, visit: datetime | None) -> Headline:
    """How many sources are read, and what is wrong with them. Raises QueryFailed and StoreFailed."""
    opened = Opening(reader, person, now)
    read = [entry.name for entry in opened.entries if entry.enabled]
    last = {row["source"]: row for row in reader.run(LAST_READINGS).table.to_pylist()}
    removed = {entry.name for entry in opened.entries if not entry.enabled}
    failing = sorted(name for name, row in last.items() if row["outcome"] == "failed" and name not in removed)
    count = len({*read, *last} - removed)
    if failing:
        sentence = ngettext("source, {failing} of them failing", "sources, {failing} of them failing", count)
    else:
        sentence = ngettext("source, in order", "sources, none of them failing", count)
    return Headline(
        sentence.format(failing=show_number(len(failing))),
        number=show_number(count),
        tasks=tuple(_tasks(failing, {name: n for name, n in opened.refused.items() if name not in removed})),
    )


def _tasks(failing: list[str], refused: dict[str, int]) -> Iterator[Task]:
    for name in failing:
        yield Task(_("The source {source} fails").format(source=name), Verdict.KO, picked(name))
    for name, n in sorted(refused.items()):
        said = ngettext("{n} row of {source} is refused", "{n} rows of {source} are refused", n)
        yield Task(said.format(n=show_number(n), source=name), Verdict.WARNING, picked(name))
