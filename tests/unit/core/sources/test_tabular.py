"""A table is declared once by its columns: files of it and tables of a database follow."""

import sqlite3
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pydantic import ValidationError

from core.base.i18n import _, speaking
from core.facts.tables import DAY, MOMENT, NUMBER, TEXT, Column, FactTable
from core.mission.discovery import missions
from core.sources import drops
from core.sources.base import Batch, Connector, Source
from core.sources.drops import Droppable, Shaping, is_droppable
from core.sources.mapping import Field
from core.sources.shaping import Piece, totals
from core.sources.tabular import Tabular
from core.sources.values.kinds import Kind

BILLS = FactTable(
    name="bills",
    columns=(
        Column("number", TEXT, "number", required=True),
        Column("at", MOMENT, "when it was written", required=True),
        Column("amount", NUMBER, "amount", required=True),
        Column("due_on", DAY, "due day"),
        Column("large", TEXT, "whether it is large"),
        Column("source", TEXT, "source"),
        Column("squad", TEXT, "whose"),
    ),
    key=("number",),
    time="at",
    squad="squad",
)


def complete(piece: Piece) -> None:
    piece.not_in_future("at")
    piece.columns["large"] = pc.if_else(pc.greater(piece.columns["amount"], 1000), "yes", "no")


TABULAR = Tabular(
    kind="bills",
    title="Bills (CSV or Excel)",
    sql_title="Bills in a database",
    table=BILLS,
    fields=(
        Field("number", "Number", Kind.TEXT, ("numéro",)),
        Field("at", "Written", Kind.MOMENT, ("date",), needed=True),
        Field("amount", "Amount", Kind.AMOUNT, ("montant",)),
        Field("due_on", "Due", Kind.DAY, ("échéance",)),
    ),
    complete=complete,
)
FILE, SQL = TABULAR.connectors
COLUMNS = {"number": "Numéro", "at": "Date", "amount": "Montant", "due_on": "Échéance"}
LANDED = [("A1", 1200.5, "2026-04-01", "yes"), ("A2", -12.0, None, "no")]


def pulled(connector: Connector, **options: Any) -> list[Batch]:
    checked = connector.options.model_validate({"columns": COLUMNS, **options})
    return list(connector.pull(Source("mine", "none", connector.kind, checked, "Paiements"), {}))


def landed(batches: list[Batch]) -> list[tuple[Any, ...]]:
    rows = pa.concat_tables([batch.rows for batch in batches if len(batch.rows)]).to_pylist()
    assert {(row["source"], row["squad"]) for row in rows} == {("mine", "Paiements")}
    return [(row["number"], row["amount"], row["due_on"] and row["due_on"].isoformat(), row["large"]) for row in rows]


def test_a_file_of_the_declared_columns_is_read(data: Path) -> None:
    text = "Numéro;Date;Montant;Échéance\nA1;01/03/2026;1 200,50 €;01/04/2026\nA2;02/03/2026;(12,00);\n"
    (data / "bills.csv").write_text(text, encoding="utf-8")
    assert landed(pulled(FILE, path="bills.csv")) == LANDED


def test_a_table_of_the_declared_columns_is_read_alike(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "bills.db") as base:
        base.execute('CREATE TABLE bills ("Numéro" TEXT, "Date" TEXT, "Montant" REAL, "Échéance" TEXT)')
        rows = [("A1", "2026-03-01", 1200.5, "2026-04-01"), ("A2", "2026-03-02", -12.0, None)]
        base.executemany("INSERT INTO bills VALUES (?, ?, ?, ?)", rows)
    assert landed(pulled(SQL, url=f"sqlite:///{tmp_path / 'bills.db'}", table="bills")) == LANDED


def test_a_row_that_lacks_what_the_table_requires_says_which_column(data: Path) -> None:
    (data / "bills.csv").write_text("Numéro;Date;Montant;Échéance\n;01/03/2026;5,5;\nA3;01/03/2199;1;\n")
    with speaking("en"):
        batches = pulled(FILE, path="bills.csv")
    assert [refused.reason for batch in batches for refused in batch.refused] == [
        "The row lacks “Number”.",
        "“2199-03-01” lies in the future.",
    ]


