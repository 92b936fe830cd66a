"""A collection: records of one form that people keep together, as a mission declares it in a page of code.

    USE_CASES = Collection(mission="portfolio", form=USE_CASE, workflow=PHASES, prefix="UC", shipped=…, facets=…)

From that come the list with its facets, the form by sections, versions, drafts, merging, workflow, import, export,
past dates and audit (`core.records.acts` writes, `core.ui.collection` shows).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Collection as Several
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa

from core.base.i18n import N_, ngettext, show_number
from core.mission.contract import Mission
from core.mission.discovery import missions
from core.people.person import Role
from core.records import abouts, facets, lists
from core.records.cells import Reading
from core.records.coherence import Coherent
from core.records.facets import Facets
from core.records.fields import Form, Part
from core.records.lists import Lists
from core.records.records import Record, Summary, Version, Wanted
from core.records.workflow import Workflow
from core.show.about import About
from core.sources.formats.formulas import Broken
from core.sources.formats.marks import Marks
from core.sources.formats.workbook import Rows
from core.sources.mapping import plain
from core.store.kept import until_changed

if TYPE_CHECKING:
    from core.records.exporting.files import File


@dataclass(frozen=True)
class Taken:
    """A row that was judged elsewhere, for a collection that takes such rows: its key as it is written, whether it
    belongs there (`found`) or no longer does, how it was judged, in words, on which day, and of its values those that
    fields of the collection ask for, by the name of the field."""

    key: str
    found: bool
    words: str
    day: date
    squad: str | None
    values: Mapping[str, Any]


CLOCK = "vigie"
"""Who does what is due by the calendar."""


def _many(n: int) -> str:
    return ngettext("{n} record", "{n} records", n).format(n=show_number(n))


@dataclass(frozen=True)
class Guesses:
    """Names that columns have in the tables of others. `words`: the most telling first with `|` between them, by the
    path of the field. `ticks`: of columns that hold a tick, by what they tick (`rights=access`); the whole name counts.
    `also`: of columns that say more of a field that another column fills, by its path. `which`: of columns that, beside
    one that says of a field yes or no, say what: «Transferts hors UE», «Pays».
    """

    words: Mapping[str, str] = field(default_factory=dict)
    ticks: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, str] = field(default_factory=dict)
    which: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def plain_words(self) -> frozenset[str]:
        """Every word as names are compared."""
        every = (*self.words.values(), *self.ticks.values(), *self.also.values())
        return frozenset(plain(word) for words in every for word in words.split("|"))


class Workbook(Protocol):
    """A form of others' that people bring filled, and how it is read: a module of the mission."""

    def holds(self, book: Mapping[str, Rows], form: Form) -> bool:
        """Whether a workbook is one of these."""

    def read(
        self,
        file: str,
        book: Mapping[str, Rows],
        form: Form,
        lists: Lists,
        broken: Mapping[str, Broken] | None = None,
        marks: Mapping[str, Marks] | None = None,
    ) -> Iterator[Any]:
        """What it says, a `core.records.row.Row` a record. Raises SourceFailed when nobody has filled it."""


@dataclass(frozen=True)
class Collection:
    """Records of a form, and all that is to be known to keep them. Texts are source strings.

    `mission`: the key of the mission whose rights count.
    `prefix`: begins the references that Vigie gives.
    `shipped`: the lists of values as they come with Vigie; `list_names`: those that its screen shows; `listers`: the
    roles that keep them.
    `facets`: what records are filtered and counted by; `columns`: those that are columns of the list; `known`: fields
    that offer what other records say, and the facet that holds it.
    `guesses`: helps imports of tables; `propose`: words to name a record by that a table leaves without a name;
    `book`: reads a form of others'; `brings`: says which files an import takes.
    `apart`: fields that tell records of one name apart in a table that gives no references; each is a facet too.
    `settle`: puts what a row of somebody's file says where it belongs, and tells it in the reading.
    `begin`: completes the content of a new record; `templates`: contents to begin with, by key.
    `opened`: whether the collection is switched on, as its lists say.
    `counted`: how many records there are, in words; `badges`: what stands beside a record's state, `computed`:
    sentences that follow from its content, both in words; `coherent`: what its answers do not say together.
    `takes`: what rows that were judged elsewhere do to its records, within `Store.write`.
    `about`: the "i" beside its records; `grid`: the fields that are edited in a grid.
    `files`: exports beside the common ones (`exporting.files`), called after `file_name`; `verifiers`: the roles
    that may have the audit verified.
    """

    mission: str
    form: Form
    workflow: Workflow
    prefix: str
    shipped: Callable[[], Lists] = lambda: Lists({})
    list_names: Mapping[str, str] = field(default_factory=dict)
    listers: frozenset[Role] = frozenset({Role.ADMIN})
    facets: Facets = field(default_factory=dict)
    guesses: Guesses = Guesses()
    book: Workbook | None = None
    propose: Callable[[Mapping[str, Any]], str] = lambda content: str(content.get("description") or "")
    settle: Callable[[dict[str, Any], Reading], None] = lambda content, reading: None
    begin: Callable[[sa.Connection, Mapping[str, Any]], Mapping[str, Any]] = lambda connection, content: content
    opened: Callable[[Lists], bool] = lambda lists: True
    counted: Callable[[int], str] = _many
    known: Mapping[str, str] = field(default_factory=dict)
    badges: Callable[[Any], tuple[str, ...]] = lambda entry: ()
    coherent: Coherent = lambda entry, today: ()
    computed: Callable[[Any], tuple[str, ...]] = lambda entry: ()
    apart: tuple[str, ...] = ()
    grid: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    templates: Callable[[], Mapping[str, Mapping[str, Any]]] = dict
    files: "tuple[File, ...]" = ()
    file_name: str = ""
    brings: str = N_("A table (.xlsx, .ods, .csv) or a file of Vigie (.json)")
    about: About = abouts.RECORDS
    verifiers: frozenset[Role] = frozenset()
    takes: Callable[[sa.Connection, Sequence[Taken]], None] | None = None

    @property
    def kind(self) -> str:
        """The kind of its records, unique in the store."""
        return self.form.kind

    @property
    def home(self) -> Mission:
        """The mission whose rights count."""
        return missions()[self.mission]

    @property
    def live(self) -> Wanted:
        """The records that its list shows: none that is closed."""
        return Wanted(without_states=self.workflow.closed)

    def lists(self, connection: sa.Connection) -> Lists:
        """The lists of values as they are now."""
        return until_changed(connection, ("lists", self.kind), lambda: lists.load(connection, self.shipped()))

    def entry(self, record: Record | Version) -> Any:
        """The typed content of a record or version; fields declared since it was kept are unanswered."""
        return self.form.model.model_validate(record.data)

    def summary(self, entry: Part) -> Summary:
        """What lists show of a content."""
        return facets.summarise(self.form, self.facets, entry)

    def has(self, name: str) -> bool:
        """Whether its records have a field of this name."""
        return name in self.form.model.model_fields

    def next_refs(self, taken: Several[str]) -> Iterator[str]:
        """References that Vigie gives: they go on from the highest one in use, as T-0001, T-0002…"""
        used = [int(match[1]) for ref in taken if (match := re.fullmatch(rf"{self.prefix}-(\d{{1,9}})", ref, re.ASCII))]
        return (f"{self.prefix}-{number:04}" for number in count(max(used, default=0) + 1))
