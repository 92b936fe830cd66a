"""What an import would do: looked at once, afresh when the register changes, and never one for another."""

from pathlib import Path

import pytest

from core.base.i18n import speaking
from core.records import acts
from core.records.importing import imports, plan, preview
from core.records.importing.preview import Preview
from core.store.engine import Store
from pages.register.collection import TREATMENTS
from pages.register.tests.conftest import People
from pages.register.tests.test_imports import csv


def shown(house: Store, path: Path, mapping: dict[str, str] | None = None) -> Preview:
    with house.read() as connection, speaking("en"):
        lists = TREATMENTS.lists(connection)
        return preview.make(connection, TREATMENTS, lists, preview.look(path, TREATMENTS, lists), mapping)


def test_a_preview_is_made_once_until_something_changes(
    house: Store, people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, plans = [], []
    look, make = imports.look, plan.make
    monkeypatch.setattr(imports, "look", lambda *a, **k: looks.append(1) or look(*a, **k))
    monkeypatch.setattr(plan, "make", lambda *a, **k: plans.append(1) or make(*a, **k))
    path = csv(tmp_path / "a.csv", "Nom;Remarque\nBadges;Accueil\nParking;Cour\n")
    mapping = {"Nom": "name", "Remarque": "notes"}
    first = shown(house, path, mapping)
    assert shown(house, path, mapping) is first
    assert list(first.frame["fate"]) == ["new", "new"]
    assert (len(looks), len(plans)) == (1, 1)

    assert shown(house, path, {"Nom": "name", "Remarque": "squad"}) is not first
    assert (len(looks), len(plans)) == (1, 2)

    with house.write() as connection:
        acts.add(connection, TREATMENTS, people["lea"], {"name": "Badges"})
    assert list(shown(house, path, mapping).frame["fate"]) == ["changed", "new"]
    assert (len(looks), len(plans)) == (1, 3)


def test_a_preview_speaks_the_language_of_whoever_looks(house: Store, people: People, tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", "Nom\nBadges\n")
    assert list(shown(house, path).frame["fate"]) == ["new"]
    with house.read() as connection, speaking("fr"):
        lists = TREATMENTS.lists(connection)
        french = preview.make(connection, TREATMENTS, lists, preview.look(path, TREATMENTS, lists), None)
    assert french.frame["fate"].iloc[0].startswith("nouve")


def test_what_would_land_of_a_new_record_is_told_field_by_field(house: Store, people: People, tmp_path: Path) -> None:
    head = "Nom;Référence;Finalité;Données sensibles;Destinataires;Durée de conservation;Étage"
    row = "Badges;B-1;Ouvrir les portes;Non concerné;Accueil (interne), Nimbus (sous-traitant);5 ans;3"
    [found] = shown(house, csv(tmp_path / "a.csv", f"{head}\n{row}\n")).frame.to_dict("records")
    assert (found["fate"], found["ref"], found["name"]) == ("new", "B-1", "Badges")
    assert found["changes"].split(" | ") == [
        "Record created on: Nov 20, 2026",
        "Purposes: Ouvrir les portes",
        "Categories of personal data: Retention: 5 ans · Retention in months: 60",
        "Sensitive data: No sensitive data",
        "Recipients: Accueil · Internal department that processes the data ; Nimbus · Processors",
        "Notes: Étage: 3",
    ]
