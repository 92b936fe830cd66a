"""Demo data of the indicators, made from a seed: two years of files and payments, and a year of looks at them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pyarrow as pa

from core.base.i18n import local
from core.base.periods import Grain, Period
from core.base.settings import settings
from core.facts.lake import lake
from core.facts.story import tell
from core.mission.discovery import missions, warehouse
from core.people.person import EVERYTHING
from core.store.engine import store
from pages.indicators import published, taking
from pages.indicators.acts.keep import keep, read_by
from pages.indicators.facts import INDICATOR_VALUES
from pages.indicators.rules import RULES

SOURCE = "demo-indicators"
SQUAD = "Corporelle"
MONTHS, LOOKS = 24, 8
FILES, PAYMENTS = 150, 240
"""A month."""
TIMES = {"dossiers": "declared_at", "garanties": "opened_at", "paiements": "issued_at"}


def make(seed: int, until: datetime) -> None:
    """Land the story up to a moment (UTC), then take the looks of the year before it, as the calendar would have."""
    there = {table.name: table for table in missions()["extracts"].tables}
    rows = story(seed, until)
    told = [(there[name], pa.Table.from_pylist(rows[name], there[name].schema)) for name in rows if name in there]
    tell("extracts", SOURCE, until, told)
    with store().read() as connection:
        known = {one.indicator for one in published.every(connection, EVERYTHING)}
    if not known:
        lake().remove(INDICATOR_VALUES, source=taking.CLOCK)
    looked = list(days(until))
    for moment in looked:
        _look(moment)
    read_by(until, 0, until=max(looked, default=until))


def days(until: datetime) -> Iterator[datetime]:
    """The moments of the looks of the months that the demo tells of, the oldest first."""
    department = RULES.in_force().department
    month, looks = local(until).date(), min(LOOKS, settings().demo_days // 30 + 1)
    for indicator in taking.declared_now().things[:1]:
        due = (indicator.published(department).at(Grain.MONTH.moved(month, -age)) for age in range(looks, 0, -1))
        yield from (moment for moment in due if moment <= until)


def _look(moment: datetime) -> None:
    """Take what was due at a moment."""
    with store().read() as connection:
        before = published.every(connection, EVERYTHING)
    reader, ready = warehouse().reader(EVERYTHING), []
    for indicator in taking.declared_now().things:
        if months := taking.waiting(indicator, before, moment):
            ready.append(taking.take(indicator, reader, moment, months, before))
    if ready:
        with store().write() as connection:
            keep(connection, ready, who=taking.CLOCK)


def story(seed: int, until: datetime) -> dict[str, list[dict[str, Any]]]:
    """Rows by extract, the same for the same seed: what is declared late, and becomes an injury later still."""
    told: dict[str, list[dict[str, Any]]] = {"dossiers": [], "garanties": [], "paiements": []}
    today = local(until).date()
    for age in range(MONTHS, -1, -1):
        month = Grain.MONTH.of(Grain.MONTH.moved(today, -age))
        random = Random(seed * 100_000 + month.first.toordinal())  # noqa: S311 - a story, not a secret
        for name, rows in _month(random, month).items():
            told[name] += [row for row in rows if row[TIMES[name]] <= until]
    return told


def _month(random: Random, month: Period) -> dict[str, list[dict[str, Any]]]:
    files, guarantees, payments = [], [], []

    def moment() -> datetime:
        return month.start + (month.end - month.start) * random.random()

    def later(at: datetime, days: float) -> datetime:
        return at + timedelta(days=random.expovariate(1 / days))

    for number in range(FILES):
        at, name = moment(), f"D{month.first:%y%m}{number:03}"
        injury = local(later(at, 60)).date() if random.random() < 0.4 else None
        vic = "simplifiée" if random.random() < 0.62 else "complète"
        known, decided = local(later(at, 12)).date(), local(later(at, 45)).date()
        row = {"source": SOURCE, "dossier": name, "declared_at": at, "known_on": known, "squad": SQUAD}
        files.append({**row, "injury_on": injury, "vic": vic, "vic_on": decided})
        for code in random.sample(["AIPP", "DFP", "PE", "SE", "FRAIS"], random.choice((1, 1, 1, 2, 3))):
            kind = "matérielle" if code == "FRAIS" else "corporelle"
            row = {"source": SOURCE, "dossier": name, "garantie": code, "nature": kind, "squad": SQUAD}
            guarantees.append({**row, "opened_at": later(at, 50)})
    for number in range(PAYMENTS):
        at = moment()
        means = "chèque" if random.random() < 0.35 else "virement"
        row = {"source": SOURCE, "paiement": f"P{month.first:%y%m}{number:03}", "issued_at": at, "moyen": means}
        amount = round(random.lognormvariate(7, 0.8), 2)
        payments.append({**row, "known_on": local(later(at, 8)).date(), "montant": amount, "squad": SQUAD})
    return {"dossiers": files, "garanties": guarantees, "paiements": payments}
