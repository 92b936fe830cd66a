"""Which columns of people's own tables are taken for which field."""

import pytest

from core.sources.mapping import guess
from pages.reroutes.sources.reroutes import REROUTE_FIELDS
from pages.reroutes.sources.task_log import EVENT_FIELDS

SIDES = [
    ("Service émetteur", "Service destinataire"),
    ("Équipe d'origine", "Équipe de destination"),
    ("Groupe précédent", "Groupe suivant"),
    ("entite_source", "entite_cible"),
    ("Origine", "Destinataire"),
    ("From group", "To group"),
]


@pytest.mark.parametrize("head", ["Date de réacheminement", "Date du mouvement", "Date de réaffectation"])
def test_the_moment_of_a_hand_over_is_known_by_its_words(head: str) -> None:
    found = guess(["Tâche", "Entité avant", "Entité après", head], REROUTE_FIELDS)
    assert found == {"task": "Tâche", "origin": "Entité avant", "target": "Entité après", "moved_at": head}


@pytest.mark.parametrize(("before", "after"), SIDES)
def test_who_had_a_task_and_who_gets_it_are_told_apart(before: str, after: str) -> None:
    header = ["N° de tâche", before, after, "Date de transfert", "Agent"]
    usual = {"task": "N° de tâche", "moved_at": "Date de transfert", "actor": "Agent"}
    assert guess(header, REROUTE_FIELDS) == {**usual, "origin": before, "target": after}
    assert guess(header, EVENT_FIELDS) == {**usual, "previous": before, "entity": after}
