"""What a store of the version before holds is read, edited and moved on as if it had been written today."""

from datetime import UTC, datetime
from hashlib import sha256

import sqlalchemy as sa

from core.records import acts, drafts, records
from core.records.importing import mappings
from core.store import schema
from core.store.engine import Store
from pages.register.collection import TREATMENTS
from pages.register.tests.conftest import People
from pages.register.tests.samples import WHOLE
from pages.register.workflow import Action

THEN = datetime(2026, 11, 1, 8, tzinfo=UTC)
CONTENT = {**WHOLE, "ref": "T-0007", "squad": "RH", "pipelines": ["paie_master"], "jira_component": "PAIE"}
LINE = {"id": 1, "kind": "treatment", "ref": "T-0007", "state": "in_review", "title": WHOLE["name"], "squad": "RH"}
FACETS = {"pipeline": "paie_master", "jira": "PAIE", "recipient": "DAF", "course": "going_on", "aipd": "not_needed"}


def written(house: Store, people: People) -> None:
    """A record in review, a draft over it, and a mapping of columns, row by row as they lay in the tables of 0.1.0."""
    step = {"record_id": 1, "at": THEN, "who": "lea", "why": None, "frozen": False, "data": CONTENT}
    columns = sha256(b"treatment\nfinalite\nnom").hexdigest()[:40]
    kept = {
        "version": 1,
        "author": "lea",
        "created_at": THEN,
        "changed_at": THEN,
        "completeness": 100,
        "search": "paie",
    }
    mapping = {"mapping": {"nom": "name", "finalite": "purposes"}}
    with house.write() as connection:
        connection.execute(sa.insert(schema.records).values({**kept, **LINE, "version": 2}))
        said = {"id": 2, "kind": "register_mapping", "ref": columns, "state": "kept", "title": "Nom, Finalité"}
        connection.execute(sa.insert(schema.records).values({**kept, **said}))
        for version, action, state in ((1, "add", "draft"), (2, "submit", "in_review")):
            row = {**step, "version": version, "action": action, "state": state}
            connection.execute(sa.insert(schema.record_versions).values(row))
        row = {**step, "record_id": 2, "version": 1, "action": "add", "state": "kept", "data": mapping}
        connection.execute(sa.insert(schema.record_versions).values(row))
        rows = [{"record_id": 1, "facet": facet, "value": value} for facet, value in FACETS.items()]
        connection.execute(sa.insert(schema.record_facets), rows)
        draft = {"record_id": 1, "version": 2, "changed_at": THEN, "data": {**CONTENT, "notes": "À revoir."}}
        connection.execute(sa.insert(schema.drafts).values({"person_id": people["lea"], **draft}))


def test_records_drafts_and_mappings_of_the_version_before_go_on(house: Store, people: People) -> None:
    written(house, people)
    with house.read() as connection:
        record = records.named(connection, "treatment", "T-0007")
        assert TREATMENTS.entry(record).jira_component == "PAIE"
        assert TREATMENTS.summary(TREATMENTS.entry(record)).completeness == record.completeness
        assert records.having(connection, "treatment", "jira", ["PAIE"])["PAIE"][0].ref == "T-0007"
        assert drafts.find(connection, people["lea"], [1])[1].data["notes"] == "À revoir."
        assert mappings.remembered(connection, TREATMENTS, ("Nom", "Finalité")) == {
            "Nom": "name", "Finalité": "purposes"
        }  # fmt: skip
    with house.write() as connection:
        done = acts.step(connection, TREATMENTS, people["ines"], 1, 2, Action.VALIDATE)
    assert (done.ref, done.state, done.published, done.author) == ("T-0007", "validated", 3, "lea")
    with house.write() as connection:
        added = acts.add(connection, TREATMENTS, people["lea"], {"name": "Badges"})
    assert added.ref == "T-0008"
    assert done.data["purposes"] == [{**WHOLE["purposes"][0], "legal_detail": "", "conditions": []}]
