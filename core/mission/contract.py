"""Missions: what a folder of `pages/` declares (`core.mission.discovery` finds them).

A mission is a folder `pages/<key>/` whose `__init__.py` holds `MISSION`; its name is its key and its URL.
"""

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.base.settings import ROOT
from core.base.status import Verdict
from core.facts.tables import FactTable
from core.people.person import Person, Role
from core.show.about import About

if TYPE_CHECKING:
    import sqlalchemy as sa

    from core.facts.query import Reader
    from core.records.collection import Collection
    from core.show.figure import Part, Tab
    from core.show.look import OpeningMaker
    from core.sources.base import Connector, Source
    from core.tell.outbox import LetterMaker, NoticeMaker, Recheck

EVERYONE = frozenset(Role)
NOBODY: frozenset[Role] = frozenset()
HOME = "home"
"""Key of the mission that shows every other's headline."""


@dataclass(frozen=True)
class Task:
    """Something that waits for the person, already translated: a sentence, how grave it is, and the parameters under
    which the mission's screen shows it."""

    text: str
    verdict: Verdict | None = None
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Headline:
    """What a mission says on the home page: a verdict or a number, a sentence, its freshness (UTC).

    `tasks` wait for the person, the gravest first; `trend` is the number, or what the sentence counts, over the last
    whole periods, the oldest first; `concerns` are sentences about the person's squad, `changes` what happened since
    their last visit, `about` is the "i" of the verdict or number. All texts are already translated.
    """

    sentence: str
    verdict: Verdict | None = None
    number: str | None = None
    freshness: datetime | None = None
    tasks: tuple[Task, ...] = ()
    trend: tuple[float, ...] = ()
    concerns: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    about: About | None = None


HeadlineMaker = Callable[["Reader", Person, datetime, datetime | None], Headline]
"""(reader scoped to the person, person, now, last visit or None) → Headline. Raises VigieError as a page does."""


@dataclass(frozen=True)
class Available:
    """What anybody may know of a data set: its name, a code (ready, expected, unavailable), and that in words, already
    translated."""

    name: str
    state: str
    words: str


KeptMaker = Callable[["sa.Connection", Sequence[str]], Mapping[str, int]]
"""(store, references of treatments) → how many months what Vigie holds of people is kept, by the names of
`core.run.expire.Held` and by these references."""
FreezeMaker = Callable[[datetime], None]
"""Freezes what is to be published by a moment (UTC), with everything in scope, in transactions of its own; what is
frozen stays. Raises VigieError."""
Thing = tuple[str, str]
"""A thing that several missions know: its kind and its name, as ("pipeline", "telephonie_master")."""


@dataclass(frozen=True)
class Related:
    """What one mission says of a thing that another one shows: a sentence, already translated, and how it stands.

    `reaches` names who is touched by it, `address` leads there: a mission's key and the parameters of its screen.
    """

    text: str
    verdict: Verdict | None = None
    reaches: tuple[str, ...] = ()
    address: tuple[str, Mapping[str, str]] | None = None


RelatedMaker = Callable[["Reader", Person, datetime, frozenset[Thing]], Mapping[Thing, Sequence[Related]]]
"""(reader scoped to the person, person, now, things) → what there is to say of some of them. Raises VigieError."""


@dataclass(frozen=True)
class People:
    """Who is told the people that a mission's facts name: some roles, while the register holds the validated treatment
    of a reference. The treatment's retention says how long they stay in the lake. A table that names treatments of its
    own goes by these."""

    roles: frozenset[Role]
    treatment: Callable[[], str] = lambda: ""

    def treatments(self, table: FactTable) -> tuple[str, ...]:
        """References of the treatments that allow the people of a table."""
        return table.treatments or (self.treatment(),)


@dataclass(frozen=True)
class Declaring:
    """What a team declares for a mission in files (`core.base.declarations`).

    `problems` says what is wrong with any, a sentence each. `attempt` says what a declared thing would give, a line
    each, and writes nothing; None where the name is not one of this mission's. Both raise VigieError. `sources` gives
    the sources that are declared, which each sync keeps in the registry.
    """

    problems: Callable[[], Sequence[str]]
    attempt: Callable[[str], Sequence[str] | None]
    sources: Callable[[], "Sequence[Source]"] = tuple


WhenMaker = Callable[[datetime], tuple[str, Mapping[str, str]]]
"""moment (UTC) → what the screen shows of it, as a label in the person's language, and the parameters of the address.
Raises VigieError."""


