"""Retention: understood from words in three phases, listed once it has run out."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.base.i18n import speaking
from core.records import acts, check, completeness
from core.store.engine import Store
from pages.register import coherence
from pages.register.collection import TREATMENTS
from pages.register.figures import run_out as figure
from pages.register.lists import shipped
from pages.register.model import TREATMENT, Treatment
from pages.register.retention import Period, Phases, RunOut, phases, read, run_out
from pages.register.tests.conftest import People
from pages.register.tests.samples import WHOLE


@pytest.mark.parametrize(
    ("words", "months", "days", "event"),
    [
        ("5 ans à compter du versement de la paie", 60, 0, "versement de la paie"),
        ("5 ans à compter de la fin du contrat.", 60, 0, "fin du contrat"),
        ("5 (cinq) ans dès la fin du contrat", 60, 0, "fin du contrat"),
        ("cinq ans", 60, 0, ""),
        ("13 mois", 13, 0, ""),
        ("2 années après l’appel", 24, 0, "appel"),
        ("2 ans et 6 mois", 30, 0, ""),
        ("1,5 an", 18, 0, ""),
        ("0.25 mois", 0, 8, ""),
        ("1 an à partir de la collecte, puis suppression", 12, 0, "collecte"),
        ("10 years from the end of the contract", 120, 0, "end of the contract"),
        ("6 months", 6, 0, ""),
        ("90 jours", 0, 90, ""),
        ("2 semaines", 0, 14, ""),
        ("1 trimestre", 3, 0, ""),
        ("Durée du contrat + 5 ans", 60, 0, ""),
    ],
)
def test_a_retention_is_read_from_words(words: str, months: int, days: int, event: str) -> None:
    assert phases(words).active == Period(months, days, event)


@pytest.mark.parametrize("words", ["Durée du contrat", "", "24 heures", "3 anniversaires", "5", "12,5", "À définir"])
def test_words_that_say_no_length_say_none(words: str) -> None:
    assert read(words) is None


@pytest.mark.parametrize(
    "words",
    [
        "5 ans et 10 ans",
        "5 ans (contrats), 10 ans (sinistres)",
        "Prospects : 3 ans ; clients : 5 ans",
        "1 an pour les journaux; 6 mois pour les images",
        "de 3 à 5 ans",
        "3 ou 5 ans",
        "3/5 ans",
        "3-5 ans",
        "3 ans 5 ans",
        "5 ans puis 10 ans",
        "5 ans puis 5 ans",
        "5 ans et 10 ans en archivage",
    ],
)
def test_of_two_lengths_in_one_cell_none_is_taken_and_they_are_asked_for(words: str) -> None:
    assert phases(words).active is None
    row = {"category": "identity", "retention": words}
    kept = check.read(TREATMENT, {"data_categories": [row]}, shipped()).data_categories.values[0]
    assert (kept.retention, kept.retention_months) == (words, None)
    with speaking("en"):
        content = {**WHOLE, "persons": [{"category": "clients"}], "data_categories": [row]}
        (doubt,) = coherence.treatment(Treatment.model_validate(content), date(2026, 11, 20))
    assert doubt.sentence == (
        f"Retention “{words}”: several lengths; give each its own row, or say in months which one counts."
    )


@pytest.mark.parametrize(
    ("words", "months", "days"),
    [
        ("5 ans (60 mois) pour les contrats, 5 ans pour les sinistres", 60, 0),
        ("1 an (365 jours)", 12, 0),
        ("1 an, soit 52 semaines", 12, 0),
        ("90 jours (3 mois)", 0, 90),
        ("3 ans puis destruction sous 1 mois", 36, 0),
    ],
)
def test_one_length_said_twice_is_one(words: str, months: int, days: int) -> None:
    assert phases(words) == Phases(Period(months, days), fate="destruction" if "destruction" in words else "")


@pytest.mark.parametrize(
    "words", ["3 ans ; archivage de 5 ou 10 ans", "3 ans, archivage 5 ans (contrats) et 10 ans (sinistres)"]
)
def test_of_two_lengths_of_the_archive_none_is_taken_and_they_are_asked_for(words: str) -> None:
    assert phases(words) == Phases(Period(36), several=("archive_months",))
    rows = [{"category": "identity", "retention": words}]
    content = {**WHOLE, "persons": [{"category": "clients"}], "data_categories": rows}
    (doubt,) = coherence.treatment(Treatment.model_validate(content), date(2026, 11, 20))
    assert doubt.path == "data_categories[0].retention"
    rows[0]["archive_months"] = 60
    assert not list(coherence.treatment(Treatment.model_validate(content), date(2026, 11, 20)))


@pytest.mark.parametrize(
    ("words", "archive", "fate"),
    [
        ("3 ans en base active puis 5 ans en archivage intermédiaire puis destruction", 60, "destruction"),
        ("3 ans ; archivage intermédiaire 5 ans ; suppression", 60, "destruction"),
        ("3 ans, archivage de 10 ans, anonymisation", 120, "anonymisation"),
        ("3 ans puis archivage définitif", None, "permanent"),
        ("3 years, then 5 years in the intermediate archive, then deletion", 60, "destruction"),
        ("3 ans puis anonymisation", None, "anonymisation"),
        ("3 ans en base active et 10 ans en archivage", 120, ""),
        ("3 ans (base active), 10 ans (archivage)", 120, ""),
    ],
)
def test_the_three_phases_are_understood(words: str, archive: int | None, fate: str) -> None:
    said = phases(words)
    assert said == Phases(Period(36), Period(archive) if archive else None, fate)
    row = check.read(TREATMENT, {"data_categories": [{"retention": words}]}, shipped()).data_categories.values[0]
    assert (row.retention_months, row.archive_months, row.fate) == (36, archive, fate)


def test_what_is_said_beside_the_words_stands() -> None:
    said = {"retention": "5 ans", "retention_months": 24, "retention_from": "appel", "fate": "permanent"}
    row = Treatment.model_validate({"nir": [said]}).nir.values[0]
    assert (row.retention_months, row.retention_from, row.fate) == (24, "appel", "permanent")
    apart = Treatment.model_validate({"nir": [{"retention": "1 an", "archive": "cinq ans"}]}).nir.values[0]
    assert (apart.retention_months, apart.archive_months) == (12, 60)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40), st.integers(0, 999), st.sampled_from(["ans", "mois", "années", "years", "jours"]))
def test_any_words_are_read_and_a_row_is_understood_once(noise: str, count: int, unit: str) -> None:
    content = {"data_categories": [{"retention": f"{noise} {count} {unit}"}]}
    once = Treatment.model_validate(content)
    assert Treatment.model_validate(once.model_dump(mode="json")) == once


@pytest.mark.parametrize(
    ("words", "answered"),
    [
        ("5 ans", True),
        ("Durée du contrat", True),
        ("5", False),
        ("12,5", False),
        ("À définir", False),
        ("N/A", False),
        ("Non concerné", False),
        ("Aucune", False),
        ("Oui", False),
        ("?", False),
        ("—", False),
        ("TBD", False),
        ("Non renseigné", False),
    ],
)
def test_a_number_alone_or_words_that_put_off_are_no_answer(words: str, answered: bool) -> None:
    rows = [{"category": "identity", "description": "Noms", "retention": words}]
    judged = completeness.judge(TREATMENT, Treatment.model_validate({**WHOLE, "data_categories": rows}))
    assert [one.path for one in judged.missing] == ([] if answered else ["data_categories[0].retention"])
    assert (judged.percent == 100) is answered


@pytest.mark.parametrize("words", ["À compléter", "à préciser", "???", "to be defined"])
def test_words_that_put_off_answer_no_question(words: str) -> None:
    rows = [{"category": "identity", "description": words, "retention": "5 ans"}]
    judged = completeness.judge(TREATMENT, Treatment.model_validate({**WHOLE, "data_categories": rows}))
    assert [one.path for one in judged.missing] == ["data_categories[0].description"]


@pytest.mark.parametrize(
    ("row", "said", "blocks"),
    [
        ({"retention": "5"}, "Retention “5”: of which unit, years, months or days?", False),
        (
            {"retention": "Durée légale"},
            "Retention “Durée légale”: no length is understood, so its end cannot be computed; say it in months.",
            False,
        ),
        ({"retention": "5 ans", "retention_months": 24}, "Retention “5 ans” is told to be of 24 months.", True),
    ],
)
def test_what_is_doubtful_about_a_retention_is_told(row: dict[str, Any], said: str, blocks: bool) -> None:
    content = {**WHOLE, "persons": [{"category": "clients"}], "data_categories": [{"category": "identity", **row}]}
    with speaking("en"):
        found = list(coherence.treatment(Treatment.model_validate(content), date(2026, 11, 20)))
    assert [(one.sentence, one.blocks) for one in found] == [(said, blocks)]


def treatment(ended_on: str | None) -> Treatment:
    return Treatment.model_validate(
        {
            "ended_on": ended_on,
            "data_categories": [
                {"category": "identity", "retention_months": 12},
                {"category": "economic", "retention_months": 60},
                {"category": "usage"},
            ],
            "sensitive_data": [{"category": "health", "retention_months": 0}],
            "nir": [{"retention_months": 13}],
        }
    )


def test_what_should_have_been_erased_is_listed() -> None:
    ended = treatment("2025-01-15")
    assert run_out(ended, date(2026, 1, 14)) == [RunOut("sensitive_data[0]", "health", date(2025, 1, 15))]
    assert [one.path for one in run_out(ended, date(2026, 2, 15))] == [
        "data_categories[0]",
        "sensitive_data[0]",
        "nir[0]",
    ]


def test_nothing_runs_out_while_a_treatment_goes_on() -> None:
    assert run_out(treatment(None), date(2099, 1, 1)) == []
    assert run_out(treatment("2099-01-02"), date(2099, 1, 1)) == []


def phased(**row: Any) -> Treatment:
    return Treatment.model_validate({"ended_on": "2010-01-01", "data_categories": [{"category": "identity", **row}]})


@pytest.mark.parametrize(
    ("row", "today", "expected"),
    [
        ({"retention": "5 ans"}, date(2014, 12, 31), None),
        ({"retention": "5 ans"}, date(2015, 1, 1), (date(2015, 1, 1), "destruction")),
        ({"retention": "90 jours"}, date(2010, 4, 1), (date(2010, 4, 1), "destruction")),
        ({"retention": "5 ans puis 5 ans d’archivage"}, date(2016, 1, 1), (date(2015, 1, 1), "archive")),
        ({"retention": "5 ans puis 5 ans d’archivage"}, date(2020, 1, 1), (date(2020, 1, 1), "destruction")),
        ({"retention": "5 ans puis anonymisation"}, date(2020, 1, 1), (date(2015, 1, 1), "anonymisation")),
        ({"retention": "5 ans", "archive": "2 ans", "fate": "permanent"}, date(2017, 1, 1),
         (date(2017, 1, 1), "permanent")),
        ({"retention": "Durée du contrat"}, date(2026, 1, 1), None),
    ],
)  # fmt: skip
def test_each_phase_runs_out(row: dict[str, Any], today: date, expected: tuple[date, str] | None) -> None:
    found = [(one.until, one.to_do) for one in run_out(phased(**row), today)]
    assert found == ([expected] if expected else [])


def test_a_retention_in_words_runs_out_and_says_so(house: Store, people: People) -> None:
    rows = [{"category": "identity", "description": "Noms", "retention": "5 ans"}]
    content = {**WHOLE, "started_on": "2009-01-01", "ended_on": "2010-01-01", "data_categories": rows, "nir": []}
    with house.write() as connection:
        record = acts.add(connection, TREATMENTS, people["lea"], content)
    with house.read() as connection, speaking("en"):
        [(line, over)] = figure.over(connection, record.created_at, None)
        told = TREATMENTS.computed(TREATMENTS.entry(record))
    assert (line.ref, over.until) == (record.ref, date(2015, 1, 1))
    assert [one.split(": ")[0] for one in told] == ["Retention run out"]
    assert told[0].endswith(", to be erased since Jan 1, 2015.")
