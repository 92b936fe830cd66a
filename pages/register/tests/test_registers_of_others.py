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
        found = read(
            tmp_path,
            "Traitement;Finalité",
            "Paie;Payer",
            "Total général;1",
            "Total : 2 traitements;",
            "Totalisation;Oui",
        )
    total = "“{name}” is the total of a table, no record."
    refused = ["", total.format(name="Total général"), total.format(name="Total : 2 traitements"), ""]
    assert [row.refused for row in found] == refused


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


def test_ticks_below_a_value_of_a_list_say_it_and_an_empty_box_says_nothing(tmp_path: Path) -> None:
    head = "Traitement;Vie personnelle;Informations économiques;Salarié(e)s;Clients;Santé;Données génétiques;Contrat"
    boxes, words = read(
        tmp_path,
        f"{head};Consentement;Prospects",
        "A;☐;☒;☐;✓;☐;☐;☒;☐;☐",
        "B;oui;non;1;0;oui - allergies;non;X;VRAI;[ ]",
    )
    assert boxes.left == words.left == ()
    assert said(boxes) == {
        "name": "A",
        "data_categories": [{"category": "economic"}],
        "persons": [{"category": "clients"}],
        "purposes": [{"legal_bases": ["contract"]}],
    }
    assert said(words) == {
        "name": "B",
        "data_categories": [{"category": "private_life"}],
        "persons": [{"category": "employees"}],
        "sensitive_data": [{"category": "health", "description": "oui - allergies"}],
        "purposes": [{"legal_bases": ["contract", "consent"]}],
    }


def test_a_column_of_words_that_is_named_like_a_value_is_none(tmp_path: Path) -> None:
    [row] = read(tmp_path, "Traitement;Clients;Contrat", "A;Mutuelle Alpha;n° 12")
    assert (said(row), row.left) == ({"name": "A"}, (("Clients", "Mutuelle Alpha"), ("Contrat", "n° 12")))


def test_a_yes_and_a_no_in_columns_of_their_own_answer_the_question_above_them(tmp_path: Path) -> None:
    sheet = [
        ["Traitement", "Finalité", "Données sensibles", None, "Transfert hors UE", None],
        [None, None, "Oui", "Non", "Oui", "Non"],
        ["Accueil", "Accueillir", None, "X", None, "☒"],
        ["CRM", "Vendre", "X", None, "X", "X"],
        ["Paie", "Payer", "Santé", None, None, None],
    ]
    desk, sales, pay = rows(workbooks.save(tmp_path / "a.xlsx", {"R": sheet}), TREATMENT)
    assert [row.name for row in (desk, sales, pay)] == ["Accueil", "CRM", "Paie"]
    assert (said(desk)["sensitive_data"], said(desk)["transfers"]) == ([], [])
    assert not {"sensitive_data", "transfers"} & set(said(sales))
    assert {text for _label, text in sales.left} == {"Oui", "Non"}
    assert said(pay)["sensitive_data"] == [{"category": "health"}]


@pytest.mark.parametrize("head", ["Transferts hors UE (oui - non)", "Transferts hors UE oui ou non"])
def test_a_head_that_tells_both_answers_turns_none_round(tmp_path: Path, head: str) -> None:
    yes, no, tick = read(tmp_path, f"Traitement;{head}", "A;oui", "B;non", "C;X")
    assert (said(yes).get("transfers"), said(no).get("transfers"), said(tick).get("transfers")) == (None, [], None)


def test_a_hedged_no_below_a_legal_basis_is_no_basis(tmp_path: Path) -> None:
    found = read(tmp_path, "Traitement;Contrat", *(f"A{n};X" for n in range(3)), "B;non, sauf sous-traitants", "C;Non")
    assert [said(row).get("purposes") for row in found] == [[{"legal_bases": ["contract"]}]] * 3 + [None] * 2
    assert found[3].left[0][1] == "non, sauf sous-traitants"


def test_heads_in_two_languages_are_known_by_either(tmp_path: Path) -> None:
    [row] = read(
        tmp_path,
        "Traitement / Processing activity;Finalités / Purposes;Base légale / Legal basis;Transferts / Transfers",
        "Scolarité;Inscrire;Mission d'intérêt public;Non",
    )
    assert said(row) == {
        "name": "Scolarité",
        "purposes": [{"name": "Inscrire", "legal_bases": ["public_task"]}],
        "transfers": [],
    }


def test_a_column_of_guarantees_is_that_of_every_transfer(tmp_path: Path) -> None:
    [row] = read(tmp_path, "Traitement;Transferts hors UE;Pays;Garanties", 'A;Oui;"Tunisie - Maroc";CCT')
    assert said(row)["transfers"] == [
        {"country": "TN", "guarantee": "clauses"},
        {"country": "MA", "guarantee": "clauses"},
    ]


def test_lines_without_reference_and_name_go_on_with_the_record_above_that_has_both(tmp_path: Path) -> None:
    [pay, sales] = read(
        tmp_path,
        "Réf;Traitement;Finalité;Base légale;Destinataires",
        "T1;Paie;Payer;Contrat;URSSAF",
        ";;Déclarer;Obligation légale;DGFiP",
        "T2;CRM;Vendre;Intérêt légitime;Néant",
    )
    assert said(pay)["purposes"] == [
        {"name": "Payer", "legal_bases": ["contract"]},
        {"name": "Déclarer", "legal_bases": ["legal_obligation"]},
    ]
    assert said(pay)["recipients"] == [{"name": "URSSAF"}, {"name": "DGFiP"}]
    assert sales.name == "CRM"


def test_an_address_goes_on_with_its_name_and_a_country_beside_one_name_is_its_own(tmp_path: Path) -> None:
    address = "ADP France\n31-41 avenue du Général Leclerc\n92000 Nanterre"
    [row] = read(
        tmp_path,
        "Traitement;Finalité;Sous-traitants;Transferts hors UE;Destinataires",
        f'Paie;Payer;"{address}";"Oui\nADP Inc, États-Unis, DPF";"o DRH\n− Direction"',
    )
    assert said(row)["recipients"] == [
        {"name": "DRH"},
        {"name": "Direction"},
        {"type": "processors", "name": "ADP France, 31-41 avenue du Général Leclerc, 92000 Nanterre"},
    ]
    assert said(row)["transfers"] == [{"recipient": "ADP Inc", "country": "US", "guarantee": "dpf"}]


def test_a_processors_table_names_its_clients_as_controllers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "Nom du client (responsable de traitement);Contact client;Catégories de traitements effectués\n"
        "Mutuelle Alpha;dpo@alpha.fr;Hébergement\n",
        encoding="utf-8",
    )
    [row] = rows(path, samples.FORMS["processing"])
    assert said(row) == {"name": "Hébergement", "controllers": [{"name": "Mutuelle Alpha"}]}
    assert row.left == (("Contact client", "dpo@alpha.fr"),)