def later(module: str, name: str) -> Callable[..., Any]:
    """A hook of a mission whose module is imported when it is first called: commands that draw nothing start sooner."""
    return lambda *given: getattr(importlib.import_module(module), name)(*given)


@dataclass(frozen=True)
class Mission:
    """One mission. Titles are source strings (`N_`). `see` and `act` name the roles that may read and write.

    `package` is the folder's `__name__`; its last part is the mission's key and URL.
    `tables` are the fact tables it lands, `connectors` what can feed them, `demo` fills them with demo data:
    it is called with the seed and the moment up to which the story runs, lands facts and the readings of its sources
    itself, and is called again, at a start, once the story is some hours old. `ship` puts what the
    mission's part of the store holds from the beginning, with or without demo data; it is called at every start.
    `related` tells other missions' screens what this one knows of their things, asked through `core.mission.related`;
    `opening` and `figures` are what its screen draws (`core.show.figure`): where they are given, people may subscribe
    to them (`core.notes.subscriptions`), else to the headline.
    `freeze` publishes figures by the calendar: nothing is frozen by looking at it.
    `landed` does what follows from new facts, at the end of every sync, in writes of its own; it is called with the
    moment (UTC) and may find nothing to do.
    `erase` takes away what a mission wrote of people outside of the lake, by the moments (UTC) before which facts of
    tables have no people any more; gives how many files.
    `kept` says how long what Vigie holds of people is kept. `people`: where a column of its tables is personal, who is
    told them and by which treatment.
    `notices` names what people are to be told by now; `letters` and `rechecks` are asked once more at the moment
    of sending, by the kind of notice (`core.tell.outbox`).
    `declared` gives the mission with the tables and connectors that its team declares in files, beside the names that
    tables of other missions bear; it is asked again once the files change. `declaring` checks and tries them. `held`:
    tables that were declared, with all columns that landed, whether they are declared still or not. `unread` says why
    there is no connector of a kind now, in a sentence; "" where it knows of none.
    `when` leads to what its screen shows of a moment.
    `available` says at a moment (UTC) which data anybody may know to be ready. Raises VigieError.
    `collections` are the records that people keep here; `rights` are those that a person holds beside the role
    (`core.people.grants`), each with what it lets somebody do (source string).
    """

    package: str
    title: str
    summary: str
    icon: str
    see: frozenset[Role]
    act: frozenset[Role] = NOBODY
    section: str = ""
    order: int = 100
    tables: tuple[FactTable, ...] = ()
    held: tuple[FactTable, ...] = ()
    unread: Callable[[str], str] = lambda _kind: ""
    connectors: "tuple[Connector, ...]" = ()
    headline: HeadlineMaker | None = None
    demo: Callable[[int, datetime], None] | None = None
    ship: Callable[[], None] | None = None
    notices: "NoticeMaker | None" = None
    letters: "Mapping[str, LetterMaker]" = field(default_factory=dict)
    rechecks: "Mapping[str, Recheck]" = field(default_factory=dict)
    opening: "OpeningMaker | None" = None
    figures: "Callable[[], Sequence[Tab[Any] | Part[Any]]] | None" = None
    related: RelatedMaker | None = None
    freeze: FreezeMaker | None = None
    landed: Callable[[datetime], None] | None = None
    erase: Callable[[Mapping[str, datetime]], int] | None = None
    kept: KeptMaker | None = None
    people: People | None = None
    collections: "tuple[Collection, ...]" = ()
    rights: Mapping[str, str] = field(default_factory=dict)
    when: "WhenMaker | None" = None
    available: Callable[[datetime], Sequence[Available]] | None = None
    declared: "Callable[[Mission, frozenset[str]], Mission] | None" = None
    declaring: Declaring | None = None

    @property
    def key(self) -> str:
        """Name of the folder, e.g. `pipelines`: also the URL and the key in the store."""
        return self.package.rpartition(".")[2]

    @property
    def holding(self) -> tuple[FactTable, ...]:
        """Every table that may hold facts of the mission, one a name, with all of its columns."""
        return tuple({table.name: table for table in (*self.tables, *self.held)}.values())

    @property
    def subscribed(self) -> bool:
        """Whether people may subscribe to it: to its figures, else to its headline; to all headlines at home."""
        return self.figures is not None or self.headline is not None or self.key == HOME

    @property
    def page(self) -> Path:
        """Absolute path of the mission's screen."""
        return ROOT / "pages" / self.key / "page.py"
