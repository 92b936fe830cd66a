"""Workbooks of the shape of the CNIL's, in words of our own, as people fill them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

PLACEHOLDER = "Sélectionnez un élément dans cette liste déroulante ►"
BLOCKS = [
    [
        "Coordonnées du responsable\n(du traitement)",
        "Nom :",
        "MARTIN",
        "Prénom :",
        "Zoé",
        "Adresse :",
        "2 rue Basse",
        "Adresse mél :",
        "zoe@mutuelle.example",
        None,
        "Aide en ligne",
    ],
    [None, "Code postal :", "44000", "Ville :", "Nantes", "Téléphone :", "02 00 00 00 00"],
    ["Coordonnées du représentant", "Nom :", None, "Prénom :", None, "Adresse :", None, "Adresse mél :"],
    [None, "Code postal :", None, "Ville :", None, "Téléphone :"],
    [
        "Coordonnées du délégué (DPO)",
        "Nom :",
        "LE GOFF",
        "Prénom :",
        "Ali",
        "Société (si DPO externe) :",
        "Cabinet Conforme",
        "Adresse :",
    ],
    [None, "Code postal :", None, "Ville :", None, "Téléphone :", None, "Adresse mél :", "dpo@mutuelle.example"],
]
HEADER = [
    ["Identification du traitement", None, None, None, "Finalité du traitement", None, None, "Données sensibles ?"],
    [
        "Nom du traitement",
        "N° / RÉF",
        "Date de création de la fiche",
        "Dernière mise à jour",
        None,
        None,
        None,
        "Oui/non",
    ],
]
EXAMPLE = ["(EXEMPLE) Tournoi de pétanque", "1 - Exemple", "01/02/2020", None, "Organiser", None, None, "Non"]


def listed(*rows: Sequence[Any]) -> list[Sequence[Any]]:
    """A list sheet; its rows begin on row 9, below the example's."""
    return [*BLOCKS, *HEADER, EXAMPLE, *rows]


def record(
    top: Mapping[str, Any],
    sections: Mapping[str, Sequence[Sequence[Any]]],
) -> list[Sequence[Any]]:
    """A record's sheet: labelled lines, then sections as the form has them, each with the lines that were filled."""
    rows: list[Sequence[Any]] = [["Fiche", None, None, None, None, None, None, None, None, "Aide en ligne"], []]
    rows += [["Description  du traitement", None, None, None, None, None, None, None, None, "► Un lien"]]
    rows += [[label, value, None, None, None, None, None, None, None, "► Un lien"] for label, value in top.items()]
    for head, lines in SECTIONS.items():
        rows += [[], [head, *lines], *sections.get(head, ())]
    return rows


SECTIONS = {
    "Acteurs": ["Nom", "Adresse", "Code Postal", "Ville", "Pays", "Téléphone", "Adresse mél"],
    "Finalité(s) du traitement effectué": [],
    "Catégories de données personnelles concernées": ["Description", None, None, "Durée de conservation"],
    "Données sensibles": ["Description", None, None, "Durée de conservation"],
    "Catégories de personnes concernées": ["Description", None, None, "Précisions"],
    "Destinataires": ["Type de destinataire", None, None, "Précisions"],
    "Mesures de sécurité": ["Type de mesure de sécurité", None, None, "Précisions"],
    "Transferts hors UE": ["Destinataire", "Pays", "Type de Garanties", None, "Liens vers la documentation"],
}


def save(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> Path:
    """Write sheets to a workbook."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    workbook.save(path)
    return path
