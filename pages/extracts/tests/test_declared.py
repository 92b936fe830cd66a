"""A YAML file becomes a table that lands, is scoped and asked as coded ones are; a wrong one hurts itself alone."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.base import declarations
from core.base.i18n import speaking
from core.declared.select import question
from core.facts.lake import lake
from core.facts.reads import READS
from core.mission.discovery import missions, warehouse
from core.people.person import EVERYTHING, Person, Role, Scope
from core.run import feeds, registry, sync
from core.run.declare import main as declare_command
from core.show import picture
from core.sources.base import Source
from core.store.engine import store
from pages.extracts import declared
from pages.extracts.figures import SCREEN
from pages.extracts.look import opening

PAYMENTS = """
extract: my_payments
title: Paiements
meaning: Un paiement par ligne.
columns:
  - {name: number, title: Numéro, words: [n° paiement], meaning: numéro du paiement}
  - {name: issued_at, title: Émis le, kind: moment}
  - {name: amount, title: Montant, kind: amount, unit: €}
key: [number]
time: issued_at
"""
FILE = "N° paiement;Émis le;Montant\nA1;05/10/2026;1 200,50 €\nA2;06/10/2026;-12\nA3;31/02/2026;1\n"


def declare(data: Path, name: str, text: str) -> None:
    folder = data / "declarations" / "extracts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.yml").write_text(text, encoding="utf-8")


def run(*arguments: str) -> int:
    return declare_command(arguments)


def problem(data: Path, text: str) -> str:
    declare(data, "one", text)
    found = declared.extracts()
    assert found.things == ()
    (said,) = found.problems
    return said


def test_a_file_lands_in_a_declared_table_and_is_asked_by_a_select(data: Path) -> None:
    declare(data, "payments", PAYMENTS)
    (data / "uploads").mkdir()
    (data / "uploads" / "payments.csv").write_text(FILE, encoding="utf-8")
    store().upgrade()
    of = missions()["extracts"].connectors[0]
    columns = {"number": "N° paiement", "issued_at": "Émis le", "amount": "Montant"}
    options = of.options.model_validate({"path": "uploads/payments.csv", "columns": columns})
    with store().write() as connection:
        registry.add(connection, Source("mine", "extracts", of.kind, options, squad="T"), who="test")
    (outcome,) = sync.run(["mine"])
    assert (outcome.landed, outcome.refused) == (2, 1)
    (table,) = missions()["extracts"].tables
    asked = question("sum", "SELECT sum(amount) AS total FROM my_payments", {table.name: table}, {})
    told = {squad: warehouse().reader(Scope(frozenset({squad}))).run(asked).table.to_pylist() for squad in ("T", "U")}
    assert told == {"T": [{"total": 1188.5}], "U": [{"total": None}]}
    ana = Person(1, "ana", "Ana", Role.LEAD, frozenset())
    seen = picture.of(opening, SCREEN, warehouse().reader(EVERYTHING), ana, {}, datetime(2026, 11, 1, tzinfo=UTC))
    tables, dictionary = (one.frame for one in seen.shown)
    assert tables[["name", "rows", "columns"]].values.tolist() == [["my_payments", 2, 3]]
    assert dictionary["name"].tolist() == ["number", "issued_at", "amount"]


def test_rows_of_a_table_that_belongs_to_a_squad_are_that_squad_s_alone(data: Path) -> None:
    declare(data, "payments", PAYMENTS + "squad: T\n")
    (data / "uploads").mkdir()
    (data / "uploads" / "payments.csv").write_text(FILE, encoding="utf-8")
    store().upgrade()
    of = missions()["extracts"].connectors[0]
    columns = {"number": "N° paiement", "issued_at": "Émis le", "amount": "Montant"}
    options = of.options.model_validate({"path": "uploads/payments.csv", "columns": columns})
    with store().write() as connection:
        registry.add(connection, Source("mine", "extracts", of.kind, options), who="test")
    sync.run(["mine"])
    (table,) = missions()["extracts"].tables
    asked = question("count", "SELECT count(*) AS n FROM my_payments", {table.name: table}, {})
    told = [warehouse().reader(Scope(frozenset({squad}))).run(asked).table.to_pylist() for squad in ("T", "U")]
    assert told == [[{"n": 2}], [{"n": 0}]]
    read = {row["squad"] for row in lake().read(READS, ["source", "squad"]).to_pylist() if row["source"] == "mine"}
    assert read == {"T"}


def test_a_changed_declaration_is_seen_without_a_restart(data: Path) -> None:
    assert missions()["extracts"].tables == ()
    declare(data, "payments", PAYMENTS)
    assert [table.name for table in missions()["extracts"].tables] == ["my_payments"]
    declare(data, "payments", PAYMENTS.replace("my_payments", "others"))
    assert [table.name for table in missions()["extracts"].tables] == ["others"]
    assert warehouse().reader(EVERYTHING).snapshot is not None


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("extract: my_payments", "extract: pipeline_runs", "une table de Vigie porte déjà ce nom"),
        ("extract: my_payments", "extract: source_reads", "une table de Vigie porte déjà ce nom"),
        ("extract: my_payments", "extract: My Payments", "ligne 2"),
        ("kind: moment", "kind: day", "one.yml, ligne 10, time : la colonne de temps est un moment"),
        (
            "key: [number]",
            "key: [number, amout]",
            "one.yml, ligne 9, key[1] : il n’y a pas de colonne amout",
        ),
        (
            "name: amount",
            "name: number",
            "one.yml, ligne 8, columns[2].name : la colonne number est",
        ),
        ("name: amount", "name: source", "one.yml, ligne 8, columns[2].name : la colonne source est propre à Vigie"),
        ("unit: €", "unit: €, personal: true", "one.yml, ligne 8, columns[2].personal : des colonnes personnelles"),
        ("unit: €", "unit: €, colour: red", "ligne 8"),
        ("kind: amount", "kind: money", "ligne 8"),
        ("name: amount", "name: Montant", "«\u202fMontant\u202f» n’est pas un nom\u202f: minuscules sans accent"),
        (
            "unit: €",
            "unit: €, meaning: a, b'",
            "ligne 8, columns[2].b'\u202f: ce champ n’existe pas\u202f: entre accolades",
        ),
    ],
)
def test_a_wrong_declaration_is_told_with_its_line(data: Path, was: str, now: str, said: str) -> None:
    assert said in problem(data, PAYMENTS.replace(was, now))


def test_a_key_cannot_be_personal(data: Path) -> None:
    text = PAYMENTS.replace("title: Numéro", "title: Numéro, personal: true") + "treatment: VIGIE-X\n"
    assert "ne peut être personnelle" in problem(data, text)


FED = PAYMENTS + "sources:\n  - {name: erp, path: incoming/*.csv}\n"


def test_a_table_that_names_its_sources_wants_no_other_file(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store().upgrade()
    declare(data, "payments", FED + "  - {name: dropped, drop: true}\n")
    (data / "incoming").mkdir()
    (data / "incoming" / "october.csv").write_bytes(FILE.encode("cp1252"))
    (data / "uploads" / "dropped").mkdir(parents=True)
    (data / "uploads" / "dropped" / "more.csv").write_text(FILE.replace("A1", "B1"), encoding="utf-8")
    assert run("try", "my_payments") == 0
    assert capsys.readouterr().out.count("lignes qui seraient lues 2, refusées 1.") == 2
    assert lake().version(missions()["extracts"].tables[0]) is None
    assert [(one.source, one.landed, one.error) for one in sync.run()] == [("dropped", 2, ""), ("erp", 2, "")]
    assert [one.landed for one in sync.run()] == [0, 0]


def test_what_is_declared_of_a_source_holds_and_what_is_not_stays_as_people_set_it(data: Path) -> None:
    store().upgrade()
    declare(data, "payments", FED)
    (data / "incoming").mkdir()
    (data / "incoming" / "october.csv").write_text(FILE, encoding="utf-8")
    feeds.keep()
    with store().write() as connection:
        entry = registry.find(connection, "erp")
        assert entry is not None
        assert entry.options["columns"]["number"] == "N° paiement"
        registry.enable(connection, "erp", entry.version, enabled=False, who="ana")
    feeds.keep()
    declare(data, "payments", FED.replace("*.csv", "*.csv, squad: T, decimal: ','"))
    feeds.keep()
    with store().read() as connection:
        entry = registry.find(connection, "erp")
    assert entry is not None
    assert (entry.version, entry.enabled, entry.squad, entry.options["decimal"]) == (3, False, "T", ",")


def test_what_stands_as_it_is_declared_keeps_nobody_waiting_for_the_store(data: Path) -> None:
    store().upgrade()
    declare(data, "payments", FED)
    feeds.keep()
    written = store().writes
    feeds.keep()
    assert store().writes == written


def test_a_source_of_a_name_that_is_taken_takes_nobody_s_place(data: Path) -> None:
    store().upgrade()
    declare(data, "payments", FED)
    declare(data, "others", FED.replace("my_payments", "others").replace("Paiements", "Relances"))
    feeds.keep()
    with store().read() as connection:
        assert [entry.kind for entry in registry.entries(connection)] == ["extract_my_payments"]


def test_a_source_that_somebody_made_by_hand_stays_theirs(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store().upgrade()
    declare(data, "payments", PAYMENTS)
    of = missions()["extracts"].connectors[0]
    options = of.options.model_validate({"path": "uploads/mine.csv", "columns": {"number": "N"}})
    with store().write() as connection:
        registry.add(connection, Source("erp", "extracts", of.kind, options), who="ana")
    declare(data, "payments", FED)
    feeds.keep()
    with store().read() as connection:
        (entry,) = registry.entries(connection)
    assert (entry.options["path"], entry.version) == ("uploads/mine.csv", 1)
    capsys.readouterr()  # what was logged
    assert run("check") == 1
    assert capsys.readouterr().err == "name\u202f: il y a déjà une source «\u202ferp\u202f».\n"


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("key: [number]", "key: [{}]"),
        ("unit: €", "unit: €, ? {} : 1"),
        ("extract: my_payments", "extract: {}"),
        ("kind: moment", "kind: {}"),
    ],
)
def test_a_huge_name_is_not_quoted_whole(data: Path, was: str, now: str) -> None:
    said = problem(data, PAYMENTS.replace(was, now.format("x" * 100_000)))
    assert said.startswith("one.yml, ligne ")
    assert len(said) < 1_300
    assert all(len(name) <= 201 for name, _said in declared.extracts().wrong)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("path: /etc/passwd", "one.yml, ligne 12, sources[0].path\u202f: /etc/passwd est hors des dossiers"),
        ("path: incoming/a.csv, color: red", "sources[0].color\u202f: ce champ n’existe pas"),
        ("path: incoming/a.csv, columns: {nombre: N}", "sources[0].columns\u202f: "),
        ("url: 'sqlite:///x.db', query: DELETE FROM t", "sources[0].query\u202f: "),
        ("url: 'oracle://h/x', table: t, drop: true", "sources[0]\u202f: une source, ce sont des fichiers (path)"),
        ("path: incoming/a.csv, name: erp", "sources[0].name\u202f: "),
    ],
)
def test_what_is_wrong_with_a_source_is_told_with_its_line_before_it_is_read(data: Path, said: str, told: str) -> None:
    assert told in problem(data, FED.replace("path: incoming/*.csv", said))


def test_a_name_that_two_files_bear_is_nobody_s(data: Path) -> None:
    declare(data, "other", PAYMENTS)
    assert "est déclaré dans plusieurs fichiers" in problem(data, PAYMENTS)


def test_people_are_told_the_lead_alone_while_the_treatment_of_their_table_stands(data: Path) -> None:
    declare(data, "payments", PAYMENTS.replace("unit: €", "unit: €, personal: true") + "treatment: VIGIE-X\n")
    declare(data, "zz", PAYMENTS.replace("my_", "other_").replace("unit: €", "personal: true") + "treatment: VIGIE-Y\n")
    mission = missions()["extracts"]
    assert mission.people is not None
    assert mission.people.roles == frozenset({Role.LEAD})
    told = {table.name: mission.people.treatments(table) for table in mission.tables}
    assert told == {"my_payments": ("VIGIE-X",), "other_payments": ("VIGIE-Y",)}


def test_a_declaration_that_unfolds_without_end_is_refused(data: Path) -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*{'a' if n == 0 else f'b{n - 1}'}, *a]\n" for n in range(40))
    assert problem(data, bomb)


def test_a_declaration_is_checked_and_tried_before_anything_lands(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    declare(data, "payments", PAYMENTS)
    (data / "uploads").mkdir()
    (data / "uploads" / "payments.csv").write_text(FILE, encoding="utf-8")
    store().upgrade()
    assert run("check") == 0
    assert run("try", "my_payments") == 0
    assert capsys.readouterr().out.splitlines() == [
        "Tout ce qui est déclaré est juste.",
        "Paiements\u202f: aucune source n’alimente encore cette table.",
    ]
    of = missions()["extracts"].connectors[0]
    columns = {"number": "N° paiement", "issued_at": "Émis le", "amount": "Montant"}
    options = of.options.model_validate({"path": "uploads/payments.csv", "columns": columns})
    with store().write() as connection:
        registry.add(connection, Source("mine", "extracts", of.kind, options), who="test")
    assert run("try", "my_payments") == 0
    said = capsys.readouterr().out
    assert said.startswith("mine\u202f: lignes qui seraient lues 2, refusées 1.")
    assert lake().version(missions()["extracts"].tables[0]) is None
    assert run("try", "nothing") == 1
    declare(data, "payments", PAYMENTS.replace("kind: moment", "kind: day"))
    assert run("check") == 1


def test_a_link_to_nothing_among_declarations_is_told_and_stops_no_mission(data: Path) -> None:
    folder = data / "declarations" / "extracts"
    folder.mkdir(parents=True)
    (folder / "gone.yml").symlink_to(data / "nowhere")
    with speaking("en"):
        assert declared.extracts().problems == ("The rules file gone.yml cannot be read.",)
    assert "extracts" in missions()
    assert (str(folder / "gone.yml"), 0, 0) in declarations.stamp()
