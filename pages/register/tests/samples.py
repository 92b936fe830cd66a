"""Records of the register for its tests: one that is whole, and any that hypothesis can think of."""

from typing import Any

from hypothesis import strategies as st

from core.records.fields import Asked, Form, Kind
from core.records.lists import Lists
from pages.register.collection import COLLECTIONS
from pages.register.lists import shipped

REGISTERS = {one.kind: one for one in COLLECTIONS}
FORMS = {one.kind: one.form for one in COLLECTIONS}
ACTOR = {"name": "Assurance Exemple SA", "email": "dpo@assurance.example"}
WHOLE: dict[str, Any] = {
    "name": "Gestion de la paie",
    "controller": [ACTOR],
    "joint_controllers": [],
    "representative": [],
    "dpo": [ACTOR],
    "purposes": [{"name": "Gestion de la paie", "legal_bases": ["legal_obligation"]}],
    "data_categories": [
        {"category": "identity", "description": "Noms", "retention": "5 ans à compter du versement de la paie"}
    ],
    "sensitive_data": [],
    "nir": [{"description": "NIR des salariés", "retention": "5 ans", "ground": "work"}],
    "persons": [{"category": "employees"}],
    "recipients": [{"name": "DAF", "type": "internal"}],
    "transfers": [],
    "measures": [{"type": "access"}],
    "aipd_listed": [],
    "aipd_criteria": [],
}

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=12)


def value(field: Asked, lists: Lists) -> st.SearchStrategy[Any]:
    """Any JSON value of a field, unanswered and none included."""
    codes = st.sampled_from(lists.options(field.choices)) if field.choices else st.nothing()
    match field.kind:
        case Kind.TEXT | Kind.LONG:
            return TEXTS
        case Kind.NUMBER:
            return st.one_of(st.none(), st.integers(0, 12_000))
        case Kind.DAY:
            return st.one_of(st.none(), st.dates().map(lambda day: day.isoformat()))
        case Kind.FLAG:
            return st.sampled_from([None, True, False])
        case Kind.CHOICE:
            return st.one_of(st.just(""), codes)
        case Kind.CODES:
            return st.lists(codes, max_size=2, unique=True)
        case Kind.CHOICES:
            return st.one_of(st.none(), st.lists(codes, max_size=3, unique=True))
        case Kind.TAGS:
            return st.one_of(st.none(), st.lists(TEXTS.filter(str.strip), max_size=2, unique=True))
        case Kind.LINKS:
            return st.sampled_from([None, []])  # a link leads to a record of a store
        case Kind.ROWS:
            row = st.fixed_dictionaries({column.name: value(column, lists) for column in field.columns})
            return st.one_of(st.none(), st.lists(row, max_size=2))


def contents(form: Form) -> st.SearchStrategy[dict[str, Any]]:
    """Any content that a form allows."""
    every = st.fixed_dictionaries({field.name: value(field, shipped()) for field in form.fields})
    return every.map(lambda content: in_order(form, content))


def in_order(form: Form, content: dict[str, Any]) -> dict[str, Any]:
    """The content without a day before the one that it follows."""
    for field in form.fields:
        first, then = content.get(field.after), content.get(field.name)
        if field.after and first and then:
            content[field.after], content[field.name] = sorted((first, then))
    return content
