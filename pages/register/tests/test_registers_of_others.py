"""Registers as schools, town halls, hospitals and tools write them, each read as it comes."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.base.i18n import speaking
from core.records.row import Row
from pages.register.retention import phases, says_how_long
from pages.register.tests import samples, workbooks
from pages.register.tests.files import rows

TREATMENT = samples.FORMS["treatment"]


def read(folder: Path, *lines: str) -> list[Row]:
    path = folder / "register.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return rows(path, TREATMENT)


def said(row: Row) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(row.content)
    return content


def test_a_sheet_of_names_and_values_is_no_form_of_the_cnil(tmp_path: Path) -> None:
    sheet = [
        ["Nom du traitement", "Badges"], ["Référence", "B-1"], ["Finalité principale", "Contrôler les accès"],
        ["Base légale", "Intérêt légitime"], ["Catégories de données", "Identité"], ["Données sensibles", "Aucune"],
        ["Destinataires", "Accueil"], ["Durée de conservation", "3 mois"], ["Transferts hors UE", "Aucun"],
        ["Mesures de sécurité", "Contrôle d'accès"],
    ]  # fmt: skip
    [row] = rows(workbooks.save(tmp_path / "fiche.xlsx", {"Badges": sheet}), TREATMENT)
    assert (row.name, row.ref, row.left) == ("Badges", "B-1", ())
    assert said(row)["purposes"] == [{"name": "Contrôler les accès", "legal_bases": ["legitimate_interests"]}]
    assert said(row)["data_categories"] == [{"category": "identity", "retention": "3 mois"}]
    assert (said(row)["sensitive_data"], said(row)["transfers"]) == ([], [])


@pytest.mark.parametrize(
    ("column", "cell", "field"),
    [("Base légale", "Consentement ?", "purposes"), ("Destinataires", "RH ?", "recipients"), ("NIR", "oui ?", "nir")],
)
def test_a_question_is_no_answer_and_stands_in_the_notes(tmp_path: Path, column: str, cell: str, field: str) -> None:
    [row] = read(tmp_path, f"Traitement;{column}", f"Paie;{cell}")
    assert field not in said(row)
    assert [text for _label, text in row.left] == [cell]


def test_a_retention_that_is_a_question_is_missing() -> None:
    assert [says_how_long(words) for words in ("2 ans", "2 ans ?")] == [True, False]


def test_what_goes_to_the_archives_is_kept_for_good() -> None:
    assert phases("75 ans ; Sort final : Versement aux archives départementales").fate == "permanent"


def test_the_total_of_a_table_is_no_treatment(tmp_path: Path) -> None:
    with speaking("en"):
        found = read(tmp_path, "Traitement;Finalité", "Paie;Payer", "Total général;1", "Totalisation;Compter")
    assert [row.refused for row in found] == ["", "“Total général” is the total of a table, no record.", ""]


def test_a_guarantee_in_brackets_behind_a_country_is_no_recipient(tmp_path: Path) -> None:
    [row] = read(tmp_path, "Traitement;Transferts hors UE", 'Paie;"Inde (BCR) ; Maroc (Nimbus)"')
    assert said(row)["transfers"] == [
        {"country": "IN", "guarantee": "bcr"},
        {"country": "MA", "recipient": "Nimbus"},
    ]


def test_a_sensitive_category_among_the_others_moves_or_is_told_where_it_was_denied(tmp_path: Path) -> None:
    head = "Traitement;Catégories de données;Données sensibles;Durée de conservation"
    with speaking("en"):
        moved, denied, known = read(
            tmp_path, head, "A;Identité, Santé;;5 ans", "B;Identité, Santé;Non;5 ans", "C;Santé;Santé;5 ans"
        )
    assert said(moved)["sensitive_data"] == [{"category": "health", "retention": "5 ans"}]
    assert [one["category"] for one in said(moved)["data_categories"]] == ["identity"]
    assert said(denied)["sensitive_data"] == []
    assert [one.get("description") for one in said(denied)["data_categories"]] == [None, "Santé"]
    assert denied.told[-1] == "Sensitive data: none, yet “Santé” stands among the categories of data."
    assert said(known)["sensitive_data"] == [{"category": "health", "retention": "5 ans"}]
    assert "data_categories" not in said(known)


def test_the_heads_of_schools_hospitals_and_tools_are_known(tmp_path: Path) -> None:
    [school] = read(
        tmp_path,
        "Traitement;Description de la finalité;Fondement;Public concerné;Données;Données particulières;Accès;"
        "Prestataire;Hors Union européenne",
        "Cantine;Servir les repas;Contrat;Enfants;Identité;Santé;Intendance;Nimbus;NON",
    )
    assert said(school) == {
        "name": "Cantine",
        "purposes": [{"name": "Servir les repas", "legal_bases": ["contract"]}],
        "persons": [{"category": "minors"}],
        "data_categories": [{"category": "identity"}],
        "sensitive_data": [{"category": "health"}],
        "recipients": [{"name": "Intendance"}, {"type": "processors", "name": "Nimbus"}],
        "transfers": [],
    }
    [tool] = read(
        tmp_path,
        "Record ID;Processing Activity Name;Business Unit;Lawful Basis;Data Subject Categories;Which country?;"
        "Transfer to third country?",
        "PA-1;Payroll;HR;Contract;Customers;Morocco;Yes",
    )
    assert (tool.ref, said(tool)["squad"], said(tool)["persons"]) == ("PA-1", "HR", [{"category": "clients"}])
    assert said(tool)["transfers"] == [{"country": "MA"}]
