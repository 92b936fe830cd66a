"""The operations of the register: who may, what is refused, what stays, what is proved."""

import multiprocessing
import signal
import sqlite3
import threading
import time
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.base import clock
from core.base.errors import Conflict, InputInvalid, NotAllowed, StoreFailed
from core.people import accounts, grants
from core.records import acts, check, diff, records
from core.records.diff import Clash
from core.records.importing.apply import Incoming, apply
from core.records.records import Record, Wanted
from core.records.workflow import Written
from core.store import audit
from core.store.engine import Store, store
from pages.register import organisation
from pages.register.collection import COLLECTIONS, PROCESSINGS, TREATMENTS
from pages.register.lists import shipped
from pages.register.model import TREATMENT
from pages.register.tests.conftest import People
from pages.register.tests.samples import ACTOR, WHOLE
from pages.register.workflow import VALIDATE, VALIDATION, Action, State

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def whole(house: Store, people: People) -> Record:
    """A complete draft by Inès."""
    with house.write() as connection:
        return acts.add(connection, TREATMENTS, people["ines"], WHOLE)


def save(house: Store, person: int, record: Record, **changed: Any) -> Record:
    with house.write() as connection:
        return acts.save(connection, TREATMENTS, person, record.id, record.version, {**record.data, **changed})


def step(house: Store, person: int, record: Record, action: Action, why: str = "") -> Record:
    with house.write() as connection:
        return acts.step(connection, TREATMENTS, person, record.id, record.version, action, why=why)


def validated(house: Store, people: People, record: Record) -> Record:
    record = step(house, people["ines"], record, Action.SUBMIT)
    return step(house, people["hugo"], record, Action.VALIDATE)


def incoming(place: str, data: dict[str, Any], record: Record | None = None, *, given: bool = True) -> Incoming:
    """A row of an import, checked and ready to be written."""
    entry = check.read(TREATMENT, data, shipped())
    if record is None:
        return Incoming(place, acts.to_add(TREATMENTS, entry), given)
    found = diff.differences(record.data, entry.model_dump(mode="json"), TREATMENT.keys)
    return Incoming(place, acts.to_change(TREATMENTS, record, TREATMENTS.entry(record), entry, found))


def now(house: Store, record: Record) -> Record:
    with house.read() as connection:
        return records.get(connection, "treatment", record.id)


def published(house: Store, moment: datetime | None = None) -> list[str]:
    with house.read() as connection:
        moment = moment or clock.now()
        return [entry.name for _version, entry in acts.as_of(connection, TREATMENTS, moment)]


def whole_audit(house: Store) -> bool:
    with house.read() as connection:
        return audit.verify(connection).whole


