"""Demo data: a dozen use cases of an insurer's data team, each with its story, told once."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core.base import clock
from core.people import accounts
from core.people.person import Role
from core.records import acts, records
from core.records.records import Record
from core.sources.formats import documents
from core.store.engine import store
from pages.portfolio.collection import PHASES, STOPPED, USE_CASES

WHY = {
    "exploration": "Le métier y croit, les données existent.",
    "incubation": "Un premier modèle bat la règle d’aujourd’hui.",
    "industrialisation": "Essai concluant avec l’équipe du métier.",
    "run": "En production, suivi chaque mois.",
}
TEAM = [
    {"role": "data_scientist", "name": "Nadia Ferrand", "share": "50 %"},
    {"role": "product_owner", "share": "50 %"},
]


def demo(seed: int, until: datetime) -> None:
    """Tell the story up to a moment (UTC), once: nothing where the portfolio holds something already."""
    said: list[dict[str, Any]] = documents.yaml_file(Path(__file__).with_name("demo.yml"))
    with store().write() as connection:
        if records.find(connection, USE_CASES.kind, limit=0).total:
            return
        lead = accounts.existing(connection, Role.LEAD.value).person.id
        linked = [line.ref for line in records.find(connection, "treatment", limit=6).lines]
        told: dict[str, Record] = {}
        for at, case, phase in sorted(_scenes(said, until), key=lambda scene: scene[0]):
            with clock.at(at):
                told[case["name"]] = _play(connection, lead, case, phase, told.get(case["name"]), linked)


def _scenes(said: list[dict[str, Any]], until: datetime) -> Iterator[tuple[datetime, dict[str, Any], str]]:
    for number, case in enumerate(said):
        for phase, days in case["way"].items():
            yield until - timedelta(days=days, minutes=7 * number), case, phase


def _play(
    connection: sa.Connection, lead: int, case: Mapping[str, Any], phase: str, record: Record | None, linked: list[str]
) -> Record:
    if record is None:
        card = {name: value for name, value in case.items() if name not in ("way", "why", "treatments")}
        refs = linked[: case.get("treatments", 0)]
        team = TEAM if "sponsor" in case else None
        return acts.add(connection, USE_CASES, lead, {**card, "treatments": refs or None, "team": team})
    step = next(one for one in PHASES.steps if one.target == phase and record.state in one.sources)
    why = case["why"] if phase == STOPPED else WHY[phase]
    return acts.step(connection, USE_CASES, lead, record.id, record.version, step.action, why=why)
