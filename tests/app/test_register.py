"""The register's screen: what it shows, and to whom."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.auth.people import Role
from core.settings import ROOT
from core.store.engine import store
from pages.register.templates import ship

PAGE = str(ROOT / "pages/register/page.py")
SignIn = Callable[[Role], None]


def opened(sign_in: SignIn, role: Role) -> AppTest:
    store().upgrade()
    ship()
    sign_in(role)
    return AppTest.from_file(PAGE, default_timeout=30).run()


@pytest.mark.parametrize("role", [Role.COMPLIANCE, Role.LEAD, Role.DUTY, Role.INSPECTOR, Role.ADMIN])
def test_the_treatments_are_shown(sign_in: SignIn, role: Role) -> None:
    page = opened(sign_in, role)
    assert not page.exception
    assert not page.error
    assert page.title[0].value == "Registre des traitements"
    assert list(page.dataframe[0].value.iloc[:, 0]) == ["VIGIE-COMPTES", "VIGIE-JOURNAL", "VIGIE-KPI", "VIGIE-VISITES"]


def test_a_squads_people_are_told_that_it_is_not_open_to_them(sign_in: SignIn) -> None:
    page = opened(sign_in, Role.SQUAD)
    assert page.title[0].value == "Cette page ne vous est pas ouverte"
    assert not page.dataframe


PARTS = ["list", "figures", "past", "import", "files", "organisation", "lists"]


def part(sign_in: SignIn, role: Role, **address: str) -> AppTest:
    """A part of the screen, opened by its address."""
    store().upgrade()
    ship()
    sign_in(role)
    page = AppTest.from_file(PAGE, default_timeout=30)
    for name, value in address.items():
        page.query_params[name] = value
    return page.run()


@pytest.mark.parametrize("role", [Role.COMPLIANCE, Role.INSPECTOR])
@pytest.mark.parametrize("name", PARTS)
def test_every_part_opens_by_its_address(sign_in: SignIn, role: Role, name: str) -> None:
    page = part(sign_in, role, part=name)
    assert not page.exception
    assert not page.error


def test_only_compliance_is_offered_the_inspection_file(sign_in: SignIn) -> None:
    assert any("Dossier de contrôle" in one.value for one in part(sign_in, Role.COMPLIANCE, part="files").markdown)
    assert not any("Dossier de contrôle" in one.value for one in part(sign_in, Role.INSPECTOR, part="files").markdown)


def test_that_nobody_or_one_person_may_validate_is_said(sign_in: SignIn) -> None:
    page = part(sign_in, Role.COMPLIANCE, part="lists")
    assert page.warning


def test_an_inspector_reads_a_record_without_a_widget_to_fill(sign_in: SignIn) -> None:
    page = part(sign_in, Role.INSPECTOR, record="VIGIE-COMPTES")
    assert not page.text_input
    assert not page.text_area
    assert any("Comptes des personnes" in one.value for one in page.markdown)


def test_a_record_that_does_not_exist_is_said_in_a_sentence(sign_in: SignIn) -> None:
    page = part(sign_in, Role.COMPLIANCE, record="T-9999")
    assert not page.exception
    assert "n’existe pas" in page.error[0].value
