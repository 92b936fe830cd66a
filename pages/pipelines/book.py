"""The book of rules as a person may see it: what is in force, what they work on, what was proposed and decided."""

import logging
from collections.abc import Iterator
from datetime import date
from functools import cached_property, partial

from core.base.errors import StoreFailed
from core.base.i18n import N_, _, language, ngettext, show_date, show_moment, show_number
from core.mission.contract import Task
from core.people import accounts
from core.people.person import Person
from core.people.rights import may_act
from core.rules import versions
from core.rules.versions import State, Version
from core.store.engine import store
from core.store.kept import until_changed
from pages.pipelines import MISSION, dated
from pages.pipelines.board import Board
from pages.pipelines.rule_words import mail_about
from pages.pipelines.rules import RULES, Rules

_log = logging.getLogger("vigie.pipelines")
IN_FORCE = "in_force"
"""The code of the rules in force among those that can be shown; the others go by their number."""
NEW_FAMILY, NEW_DATA_SET, NEW_MAIL, TEXT_CODE = "new_family", "new_data_set", "new_mail", "yaml"
"""What can be changed beside the rules that there are."""
STATES: dict[State, str] = {
    State.DRAFT: N_("my draft"),
    State.PROPOSED: N_("proposed by {who} on {moment}"),
    State.IN_FORCE: N_("in force since {moment}, by {who}"),
    State.REPLACED: N_("was in force, by {who}"),
    State.REFUSED: N_("by {who}, refused on {moment}"),
    State.WITHDRAWN: N_("withdrawn by {who}"),
}


