"""Examples for the router: one row a task, split by date, masked; cases that Melusine's own check runs."""

import json
import os
import subprocess
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from pages.reroutes.figures import examples as figure
from pages.reroutes.router import examples
from pages.reroutes.router.mask import masked, masked_sender, own_words
from pages.reroutes.tests.reading import ALWAYS, declare, log, look, read, reader, write

LOG = (
    "T1;01/03/2026 08:00;0;A\nT1;02/03/2026 09:00;1;B\nT1;03/03/2026 09:00;2;C\n"
    "T2;01/03/2026 08:00;0;A\nT2;20/03/2026 09:00;1;B\nT3;01/03/2026 08:00;0;A\n"
    "T4;01/03/2026 08:00;0;A\nT4;02/03/2026 08:00;1;B\nT4;03/03/2026 08:00;2;A\n"
)
MAILS = (
    "tache;date;de;a;objet;corps\n"
    "T1;01/03/2026 07:50;jean@perso.fr;ged@maif.fr;Sinistre;Appelez Mme Petit au 06 12 34 56 78\n"
)
MELUSINE = os.environ.get("MELUSINE_PYTHON", "")
"""A Python that has Melusine (`pip install melusine`, 400 MB with what it needs): too heavy to come with the tests."""

RUN = """
import json, sys, types
from melusine import config
from melusine.base import MelusineTransformer
from melusine.testing import assert_pipeline_results

class FixedRouter(MelusineTransformer):
    def __init__(self, answer):
        super().__init__(["body"], ["entite_predite"], lambda mail: answer)
        self.answer = answer

    def transform(self, mail, debug_mode=False):
        return {**mail, "entite_predite": self.answer}

module = types.ModuleType("fixed_router")
module.FixedRouter = FixedRouter
sys.modules["fixed_router"] = module
step = {"class_name": "FixedRouter", "module": "fixed_router", "name": "router", "parameters": {"answer": sys.argv[2]}}
config.reset({"lane": {"steps": [step]}})
for case in json.load(open(sys.argv[1])):
    assert_pipeline_results(case, "lane")
"""


def rows_from(split: date) -> list[dict[str, object]]:
    """The examples as they are split on a day."""
    stream = reader().stream(figure.examples, **ALWAYS.params(figure.examples))
    return [row for batch in examples.rows(stream, split) for row in batch.to_pylist()]


@pytest.fixture
def found(data: Path) -> list[dict[str, object]]:
    """The examples of a small log whose first task has its mail."""
    log(LOG)
    write("mails.csv", MAILS)
    columns = {"task": "tache", "received_at": "date", "sender": "de", "recipients": "a", "header": "objet"}
    declare("mails", "task_mails", path="mails.csv", columns={**columns, "body": "corps"})
    read("mails")
    return rows_from(date(2026, 3, 10))


@pytest.mark.usefixtures("found")
@pytest.mark.parametrize(
    ("split", "named"), [(date(2026, 3, 2), ["T1 A → C"]), (date(2026, 3, 3), []), (date(2026, 3, 10), [])]
)
def test_cases_are_of_tasks_first_rerouted_from_the_day_of_the_split_on(split: date, named: list[str]) -> None:
    cases = examples.cases([pa.RecordBatch.from_pylist(rows_from(split))])
    assert [case["test_name"] for case in cases] == named


def test_each_rerouted_task_is_one_row_with_what_was_predicted_and_what_was_right(
    found: list[dict[str, object]],
) -> None:
    told = [
        tuple(row[name] for name in ("act_row_id", "ancienne_entite", "entite_cible", "n_reroutes")) for row in found
    ]
    assert told == [("T2", "A", "B", 1), ("T1", "A", "C", 2)]


def test_examples_are_split_by_date(found: list[dict[str, object]]) -> None:
    assert [row["jeu"] for row in found] == ["test", "apprentissage"]


