"""A version of Vigie that asks or lists otherwise brings what lists show up to date at its start, and says so."""

import pytest
import sqlalchemy as sa

from core.mission.discovery import missions
from core.records import acts, records
from core.records.renew import renew
from core.store import audit, guards, schema
from core.store.engine import Store
from pages.register.collection import TREATMENTS
from pages.register.tests.conftest import People
from pages.register.tests.samples import WHOLE
from pages.register.workflow import Action

pytestmark = pytest.mark.usefixtures("english")


def verified(house: Store) -> audit.Report:
    with house.read() as connection:
        return audit.verify(connection)


def tamper(house: Store, statement: str) -> None:
    with house.write() as connection, guards.lifted(connection):
        connection.exec_driver_sql(statement)


def validated(house: Store, people: People) -> None:
    with house.write() as connection:
        record = acts.add(connection, TREATMENTS, people["lea"], WHOLE)
        record = acts.step(connection, TREATMENTS, people["lea"], record.id, record.version, Action.SUBMIT)
        acts.step(connection, TREATMENTS, people["ines"], record.id, record.version, Action.VALIDATE)


def as_before_seals(house: Store) -> None:
    """The chain as a version of Vigie wrote it that knew no seals."""
    with house.write() as connection, guards.lifted(connection):
        rows = [dict(row) for row in connection.execute(sa.select(schema.audit)).mappings()]
        connection.execute(sa.delete(schema.audit))
        for row in rows:
            after = row["after"] and {name: value for name, value in row["after"].items() if name != "seal"}
            row |= {"after": after}
        audit.append(connection, [{k: v for k, v in row.items() if k not in ("id", "hash")} for row in rows])


def test_what_is_listed_otherwise_is_brought_up_to_date_once_and_told(house: Store, people: People) -> None:
    validated(house, people)
    tamper(house, "update records set completeness=40, search='x'")
    tamper(house, "delete from record_facets")
    assert renew(missions().values()) == 1
    assert verified(house).whole
    with house.read() as connection:
        [line] = records.find(connection, "treatment").lines
        entry = connection.execute(sa.select(schema.audit).where(schema.audit.c.action == "renew")).mappings().first()
        assert records.counts(connection, "treatment", "recipient") == {"DAF": 1}
    assert (line.completeness, line.version, line.author, line.state) == (100, 3, "lea", "validated")
    assert entry is not None
    assert (entry["before"]["completeness"], entry["after"]["completeness"]) == (40, 100)
    assert renew(missions().values()) == 0


def test_records_of_an_older_store_are_sealed_as_they_stand(house: Store, people: People) -> None:
    validated(house, people)
    as_before_seals(house)
    tamper(house, "update records set author='eve'")
    assert verified(house).whole, "what no entry told was not compared"
    tamper(house, "update records set author='lea'")
    assert (renew(missions().values()), verified(house).whole) == (1, True)
    for change, named in [
        ("title='FAUX'", "name “FAUX” instead of “Gestion de la paie”"),
        ("author='eve'", "author “eve” instead of “lea”"),
        ("published=null", "published version “–” instead of “3”"),
        ("state='draft'", "state “draft” instead of “validated”"),
    ]:
        tamper(house, "create table kept as select * from records")
        tamper(house, f"update records set {change}")
        report = verified(house)
        assert report.sentences[1:] == (f"Record T-0001 (1) differs from what the journal saw: {named}.",)
        tamper(house, "update records set (title, author, published, state) = "
                      "(select title, author, published, state from kept)")  # fmt: skip
        tamper(house, "drop table kept")
