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
from pages.reroutes.router.mask import masked
from pages.reroutes.tests.reading import ALWAYS, declare, log, read, reader, write

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


@pytest.fixture
def found(data: Path) -> list[dict[str, object]]:
    """The examples of a small log whose first task has its mail."""
    log(LOG)
    write("mails.csv", MAILS)
    columns = {"task": "tache", "received_at": "date", "sender": "de", "recipients": "a", "header": "objet"}
    declare("mails", "task_mails", path="mails.csv", columns={**columns, "body": "corps"})
    read("mails")
    stream = reader().stream(figure.examples, **ALWAYS.params(figure.examples))
    return [row for batch in examples.rows(stream, date(2026, 3, 10)) for row in batch.to_pylist()]


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


def test_cases_have_the_form_that_melusine_reads(found: list[dict[str, object]]) -> None:
    cases = list(examples.cases([pa.RecordBatch.from_pylist(found)]))
    assert [case["test_name"] for case in cases] == ["T1 A → C"]
    assert cases[0]["router_expected"] == {"entite_predite": "C"}
    assert {"body", "header", "from", "to", "date", "attachments"} <= cases[0].keys()
    assert json.loads(examples.as_json(cases)) == cases


@pytest.mark.skipif(not MELUSINE, reason="MELUSINE_PYTHON names no Python that has Melusine")
@pytest.mark.parametrize(("answer", "code"), [("C", 0), ("B", 1)])
def test_melusine_passes_a_right_case_and_fails_a_falsified_one(
    found: list[dict[str, object]], tmp_path: Path, answer: str, code: int
) -> None:
    file = tmp_path / "cases.json"
    file.write_bytes(examples.as_json(list(examples.cases([pa.RecordBatch.from_pylist(found)]))))
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
        (None, None),
    ],
)
def test_what_has_the_form_of_personal_data_is_masked(text: str | None, shown: str | None) -> None:
    assert masked(text) == shown