def test_a_mail_is_masked_and_a_task_without_one_has_none(found: list[dict[str, object]]) -> None:
    assert found[1]["body"] == "Appelez Mme [NOM] au [TEL]"
    assert found[1]["from"] == "[MAIL]"
    assert found[0]["body"] is None


@pytest.mark.usefixtures("found")
def test_cases_have_the_form_that_melusine_reads() -> None:
    cases = list(examples.cases([pa.RecordBatch.from_pylist(rows_from(date(2026, 3, 1)))]))
    assert cases[0]["router_expected"] == {"entite_predite": "C"}
    assert {"body", "header", "from", "to", "date", "attachments"} <= cases[0].keys()
    assert json.loads(examples.as_json(cases)) == cases


@pytest.mark.usefixtures("found")
@pytest.mark.skipif(not MELUSINE, reason="MELUSINE_PYTHON names no Python that has Melusine")
@pytest.mark.parametrize(("answer", "code"), [("C", 0), ("B", 1)])
def test_melusine_passes_a_right_case_and_fails_a_falsified_one(tmp_path: Path, answer: str, code: int) -> None:
    file = tmp_path / "cases.json"
    told = [pa.RecordBatch.from_pylist(rows_from(date(2026, 3, 1)))]
    file.write_bytes(examples.as_json(list(examples.cases(told))))
    done = subprocess.run([MELUSINE, "-c", RUN, str(file), answer], check=False, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    assert ("Failure for test" in done.stderr) == bool(code)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("écrire à jean.dupont@perso.fr", "écrire à [MAIL]"),
        ("FR76 3000 6000 0112 3456 7890 189", "[IBAN]"),
        ("1 84 12 76 451 089 46", "[NIR]"),
        ("+33 6 12 34 56 78", "[TEL]"),
        ("06.12.34.56.78.", "[TEL]."),
        ("né le 12/03/1980", "né le [NAISSANCE]"),
        ("AB-123-CD", "[PLAQUE]"),
        ("Cordialement, Monsieur Jean Petit", "Cordialement, Monsieur [NOM]"),
        ("dossier 2507657101618.1-01", "dossier 2507657101618.1-01"),
        ("De : Paul Durand <p@exemple.fr>", "De : [NOM] <[MAIL]>"),
        ("De : DURAND Paul\nEnvoyé : lundi\nÀ : Paul\nObjet : x", "De : [NOM]\nEnvoyé : lundi\nÀ : [NOM]\nObjet : x"),
        ("Le 3 mars 2025, Paul Durand a écrit :", "Le 3 mars 2025, [NOM] a écrit :"),
        ("contactez Paul Durand <p@exemple.fr> svp", "contactez [NOM] <[MAIL]> svp"),
        ("MADAME DUPONT", "MADAME [NOM]"),
        ("madame dupont a appelé", "madame [NOM] a appelé"),
        ("Madame, Monsieur,", "Madame, Monsieur,"),
        ("Madame la directrice", "Madame la directrice"),
        ("je me permets. JE ME PERMETS", "je me permets. JE ME PERMETS"),
        ("né le 12 mars 1985", "né le [NAISSANCE]"),
        ("NÉE LE 1er MARS 1985", "NÉE LE [NAISSANCE]"),
        ("Date de naissance : 12.03.1985", "Date de naissance : [NAISSANCE]"),
        ("AB 123 CD et 1234 AB 79", "[PLAQUE] et [PLAQUE]"),
        ("12 rue des Lilas, 79000 Niort", "[ADRESSE]"),
        ("chez moi, 3 bis avenue de la République à Niort", "chez moi, [ADRESSE] à Niort"),
        ("10 route de Paris\n79000 NIORT CEDEX 9\n", "[ADRESSE]\n"),
        ("Cordialement,\nJean Dupont", "Cordialement,\n[NOM]"),
        ("le 12 DEC 24, contrat 12345 Merci", "le 12 DEC 24, contrat 12345 Merci"),
        (None, None),
    ],
)
def test_what_has_the_form_of_personal_data_is_masked(text: str | None, shown: str | None) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    ("sender", "shown"),
    [
        ("Martin, Jean <jm@exemple.fr>", "[NOM] <[MAIL]>"),
        ('"Martin, J." <jm@exemple.fr>', "[NOM] <[MAIL]>"),
        ("jm@exemple.fr", "[MAIL]"),
        ("<jm@exemple.fr>", "[MAIL]"),
        ("Jean Martin", "[NOM]"),
        ("", ""),
        (None, None),
    ],
)
def test_of_a_sender_nothing_but_marks_is_left(sender: str | None, shown: str | None) -> None:
    assert masked_sender(sender) == shown