class Book:
    """`day` is the date of the night that goes on. Whoever may not act sees what is in force alone."""

    def __init__(self, person: Person, in_force: Rules, day: date) -> None:
        self._person, self.in_force, self.day = person, in_force, day
        self.may_act = may_act(person, MISSION)

    @cached_property
    def versions(self) -> tuple[Version, ...]:
        """The versions, the newest first; of drafts the person's own."""
        if not self.may_act:
            return ()
        with store().read() as connection:
            kept = versions.of_mission(connection, MISSION.key)
        return tuple(
            version for version in kept if version.state is not State.DRAFT or version.author_id == self._person.id
        )

    @cached_property
    def _names(self) -> dict[str, str]:
        with store().read() as connection:
            return until_changed(connection, ("names",), partial(accounts.names, connection))

    def called(self, who: str | None) -> str:
        """A person by the name that people call them by."""
        return self._names.get(who or "", who or "")

    @cached_property
    def first_alone(self) -> bool:
        """Whether the person may put the first rules in force by themselves."""
        with store().read() as connection:
            return versions.first_alone(connection, RULES, MISSION, self._person)

    @property
    def draft(self) -> Version | None:
        """What the person works on."""
        return next((version for version in self.versions if version.state is State.DRAFT), None)

    @property
    def waiting(self) -> tuple[Version, ...]:
        """The proposals that the person may decide on: those of others."""
        return tuple(
            version
            for version in self.versions
            if version.state is State.PROPOSED and version.author_id != self._person.id
        )

    @cached_property
    def offered(self) -> tuple[dict[str, str], str, dict[str, str]]:
        """What can be shown, what is shown at first, and what can be changed: codes with their words. Kept until the
        store changes; of a draft, which the audit does not tell, it is worked out anew."""

        def read() -> tuple[dict[str, str], str, dict[str, str]]:
            return self.options, self.first_shown, self.changes

        if self.draft is not None:
            return read()
        with store().read() as connection:
            key = "offered", self.versions, self._person.id, self.in_force.digest, self.day, language()
            return until_changed(connection, key, read)

    @property
    def options(self) -> dict[str, str]:
        """What can be shown: code → words."""
        return {
            IN_FORCE: _("The rules in force"),
            **{str(version.id): self.words(version) for version in self.versions},
        }

    @property
    def first_shown(self) -> str:
        """What is shown at first: what waits for the person, else what they work on or proposed, else what is in
        force."""
        mine = sorted(
            (version for version in self.versions if version.state in (State.DRAFT, State.PROPOSED)),
            key=lambda version: version.state is not State.DRAFT,
        )
        return next((str(version.id) for version in (*self.waiting[-1:], *mine)), IN_FORCE)

    def words(self, version: Version) -> str:
        """A version in words."""
        state = _(STATES[version.state]).format(who=self.called(version.author), moment=show_moment(version.changed_at))
        since = _(", from the night of {day} on").format(day=show_date(version.since)) if version.since else ""
        return _("Version {n}, {state}").format(n=version.id, state=state) + since

    def version(self, code: str | None) -> Version | None:
        """The version of a code, of that shown at first where none is chosen; None for the rules in force."""
        return next((version for version in self.versions if str(version.id) == (code or self.first_shown)), None)

    @cached_property
    def current(self) -> Rules:
        """The rules in force without what is over: what a change begins with."""
        return dated.current(self.in_force, self.day)

    def rules(self, version: Version | None) -> Rules:
        """What a version says; None: the rules in force. Raises RulesInvalid where it can no longer be read."""
        if version is None:
            return self.current
        with store().read() as connection:
            return RULES.meant(versions.text(connection, version.id), _("proposal"))

    @cached_property
    def work(self) -> Rules:
        """What the person works on: their draft, else what is in force."""
        return self.rules(self.draft)

    @property
    def text(self) -> str:
        """The same as YAML, as it was written."""
        if self.draft is None:
            return RULES.text(self.current)
        with store().read() as connection:
            return versions.text(connection, self.draft.id)

    @cached_property
    def changeable(self) -> dict[str, tuple[str, int]]:
        """The rules that can be changed: code → `families`, `data_sets`, `mails` or `night`, and its place
        there."""
        places = {
            f"family {family.key} {family.since or ''}".rstrip(): ("families", place)
            for place, family in enumerate(self.work.families)
        }
        places |= {f"data {place}": ("data_sets", place) for place in range(len(self.work.data_sets))}
        places |= {f"mail {place}": ("mails", place) for place in range(len(self.work.mails))}
        return places | {f"night {place}": ("night", place) for place in range(len(self.work.night))}

    @property
    def changes(self) -> dict[str, str]:
        """What can be changed, in words, by code; what is new and the whole as YAML come last."""
        named = {code: self._named(kind, place) for code, (kind, place) in self.changeable.items()}
        turns = {code: named.pop(code) for code in tuple(named) if code.startswith("night ")}
        new = {NEW_FAMILY: _("A new family"), NEW_DATA_SET: _("A new data set"), NEW_MAIL: _("Who else is told")}
        return {**named, **new, **turns, TEXT_CODE: _("All of it, as YAML")}

    def _named(self, kind: str, place: int) -> str:
        rule = getattr(self.work, kind)[place]
        since = _(", from the night of {day} on").format(day=show_date(rule.since)) if rule.since else ""
        if kind == "mails":
            of = mail_about(rule, {family.key: family.name for family in self.work.families})
            return _("Told to {name}").format(name=rule.to) + (f" ({of})" if of else "") + since
        words = {"families": _("Family {name}"), "data_sets": _("Data set {name}"), "night": _("The turn of the night")}
        return words[kind].format(name=getattr(rule, "name", "")) + since

    @property
    def changed_by_hand(self) -> bool:
        """Whether the file says something else than the version that was put in force last."""
        last = next((version for version in self.versions if version.state is State.IN_FORCE), None)
        return last is not None and last.digest != self.in_force.digest

    @property
    def content(self) -> tuple[tuple[int, int], ...]:
        """What tells this book from the same one at another time."""
        return tuple((version.id, version.version) for version in self.versions)


def tasks(person: Person, in_force: Rules, board: Board) -> Iterator[Task]:
    """What waits for a person about the rules: proposals of others, and pipelines while there is no family at all.

    Facts stand without the store: where it cannot be read, nothing waits.
    """
    book = Book(person, in_force, board.night.day)
    try:
        waiting = book.waiting
    except StoreFailed as failed:
        _log.warning("versions of the rules not read", extra={"detail": failed.detail})
        return
    for version in waiting:
        sentence = _("{who} proposes to change the rules of the night: {why}").format(
            who=book.called(version.author), why=version.why
        )
        yield Task(sentence, None, {"tab": "rules", "version": str(version.id)})
    n = len({run.pipeline for run in board.unassigned})
    if book.may_act and n and not in_force.families:
        sentence = ngettext(
            "{n} pipeline ran and is in no family yet: put it into one",
            "{n} pipelines ran and are in no family yet: put them into some",
            n,
        )
        yield Task(sentence.format(n=show_number(n)), None, {"tab": "alone", "night": board.night.day.isoformat()})