def test_a_new_treatment_is_a_draft_with_the_next_reference(house: Store, people: People, whole: Record) -> None:
    assert (whole.ref, whole.state, whole.author, whole.completeness) == ("T-0001", State.DRAFT, "ines", 100)
    with house.write() as connection:
        second = acts.add(connection, TREATMENTS, people["lea"], {"name": "x"})
        third = acts.add(connection, TREATMENTS, people["lea"], {"name": "y", "ref": "PAIE 1"})
    assert (second.ref, third.ref) == ("T-0002", "PAIE 1")
    assert second.data["created_on"] is not None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"name": ""}, "A record needs a name."),
        ({"name": "x", "ref": "T-0001"}, "The reference T-0001 is taken."),
        ({"name": "x", "state": "validated"}, "state: this field does not exist."),
        ({"name": "x" * 1001}, "Name of the treatment: at most 1000 characters."),
        ({"name": "x", "ref": "x" * 61}, "Reference number: at most 60 characters."),
        ({"name": "x", "squad": "x" * 101}, "Squad: at most 100 characters."),
        ({"name": 5}, "Name of the treatment: this value does not fit."),
        ({"name": "x", "persons": [{}, {"category": "martians"}]}, "Category: the list does not offer “martians”."),
        (
            {"name": "x", "data_categories": [{}, {"retention_months": -1}]},
            "Retention in months, row 2: at least 0.",
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_words(
    house: Store, people: People, whole: Record, content: dict[str, Any], said: str
) -> None:
    with house.write() as connection, pytest.raises(InputInvalid) as raised:
        acts.add(connection, TREATMENTS, people["ines"], content)
    assert raised.value.sentence == said


@pytest.mark.parametrize("name", ["squad", "sofia"])
def test_a_forged_write_without_the_right_is_refused(house: Store, people: People, whole: Record, name: str) -> None:
    for act in (
        lambda c: acts.add(c, TREATMENTS, people[name], {"name": "x"}),
        lambda c: acts.save(c, TREATMENTS, people[name], whole.id, 1, {**whole.data, "notes": "x"}),
        lambda c: acts.save_many(c, TREATMENTS, people[name], [(whole.id, 1, whole.data)]),
        lambda c: acts.duplicate(c, TREATMENTS, people[name], whole.id),
        lambda c: acts.step(c, TREATMENTS, people[name], whole.id, 1, Action.SUBMIT),
        lambda c: apply(c, TREATMENTS, people[name], [incoming("1", {"name": "x", "ref": "A"})], shipped()),
        lambda c: acts.add_value(c, TREATMENTS, people[name], "media", {"fr": "x"}),
        lambda c: acts.change_value(c, TREATMENTS, people[name], "media", "mail", version=0, retired=True),
        lambda c: organisation.save(c, people[name], 0, {}),
    ):
        with pytest.raises(NotAllowed, match="role does not allow"), house.write() as connection:
            act(connection)
    assert now(house, whole) == whole


def test_somebody_whose_account_was_closed_meanwhile_writes_no_more(
    house: Store, people: People, whole: Record
) -> None:
    with house.write() as connection:
        accounts.close(connection, who="t", name="lea")
    with pytest.raises(NotAllowed, match="access has ended"):
        save(house, people["lea"], whole, notes="x")


def test_saving_what_is_there_already_makes_no_version(house: Store, people: People, whole: Record) -> None:
    assert save(house, people["lea"], whole) == whole


def test_two_editors_lose_nothing(house: Store, people: People, whole: Record) -> None:
    save(house, people["lea"], whole, notes="de Léa", squad="Solaris")
    mine = {**whole.data, "notes": "d’Inès", "description": "Ma description"}
    with pytest.raises(Conflict, match="lea changed this record meanwhile") as raised:
        save(house, people["ines"], whole, notes="d’Inès", description="Ma description")
    assert raised.value.current == {"description": "", "squad": "Solaris", "notes": "de Léa"}
    assert raised.value.proposed == {"description": "Ma description", "squad": "", "notes": "d’Inès"}
    with house.read() as connection:
        merged = acts.reconcile(connection, TREATMENTS, whole.id, whole.version, mine)
    assert merged.clashes == (Clash("notes", "", "de Léa", "d’Inès"),)
    assert (merged.data["squad"], merged.data["description"]) == ("Solaris", "Ma description")


def test_validating_freezes_and_publishes_and_sets_the_next_review(house: Store, people: People, whole: Record) -> None:
    with clock.at(NOON):
        done = validated(house, people, whole)
    assert (done.state, done.published, done.author) == (State.VALIDATED, done.version, "ines")
    assert done.review_on == date(2027, 3, 2)
    assert published(house) == ["Gestion de la paie"]
    assert whole_audit(house)


def test_a_draft_after_validation_leaves_the_published_version(house: Store, people: People, whole: Record) -> None:
    done = validated(house, people, whole)
    draft = save(house, people["lea"], done, name="Paie, version 2")
    assert (draft.state, draft.published) == (State.DRAFT, done.version)
    assert published(house) == ["Gestion de la paie"]
    draft = step(house, people["lea"], draft, Action.SUBMIT)
    step(house, people["ines"], draft, Action.VALIDATE)
    assert published(house) == ["Paie, version 2"]


def test_whoever_wrote_the_draft_cannot_validate_it(house: Store, people: People, whole: Record) -> None:
    sent = step(house, people["hugo"], whole, Action.SUBMIT)
    with pytest.raises(NotAllowed, match="another person must"):
        step(house, people["ines"], sent, Action.VALIDATE)


def test_whoever_changed_anything_since_the_last_validation_cannot_validate(
    house: Store, people: People, whole: Record
) -> None:
    with house.write() as connection:
        grants.give(connection, who="t", name="lea", right=VALIDATE)
    edited = save(house, people["hugo"], whole, notes="Un point.")
    sent = step(house, people["hugo"], edited, Action.SUBMIT)
    for person in ("ines", "hugo"):
        with pytest.raises(NotAllowed, match="another person must"):
            step(house, people[person], sent, Action.VALIDATE)
    done = step(house, people["lea"], sent, Action.VALIDATE)
    assert (done.state, done.author) == (State.VALIDATED, "hugo")
    sent = step(house, people["lea"], save(house, people["lea"], done, notes="Deux points."), Action.SUBMIT)
    with pytest.raises(NotAllowed, match="another person must"):
        step(house, people["lea"], sent, Action.VALIDATE)
    assert step(house, people["ines"], sent, Action.VALIDATE).state == State.VALIDATED


def test_validating_needs_the_right_and_a_complete_record(house: Store, people: People, whole: Record) -> None:
    sent = step(house, people["ines"], whole, Action.SUBMIT)
    with pytest.raises(NotAllowed, match="a right of its own"):
        step(house, people["lea"], sent, Action.VALIDATE)
    lacking = save(house, people["ines"], sent, transfers=None, measures=None)
    sent = step(house, people["ines"], lacking, Action.SUBMIT)
    with pytest.raises(NotAllowed, match="not complete yet: 2 answers are missing"):
        step(house, people["hugo"], sent, Action.VALIDATE)


def test_a_right_that_was_taken_back_holds_no_more(house: Store, people: People, whole: Record) -> None:
    sent = step(house, people["ines"], whole, Action.SUBMIT)
    with house.write() as connection:
        grants.take(connection, who="t", name="hugo", right=VALIDATE)
    with pytest.raises(NotAllowed, match="a right of its own"):
        step(house, people["hugo"], sent, Action.VALIDATE)


def test_the_problem_of_a_single_validator_is_named(house: Store, people: People) -> None:
    with house.write() as connection:
        assert acts.problem(connection, TREATMENTS, VALIDATION) is None
        accounts.close(connection, who="t", name="hugo")
        assert acts.problem(connection, TREATMENTS, VALIDATION) == (
            "Only ines may “Validate”, and nobody does so with their own draft: ask for a second person."
        )
        grants.give(connection, who="t", name="squad", right=VALIDATE)
        assert [one.name for one in acts.holders(connection, TREATMENTS, VALIDATION)] == ["ines"]
        grants.take(connection, who="t", name="ines", right=VALIDATE)
        assert (acts.problem(connection, TREATMENTS, VALIDATION) or "").startswith("Nobody holds the right")


def test_an_archived_record_keeps_its_history_and_leaves_the_register(
    house: Store, people: People, whole: Record
) -> None:
    done = validated(house, people, whole)
    before = clock.now()
    with pytest.raises(NotAllowed, match="Say why"):
        step(house, people["ines"], done, Action.ARCHIVE)
    gone = step(house, people["ines"], done, Action.ARCHIVE, "Flux arrêté")
    assert published(house) == []
    assert published(house, before) == ["Gestion de la paie"]
    with pytest.raises(NotAllowed, match="brought back before it is changed"):
        save(house, people["ines"], gone, notes="x")
    back = step(house, people["ines"], gone, Action.RESTORE, "Repris")
    assert (back.state, save(house, people["ines"], back, notes="x").state) == (State.DRAFT, State.DRAFT)
    with house.read() as connection:
        assert [one.why for one in records.history(connection, whole.id)][:3] == [None, "Repris", "Flux arrêté"]


def test_a_step_on_a_stale_version_is_a_conflict(house: Store, people: People, whole: Record) -> None:
    save(house, people["lea"], whole, notes="x")
    with pytest.raises(Conflict):
        step(house, people["ines"], whole, Action.SUBMIT)


def test_reviews_that_are_due_are_called_for_once(house: Store, people: People, whole: Record) -> None:
    with clock.at(NOON):
        validated(house, people, whole)
    with house.write() as connection:
        assert acts.call_due(connection, TREATMENTS, date(2027, 3, 1), Action.CALL) == []
        [called] = acts.call_due(connection, TREATMENTS, date(2027, 3, 2), Action.CALL)
        assert acts.call_due(connection, TREATMENTS, date(2027, 3, 2), Action.CALL) == []
    assert (called.state, called.published) == (State.TO_REVIEW, 3)
    assert published(house) == ["Gestion de la paie"]
    assert step(house, people["lea"], called, Action.SUBMIT).state == State.IN_REVIEW


def test_the_steps_offered_are_those_that_would_be_taken(house: Store, people: People, whole: Record) -> None:
    with house.write() as connection:
        persons = {name: accounts.existing(connection, name).person for name in people}
        sent = acts.step(connection, TREATMENTS, people["ines"], whole.id, 1, Action.SUBMIT)
        assert acts.steps(connection, TREATMENTS, persons["ines"], sent) == [Action.SEND_BACK, Action.ARCHIVE]
        assert acts.steps(connection, TREATMENTS, persons["hugo"], sent) == [
            Action.SEND_BACK,
            Action.VALIDATE,
            Action.ARCHIVE,
        ]


def test_a_copy_is_a_draft_of_its_own(house: Store, people: People, whole: Record) -> None:
    with house.write() as connection:
        copy = acts.duplicate(connection, TREATMENTS, people["lea"], whole.id)
    assert (copy.ref, copy.title, copy.author, copy.version) == ("T-0002", "Gestion de la paie (copy)", "lea", 1)
    assert copy.data["purposes"] == whole.data["purposes"]


def test_a_bulk_edit_is_all_or_nothing(house: Store, people: People, whole: Record) -> None:
    with house.write() as connection:
        other = acts.add(connection, TREATMENTS, people["ines"], {"name": "x"})
    stale = [(whole.id, 1, {**whole.data, "squad": "A"}), (other.id, 9, {**other.data, "squad": "A"})]
    with pytest.raises(Conflict), house.write() as connection:
        acts.save_many(connection, TREATMENTS, people["lea"], stale)
    assert now(house, whole).squad is None
    good = [(whole.id, 1, {**whole.data, "squad": "A"}), (other.id, 1, {**other.data, "squad": "A"})]
    with house.write() as connection:
        assert [one.squad for one in acts.save_many(connection, TREATMENTS, people["lea"], good)] == ["A", "A"]


def test_the_reference_of_a_published_record_does_not_change(house: Store, people: People, whole: Record) -> None:
    renamed = save(house, people["ines"], whole, ref="PAIE")
    assert renamed.ref == "PAIE"
    done = validated(house, people, renamed)
    with pytest.raises(InputInvalid, match="does not change"):
        save(house, people["ines"], done, ref="AUTRE")


def test_an_import_adds_changes_and_leaves_alone(house: Store, people: People, whole: Record) -> None:
    with house.write() as connection:
        other = acts.add(connection, TREATMENTS, people["ines"], {"name": "x"})
        rows = [
            incoming("row 1", {"name": "new", "ref": "N"}),
            incoming("row 2", {**whole.data, "notes": "n"}, whole),
            incoming("row 3", {**other.data, "notes": "o"}, other),
        ]
        acts.save(connection, TREATMENTS, people["ines"], other.id, 1, {**other.data, "notes": "o"})
        applied = apply(connection, TREATMENTS, people["lea"], rows, shipped())
    assert (len(applied.added), applied.changed, applied.unchanged) == (1, (whole.id,), 1)
    with house.read() as connection:
        assert records.history(connection, applied.added[0])[0].action == Written.IMPORT


def test_a_refused_row_undoes_the_whole_import_and_is_named(house: Store, people: People, whole: Record) -> None:
    rows = [incoming("row 1", {"name": "new", "ref": "N"}), incoming("row 2", {"name": "x", "ref": whole.ref})]
    with pytest.raises(InputInvalid) as raised, house.write() as connection:
        apply(connection, TREATMENTS, people["lea"], rows, shipped())
    assert raised.value.sentence == f"row 2: The reference {whole.ref} is taken."
    with house.read() as connection:
        assert records.find(connection, "treatment").total == 1


def test_a_reference_that_vigie_gave_and_that_was_taken_since_gives_way(house: Store, people: People) -> None:
    with house.write() as connection:
        acts.add(connection, TREATMENTS, people["ines"], {"name": "meanwhile"})
    rows = [
        incoming("row 1", {"name": "x", "ref": "T-0001"}, given=False),
        incoming("row 2", {"name": "y", "ref": "T-0002"}, given=False),
    ]
    with house.write() as connection:
        apply(connection, TREATMENTS, people["lea"], rows, shipped())
        found = {record.ref: record.data for record in records.contents(connection, "treatment")}
        assert {ref: (data["name"], data["ref"]) for ref, data in found.items()} == {
            "T-0001": ("meanwhile", "T-0001"),
            "T-0002": ("y", "T-0002"),
            "T-0003": ("x", "T-0003"),
        }
        assert audit.verify(connection).whole


def test_lists_that_changed_since_the_rows_were_checked_refuse_the_import(house: Store, people: People) -> None:
    rows = [incoming("row 1", {"name": "x", "ref": "A"})]
    with house.write() as connection:
        acts.add_value(connection, TREATMENTS, people["ines"], "media", {"fr": "Coffre"})
    with pytest.raises(InputInvalid, match="lists of values changed"), house.write() as connection:
        apply(connection, TREATMENTS, people["lea"], rows, shipped())
    with house.read() as connection:
        assert records.find(connection, "treatment").total == 0


def test_two_who_made_the_same_change_do_not_conflict(house: Store, people: People, whole: Record) -> None:
    first = save(house, people["lea"], whole, notes="x")
    assert save(house, people["ines"], whole, notes="x") == first


def test_two_rows_of_one_import_cannot_claim_one_reference(house: Store, people: People, whole: Record) -> None:
    rows = [incoming(f"row {n}", {"name": "x", "ref": "A"}) for n in (1, 2)]
    with pytest.raises(InputInvalid, match="row 2: The reference A is taken"), house.write() as connection:
        apply(connection, TREATMENTS, people["lea"], rows, shipped())
    renaming = [incoming("row 1", {"name": "x", "ref": "B"}), incoming("row 2", {**whole.data, "ref": "B"}, whole)]
    with pytest.raises(InputInvalid, match="row 2: The reference B is taken"), house.write() as connection:
        apply(connection, TREATMENTS, people["lea"], renaming, shipped())


def test_a_locked_store_loses_nothing_and_says_so(
    house: Store, people: People, whole: Record, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.store.engine.BUSY_SECONDS", 0.05)
    house.close()
    other = sqlite3.connect(data / "vigie.db")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreFailed, match="busy"):
        save(house, people["ines"], whole, notes="x")
    other.close()
    assert save(house, people["ines"], whole, notes="x").version == 2


def test_lists_are_kept_by_compliance_officers_alone(house: Store, people: People) -> None:
    with house.write() as connection:
        code = acts.add_value(connection, TREATMENTS, people["lea"], "media", {"fr": "Carte perforée"})
        record = acts.add(connection, TREATMENTS, people["hugo"], {"name": "x", "storage": [{"medium": code}]})
    with pytest.raises(NotAllowed, match="does not keep lists"), house.write() as connection:
        acts.add_value(connection, TREATMENTS, people["hugo"], "media", {"fr": "Autre"})
    with pytest.raises(InputInvalid, match="already"), house.write() as connection:
        acts.add_value(connection, TREATMENTS, people["lea"], "media", {"fr": " carte  PERFOREE"})
    with house.write() as connection:
        acts.change_value(connection, TREATMENTS, people["lea"], "media", code, version=1, retired=True)
        assert code not in TREATMENTS.lists(connection).options("media")
    assert save(house, people["hugo"], record, notes="kept").version == 2
    with pytest.raises(InputInvalid, match="does not offer"), house.write() as connection:
        acts.add(connection, TREATMENTS, people["hugo"], {"name": "y", "storage": [{"medium": code}]})


def test_a_retired_value_of_the_shipped_lists_comes_back(house: Store, people: People) -> None:
    with house.write() as connection:
        acts.change_value(connection, TREATMENTS, people["lea"], "media", "mail", version=0, retired=True)
        assert "mail" not in TREATMENTS.lists(connection).options("media")
        with pytest.raises(Conflict):
            acts.change_value(connection, TREATMENTS, people["lea"], "media", "mail", version=7, retired=False)
        acts.change_value(connection, TREATMENTS, people["lea"], "media", "mail", version=1, retired=False)
        assert "mail" in TREATMENTS.lists(connection).options("media")
        assert TREATMENTS.lists(connection).label("media", "mail") == "Mail"


def test_the_processor_register_is_out_of_sight_until_switched_on(house: Store, people: People) -> None:
    with house.write() as connection:
        assert [one.kind for one in COLLECTIONS if one.opened(one.lists(connection))] == ["treatment"]
        with pytest.raises(InputInvalid, match="not switched on"):
            acts.add(connection, PROCESSINGS, people["lea"], {"name": "x"})
        acts.change_value(connection, TREATMENTS, people["lea"], "registers", "processing", version=0, retired=False)
        assert [one.kind for one in COLLECTIONS if one.opened(one.lists(connection))] == ["treatment", "processing"]
        record = acts.add(connection, PROCESSINGS, people["lea"], {"name": "x"})
        assert (record.ref, record.kind) == ("S-0001", "processing")
        assert records.find(connection, "treatment").total == 0


def test_new_records_begin_with_what_the_organisation_says_of_itself(house: Store, people: People) -> None:
    with house.write() as connection:
        organisation.save(connection, people["lea"], 0, {"controller": [ACTOR], "joint_controllers": []})
        held = organisation.find(connection)
        assert held is not None
        organisation.save(connection, people["lea"], held.version, {**held.data, "dpo": [ACTOR]})
        record = acts.add(connection, TREATMENTS, people["lea"], {"name": "x", "dpo": []})
    assert record.data["controller"][0]["email"] == ACTOR["email"]
    assert (record.data["joint_controllers"], record.data["dpo"], record.data["representative"]) == ([], [], None)


def test_versions_are_compared_by_their_numbers(house: Store, people: People, whole: Record) -> None:
    save(house, people["lea"], whole, notes="x")
    with house.read() as connection:
        [one] = acts.differences(connection, TREATMENTS, whole.id, 1, 2)
    assert (one.path, one.before, one.after) == ("notes", "", "x")


def test_the_register_is_what_was_published_then(house: Store, people: People, whole: Record) -> None:
    with clock.at(NOON):
        done = validated(house, people, whole)
    with clock.at(NOON + timedelta(days=10)):
        draft = save(house, people["lea"], done, name="Deux")
        sent = step(house, people["lea"], draft, Action.SUBMIT)
    with clock.at(NOON + timedelta(days=20)):
        step(house, people["ines"], sent, Action.VALIDATE)
    shown = {days: published(house, NOON + timedelta(days=days)) for days in (-1, 0, 15, 20)}
    assert shown == {-1: [], 0: ["Gestion de la paie"], 15: ["Gestion de la paie"], 20: ["Deux"]}


def test_treatments_are_found_by_what_they_concern(house: Store, people: People, whole: Record) -> None:
    save(house, people["lea"], whole, pipelines=["sitecom_master"], squad="Sitecom")
    with house.read() as connection:
        assert [
            one.ref for one in records.having(connection, "treatment", "pipeline", ["sitecom_master"])["sitecom_master"]
        ] == ["T-0001"]
        assert records.find(connection, "treatment", Wanted("daf", {"basis": ["legal_obligation"]})).total == 1
        assert records.counts(connection, "treatment", "aipd") == {"not_needed": 1}


def test_every_change_is_in_the_audit_with_who_and_why(house: Store, people: People, whole: Record) -> None:
    save(house, people["lea"], whole, notes="x")
    query = sa.select(audit.audit).where(audit.audit.c.entity == "treatment").order_by(audit.audit.c.id)
    with house.read() as connection:
        rows = connection.execute(query).mappings().all()
    assert [(row["who"], row["action"], row["after"]["version"]) for row in rows] == [
        ("ines", "add", 1),
        ("lea", "save", 2),
    ]
    assert (rows[1]["before"]["notes"], rows[1]["after"]["notes"]) == ("", "x")


def import_many(person: int) -> None:
    """Run in a process of its own, to be killed."""
    rows = [incoming(f"row {n}", {**WHOLE, "ref": f"I{n}"}) for n in range(3000)]
    with store().write() as connection:
        apply(connection, TREATMENTS, person, rows, shipped())


def is_locked(data: Path) -> bool:
    with closing(sqlite3.connect(data / "vigie.db", timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        return False


@pytest.mark.parametrize("pause", [0.0, 0.15, 0.4])
def test_an_import_killed_midway_is_whole_or_left_nothing(
    house: Store, people: People, whole: Record, data: Path, pause: float
) -> None:
    spawn = multiprocessing.get_context("spawn")
    process = spawn.Process(target=import_many, args=(people["lea"],))
    process.start()
    while process.is_alive() and not is_locked(data):
        time.sleep(0.005)
    time.sleep(pause)
    process.kill()
    process.join()
    with house.read() as connection:
        total = records.find(connection, "treatment").total
        assert (process.exitcode, total) in [(-signal.SIGKILL, 1), (-signal.SIGKILL, 3001), (0, 3001)]
        assert records.counts(connection, "treatment", "recipient") == {"DAF": total}
        assert audit.verify(connection).whole


def edit_beside_an_import(person: int, numbers: list[int], saved: dict[int, int], stop: threading.Event) -> None:
    """Save some records again and again, noting for each the version that was kept last."""
    while not stop.is_set():
        for number in numbers:
            with store().write() as connection:
                record = records.get(connection, "treatment", number)
                content = {**record.data, "notes": f"{record.version + 1}"}
                saved[number] = acts.save(connection, TREATMENTS, person, number, record.version, content).version


def test_others_save_while_a_large_file_is_imported(house: Store, people: People) -> None:
    with house.write() as connection:
        made = [acts.add(connection, TREATMENTS, people["ines"], {"name": f"n{n}"}).id for n in range(8)]
    rows = [incoming(f"row {n}", {**WHOLE, "ref": f"I{n}"}) for n in range(500)]
    stop, saved = threading.Event(), dict[int, int]()
    editors = [
        threading.Thread(target=edit_beside_an_import, args=(people["hugo"], made[n::4], saved, stop)) for n in range(4)
    ]
    for editor in editors:
        editor.start()
    while len(saved) < 8:
        time.sleep(0.01)
    before = dict(saved)
    with house.write() as connection:
        applied = apply(connection, TREATMENTS, people["lea"], rows, shipped())
    while any(saved[number] < before[number] + 2 for number in made):
        time.sleep(0.01)
    stop.set()
    for editor in editors:
        editor.join()
    assert len(applied.added) == 500
    with house.read() as connection:
        held = {number: records.get(connection, "treatment", number) for number in made}
        assert {number: record.version for number, record in held.items()} == saved
        assert {number: record.data["notes"] for number, record in held.items()} == {
            n: str(v) for n, v in saved.items()
        }
        assert records.find(connection, "treatment").total == 508
        assert audit.verify(connection).whole
