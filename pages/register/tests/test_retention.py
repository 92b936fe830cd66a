"""Retention: read from words, listed once it has run out."""

from datetime import date

import pytest

from pages.register.model import Treatment
from pages.register.retention import RunOut, read, run_out


@pytest.mark.parametrize(
    ("words", "months", "event"),
    [
        ("5 ans à compter du versement de la paie", 60, "versement de la paie"),
        ("5 ans à compter de la fin du contrat.", 60, "fin du contrat"),
        ("13 mois", 13, ""),
        ("2 années après l’appel", 24, "appel"),
        ("1 an à partir de la collecte", 12, "collecte"),
        ("10 years from the end of the contract", 120, "end of the contract"),
        ("6 months", 6, ""),
        ("Durée du contrat", None, ""),
        ("", None, ""),
        ("24 heures", None, ""),
        ("3 anniversaires", None, ""),
    ],
)
def test_a_retention_is_read_from_words(words: str, months: int | None, event: str) -> None:
    assert read(words) == (months, event)


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
