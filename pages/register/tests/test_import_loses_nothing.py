"""Whatever a file says is found again: in a field, in the notes, or in what the preview tells."""

import json
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from core.records.importing import imports
from core.records.row import Row
from core.sources.formats.marks import Marks
from pages.register.collection import TREATMENTS
from pages.register.guesses import WORDS
from pages.register.lists import shipped
from pages.register.model import TREATMENT
from pages.register.sources.cnil import read
from pages.register.tests import workbooks

TOKEN = re.compile(r"z\d{4}z")
"""A word that means nothing anywhere, so that it can only be kept."""
TOKENS = st.integers(1000, 9999).map(lambda n: f"z{n}z")
WORDS_AROUND = st.sampled_from(
    [
        *(
            "Santé",
            "Non",
            "Non concerné",
            "Aucun",
            "Aucun transfert",
            "Sans objet",
            "Oui",
            "Identité",
            "NIR",
            "Salariés",
        ),
        *("Sous-traitant", "Nimbus", "Irlande", "États-Unis", "Contrat", "Art. 6.1.b", "Chiffrement", "5 ans"),
        *("À définir", "N/A", "2018", "—", "Table", "Mail"),
    ]
)
SIGNS = st.sampled_from([",", ";", "\n", ":", "-", "—", "(", ")", ".", "et", "/", "+", "|", "☐", "☒", "[x]", "Oui/Non"])
CELLS = st.lists(st.one_of(TOKENS, WORDS_AROUND, SIGNS), min_size=1, max_size=7).map(" ".join)
HEADS = [words.split("|")[0] for path, words in WORDS.items() if path not in ("name", "ref")]
HEADS += [
    "destinataires internes",
    "sous-traitants",
    "données de santé",
    "droit d'accès",
    "archivage",
    "couleur",
    "avis",
]


def tokens(texts: Iterable[str]) -> set[str]:
    return {token for text in texts for token in TOKEN.findall(text)}


def found(rows: Iterable[Row]) -> set[str]:
    kept = (
        [row.content.decode(), row.name, row.proposed, row.refused, *row.told, *(f"{a} {b}" for a, b in row.left)]
        for row in rows
    )
    return tokens(text for texts in kept for text in texts)


@given(st.lists(st.tuples(st.sampled_from(HEADS), CELLS), min_size=1, max_size=8, unique_by=lambda one: one[0]))
def test_every_cell_of_a_table_is_found_again(cells: list[tuple[str, str]]) -> None:
    lists = shipped()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        quoted = ['"{}"'.format(text.replace('"', '""')) for _head, text in cells]
        path.write_text(
            ";".join(["Nom", *(head for head, _text in cells)]) + "\n" + ";".join(["Badges", *quoted]), encoding="utf-8"
        )
        rows = list(imports.rows(imports.look(path, TREATMENTS, lists), TREATMENTS, lists))
    assert tokens(text for _head, text in cells) <= found(rows)


@settings(max_examples=8)
@given(
    st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=1, max_size=3),
    st.lists(st.sampled_from(HEADS), min_size=4, max_size=4, unique=True),
    st.sampled_from(["upright", "on its side", "two rows", "two sheets"]),
)
def test_every_cell_of_a_workbook_is_found_again_however_it_stands(
    records: list[list[str]], heads: list[str], how: str
) -> None:
    lists, lines = shipped(), [[f"Fiche {n}", *cells] for n, cells in enumerate(records)]
    table = [["Nom du traitement", *heads], *lines]
    if how == "on its side":
        table = [list(row) for row in zip(*table, strict=True)]
    elif how == "two rows":
        table = [["Groupe", None, "Autres", None, None], *table]
    with tempfile.TemporaryDirectory() as folder:
        sheets = {"A": table, **({"B": [table[0], ["Autre", *records[0]]]} if how == "two sheets" else {})}
        path = workbooks.save(Path(folder) / "a.xlsx", sheets)
        rows = list(imports.rows(imports.look(path, TREATMENTS, lists), TREATMENTS, lists))
    assert tokens(text for cells in records for text in cells) <= found(rows)


LABELS = [
    *("Responsable du traitement", "DPO", "Représentant", "Responsable(s) conjoint(s)", "Référent sécurité"),
    *("Finalité principale", "Sous-finalité 1", "Base légale", "Remarque", "", "3"),
    *("Numéro de Sécurité Sociale (ou NIR)", "Données concernant la santé", "État civil, identité", "Autre catégorie"),
    *("Catégorie de personnes 1", "Destinataire 1", "Sous-traitants", "Mesure de sécurité 1", "Chiffrement"),
    *("Mesures de sécurité techniques", "Organisme destinataire 1", "Données sensibles"),
]
LINES = st.lists(st.one_of(st.just(""), CELLS), min_size=1, max_size=10)
SECTIONS = st.sampled_from(list(workbooks.SECTIONS))


@given(st.lists(st.tuples(SECTIONS, st.sampled_from(LABELS), LINES), min_size=1, max_size=6))
def test_every_cell_of_the_form_is_found_again(lines: list[tuple[str, str, list[str]]]) -> None:
    sections: dict[str, list[list[str]]] = {}
    for section, label, cells in lines:
        sections.setdefault(section, []).append([label, *cells])
    sheet = [[str(cell or "") for cell in line] for line in workbooks.record({"Nom du traitement": "Badges"}, sections)]
    rows = list(read("a.xlsx", {"Fiche": sheet}, TREATMENT, shipped(), {}, {"Fiche": Marks()}))
    assert tokens(text for _section, _label, cells in lines for text in cells) <= found(rows)
    assert json.loads(rows[0].content)["name"] == "Badges"
