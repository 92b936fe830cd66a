"""Files that people bring: what each row says of a record, and the one sentence for a file that cannot be read."""

import json
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from core.base.errors import InputInvalid, SourceFailed
from core.base.i18n import speaking
from core.records import flat
from core.records.importing import imports, mappings
from core.records.importing.imports import FileKind
from pages.register.collection import TREATMENTS
from pages.register.guesses import TICKS
from pages.register.lists import shipped
from pages.register.model import PROCESSING, TREATMENT
from pages.register.tests import files

TEAM = (
    "Typologie de données personnelles;Finalité;Destinataire;Méthode de stockage\n"
    "Salarié - Badge;Suivre les accès;Équipe sûreté;Table - annule et remplace\n"
    "PP;Étude de besoin;SQUAD;Mail - Génération de fichier pour traitement\n"
    "PP;Étude de besoin;SQUAD;Mail - Génération de fichier pour traitement\n"
    "Employé - Client - PP;Étude de besoin;SQUAD;Mail\n"
)


def book(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.save(path)
    return path


def csv(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def said(path: Path, mapping: dict[str, str] | None = None) -> list[dict[str, Any]]:
    return [json.loads(row.content) for row in files.rows(path, TREATMENT, mapping)]


def refusal(path: Path) -> str:
    with speaking("en"), pytest.raises(SourceFailed) as failed:
        files.rows(path, TREATMENT)
    return failed.value.sentence


def test_the_four_columns_of_the_team_become_a_record_a_row_to_be_named(tmp_path: Path) -> None:
    path = csv(tmp_path / "equipe.csv", TEAM)
    found = said(path)
    assert [row.proposed for row in files.rows(path, TREATMENT)] == [
        "À nommer : Suivre les accès (1)",
        "À nommer : Étude de besoin (1)",
        "À nommer : Étude de besoin (2)",
        "À nommer : Étude de besoin (3)",
    ]
    assert found[1] == {
        "typologies": ["pp"],
        "purposes": [{"name": "Étude de besoin"}],
        "recipients": [{"name": "SQUAD"}],
        "storage": [{"medium": "mail", "write_mode": "generated_file"}],
    }
    assert found[3]["typologies"] == ["employe", "client", "pp"]
    assert found[3]["storage"] == [{"medium": "mail", "write_mode": ""}]


def test_the_same_names_are_proposed_whatever_the_language(tmp_path: Path) -> None:
    path = csv(tmp_path / "equipe.csv", TEAM)
    with speaking("en"):
        assert files.rows(path, TREATMENT)[0].proposed == "À nommer : Suivre les accès (1)"


def test_words_that_a_list_lacks_are_told_and_kept_for_the_notes(tmp_path: Path) -> None:
    with speaking("en"):
        row = files.rows(csv(tmp_path / "equipe.csv", TEAM), TREATMENT)[0]
    assert row.unknown == (("typologies", "Salarié - Badge"),)
    assert row.left == (("Typology of personal data", "Salarié - Badge"),)
    assert row.told == ("Typology of personal data: the list does not have “Salarié - Badge”; it stands in the notes.",)


def test_columns_are_guessed_in_french_and_in_english() -> None:
    french = [
        "Intitulé",
        "Réf.",
        "Finalité principale",
        "Base juridique",
        "Durée de conservation",
        "Personnes concernées",
    ]
    english = ["Processing activity", "ID", "Purpose", "Lawful basis", "Retention period", "Data subjects", "Colour"]
    wanted = ["name", "ref", "purposes", "purposes.legal_bases", "data_categories.retention", "persons"]
    assert list(mappings.propose(TREATMENTS, french).values()) == wanted
    assert list(mappings.propose(TREATMENTS, english).values()) == [*wanted, "notes"]


def test_a_table_is_read_by_a_mapping_that_a_person_corrected(tmp_path: Path) -> None:
    path = csv(
        tmp_path / "autre.csv",
        "A,B,C,D\nGestion des agents,Contrat,13 mois,Nom et adresse; Téléphone du domicile\n",
    )
    mapping = {"A": "name", "B": "purposes.legal_bases", "C": "data_categories.retention", "D": "data_categories"}
    assert said(path, mapping) == [
        {
            "name": "Gestion des agents",
            "purposes": [{"legal_bases": ["contract"]}],
            "data_categories": [
                {"category": "", "description": "Nom et adresse", "retention": "13 mois"},
                {"category": "", "description": "Téléphone du domicile", "retention": "13 mois"},
            ],
        }
    ]


def test_a_mapping_that_cannot_be_is_refused(tmp_path: Path) -> None:
    path = csv(tmp_path / "autre.csv", "A,B\nx,y\n")
    with speaking("en"), pytest.raises(InputInvalid) as twice:
        files.rows(path, TREATMENT, {"A": "name", "B": "name"})
    assert twice.value.sentence == "Name of the treatment is filled by two columns: choose one."
    with speaking("en"), pytest.raises(InputInvalid) as unknown:
        files.rows(path, TREATMENT, {"A": "colour", "B": "name"})
    assert unknown.value.sentence == "A: the field colour does not exist."


def test_the_header_may_stand_on_row_six_below_merged_cells(tmp_path: Path) -> None:
    path = book(
        tmp_path / "suivi.xlsx",
        [
            ["Registre de la direction"],
            [],
            ["Version 3"],
            [],
            ["Identité", None, "Contenu"],
            ["Nom du traitement", "Référence", "Finalité", "Date de création"],
            ["Paie", "P1", "Payer", date(2018, 5, 26)],
            ["Badges", "P2", "Contrôler", "5/6/2018"],
            ["Parking", "P3", "Garer", "1er mars 2019"],
            ["Cantine", "P4", "Nourrir", "courant 2020"],
            [],
        ],
    )
    workbook = openpyxl.load_workbook(path)
    for cells in ("A1:D1", "A5:B5", "C5:D5"):
        workbook.active.merge_cells(cells)
    workbook.save(path)
    found = files.rows(path, TREATMENT)
    days = [json.loads(row.content).get("created_on") for row in found]
    assert days == ["2018-05-26", "2018-06-05", "2019-03-01", None]
    assert found[3].left == (("Date de création de la fiche", "courant 2020"),)
    assert found[0].place == "suivi.xlsx!Sheet:7"


def test_a_cell_merged_over_rows_counts_in_each(tmp_path: Path) -> None:
    path = book(tmp_path / "suivi.xlsx", [["Nom du traitement", "Service"], ["Paie", "RH"], ["Congés", None]])
    workbook = openpyxl.load_workbook(path)
    workbook.active.merge_cells("B2:B3")
    workbook.save(path)
    assert [row["squad"] for row in said(path)] == ["RH", "RH"]


def test_yes_to_sensitive_data_is_told_and_no_is_an_explicit_none(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", "Nom du traitement;Données sensibles\nPaie;Oui\nCantine;Non\nParking;\n")
    found = files.rows(path, TREATMENT)
    assert [json.loads(row.content).get("sensitive_data", "unsaid") for row in found] == ["unsaid", [], "unsaid"]
    assert found[0].left == (("Données sensibles", "Oui"),)


def test_a_placeholder_is_no_value(tmp_path: Path) -> None:
    path = csv(
        tmp_path / "a.csv", "Nom du traitement;Personnes concernées\nPaie;Sélectionnez un élément dans la liste\n"
    )
    assert said(path) == [{"name": "Paie"}]


def test_a_retired_value_is_not_taken_but_kept_in_words(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", "Nom;Garantie\nPaie;Privacy Shield\n")
    row = files.rows(path, TREATMENT, {"Nom": "name", "Garantie": "transfers.guarantee"})[0]
    assert json.loads(row.content) == {"name": "Paie"}
    assert row.left == (("Type de garanties", "Privacy Shield"),)


def test_a_csv_that_guards_formulas_is_read_as_it_was_meant(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", "Nom;Référence;Commentaires\nPaie;'007;\"'=somme(a)\"\n'til;'x;l'eau\n")
    assert said(path) == [
        {"name": "Paie", "ref": "007", "notes": "=somme(a)"},
        {"name": "'til", "ref": "'x", "notes": "l'eau"},
    ]


def test_a_row_without_name_and_purpose_is_refused_alone(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", "Nom;Finalité;Service\nPaie;;RH\n;;Achats\n;Acheter;Achats\n;;\n")
    with speaking("en"):
        found = files.rows(path, TREATMENT)
    assert [(row.name or row.proposed, row.refused) for row in found] == [
        ("Paie", ""),
        ("", "Nothing to name the record by."),
        ("À nommer : Acheter (1)", ""),
    ]


def test_an_unreadable_row_of_a_csv_is_refused_alone(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", "Nom;Service\nPaie;RH\nBadges;RH;de trop;encore\nCantine;SG\n")
    found = files.rows(path, TREATMENT)
    assert sorted((row.place, bool(row.refused)) for row in found) == [
        ("a.csv:2", False),
        ("a.csv:3", True),
        ("a.csv:4", False),
    ]


def test_a_computed_formula_counts_by_its_value_and_an_error_refuses_its_row(tmp_path: Path) -> None:
    path = book(tmp_path / "f.xlsx", [["Nom", "Service"], ["Paie", "RH"], ["Badges", "SG"]])
    sheet = "xl/worksheets/sheet1.xml"
    _rewrite(
        path, sheet, b'<c r="B2" t="inlineStr"><is><t>RH</t></is></c>', b'<c r="B2" t="str"><f>A9</f><v>RH</v></c>'
    )
    _rewrite(
        path, sheet, b'<c r="B3" t="inlineStr"><is><t>SG</t></is></c>', b'<c r="B3" t="e"><f>A/0</f><v>#DIV/0!</v></c>'
    )
    with speaking("en"):
        found = files.rows(path, TREATMENT)
    assert json.loads(found[0].content)["squad"] == "RH"
    assert found[1].refused == "B3: the cell holds the error #DIV/0! of a formula."


def test_a_formula_that_was_never_computed_refuses_its_row(tmp_path: Path) -> None:
    path = book(
        tmp_path / "f.xlsx",
        [["Nom", "Service", "Couleur"], ["Paie", '=CONCAT("R";"H")', None], ["Badges", "SG", "=A1"], ["Parking", "SG"]],
    )
    with speaking("en"):
        found = files.rows(path, TREATMENT)
    assert [row.refused for row in found] == [
        "B2: the formula was never computed. Save the file with Excel or LibreOffice first.",
        "",
        "",
    ]


def test_a_workbook_that_crashes_openpyxl_is_read(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [["Nom", "Service"], ["Paie", "RH"]])
    _rewrite(path, "xl/styles.xml", b"<cellXfs", b'<cellXfs bad="1"')
    _rewrite(
        path,
        "docProps/core.xml",
        b"</cp:coreProperties>",
        b"<dcterms:created>hier</dcterms:created></cp:coreProperties>",
    )
    with pytest.raises((TypeError, ValueError)):
        openpyxl.load_workbook(path)
    assert said(path) == [{"name": "Paie", "squad": "RH"}]


def test_a_protected_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"))
    assert refusal(path) == "secret.xlsx is protected by a password: save it without one."


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [["Nom"], ["Paie"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.xml", bytes(20 * 2**20))
    assert refusal(path) == "a.xlsx is too large for a workbook: save it as CSV."


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.xlsx", b"PK\x03\x04 cut", "a.xlsx cannot be read as a workbook: it is damaged, or of another kind."),
        ("a.ods", b"text", "a.ods cannot be read as a workbook: it is damaged, or of another kind."),
        ("a.csv", b"", "a.csv is empty."),
        ("a.csv", b"PK\x03\x04 a workbook", "a.csv is no text file: it looks like ZIP/XLSX."),
        ("a.csv", b"Nom;Service\n", "a.csv holds no rows."),
        ("a.json", b"{", "a.json is no JSON file."),
        ("a.json", b"[" * 100_000, "a.json is nested too deeply."),
        ("a.json", b'{"records": []}', "a.json is no such export of Vigie."),
        (
            "a.json",
            b'{"format": "vigie-register", "version": 2, "kind": "treatment", "records": []}',
            "a.json was written by a newer version of Vigie.",
        ),
        (
            "a.json",
            b'{"format": "vigie-register", "version": 1, "kind": "processing", "records": []}',
            "a.json holds other records: processing.",
        ),
    ],
)
def test_a_file_that_is_none_is_refused_with_one_sentence(
    tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert refusal(path) == sentence


def test_the_kind_of_a_file_is_found_by_what_it_holds(tmp_path: Path) -> None:
    lists = shipped()
    own = files.write(tmp_path / "a.csv", TREATMENT, [{"name": "Paie", "ref": "1"}])
    table = csv(tmp_path / "b.csv", TEAM)
    assert imports.look(own, TREATMENTS, lists).kind is FileKind.OWN
    opened = imports.look(table, TREATMENTS, lists)
    assert (opened.kind, opened.nameless) == (FileKind.TABLE, True)
    assert opened.mapping == {
        "Typologie de données personnelles": "typologies",
        "Finalité": "purposes",
        "Destinataire": "recipients",
        "Méthode de stockage": "storage",
    }
    assert opened.sample[0]["Finalité"] == "Suivre les accès"


def test_labels_of_the_forms_name_one_column_each() -> None:
    for form in (TREATMENT, PROCESSING):
        for language in ("fr", "en"):
            with speaking(language):
                for slot in flat.slots(form, flat.measure(form, [])):
                    assert flat.find(form, slot.header) == slot, slot.header


def _rewrite(path: Path, part: str, old: bytes, new: bytes) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part], parts[part][:3000]
    parts[part] = parts[part].replace(old, new, 1)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_columns_of_ticks_answer_the_fields_whose_values_they_tick(tmp_path: Path) -> None:
    ticks = {
        "CivilStatus": "true",
        "Données de localisation": "Tournées des véhicules",
        "InternetData": "false",
        "RightOfAccess": "OnDemand",
        "Droit d’opposition": "non",
        "Profilage": "false",
        "NationalIdentificationNumber": "faux",
        "RetentionDescription": "2 ans",
    }
    sensitive = {path: words.split("|")[0] for path, words in TICKS.items() if path.startswith("sensitive")}
    header = ["Traitement", *ticks, *sensitive.values()]
    denied = ["Tournées", *ticks.values(), *["false"] * len(sensitive)]
    silent = ["Entrepôt", *[""] * (len(ticks) + len(sensitive))]
    path = csv(tmp_path / "r.csv", "\n".join(";".join(line) for line in (header, denied, silent)))
    told, other = (json.loads(row.content) for row in files.rows(path, TREATMENT))
    assert told == {
        "name": "Tournées",
        "data_categories": [
            {"category": "identity", "retention": "2 ans"},
            {"category": "location", "description": "Tournées des véhicules", "retention": "2 ans"},
        ],
        "rights": ["access"],
        "sensitive_data": [],
        "nir": [],
    }
    assert other == {"name": "Entrepôt"}


def test_a_column_may_be_chosen_to_tick_any_value_of_a_list() -> None:
    with speaking("en"):
        offered = mappings.targets(TREATMENT, shipped())
    assert offered["rights=erasure"] == "Rights that apply: Erasure"
    assert offered["purposes.legal_bases"] == "Purposes · Legal basis"
    assert flat.at(TREATMENT, "rights=erasure") == flat.Slot(TREATMENT.field("rights"), code="erasure")
    assert flat.at(TREATMENT, "name=erasure") is None