def test_rows_of_one_key_that_differ_are_told_apart_from_rows_that_are_equal(data: Path) -> None:
    lines = ["Numéro;Date;Montant", "A1;01/04/2026;5", "A1;01/04/2026;5", "A2;01/04/2026;5", "A2;01/04/2026;6"]
    (data / "uploads").mkdir()
    (data / "uploads" / "b.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    columns = {name: COLUMNS[name] for name in ("number", "at", "amount")}
    batches = pulled(FILE, path="uploads/b.csv", columns=columns)
    assert {said: n for batch in batches for said, n in batch.notes.items()} == {
        "Des lignes sont là plusieurs fois\u202f: chacune a été gardée une fois.": 1,
        "Des lignes d’une même clé disent des choses différentes\u202f: la dernière a été gardée. "
        "Corrigez la source, ou sa clé.": 1,
    }


def test_a_dropped_file_proposes_its_columns_and_the_decimal_mark_of_its_amounts(tmp_path: Path) -> None:
    path = tmp_path / "bills.csv"
    path.write_text("Numéro;Date;Montant\nA1;01/03/2026;1.200,50\n", encoding="utf-8")
    assert isinstance(FILE, Droppable)
    proposed = FILE.propose(drops.look(path, lambda name: name == "Montant"))
    assert proposed == {"columns": {"number": "Numéro", "at": "Date", "amount": "Montant"}, "decimal": ","}


@pytest.mark.parametrize(
    ("head", "rows", "at"),
    [
        (
            "Numéro;Passage en caisse;Montant;Réf",
            ("A1;01/04/2026 10:12;12;260401", "A2;;13;260402"),
            "Passage en caisse",
        ),
        ("Numéro;Passage;Remise;Montant", ("A1;01/04/2026;02/04/2026;12",), None),
        ("Numéro;Passage;Date;Montant", ("A1;02/04/2026;01/04/2026;12",), "Date"),
        ("Numéro;Passage;Montant", ("A1;01/04/2026;12", "A2;à venir;13"), None),
        ("Numéro;Version;Montant", ("A1;260401;12", "A2;260402;13"), None),
        ("Numéro;Version;Montant", ("A1;1.2.03;12", "A2;1.10.04;13"), None),
        ("Numéro;Livraison;Montant", ("A1;2026.1.3;12", "A2;2026.10.4;13"), None),
        ("Numéro;Passage;Montant", ("A1;20.11.2026;12",), "Passage"),
        ("Numéro;Passage prévu;Montant", ("A1;01/04/2026;12",), None),
        ("Numéro;Next run;Montant", ("A1;01/04/2026;12",), None),
        ("Numéro;nextRun;Passage;Montant", ("A1;01/04/2026;31/03/2026;12",), "Passage"),
    ],
)
def test_the_one_date_of_a_file_is_what_a_row_cannot_do_without_whatever_it_is_called(
    tmp_path: Path, head: str, rows: tuple[str, ...], at: str | None
) -> None:
    path = tmp_path / "bills.csv"
    path.write_text("\n".join((head, *rows)), encoding="utf-8")
    assert FILE.propose(drops.look(path, lambda _name: False))["columns"].get("at") == at  # type: ignore[attr-defined]


def test_only_files_can_be_dropped_and_rows_of_both_be_put_right() -> None:
    assert [is_droppable(one) for one in (FILE, SQL)] == [True, False]
    assert [isinstance(one, Shaping) for one in (FILE, SQL)] == [True, True]


@pytest.mark.parametrize("wrong", [{"columns": {"nom": "x"}}, {"patterns": {"x": "(?P<nom>.)"}}])
def test_a_field_that_is_none_is_refused(wrong: dict[str, Any]) -> None:
    with speaking("en"), pytest.raises(ValidationError, match="nom is no field; the fields are number, at"):
        FILE.options.model_validate({"path": "x", **wrong})


def test_every_kind_of_source_has_a_french_title_of_its_own() -> None:
    titles = [one.title for mission in missions().values() for one in mission.connectors]
    with speaking("fr"):
        french = [_(title) for title in titles]
    assert len(set(french)) == len(french)
    products = {"Jira Cloud", "Jira Data Center", "Azure Data Factory", "Alteryx, workflows"}
    assert {title for title, said in zip(titles, french, strict=True) if title == said} <= products


@pytest.mark.parametrize(
    ("name", "is_total"),
    [
        ("Total", True),
        ("TOTAL GÉNÉRAL :", True),
        ("Total des tâches", True),
        ("Sous-total", True),
        ("Ensemble", True),
        ("TotalEnergies_flux", False),
        ("total_claims_load", False),
        ("Totalisation_primes", False),
        ("Ensemble Agricole", False),
    ],
)
def test_a_name_that_begins_like_a_total_is_none(name: str, is_total: bool) -> None:
    assert totals(pa.array([name, None])).to_pylist() == [is_total, False]
