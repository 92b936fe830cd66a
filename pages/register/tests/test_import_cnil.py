"""The CNIL's workbook, as people fill it: the list, the sheets, what is left out, what is kept in words."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from core.base import clock
from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.records import check
from core.records.importing import imports
from core.records.importing.imports import FileKind
from core.records.records import Version
from core.records.row import Row
from pages.register.collection import TREATMENTS
from pages.register.files import cnil_write
from pages.register.lists import shipped
from pages.register.model import TREATMENT
from pages.register.tests import files
from pages.register.tests.samples import WHOLE
from pages.register.tests.workbooks import PLACEHOLDER, listed, record, save

LIST = "2_-_Liste_des_traitements"
SHEET = "3_-_Modèle_de_fiche_de_registre"
BADGES = record(
    {"Nom du traitement": "Badges", "N° / RÉF": "B-1", "Date de création du traitement": date(2020, 3, 1)},
    {
        "Acteurs": [
            [
                "Responsable du traitement",
                "Mutuelle Exemple",
                "2 rue Basse",
                44000,
                "Nantes",
                "France",
                None,
                "m@x.example",
            ],
            ["Société du DPO (si celui-ci est externe)", "N/A"],
            ["Responsable(s) conjoint(s)"],
        ],
        "Finalité(s) du traitement effectué": [
            ["Finalité principale", "Contrôler les accès"],
            ["Sous-finalité 1", "Compter les présents"],
            ["Sous-finalité 2"],
        ],
        "Catégories de données personnelles concernées": [
            ["État civil, identité, données d'identification, images…", "Nom, photo", None, None, "3 mois"],
            ["Données de localisation (déplacements, données GPS, GSM, etc.)", "Oui"],
            ["Plaques des voitures", "Immatriculation", None, None, "1 an"],
            ["Numéro de Sécurité Sociale (ou NIR)", "Non"],
        ],
        "Données sensibles": [
            ["Données concernant la santé"],
            ["Données biométriques", "Empreinte", None, None, "3 mois"],
        ],
        "Catégories de personnes concernées": [
            ["Catégorie de personnes 1", "Salariés", None, None, "Siège"],
            ["Catégorie de personnes 2", "Jardiniers du dimanche"],
            ["Catégorie de personnes 3", PLACEHOLDER],
        ],
        "Destinataires": [
            ["Destinataire 1", "Service interne qui traite les données", None, None, "Sûreté"],
            ["Destinataire 2", PLACEHOLDER],
        ],
        "Mesures de sécurité": [["Mesure de sécurité 1", "Chiffrement des données"]],
        "Transferts hors UE": [
            ["Organisme destinataire 1", "Badge Corp", "Etats-Unis", "Privacy shield", None, "Contrat du 1er mars"],
            ["Organisme destinataire 2", None, PLACEHOLDER, PLACEHOLDER],
        ],
    },
)
EMPTY = record({"Nom du traitement": None, "N° / RÉF": "ref-001"}, {"Destinataires": [["Destinataire 1", PLACEHOLDER]]})

COMPUTED = record({"Nom du traitement": "Paie", "Description": '="Calcul de "&B5'}, {})


def rows(path: Path) -> list[Row]:
    with speaking("en"):
        return files.rows(path, TREATMENT)


def content(row: Row) -> dict[str, Any]:
    return dict(json.loads(row.content))


def test_the_list_and_the_sheets_make_one_record_each(tmp_path: Path) -> None:
    path = save(
        tmp_path / "registre.xlsx",
        {
            "Tutoriel": [["À lire"]],
            LIST: listed(
                ["Paie", "P-1", "26/05/2018", "13/05/2019", "Payer les salaires", None, None, "Non"],
                [],
                ["Les badges", "B-1", date(2019, 4, 2), None, "Accès", None, None, "Oui"],
            ),
            SHEET: EMPTY,
            "Badges": BADGES,
            "Parking": record({"Nom du traitement": "Parking"}, {}),
        },
    )
    assert imports.look(path, TREATMENTS, shipped()).kind is FileKind.BOOK
    found = rows(path)
    assert [(row.place, row.ref, row.name, row.refused) for row in found] == [
        (f"registre.xlsx!{LIST}:10", "P-1", "Paie", ""),
        ("registre.xlsx!Badges", "B-1", "Badges", ""),
        ("registre.xlsx!Parking", "", "Parking", ""),
    ]
    assert content(found[0]) == {
        "name": "Paie",
        "ref": "P-1",
        "created_on": "2018-05-26",
        "purposes": [{"name": "Payer les salaires"}],
        "sensitive_data": [],
    }
    assert content(found[1])["created_on"] == "2019-04-02"


def test_a_sheet_fills_every_section(tmp_path: Path) -> None:
    [row] = rows(save(tmp_path / "r.xlsx", {"B": BADGES}))
    assert content(row) == {
        "name": "Badges",
        "ref": "B-1",
        "started_on": "2020-03-01",
        "controller": [
            {
                "name": "Mutuelle Exemple",
                "address": "2 rue Basse",
                "postcode": "44000",
                "city": "Nantes",
                "country": "France",
                "email": "m@x.example",
            }
        ],
        "dpo_company": [],
        "purposes": [{"name": "Contrôler les accès"}, {"name": "Compter les présents"}],
        "data_categories": [
            {"category": "identity", "description": "Nom, photo", "retention": "3 mois"},
            {"category": "location"},
            {"category": "", "description": "Plaques des voitures: Immatriculation", "retention": "1 an"},
        ],
        "nir": [],
        "sensitive_data": [{"category": "biometric", "description": "Empreinte", "retention": "3 mois"}],
        "persons": [
            {"category": "employees", "detail": "Siège"},
            {"category": "others", "detail": "Jardiniers du dimanche"},
        ],
        "recipients": [{"type": "internal", "name": "Sûreté"}],
        "measures": [{"type": "encryption"}],
        "transfers": [{"recipient": "Badge Corp", "country": "US", "document": "Contrat du 1er mars"}],
    }
    assert row.left == (("Guarantee", "Privacy shield"),)
    assert row.unknown == (
        ("data_categories", "Plaques des voitures"),
        ("person_types", "Jardiniers du dimanche"),
        ("guarantees", "Privacy shield"),
    )


def test_the_blocks_above_the_list_answer_for_records_that_do_not(tmp_path: Path) -> None:
    [row] = rows(save(tmp_path / "r.xlsx", {LIST: listed(["Paie"])}))
    assert row.defaults == {
        "controller": [
            {
                "name": "Zoé MARTIN",
                "address": "2 rue Basse",
                "postcode": "44000",
                "city": "Nantes",
                "phone": "02 00 00 00 00",
                "email": "zoe@mutuelle.example",
            }
        ],
        "dpo": [{"name": "Ali LE GOFF", "email": "dpo@mutuelle.example"}],
        "dpo_company": [{"name": "Cabinet Conforme"}],
    }


def test_the_example_counts_nowhere(tmp_path: Path) -> None:
    example = record({"Nom du traitement": "Tournoi", "N° / RÉF": "1 - Exemple"}, {})
    path = save(tmp_path / "r.xlsx", {LIST: listed(["Paie"]), "4 - Exemple de fiche": example})
    assert [row.name for row in rows(path)] == ["Paie"]


def test_a_workbook_that_nobody_filled_says_so(tmp_path: Path) -> None:
    path = save(tmp_path / "r.xlsx", {LIST: listed(), SHEET: EMPTY})
    with pytest.raises(SourceFailed) as failed:
        rows(path)
    assert failed.value.sentence == "r.xlsx holds no treatment: nobody has filled it yet."


def test_a_filled_sheet_without_a_name_is_refused_alone(tmp_path: Path) -> None:
    nameless = record(
        {"Nom du traitement": None}, {"Finalité(s) du traitement effectué": [["Finalité principale", "Compter"]]}
    )
    found = rows(save(tmp_path / "r.xlsx", {LIST: listed(["Paie"]), SHEET: nameless}))
    assert [(row.name, row.refused) for row in found] == [("Paie", ""), ("", "The sheet does not name its treatment.")]


def test_a_formula_that_was_never_computed_counts_where_a_record_is_read_only(tmp_path: Path) -> None:
    title = ["Fiche", None, None, None, None, None, None, "=B5"]
    path = save(
        tmp_path / "r.xlsx", {"Modèle": [title, *EMPTY], "Badges": [title, *BADGES], "Paie": [title, *COMPUTED]}
    )
    with speaking("en"):
        found = files.rows(path, TREATMENT)
    assert [(row.name, row.refused) for row in found] == [
        ("Badges", ""),
        ("Paie", "B6: the formula was never computed. Save the file with Excel or LibreOffice first."),
    ]


def test_labels_may_stand_in_another_column(tmp_path: Path) -> None:
    shifted = [[None, *line] for line in BADGES]
    [row] = rows(save(tmp_path / "r.xlsx", {"B": shifted}))
    assert content(row)["purposes"] == [{"name": "Contrôler les accès"}, {"name": "Compter les présents"}]
    assert content(row)["recipients"] == [{"type": "internal", "name": "Sûreté"}]


def test_a_table_with_the_same_columns_but_no_form_is_a_table(tmp_path: Path) -> None:
    header = ["Nom du traitement", "Référence", "Date de création", "Finalité", "Squad"]
    path = save(tmp_path / "r.xlsx", {"Suivi": [header, ["Paie", "1", "01/02/2020", "Payer", "RH"]]})
    assert imports.look(path, TREATMENTS, shipped()).kind is FileKind.TABLE


AWKWARD = {
    **WHOLE,
    "ref": "=1+1",
    "name": "Paie [siège]: a/b * 'c'",
    "started_on": "1890-01-02",
    "description": "=a\nb",
    "transfers": [{"recipient": "@x", "country": "US", "guarantee": "dpf", "document": "https://x.example"}],
    "purposes": [{"name": f"Finalité {n}", "legal_bases": ["contract", "consent"]} for n in range(9)],
    "recipients": [{"name": f"Service {n}", "type": "internal", "detail": "d"} for n in range(7)],
}


def test_the_layout_of_the_cnil_reads_back_whole(tmp_path: Path) -> None:
    lists = shipped()
    contents = [
        check.read(TREATMENT, {**data, "ref": data.get("ref") or f"T-{n}"}, lists).model_dump(mode="json")
        for n, data in enumerate([WHOLE, AWKWARD, {"name": "Vide"}, {**WHOLE, "transfers": None, "nir": None}])
    ]
    path = tmp_path / "registre.xlsx"
    kept = [Version(n, 1, clock.now(), "ines", "add", None, "draft", False, data) for n, data in enumerate(contents)]
    with path.open("wb") as file:
        assert cnil_write.write(file, TREATMENT, lists, kept) == 4
    for row, data in zip(files.rows(path, TREATMENT), contents, strict=True):
        again = files.kept(TREATMENT, row)
        assert again == data, [name for name in data if again[name] != data[name]]


def test_titles_of_sheets_are_safe_short_and_unlike() -> None:
    taken: set[str] = set()
    for name in ("a/b:c*d?[e]", "A b c d  e ", "é" * 40, "é" * 41, "'", "History"):
        title = cnil_write.sheet_title({"ref": "", "name": name}, taken | {"history"})
        taken.add(title.casefold())
    assert taken == {"a b c d e", "a b c d e (2)", "é" * 31, "é" * 27 + " (2)", "fiche", "history (2)"}


def test_what_a_section_would_give_back_otherwise_stands_whole_below(tmp_path: Path) -> None:
    data = {
        "name": "Paie",
        "ref": "P-1",
        "purposes": [{"name": "Payer", "legal_detail": "Code du travail"}, {"name": "Déclarer"}],
        "data_categories": [{"category": "identity", "description": "Oui", "retention": "5 ans"}],
        "measures": [{"type": "access", "detail": "Badge"}],
        "zones_read": ["ZA", "ZT"],
        "pipelines": [],
    }
    content = check.read(TREATMENT, data, shipped()).model_dump(mode="json")
    path = files.write(tmp_path / f"{files.CNIL}.xlsx", TREATMENT, [content])
    lines = [[cell.value for cell in line[:5]] for line in openpyxl.load_workbook(path).worksheets[1]]
    labels = [line[0] for line in lines]
    assert [line[1] for line in lines if line[0] == "Mesure de sécurité 1"] == ["Contrôle d’accès des utilisateurs"]
    assert next(line[4] for line in lines if line[1] == "Oui") == "5 ans"
    below = dict(line[:2] for line in lines[labels.index("Compléments") + 1 :])
    assert below["Finalités 1 · Précisions sur la base légale"] == "Code du travail"
    assert below["Catégories de données personnelles 1 · Description"] == "Oui"
    assert below["Zones lues"] == "ZA; ZT"
    assert below["Pipelines"] == "Aucun pipeline"
    assert "Finalités 1 · Finalité" not in below
    assert "Mesures de sécurité 1 · Précisions" not in below


def test_the_head_of_the_list_does_not_answer_for_a_record_that_vigie_wrote(tmp_path: Path) -> None:
    content = check.read(TREATMENT, {"name": "Paie", "ref": "P-1"}, shipped()).model_dump(mode="json")
    [row] = files.rows(files.write(tmp_path / f"{files.CNIL}.xlsx", TREATMENT, [content]), TREATMENT)
    assert row.defaults == {}
