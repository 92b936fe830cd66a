"""The tables that people keep, whatever their shape: nothing that a sheet says is lost, and each record keeps its
identity when its row moves, is named or is spelled otherwise."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.records import acts, records
from core.records.importing import imports, plan
from core.records.importing.plan import Fate, Plan
from core.records.row import Row
from core.store.engine import Store
from pages.register.collection import TREATMENTS
from pages.register.lists import shipped
from pages.register.model import PROCESSING, TREATMENT
from pages.register.tests import files
from pages.register.tests.conftest import People
from pages.register.tests.test_imports import csv

HEAD = ["Réf", "Nom du traitement", "Finalité", "Destinataires", "Durée de conservation", "Catégories de données"]
BADGES = ["R-1", "Badges", "Ouvrir les portes", "Accueil", "5 ans", "Identité"]
OLD = ["R-2", "Ancien badge", "Ouvrir les portes", "Accueil", "1 an", "Identité"]


def book(
    path: Path, sheets: dict[str, Sequence[Sequence[Any]]], mark: Callable[[Worksheet], Any] = lambda sheet: None
) -> Path:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, lines in sheets.items():
        sheet = workbook.create_sheet(name)
        for line in lines:
            sheet.append(list(line))
        mark(sheet)
    workbook.save(path)
    return path


def read(path: Path, mapping: dict[str, str] | None = None, **how: Any) -> tuple[list[Row], list[str]]:
    with speaking("en"):
        lists = shipped()
        found = imports.rows(imports.look(path, TREATMENTS, lists, **how), TREATMENTS, lists, mapping)
        return list(found), found.remarks


def said(row: Row, name: str) -> Any:
    return json.loads(row.content).get(name)


def test_a_head_on_two_rows_names_each_column_with_its_group(tmp_path: Path) -> None:
    def merged(sheet: Worksheet) -> None:
        for cells in ("A1:B1", "C1:D1", "E1:F1", "G1:H1"):
            sheet.merge_cells(cells)

    head = [
        ["Identification", None, "Finalités", None, "Destinataires", None, "Conservation", None],
        ["Réf", "Nom", "Principale", "Base légale", "Internes", "Externes", "Base active", "Archivage"],
    ]
    line = ["R-1", "Badges", "Ouvrir les portes", "Contrat", "Accueil", "Nimbus", "5 ans", "10 ans"]
    [row], _remarks = read(book(tmp_path / "a.xlsx", {"Registre": [*head, line]}, merged))
    assert (row.ref, row.name) == ("R-1", "Badges")
    assert said(row, "purposes") == [{"name": "Ouvrir les portes", "legal_bases": ["contract"]}]
    assert said(row, "recipients") == [
        {"type": "internal", "name": "Accueil"},
        {"type": "external", "name": "Nimbus"},
    ]
    assert said(row, "data_categories") == [{"retention": "Base active: 5 ans ; Archivage: 10 ans"}]


def test_a_record_over_several_rows_is_one(tmp_path: Path) -> None:
    def merged(sheet: Worksheet) -> None:
        for column in "ABC":
            sheet.merge_cells(f"{column}2:{column}4")

    lines = [
        HEAD,
        BADGES,
        [None, None, None, "Sécurité", "10 ans", "Données de connexion"],
        [None, None, None, "Gardien", "2 ans", "Données de localisation"],
        OLD,
    ]
    for mark in (merged, lambda sheet: None):
        found, _remarks = read(book(tmp_path / "a.xlsx", {"Registre": lines}, mark))
        assert [row.name for row in found] == ["Badges", "Ancien badge"]
        assert [one["name"] for one in said(found[0], "recipients")] == ["Accueil", "Sécurité", "Gardien"]
        assert [(one["category"], one["retention"]) for one in said(found[0], "data_categories")] == [
            ("identity", "5 ans"),
            ("connection", "10 ans"),
            ("location", "2 ans"),
        ]
        assert said(found[0], "purposes") == [{"name": "Ouvrir les portes"}]


def test_rows_of_one_reference_and_one_name_are_one_record(tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", "Réf;Nom;Destinataires;Service\nR-1;Badges;Accueil;RH\nR-1;Badges;Gardien;SG\n")
    [row], _remarks = read(path)
    assert [one["name"] for one in said(row, "recipients")] == ["Accueil", "Gardien"]
    assert (said(row, "squad"), row.left) == ("RH", (("Squad", "SG"),))


@pytest.mark.parametrize("how", ["hidden", "struck"])
def test_rows_that_are_hidden_or_struck_out_are_told_and_may_be_left_out(tmp_path: Path, how: str) -> None:
    def aside(sheet: Worksheet) -> None:
        if how == "hidden":
            sheet.row_dimensions[3].hidden = True
        else:
            for cell in sheet[3]:
                cell.font = Font(strike=True)

    path = book(tmp_path / "a.xlsx", {"Registre": [HEAD, BADGES, OLD]}, aside)
    found, _remarks = read(path)
    told = {"hidden": "This row is hidden in the file.", "struck": "This row is struck out."}[how]
    assert [row.told for row in found] == [(), (told,)]
    assert imports.look(path, TREATMENTS, shipped()).aside == 1
    assert [row.ref for row in read(path, without_aside=True)[0]] == ["R-1"]


def test_a_hidden_column_is_read_and_told(tmp_path: Path) -> None:
    def aside(sheet: Worksheet) -> None:
        sheet.column_dimensions["B"].hidden = True

    _found, remarks = read(book(tmp_path / "a.xlsx", {"Registre": [HEAD, BADGES]}, aside))
    assert remarks == [f"Columns that are hidden in the file are read all the same: {HEAD[1]}."]


def test_sheets_of_one_head_are_one_table_and_the_others_are_named(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        {"Lisez-moi": [["Version 3"]], "RH": [HEAD, BADGES], "Sinistres": [HEAD, OLD], "Suivi": [["Nom", "Statut"]]},
    )
    found, remarks = read(path)
    assert [(row.place, row.ref) for row in found] == [("a.xlsx!RH:2", "R-1"), ("a.xlsx!Sinistres:2", "R-2")]
    assert remarks == ["These sheets have another head and are not read: Lisez-moi, Suivi."]
    assert [row.ref for row in read(path, sheet="Sinistres")[0]] == ["R-2"]


def test_a_workbook_without_a_register_says_what_was_looked_for(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        {"Couverture": [["Direction des risques"]], "Contrôles": [["Contrôle", "Fréquence"], ["C1", "Mensuel"]]},
    )
    with pytest.raises(SourceFailed) as failed:
        read(path)
    assert failed.value.sentence.startswith(
        "No sheet of a.xlsx looks like such a table: columns such as nom du traitement, n° / réf, "
    )


def test_a_comment_stands_in_the_notes(tmp_path: Path) -> None:
    def comment(sheet: Worksheet) -> None:
        sheet["B2"].comment = Comment("À revoir avant juin", "RSSI")

    [row], _remarks = read(book(tmp_path / "a.xlsx", {"Registre": [HEAD, BADGES]}, comment))
    assert row.left == (("Comment on Nom du traitement", "À revoir avant juin"),)
    assert row.told == ("“Comment on Nom du traitement: À revoir avant juin” stands in the notes.",)


def test_columns_that_no_field_takes_go_to_the_notes_and_are_counted(tmp_path: Path) -> None:
    path = csv(
        tmp_path / "a.csv", "Nom;Finalité;Couleur;AIPD (oui/non)\nBadges;Ouvrir;bleu;non\nParking;Garer;vert;—\n"
    )
    found, remarks = read(path)
    assert [row.left for row in found] == [(("Couleur", "bleu"), ("AIPD (oui/non)", "non")), (("Couleur", "vert"),)]
    assert remarks == [
        "“Couleur”: no field takes it; its 2 values go to the notes.",
        "“AIPD (oui/non)”: no field takes it; its 1 value goes to the notes.",
    ]
    chosen = {"Nom": "name", "Finalité": "purposes", "Couleur": "", "AIPD (oui/non)": ""}
    found, remarks = read(path, chosen)
    assert [row.left for row in found] == [(), ()]
    assert remarks == [
        "“Couleur” is left out, with its 2 values.",
        "“AIPD (oui/non)” is left out, with its 1 value.",
    ]


def test_columns_of_recipients_say_their_kind(tmp_path: Path) -> None:
    path = csv(
        tmp_path / "a.csv",
        "Nom;Finalité;Destinataires internes;Destinataires externes;Sous-traitants\n"
        "Badges;Ouvrir;Accueil, RH;Nimbus;Alpha\n",
    )
    [row], _remarks = read(path)
    assert [(one["name"], one["type"]) for one in said(row, "recipients")] == [
        ("Accueil", "internal"),
        ("RH", "internal"),
        ("Nimbus", "external"),
        ("Alpha", "processors"),
    ]


def test_numbers_and_their_units_are_one_retention(tmp_path: Path) -> None:
    path = csv(
        tmp_path / "a.csv",
        "Label;BaseActiveRetentionTime;BaseActiveRetentionUnit;IntermediateArchivingRetentionTime;"
        "IntermediateArchivingRetentionUnit\nPayslip;1;Month;5;Year\n",
    )
    [row], remarks = read(path)
    assert said(row, "data_categories") == [
        {"retention": "BaseActiveRetention: 1 Month ; IntermediateArchivingRetention: 5 Year"}
    ]
    assert remarks == ["Of each record this table says Categories of personal data alone: is it a list of records?"]


S = (
    "Typologie de données personnelles;Finalité;Destinataire;Méthode de stockage\n"
    "Client;Mesurer les usages;Agence;Mail\n"
    "Employé;Mesurer les usages;Agence;Table - annule et remplace\n"
    "PP;Mesurer les usages;Agence;Table - ajout\n"
)


def planned(house: Store, path: Path) -> Plan:
    with house.read() as connection, speaking("en"):
        lists = TREATMENTS.lists(connection)
        found = imports.rows(imports.look(path, TREATMENTS, lists), TREATMENTS, lists)
        return plan.make(connection, TREATMENTS, lists, found)


def imported(house: Store, people: People, path: Path) -> None:
    made = planned(house, path)
    with house.write() as connection:
        plan.carry_out(connection, people["lea"], made)


def fates(made: Plan) -> list[Fate]:
    return [one.fate for one in made.rows]


def test_a_nameless_row_is_its_record_wherever_it_stands(house: Store, people: People, tmp_path: Path) -> None:
    imported(house, people, csv(tmp_path / "s.csv", S))
    lines = S.splitlines(keepends=True)
    made = planned(house, csv(tmp_path / "t.csv", "".join([lines[0], lines[3], lines[2]])))
    assert fates(made) == [Fate.UNCHANGED, Fate.UNCHANGED]
    assert [line.title for line in made.absent] == ["À nommer : Mesurer les usages (1)"]


def test_a_nameless_row_is_its_record_also_once_it_has_a_name(house: Store, people: People, tmp_path: Path) -> None:
    path = csv(tmp_path / "s.csv", S)
    imported(house, people, path)
    with house.write() as connection:
        first = next(iter(records.contents(connection, "treatment")))
        named = {**first.data, "name": "Mesure d'audience", "description": "Chaque mois"}
        acts.save(connection, TREATMENTS, people["lea"], first.id, first.version, named)
    assert fates(planned(house, path)) == [Fate.UNCHANGED] * 3


def test_a_nameless_row_that_changed_is_its_record_where_no_other_may_be(
    house: Store, people: People, tmp_path: Path
) -> None:
    imported(house, people, csv(tmp_path / "s.csv", S))
    made = planned(
        house, csv(tmp_path / "t.csv", S.replace("Client;Mesurer les usages;Agence", "Client;Mesurer les usages;Siège"))
    )
    assert fates(made) == [Fate.CHANGED, Fate.UNCHANGED, Fate.UNCHANGED]


def test_rows_of_one_name_are_told_apart_by_all_that_they_say(house: Store, people: People, tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", "Nom;Direction\nBadges;RH\nBadges;SG\n")
    imported(house, people, path)
    assert fates(planned(house, path)) == [Fate.UNCHANGED, Fate.UNCHANGED]


def test_a_name_that_is_nearly_another_is_told(house: Store, people: People, tmp_path: Path) -> None:
    imported(house, people, csv(tmp_path / "a.csv", "Nom\nGestion des bris de glaces\n"))
    for name in ("Gestion des bris de glace", "Gestion des bris de galces", "Gestion de bris de glaces"):
        [row] = planned(house, csv(tmp_path / "b.csv", f"Nom\n{name}\n")).rows
        assert row.fate is Fate.NEW
        assert row.told == (
            "T-0001 has nearly the same name: Gestion des bris de glaces. Give its reference in the file to change it.",
        )
    [other] = planned(house, csv(tmp_path / "c.csv", "Nom\nGestion des parkings\n")).rows
    assert other.told == ()


def test_a_cell_that_is_too_long_goes_on_in_the_notes(house: Store, people: People, tmp_path: Path) -> None:
    retention = ("5 ans " * 200).strip()
    made = planned(house, csv(tmp_path / "a.csv", f"Nom;Durée de conservation\nBadges;{retention}\n"))
    [row] = made.rows
    assert (row.fate, row.told) == (Fate.NEW, ("Retention: at most 1,000 characters; the rest stands in the notes.",))
    assert row.ready is not None
    content = json.loads(row.ready.data)
    kept = content["data_categories"][0]["retention"]
    assert f"{kept} {content['notes'].removeprefix('Retention: ')}" == retention


def test_what_the_notes_have_no_room_for_is_told(house: Store, tmp_path: Path) -> None:
    [row] = planned(house, csv(tmp_path / "a.csv", f"Nom;Service;Roman\nBadges;RH;{'mot ' * 2500}\n")).rows
    assert row.fate is Fate.NEW
    assert row.told == (f"Found no place: Roman: {('mot ' * 2500).strip()}",)


def test_files_of_the_register_are_read(tmp_path: Path) -> None:
    """An export keeps a column that somebody added to it."""
    path = files.write(tmp_path / "a.csv", TREATMENT, [files.content({"name": "Paie", "ref": "P-1"})])
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\n".join([f"{lines[0]};Avis du RSSI", f"{lines[1]};favorable"]), encoding="utf-8")
    [row], remarks = read(path)
    assert row.left == (("Avis du RSSI", "favorable"),)
    assert remarks == ["“Avis du RSSI”: no field takes it; its 1 value goes to the notes."]


def test_a_register_of_a_processor_names_its_clients_and_further_processors(tmp_path: Path) -> None:
    path = csv(
        tmp_path / "a.csv",
        "N°;Client (responsable de traitement);Traitement effectué pour le compte du client;Sous-traitants ultérieurs\n"
        "S-1;Mutuelle Alpha;Gestion déléguée;Nimbus\n",
    )
    [row] = files.rows(path, PROCESSING)
    assert json.loads(row.content) == {
        "ref": "S-1",
        "controllers": [{"name": "Mutuelle Alpha"}],
        "name": "Gestion déléguée",
        "subprocessors": [{"name": "Nimbus"}],
    }


def answered(tmp_path: Path, head: str, text: str) -> tuple[Any, str]:
    """What a cell below a head makes of a field, and what of it is asked for."""
    sheet = [["Nom du traitement", "Finalité", head], ["Badges", "Ouvrir les portes", text]]
    [row], _remarks = read(book(tmp_path / "one.xlsx", {"Registre": sheet}))
    content = json.loads(row.content)
    [name] = set(content) - {"name", "purposes"} or {""}
    return content.get(name), " ".join(row.told)


@pytest.mark.parametrize(
    ("head", "text"),
    [
        ("Données sensibles (O/N)", "N"),
        ("Transfert hors UE (O/N)", "n"),
        ("NIR", "0"),
        ("Données sensibles", "Ø"),
        ("Données sensibles", "Pas à ce jour"),
        ("Transferts hors UE", "Pas de transfert en dehors de l'UE"),
        ("Catégories particulières de données", "Néant"),
        ("Transfert hors Union européenne", "Aucun"),
        ("Données sensibles", "☐ Oui ☒ Non"),
        ("Transferts hors UE", "[ ] oui [x] non"),
        ("NIR", "Oui ☐ Non ☑"),
        ("NIR", "Oui/Non : Non"),
        ("Special category data", "Sans"),
    ],
)
def test_a_no_of_a_letter_a_sign_or_a_few_words_is_an_explicit_none(tmp_path: Path, head: str, text: str) -> None:
    assert answered(tmp_path, head, text) == ([], "")


@pytest.mark.parametrize(
    ("head", "text"),
    [
        ("NIR", "Interdit"),
        ("Données sensibles", "Hors périmètre"),
        ("Données sensibles", "O"),
        ("NIR", "Exclues"),
        ("NIR", "Pas à ma connaissance"),
        ("Données sensibles", "A priori non"),
        ("Données sensibles", "Données non sensibles"),
        ("Transferts hors UE", "Non sauf exception"),
        ("Transferts hors UE", "Données hébergées en France"),
        ("Transferts hors UE", "Serveurs en Irlande uniquement"),
    ],
)
def test_a_word_that_may_be_a_no_and_a_bare_yes_are_asked_for(tmp_path: Path, head: str, text: str) -> None:
    found, told = answered(tmp_path, head, text)
    assert found is None
    assert f"“{text}”" in told


def test_two_legal_bases_with_their_articles_are_two(tmp_path: Path) -> None:
    head = ["Nom du traitement", "Finalité", "Base légale"]
    line = ["Badges", "Ouvrir les portes", "Consentement (art. 6-1-a) et intérêt légitime"]
    [row], _remarks = read(book(tmp_path / "one.xlsx", {"Registre": [head, line]}))
    assert said(row, "purposes")[0]["legal_bases"] == ["consent", "legitimate_interests"]


@pytest.mark.parametrize(
    ("head", "text", "retention"),
    [
        ("Durée de conservation (mois)", "60", "60 mois"),
        ("Conservation (en années)", "5", "5 années"),
        ("Durée de conservation en jours", "30", "30 jours"),
        ("Durée de conservation (mois)", "5 ans", "5 ans"),
        ("DUA", "5 ans", "5 ans"),
    ],
)
def test_a_number_takes_the_unit_of_its_head(tmp_path: Path, head: str, text: str, retention: str) -> None:
    assert answered(tmp_path, head, text) == ([{"retention": retention}], "")


@pytest.mark.parametrize("text", ["☐ Oui ☐ Non", "Oui / Non", "Oui/Non :", "☒ Oui ☐ Non"])
def test_a_choice_that_nobody_made_and_a_yes_without_more_are_no_answer(tmp_path: Path, text: str) -> None:
    assert answered(tmp_path, "Données sensibles", text)[0] is None


def test_of_a_form_s_boxes_the_ticked_ones_count_and_the_others_are_kept(tmp_path: Path) -> None:
    found, told = answered(tmp_path, "Données sensibles", "☒ Santé ☐ Données biométriques")
    assert found == [{"category": "health"}]
    assert "☐ Données biométriques” stands in the notes" in told


@pytest.mark.parametrize("text", ["UE uniquement", "EEE", "Union européenne"])
def test_a_transfer_within_the_economic_area_is_none(tmp_path: Path, text: str) -> None:
    found, told = answered(tmp_path, "Transferts hors UE", text)
    assert (found, "this is no transfer" in told) == ([], True)


def test_a_transfer_that_names_a_third_country_beside_one_inside_stays(tmp_path: Path) -> None:
    text = "Cloud US (hébergement Irlande)"
    assert answered(tmp_path, "Transferts hors UE", text) == ([{"recipient": text}], "")


def test_words_in_brackets_behind_a_yes_keep_their_own_brackets(tmp_path: Path) -> None:
    found, told = answered(tmp_path, "Données sensibles", "Oui : allergies (santé)")
    assert (found, told) == ([{"category": "health", "description": "allergies"}], "")


def test_a_register_on_its_side_is_read_by_columns(tmp_path: Path) -> None:
    def commented(sheet: Worksheet) -> None:
        sheet["C4"].comment = Comment("à revoir", "DPO")

    lines = [
        ["Nom du traitement", "Paie", "Badges"],
        ["Finalité", "Payer", "Ouvrir"],
        [None, "Déclarer", None],
        ["Données sensibles", "Non", "Non"],
        ["Avis du RSSI", "favorable", None],
    ]
    found, remarks = read(book(tmp_path / "a.xlsx", {"Fiches": lines}, commented))
    assert [row.name for row in found] == ["Paie", "Badges"]
    assert said(found[0], "purposes") == [{"name": "Payer"}, {"name": "Déclarer"}]
    assert [said(row, "sensitive_data") for row in found] == [[], []]
    assert found[0].left == (("Avis du RSSI", "favorable"),)
    assert found[1].left == (("Comment on Données sensibles", "à revoir"),)
    assert remarks == ["“Avis du RSSI”: no field takes it; its 1 value goes to the notes."]


def test_sheets_of_one_treatment_each_with_names_before_their_values_are_one_register(tmp_path: Path) -> None:
    def fiche(name: str, purpose: str) -> list[list[str]]:
        return [["Intitulé du traitement", name], ["Finalité", purpose], ["Base légale", "Contrat"]]

    found, _remarks = read(book(tmp_path / "a.xlsx", {"F1": fiche("Paie", "Payer"), "F2": fiche("Badges", "Ouvrir")}))
    assert [(row.name, said(row, "purposes")) for row in found] == [
        ("Paie", [{"name": "Payer", "legal_bases": ["contract"]}]),
        ("Badges", [{"name": "Ouvrir", "legal_bases": ["contract"]}]),
    ]


def test_a_sheet_that_explains_the_columns_of_another_is_no_register_on_its_side(tmp_path: Path) -> None:
    head = ["Nom du traitement", "Finalité", "Base légale", "Destinataires"]
    notice = [["Colonne", "Explication"], *([name, "à remplir"] for name in [*head, "Durée de conservation"])]
    found, remarks = read(
        book(tmp_path / "a.xlsx", {"Notice": notice, "R": [head, ["Paie", "Payer", "Contrat", "RH"]]})
    )
    assert [row.name for row in found] == ["Paie"]
    assert remarks == ["These sheets have another head and are not read: Notice."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("● Santé ○ Religion", [{"category": "health"}]),
        ("○ Oui ● Non", []),
        ("○ Santé\n○ Condamnations", [{"category": "health"}, {"category": "offences"}]),
    ],
)
def test_hollow_circles_are_choices_beside_full_ones_and_bullets_alone(
    tmp_path: Path, text: str, expected: list[dict[str, str]]
) -> None:
    assert answered(tmp_path, "Données sensibles", text)[0] == expected


def test_heads_of_other_tools_and_town_halls_are_known(tmp_path: Path) -> None:
    head = ["N° fiche", "Nom du traitement", "Mesures techniques", "Mesures organisationnelles", "Transfer Countries"]
    [row], remarks = read(
        book(tmp_path / "a.xlsx", {"R": [head, ["F01", "Paie", "Chiffrement", "Sauvegarde", "Inde|US"]]})
    )
    assert (row.ref, remarks) == ("F01", [])
    assert said(row, "measures") == [{"type": "encryption"}, {"type": "backup"}]
    assert said(row, "transfers") == [{"country": "IN"}, {"country": "US"}]


def test_rights_and_the_phases_of_a_retention_are_read_and_a_column_without_a_field_is_told(tmp_path: Path) -> None:
    head = ["Nom du traitement", "Droits des personnes", "Archivage intermédiaire", "Sort final", "AIPD (oui/non)"]
    [row], remarks = read(book(tmp_path / "a.xlsx", {"R": [head, ["Badges", "Accès", "5 ans", "Destruction", "non"]]}))
    assert said(row, "rights") == ["access"]
    retention = "Archivage intermédiaire: 5 ans ; Sort final: Destruction"
    assert said(row, "data_categories") == [{"retention": retention}]
    assert row.left == (("AIPD (oui/non)", "non"),)
    assert remarks == ["“AIPD (oui/non)”: no field takes it; its 1 value goes to the notes."]
