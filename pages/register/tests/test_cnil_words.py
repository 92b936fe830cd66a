"""The CNIL's form as people fill, lengthen and reword it: a no is a no, and no line is lost."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from core.base.i18n import speaking
from core.records.row import Row
from pages.register.model import TREATMENT
from pages.register.tests import files, workbooks

Lines = Sequence[Sequence[Any]]
HEALTH = "Données concernant la santé"
NIR = "Numéro de Sécurité Sociale (ou NIR)"


def read(tmp_path: Path, sections: Mapping[str, Lines]) -> Row:
    sheet = workbooks.record({"Nom du traitement": "Badges", "N° / RÉF": "T-9"}, sections)
    path = workbooks.save(tmp_path / "fiche.xlsx", {"Fiche": sheet})
    with speaking("en"):
        [row] = files.rows(path, TREATMENT)
    assert row.refused == ""
    return row


def said(row: Row, name: str) -> Any:
    return json.loads(row.content).get(name, "unsaid")


def test_a_line_of_the_form_that_says_no_answers_none(tmp_path: Path) -> None:
    row = read(
        tmp_path,
        {
            "Acteurs": [["Responsable(s) conjoint(s)", "Non applicable"]],
            "Catégories de données personnelles concernées": [[NIR, "Non concerné"]],
            "Données sensibles": [
                [HEALTH, "Non concerné"],
                ["Données révélant les opinions politiques", "Non concerné"],
            ],
            "Transferts hors UE": [["Organisme destinataire 1", "Sans objet — aucun transfert"]],
        },
    )
    for name in ("joint_controllers", "nir", "sensitive_data", "transfers"):
        assert said(row, name) == [], name
    assert row.left == (("Transfers", "aucun transfert"),)


def test_a_no_on_one_line_leaves_the_other_lines(tmp_path: Path) -> None:
    row = read(
        tmp_path,
        {"Données sensibles": [[HEALTH, "Arrêts de travail", None, None, "—"], ["Données génétiques", "Non"]]},
    )
    assert said(row, "sensitive_data") == [{"category": "health", "description": "Arrêts de travail"}]


@pytest.mark.parametrize("head", ["Délai d’effacement", "Conservation", "Durée"])
def test_the_head_of_retention_has_several_names(tmp_path: Path, head: str) -> None:
    sheet = workbooks.record(
        {"Nom du traitement": "Badges"},
        {"Données sensibles": [[HEALTH, "Arrêts", None, None, "10 ans"]]},
    )
    sheet = [[head if cell == "Durée de conservation" else cell for cell in line] for line in sheet]
    [row] = files.rows(workbooks.save(tmp_path / "fiche.xlsx", {"Fiche": sheet}), TREATMENT)
    assert said(row, "sensitive_data")[0]["retention"] == "10 ans"


def test_a_line_with_a_value_is_no_head_of_a_section(tmp_path: Path) -> None:
    row = read(
        tmp_path,
        {
            "Mesures de sécurité": [
                ["Mesures de sécurité techniques", "Pare-feu"],
                ["Mesures de sécurité organisationnelles", "Charte"],
                ["Chiffrement", "disques"],
            ]
        },
    )
    assert said(row, "measures") == [
        {"type": "other", "detail": "Pare-feu"},
        {"type": "other", "detail": "Charte"},
        {"type": "encryption", "detail": "disques"},
    ]


def test_the_officer_is_known_by_either_name_and_a_cell_beside_its_column_by_what_it_is(tmp_path: Path) -> None:
    row = read(
        tmp_path,
        {
            "Acteurs": [
                ["DPO", "Zoé Martin", None, None, None, None, None, None, "zoe@exemple.fr"],
                ["Responsable du traitement", "Mutuelle", None, None, None, None, None, None, "Bâtiment B"],
                ["Responsable de la sécurité", "Ali Le Goff"],
            ]
        },
    )
    assert said(row, "dpo") == [{"name": "Zoé Martin", "email": "zoe@exemple.fr"}]
    assert said(row, "controller") == [{"name": "Mutuelle"}]
    assert row.left == (
        ("Responsable du traitement", "Bâtiment B"),
        ("Responsable de la sécurité", "Ali Le Goff"),
    )


def test_the_line_of_the_legal_basis_is_that_of_the_purposes_above(tmp_path: Path) -> None:
    row = read(
        tmp_path,
        {
            "Finalité(s) du traitement effectué": [
                ["Finalité principale", "Ouvrir"],
                ["Sous-finalité 1", "Compter"],
                ["Base légale", "Obligation légale"],
            ]
        },
    )
    assert said(row, "purposes") == [
        {"name": "Ouvrir", "legal_bases": ["legal_obligation"]},
        {"name": "Compter", "legal_bases": ["legal_obligation"]},
    ]


def test_a_line_that_the_form_does_not_have_stands_in_the_notes(tmp_path: Path) -> None:
    row = read(
        tmp_path,
        {
            "Destinataires": [
                ["Destinataire 1", "Sous-traitants", None, None, "Nimbus"],
                ["Remarque DPO", "à revoir avec le RSSI"],
            ]
        },
    )
    assert said(row, "recipients") == [{"type": "processors", "name": "Nimbus"}]
    assert row.left == (("Remarque DPO", "à revoir avec le RSSI"),)
    assert row.told == ("“Remarque DPO: à revoir avec le RSSI” stands in the notes.",)


def test_a_recipient_inside_the_union_is_no_transfer(tmp_path: Path) -> None:
    row = read(tmp_path, {"Transferts hors UE": [["Organisme destinataire 1", "Nimbus SE", "Allemagne"]]})
    assert said(row, "transfers") == []
    assert said(row, "recipients") == [{"name": "Nimbus SE", "detail": "Germany"}]
    assert "no transfer" in row.told[0]


CONTENT = {
    "name": "Paie",
    "ref": "P-1",
    "purposes": [{"name": "Payer", "legal_bases": ["contract"]}],
    "data_categories": [
        {"category": "identity", "description": "Noms", "retention": "5 ans"},
        {"category": "identity", "description": "", "retention": "—"},
    ],
    "measures": [{"type": "access", "detail": "Badge"}, {"type": "backup"}],
}


def changed(tmp_path: Path, edits: Mapping[str, Mapping[str, Any]]) -> Row:
    """An export of one record, whose cells somebody changed: by sheet, then place."""
    path = files.write(tmp_path / f"{files.CNIL}.xlsx", TREATMENT, [files.content(CONTENT)])
    book = openpyxl.load_workbook(path)
    for number, cells in edits.items():
        for label, value in cells.items():
            sheet = book.worksheets[int(number)]
            line = next(line for line in sheet if line[0].value == label)
            next(cell for cell in line[1:] if cell.value).value = value
    book.save(path)
    with speaking("en"):
        [row] = files.rows(path, TREATMENT)
    return row


def test_a_cleared_line_of_an_export_is_an_answer_taken_back(tmp_path: Path) -> None:
    row = changed(tmp_path, {"1": {"Mesure de sécurité 2": None, "Finalité principale": "Payer les gens"}})
    assert row.whole
    assert said(row, "measures") == [{"type": "access", "detail": "Badge"}]
    assert said(row, "purposes")[0]["name"] == "Payer les gens"
    assert said(row, "transfers") is None


def test_the_form_shows_what_it_has_room_for_also_where_it_stands_whole_below(tmp_path: Path) -> None:
    path = files.write(tmp_path / f"{files.CNIL}.xlsx", TREATMENT, [files.content(CONTENT)])
    lines = [[cell.value for cell in line[:5]] for line in openpyxl.load_workbook(path).worksheets[1]]
    assert [line[1] for line in lines if line[4] == "5 ans"] == ["Noms"]


def test_an_edit_on_the_list_of_an_export_is_told(tmp_path: Path) -> None:
    path = files.write(tmp_path / f"{files.CNIL}.xlsx", TREATMENT, [files.content(CONTENT)])
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["A9"].value, book.worksheets[0]["E9"].value = "Salaires", "Verser"
    book.save(path)
    with speaking("en"):
        [row] = files.rows(path, TREATMENT)
    assert row.told == (
        "Name of the treatment: the list says “Salaires”, the record's own sheet “Paie”, which counts.",
        "Purposes: the list says “Verser”, the record's own sheet “Payer”, which counts.",
    )


def test_a_record_whose_sheet_was_taken_out_of_an_export_is_told_and_not_changed(tmp_path: Path) -> None:
    contents = [
        files.content({**CONTENT, "ref": ref, "name": name}) for ref, name in (("T-1", "Paie"), ("T-2", "Vote"))
    ]
    path = files.write(tmp_path / f"{files.CNIL}.xlsx", TREATMENT, contents)
    book = openpyxl.load_workbook(path)
    del book["T-2 Vote"]
    book["2 - Liste des traitements"].append(["Added by hand", None, None, None, "To count", None, None, "Non"])
    book.save(path)
    with speaking("en"):
        kept, gone, added = files.rows(path, TREATMENT)
    assert (kept.ref, kept.refused, added.name, added.refused) == ("T-1", "", "Added by hand", "")
    assert gone.refused == "The list names it, but its own sheet is no longer in the file: nothing of it changes."


@pytest.mark.parametrize("text", ["☐ Oui ☐ Non", "Oui/Non", "☐", "☐ Arrêts ☐ Bilans"])
def test_a_line_of_boxes_of_which_none_is_ticked_is_no_answer(tmp_path: Path, text: str) -> None:
    row = read(tmp_path, {"Données sensibles": [[HEALTH, text]]})
    assert said(row, "sensitive_data") == "unsaid"


def test_a_line_whose_box_is_ticked_answers_by_it(tmp_path: Path) -> None:
    lines = [[HEALTH, "☒ Arrêts ☐ Bilans"], ["Données génétiques", "☐ Oui ☒ Non"]]
    assert said(read(tmp_path, {"Données sensibles": lines}), "sensitive_data") == [
        {"category": "health", "description": "Arrêts"}
    ]
    assert said(read(tmp_path, {"Données sensibles": [[HEALTH, "☐ Oui ☒ Non"]]}), "sensitive_data") == []


@pytest.mark.parametrize("text", ["UE", "Espace économique européen", "France"])
def test_a_recipient_that_is_the_economic_area_is_no_transfer(tmp_path: Path, text: str) -> None:
    assert said(read(tmp_path, {"Transferts hors UE": [["Organisme destinataire 1", text]]}), "transfers") == []


def test_a_yes_below_transfers_is_asked_to_whom(tmp_path: Path) -> None:
    row = read(tmp_path, {"Transferts hors UE": [["Organisme destinataire 1", "☒ Oui ☐ Non"]]})
    assert (said(row, "transfers"), row.left) == ("unsaid", (("Transfers", "Oui"),))
