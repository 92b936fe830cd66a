"""Records: found fast, saved without losing anybody's change, shown as of any moment."""

import time
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.base import clock
from core.base.errors import Conflict, InputInvalid
from core.base.i18n import speaking
from core.records import drafts, records
from core.records.records import Record, Summary, Wanted
from core.store import audit, guards
from core.store.engine import Store
from core.store.schema import record_versions
from tests import people, processes

KEYS = {"purposes": ("name",)}


@pytest.fixture
def made(tmp_path: Path) -> Store:
    made = Store(f"sqlite:///{tmp_path / 'vigie.db'}")
    made.upgrade()
    return made


def summary(data: Mapping[str, Any]) -> Summary:
    return Summary(
        ref=data["ref"],
        title=data["name"],
        completeness=data.get("completeness", 50),
        search=f"{data['ref']} {data['name']}",
        squad=data.get("squad"),
        review_on=data.get("review_on"),
        facets={"recipient": data.get("recipients", [])},
    )


def add(made: Store, *contents: Mapping[str, Any], who: str = "ana") -> list[int]:
    with made.write() as connection:
        rows = [(summary(one), {name: value for name, value in one.items() if name != "review_on"}) for one in contents]
        return records.add(connection, "thing", rows, who=who, state="draft")


def save(made: Store, record_id: int, version: int, who: str = "bob", **values: Any) -> Record:
    with made.write() as connection:
        record = records.get(connection, "thing", record_id)
        data = {**record.data, **values}
        return records.save(
            connection,
            record,
            version=version,
            who=who,
            action="change",
            state="draft",
            keys=KEYS,
            data=data,
            summary=summary(data),
        )


def step(made: Store, record_id: int, version: int, state: str, publish: bool = False) -> Record:
    with made.write() as connection:
        record = records.get(connection, "thing", record_id)
        return records.save(
            connection, record, version=version, who="eve", action=state, state=state, keys=KEYS, publish=publish
        )


def found(made: Store, wanted: Wanted = records.NOTHING, **asked: Any) -> list[str]:
    with made.read() as connection:
        return [line.ref for line in records.find(connection, "thing", wanted, **asked).lines]


def test_a_record_comes_back_as_it_was_added(made: Store) -> None:
    [number] = add(made, {"ref": "T1", "name": "Paie", "purposes": [{"name": "é"}]})
    with made.read() as connection:
        record = records.get(connection, "thing", number)
    assert record.data == {"ref": "T1", "name": "Paie", "purposes": [{"name": "é"}]}
    assert (record.version, record.state, record.author, record.published) == (1, "draft", "ana", None)


def test_a_record_of_another_kind_is_not_found(made: Store) -> None:
    [number] = add(made, {"ref": "T1", "name": "Paie"})
    with made.read() as connection, speaking("en"), pytest.raises(InputInvalid, match="does not exist"):
        records.get(connection, "other", number)


def test_words_are_found_whatever_their_accents_and_case(made: Store) -> None:
    add(made, {"ref": "T1", "name": "Télématique 100 %"}, {"ref": "T2", "name": "Paie"})
    assert found(made, Wanted("TELEMATIQUE t1")) == ["T1"]
    assert found(made, Wanted("100 %")) == ["T1"]
    assert found(made, Wanted("_")) == []


def test_facets_filter_and_count_without_their_own_choice(made: Store) -> None:
    add(
        made,
        {"ref": "T1", "name": "a", "recipients": ["SQUAD", "DAF"], "squad": "Solaris"},
        {"ref": "T2", "name": "b", "recipients": ["SQUAD"]},
        {"ref": "T3", "name": "c", "recipients": ["DAF", "DAF"]},
    )
    wanted = Wanted(facets={"recipient": ["SQUAD"]})
    assert found(made, wanted) == ["T1", "T2"]
    assert found(made, Wanted(facets={"recipient": ["SQUAD"], "squad": ["Solaris"]})) == ["T1"]
    with made.read() as connection:
        assert records.counts(connection, "thing", "recipient", wanted) == {"DAF": 2, "SQUAD": 2}
        assert records.counts(connection, "thing", "squad", wanted) == {"Solaris": 1}
        assert records.counts(connection, "thing", "state") == {"draft": 3}
        assert [line.ref for line in records.having(connection, "thing", "recipient", ["DAF"])["DAF"]] == ["T1", "T3"]


def test_pages_are_cut_from_one_order_with_missing_values_last(made: Store) -> None:
    add(made, *({"ref": f"T{n}", "name": "x", "review_on": date(2026, 1, n) if n > 1 else None} for n in range(1, 6)))
    with made.read() as connection:
        page = records.find(connection, "thing", order="review_on", descending=True, offset=3, limit=2)
    assert ([line.ref for line in page.lines], page.total) == (["T2", "T1"], 5)
    assert found(made, Wanted(review_until=date(2026, 1, 3))) == ["T2", "T3"]


def test_a_save_raises_the_version_and_is_found_anew(made: Store) -> None:
    [number] = add(made, {"ref": "T1", "name": "Paie", "recipients": ["SQUAD"]})
    saved = save(made, number, 1, name="Rémunération", recipients=["DAF"])
    assert (saved.version, saved.title, saved.author) == (2, "Rémunération", "bob")
    assert found(made, Wanted("remuneration", {"recipient": ["DAF"]})) == ["T1"]
    assert found(made, Wanted("paie")) == []
    assert found(made, Wanted(facets={"recipient": ["SQUAD"]})) == []


