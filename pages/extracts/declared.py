"""The extracts that stand now, as tables and kinds of sources."""

from collections.abc import Collection
from dataclasses import replace

from core.base.i18n import _
from core.declared.extracts import fed
from core.declared.standing import TOLD, Extracts
from core.declared.standing import extracts as standing
from core.facts.reads import READS
from core.mission.contract import Mission, People
from core.mission.discovery import missions
from core.sources.base import Source


def extracts() -> Extracts:
    """The extracts that stand now, and what is wrong with others."""
    coded = {table.name for key, mission in missions().items() if key != "extracts" for table in mission.tables}
    return standing({*coded, READS.name})


def with_tables(mission: Mission, taken: Collection[str]) -> Mission:
    """The mission with the tables and kinds of sources that are declared; `taken` are names of coded tables."""
    found = standing(taken)
    held = tuple(one.whole for one in (*found.things, *found.gone))
    return replace(
        mission,
        tables=tuple(thing.table for thing in found.things),
        held=held,
        connectors=tuple(connector for thing in found.things for connector in thing.tabular.connectors),
        unread=unread,
        people=People(TOLD) if any(table.personal for table in held) else None,
    )


def sources() -> list[Source]:
    """The sources that declared tables name, as they are declared."""
    return [
        Source(feed.name, "extracts", connector.kind, connector.options.model_validate(options), feed.squad or None)
        for thing in extracts().things
        for feed, connector, options in fed(thing)
    ]


def unread(kind: str) -> str:
    """Why the table of a kind of source does not stand."""
    found, file = extracts(), kind.removeprefix("extract_")
    names = (file, file.removesuffix("_sql"))
    wrong = [sentence for name, sentence in found.wrong if name in names]
    gone = _("The table {name} is no longer declared: declare it again, or forget this source.")
    return wrong[0] if wrong else gone.format(name=names[1])
