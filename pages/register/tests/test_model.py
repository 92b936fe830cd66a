"""The table of fields, and what a record holds: unanswered is never none."""

from typing import Any

import pytest
from hypothesis import given, settings

from core.base.i18n import _, speaking
from core.records import check
from core.records.fields import ANSWERS, Asked, Kind
from pages.register.lists import shipped
from pages.register.model import PROCESSING, TREATMENT, Treatment
from pages.register.tests.samples import FORMS, contents

EVERY = [(form, field) for form in FORMS.values() for one in form.fields for field in (one, *one.columns)]


def test_a_new_record_answers_nothing() -> None:
    new = Treatment()
    assert [field.path for field in TREATMENT.fields if field.filled(getattr(new, field.name))] == []
    assert new.transfers.unanswered
    assert not new.transfers.none


def test_none_is_an_answer_only_where_it_is_said_to_be() -> None:
    none = Treatment.model_validate({"transfers": [], "purposes": []})
    assert none.transfers.none
    assert TREATMENT.field("transfers").filled(none.transfers)
    assert not TREATMENT.field("purposes").filled(none.purposes)


@pytest.mark.parametrize(("form", "field"), EVERY, ids=lambda one: getattr(one, "path", getattr(one, "kind", "")))
def test_every_field_is_declared_whole(form: Any, field: Asked) -> None:
    assert field.label
    assert field.section in form.sections
    assert (field.kind is Kind.ROWS) == bool(field.columns)
    assert not field.none or field.kind in ANSWERS
    assert not field.choices or field.choices in shipped().values
    assert bool(field.choices) == (field.kind in (Kind.CHOICE, Kind.CODES, Kind.CHOICES))


def test_every_article_that_the_law_lists_is_asked_for() -> None:
    def articles(form: Any) -> set[str]:
        return {one.basis for field in form.fields for one in (field, *field.columns)}

    assert {f"30.1.{letter}" for letter in "abcdefg"} | {"6.1", "9.1", "9.2", "35.1"} <= articles(TREATMENT)
    assert {f"30.2.{letter}" for letter in "abcd"} <= articles(PROCESSING)


def test_a_path_finds_its_field_with_and_without_its_row() -> None:
    assert TREATMENT.field("purposes[Payroll [a].b].legal_bases").label == "Legal basis"
    assert TREATMENT.field("purposes[0].legal_bases") is TREATMENT.field("purposes.legal_bases")
    with pytest.raises(KeyError):
        TREATMENT.field("nothing")


def test_the_columns_that_name_a_row_are_known_to_the_comparison() -> None:
    assert TREATMENT.keys["purposes"] == ("name",)
    assert TREATMENT.keys["recipients"] == ("name", "type")


def test_texts_are_kept_clean() -> None:
    kept = Treatment.model_validate(
        {"name": " Paie\x00 du\tmois\r\n", "notes": "un\r\ndeux\x07", "description": "e\u0301"}
    )
    assert (kept.name, kept.notes, kept.description) == ("Paie du mois", "un\ndeux", "é")


def test_a_record_does_not_change_in_place() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Treatment().name = "x"


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_any_content_comes_back_from_its_json_as_it_was(form: Any) -> None:
    @settings(max_examples=60, deadline=None)
    @given(contents(form))
    def holds(content: dict[str, Any]) -> None:
        entry = check.read(form, content, shipped())
        assert check.read(form, entry.model_dump(mode="json"), shipped()) == entry
        assert form.model.model_validate_json(entry.model_dump_json()) == entry

    holds()


def test_every_label_speaks_french() -> None:
    with speaking("fr"):
        assert _(TREATMENT.field("controller").label) == "Responsable du traitement"
        assert _(TREATMENT.field("transfers").none) == "Pas de transfert hors UE"