def test_the_second_of_two_editors_gets_both_sides_field_by_field(made: Store) -> None:
    [number] = add(made, {"ref": "T1", "name": "Paie", "note": "", "purposes": [{"name": "p", "basis": "a"}]})
    save(made, number, 1, name="Salaires", purposes=[{"name": "p", "basis": "b"}])
    with speaking("en"), pytest.raises(Conflict, match=r"^bob changed this record meanwhile") as raised:
        save(made, number, 1, who="ana", name="Paie", note="mine", purposes=[{"name": "p", "basis": "a"}])
    assert raised.value.current == {"name": "Salaires", "note": "", "purposes[p].basis": "b"}
    assert raised.value.proposed == {"name": "Paie", "note": "mine", "purposes[p].basis": "a"}
    with made.read() as connection:
        assert records.get(connection, "thing", number).data["note"] == ""


def test_what_a_person_left_unsaved_is_named_to_them_alone_as_far_as_they_still_see_it(made: Store) -> None:
    mine, hidden = add(made, {"ref": "A", "name": "One", "squad": "Nord"}, {"ref": "B", "name": "Two", "squad": "Sud"})
    with made.write() as connection:
        people.ensure(connection)
        for record in (mine, hidden):
            drafts.keep(connection, 1, record, 1, {})
        assert drafts.unsaved(connection, 1, "thing") == {"A": "One", "B": "Two"}
        assert drafts.unsaved(connection, 1, "thing", frozenset({"Nord"})) == {"A": "One"}
        assert drafts.unsaved(connection, 2, "thing") == {}


def test_a_published_version_stays_while_a_draft_goes_on(made: Store) -> None:
    [number] = add(made, {"ref": "T1", "name": "Paie"})
    published = step(made, number, 1, "validated", publish=True)
    assert (published.published, published.author) == (2, "ana")
    save(made, number, 2, name="Brouillon")
    with made.read() as connection:
        now = clock.now()
        assert [v.data["name"] for v in records.as_of(connection, "thing", now)] == ["Brouillon"]
        assert [v.data["name"] for v in records.as_of(connection, "thing", now, published=True)] == ["Paie"]
    step(made, number, 3, "archived")
    with made.read() as connection:
        gone = {"published": True, "without_states": ["archived"]}
        assert list(records.as_of(connection, "thing", clock.now(), **gone)) == []
        assert [v.data["name"] for v in records.as_of(connection, "thing", now, **gone)] == ["Paie"]


def test_the_register_is_shown_as_of_any_moment(made: Store) -> None:
    start = clock.now()
    [number] = add(made, {"ref": "T1", "name": "un"})
    time.sleep(0.002)
    between = clock.now()
    time.sleep(0.002)
    save(made, number, 1, name="deux")
    add(made, {"ref": "T2", "name": "autre"})
    with made.read() as connection:
        shown = [
            [version.data["name"] for version in records.as_of(connection, "thing", moment)]
            for moment in (start - timedelta(seconds=1), between, clock.now())
        ]
        assert shown == [[], ["un"], ["deux", "autre"]]
        assert [(one.version, one.who, one.action) for one in records.history(connection, number)] == [
            (2, "bob", "change"),
            (1, "ana", "add"),
        ]
        assert records.version(connection, number, 1).data["name"] == "un"
        with speaking("en"), pytest.raises(InputInvalid, match="no version 9"):
            records.version(connection, number, 9)


def test_the_database_refuses_to_change_a_version(made: Store) -> None:
    add(made, {"ref": "T1", "name": "un"})
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), made.write() as connection:
        connection.execute(sa.update(record_versions).values(who="eve"))


def test_a_version_that_was_altered_in_the_database_is_found_by_its_audit(made: Store) -> None:
    [number] = add(made, {"ref": "T1", "name": "un"})
    save(made, number, 1, name="deux")
    step(made, number, 2, "validated", publish=True)
    with made.read() as connection:
        assert audit.verify(connection).whole
    with made.write() as connection, guards.lifted(connection):
        connection.exec_driver_sql('UPDATE record_versions SET data = \'{"name": "x"}\' WHERE version = 2')
    with made.read() as connection, speaking("en"):
        report = audit.verify(connection)
    said = "Version 2 of record T1 (1) is not the one that the journal saw (entry 2): content."
    assert (report.broken, report.sentences[1:]) == (2, (said,))


def test_each_save_is_audited_with_the_fields_before_and_after(made: Store) -> None:
    [number] = add(made, {"ref": "T1", "name": "un"})
    save(made, number, 1, name="deux")
    with made.read() as connection:
        row = connection.execute(sa.select(audit.audit).order_by(audit.audit.c.id.desc())).mappings().first()
    assert row is not None
    assert {name: row["before"][name] for name in ("name", "version")} == {"name": "un", "version": 1}
    assert {name: row["after"][name] for name in ("name", "version")} == {"name": "deux", "version": 2}


def save_for_ever(url: str) -> None:
    made = Store(url)
    while True:
        with made.read() as connection:
            record = records.get(connection, "thing", 1)
        save(made, 1, record.version, name=f"name {record.version}", recipients=[f"r{record.version}"])


def test_a_save_killed_midway_leaves_the_version_before_or_the_one_after(made: Store) -> None:
    add(made, {"ref": "T1", "name": "name 0"})
    for pause in (0.05, 0.21, 0.37):
        with made.read() as connection:
            before = records.get(connection, "thing", 1).version
        process = processes.begin(save_for_ever, made.engine.url.render_as_string())
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with made.read() as connection:
                if records.get(connection, "thing", 1).version > before:
                    break
        time.sleep(pause / 10)
        process.kill()
        process.join()
        with made.read() as connection:
            record = records.get(connection, "thing", 1)
            versions = records.history(connection, 1)
            assert record.version > before
            assert [one.version for one in versions] == list(range(record.version, 0, -1))
            assert record.data == versions[0].data
            assert record.title == record.data["name"]
            assert list(records.counts(connection, "thing", "recipient")) == record.data["recipients"]
            assert audit.verify(connection).whole