@pytest.mark.parametrize(
    "quoted",
    [
        "De : Paul Durand <p@exemple.fr>\nEnvoyé : lundi 3 mars\nÀ : x\nObjet : y\n\nAncien",
        "From: Paul\nSent: Monday\nTo: x\n\nAncien",
        "Le lun. 3 mars 2025 à 10:00, Paul Durand <p@exemple.fr> a écrit :\n> Ancien",
        "-----Message d'origine-----\nAncien",
        "> Ancien\n> encore",
    ],
)
def test_a_mail_is_offered_without_what_it_quotes(quoted: str) -> None:
    assert own_words(f"Bonjour,\nmerci.\n\n{quoted}") == "Bonjour,\nmerci."


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('["Facture, mars 2025.pdf"]', ["Facture, mars 2025.pdf"]),
        ('["a.pdf", "b, c.pdf"]', ["a.pdf", "b, c.pdf"]),
        ("['a, b.pdf']", ["a, b.pdf"]),
        ("a.pdf; b.pdf", ["a.pdf", "b.pdf"]),
        ("[]", []),
        (None, []),
    ],
)
def test_a_list_of_attachments_is_read_as_json(text: str | None, names: list[str]) -> None:
    assert examples.listed(text) == names


@pytest.mark.usefixtures("found")
def test_a_task_whose_mail_says_nothing_is_counted_among_those_left_out() -> None:
    write("mails.csv", MAILS + "T2;20/03/2026 08:50;x@perso.fr;ged@maif.fr; ;\n")
    read("mails")
    shown = look(days=(date(2026, 3, 1), date(2026, 3, 31)), split=date(2026, 3, 1))
    said = str(figure.LEFT_OUT.say(shown)).replace("\u00a0", " ")
    assert said.startswith("Les cas sont de la seule partie de test : 1,")
    assert said.endswith("1 sur 2 laissées de côté : ni objet, ni texte.")
    assert [case["test_name"] for case in json.loads(figure.CASES.make(shown))] == ["T1 A → C"]


@pytest.mark.usefixtures("data")
def test_examples_that_are_shown_in_part_say_how_many_there_are() -> None:
    steps = [(task, step, entity, task * 7 + step) for task in range(260) for step, entity in enumerate("ABCDEFG")]
    log(
        "".join(
            f"T{task:03};{1 + minute // 1440:02}/03/2026 {minute // 60 % 24:02}:{minute % 60:02};{step};{entity}\n"
            for task, step, entity, minute in steps
        )
    )
    shown = look(days=(date(2026, 3, 1), date(2026, 3, 31)))
    frame = figure.EXAMPLES.frame(shown)
    assert (len(frame), figure.EXAMPLES.detail and figure.EXAMPLES.detail(shown, frame)) == (
        167,
        "Les 167 plus récents sur 260\u202f; tous dans l’export.",
    )


@pytest.mark.usefixtures("found")
def test_examples_that_are_all_shown_need_no_word() -> None:
    shown = look(days=(date(2026, 3, 1), date(2026, 3, 31)))
    frame = figure.EXAMPLES.frame(shown)
    assert (len(frame), figure.EXAMPLES.detail and figure.EXAMPLES.detail(shown, frame)) == (2, "")
