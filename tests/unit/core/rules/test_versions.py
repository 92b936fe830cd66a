"""Versions of rules: who may put one in force, what is kept of it, and two people at once."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.base.errors import Conflict, InputInvalid, NotAllowed, RulesInvalid
from core.base.i18n import speaking
from core.people import accounts
from core.people.person import Person, Role
from core.rules import versions
from core.rules.ruleset import Rule, RuleSet
from core.rules.versions import State, Version
from core.store.audit import verify
from core.store.engine import store
from core.store.schema import audit
from pages.accounts import MISSION


class House(Rule):
    limit: int
    colour: str = "red"


@pytest.fixture
def rules(data: Path) -> Iterator[RuleSet[House]]:
    folder = data / "invoices"
    folder.mkdir()
    (folder / "rules.yml").write_text("limit: 3\n", encoding="utf-8")
    store().upgrade()
    with speaking("en"):
        yield RuleSet(House, folder / "rules.yml")


def somebody(name: str, role: Role = Role.ADMIN) -> Person:
    with store().write() as connection:
        accounts.add(connection, who="test", name=name, role=role, password="only tests know it", chosen=True)
        return accounts.existing(connection, name).person


def drafted(rules: RuleSet[House], person: Person, text: str, read: int | None = None) -> Version:
    with store().write() as connection:
        versions.keep_draft(connection, rules, MISSION.key, person, text, read)
        found = versions.draft(connection, MISSION.key, person.id)
    assert found is not None
    return found


def proposed(rules: RuleSet[House], person: Person, text: str) -> Version:
    draft = drafted(rules, person, text)
    with store().write() as connection:
        versions.propose(connection, rules, MISSION.key, draft, person, "more is\nallowed")
    return latest()


def latest() -> Version:
    with store().read() as connection:
        return versions.of_mission(connection, MISSION.key)[0]


def approve(rules: RuleSet[House], person: Person, version: Version) -> None:
    with store().write() as connection:
        versions.put_in_force(
            connection, rules, MISSION, version, person, since=None, join=lambda _old, new, _since: new
        )


def test_what_a_second_person_puts_in_force_is_the_file_of_ones_own(rules: RuleSet[House]) -> None:
    ada, bob = somebody("ada"), somebody("bob")
    version = proposed(rules, ada, "limit: 4\n")
    assert rules.in_force().limit == 3
    approve(rules, bob, version)
    assert rules.in_force() == House(limit=4)
    one = latest()
    assert (one.state, one.author, one.decided_by, one.digest) == (
        State.IN_FORCE, "ada", "bob", rules.in_force().digest,
    )  # fmt: skip
    with store().read() as connection:
        entries = connection.execute(sa.select(audit).where(audit.c.entity == "rules")).mappings()
        told = [(entry["who"], entry["action"], entry["why"]) for entry in entries]
        assert verify(connection).whole
    assert told == [("ada", "propose", "more is allowed"), ("bob", "put in force", None)]


def test_nobody_puts_their_own_proposal_in_force_whatever_the_screen_thought(rules: RuleSet[House]) -> None:
    ada, _bob = somebody("ada"), somebody("bob")
    version = proposed(rules, ada, "limit: 4\n")
    with pytest.raises(NotAllowed, match="A second person puts it in force"):
        approve(rules, ada, version)
    assert rules.in_force().limit == 3


def test_of_two_who_approve_at_once_one_is_told_that_it_was_decided(rules: RuleSet[House]) -> None:
    ada, others = somebody("ada"), [somebody("bob"), somebody("cleo")]
    version = proposed(rules, ada, "limit: 4\n")
    both, told = threading.Barrier(2), []

    def go(person: Person) -> None:
        with speaking("en"):
            both.wait()
            try:
                approve(rules, person, version)
                told.append("in force")
            except Conflict as error:
                told.append(error.sentence)

    threads = [threading.Thread(target=go, args=(person,)) for person in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["Somebody decided on this version meanwhile: look at it again.", "in force"]
    assert rules.in_force().limit == 4


def test_a_proposal_made_from_other_rules_is_not_put_in_force(rules: RuleSet[House]) -> None:
    ada, bob, cleo = somebody("ada"), somebody("bob"), somebody("cleo")
    first, second = proposed(rules, ada, "limit: 4\n"), proposed(rules, bob, "limit: 5\n")
    approve(rules, cleo, first)
    with pytest.raises(Conflict, match="The rules in force changed since this was written"):
        approve(rules, cleo, second)
    assert rules.in_force().limit == 4


def test_whoever_reads_while_a_version_is_put_in_force_reads_the_one_or_the_other(rules: RuleSet[House]) -> None:
    rules.keep("limit: 4\n")
    done, seen = threading.Event(), set()

    def read() -> None:
        while not done.is_set():
            seen.add(rules.in_force().limit)

    reader = threading.Thread(target=read)
    reader.start()
    for limit in range(40):
        rules.keep(f"limit: {4 + limit % 2}\n" + f"# {'x' * 20_000}\n")
    done.set()
    reader.join()
    assert seen <= {4, 5}
    assert [file.name for file in rules.own.parent.glob("*.tmp")] == []


def test_the_first_rules_may_be_put_in_force_by_who_is_alone_and_no_later_ones(rules: RuleSet[House]) -> None:
    ada, _reader = somebody("ada"), somebody("zoe", Role.COMPLIANCE)
    approve(rules, ada, drafted(rules, ada, "limit: 4\n"))
    assert rules.in_force().limit == 4
    with pytest.raises(NotAllowed):
        approve(rules, ada, proposed(rules, ada, "limit: 5\n"))


def test_who_is_not_alone_may_not_put_the_first_rules_in_force(rules: RuleSet[House]) -> None:
    ada, _bob = somebody("ada"), somebody("bob")
    with pytest.raises(Conflict):
        approve(rules, ada, drafted(rules, ada, "limit: 4\n"))


def test_a_wrong_text_is_no_draft_and_its_line_and_field_are_told(rules: RuleSet[House]) -> None:
    ada = somebody("ada")
    with pytest.raises(RulesInvalid, match=r"proposal, line 2, colours: there is no such field\."):
        drafted(rules, ada, "limit: 4\ncolours: blue\n")


def test_a_draft_changed_in_another_window_is_not_overwritten(rules: RuleSet[House]) -> None:
    ada = somebody("ada")
    first = drafted(rules, ada, "limit: 4\n")
    drafted(rules, ada, "limit: 5\n", first.version)
    with pytest.raises(Conflict, match="another window"):
        drafted(rules, ada, "limit: 6\n", first.version)


def test_a_proposal_says_why(rules: RuleSet[House]) -> None:
    ada = somebody("ada")
    draft = drafted(rules, ada, "limit: 4\n")
    with store().write() as connection, pytest.raises(InputInvalid):
        versions.propose(connection, rules, MISSION.key, draft, ada, "  ")


def test_what_its_author_takes_off_is_withdrawn_and_what_another_does_is_refused(rules: RuleSet[House]) -> None:
    ada, bob = somebody("ada"), somebody("bob")
    states = []
    for person in (ada, bob):
        version = proposed(rules, ada, "limit: 4\n")
        with store().write() as connection:
            versions.drop(connection, MISSION.key, version, person)
        states.append(latest().state)
    assert states == [State.WITHDRAWN, State.REFUSED]


def test_rules_are_written_as_they_are_read(rules: RuleSet[House]) -> None:
    assert rules.text(House(limit=4)) == "limit: 4\ncolour: red\n"
    assert rules.meant(rules.text(House(limit=4, colour="é: #"))) == House(limit=4, colour="é: #")
