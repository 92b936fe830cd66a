"""Templates, and the treatments of Vigie itself."""

import pytest

from core.records import check, records
from core.records.completeness import judge
from core.store.engine import Store
from pages.register.acts.ship import ship
from pages.register.lists import shipped
from pages.register.model import TREATMENT
from pages.register.templates import own, templates

ACTORS = {"controller", "joint_controllers", "representative", "dpo"}


@pytest.mark.parametrize("key", [*templates(), *own()])
def test_every_template_is_a_record(key: str) -> None:
    content = {**templates(), **own()}[key]
    check.read(TREATMENT, content, shipped())
    assert content["name"]
    assert content["purposes"]


def test_vigies_own_treatments_lack_only_what_the_organisation_must_say() -> None:
    for key, content in own().items():
        lacking = {one.path for one in judge(TREATMENT, check.read(TREATMENT, content, shipped())).missing}
        assert lacking <= {*ACTORS, "aipd_departs"}, key
        assert all(row["retention_months"] for row in content["data_categories"]), key


def test_they_come_once_as_drafts(house: Store) -> None:
    ship()
    ship()
    with house.read() as connection:
        lines = records.find(connection, "treatment").lines
    assert [line.ref for line in lines] == [
        "VIGIE-ASTREINTE",
        "VIGIE-COMPTES",
        "VIGIE-JOURNAL",
        "VIGIE-KPI",
        "VIGIE-ROUTAGE",
        "VIGIE-VISITES",
    ]
    assert {(line.state, line.author) for line in lines} == {("draft", "vigie")}
