"""Two years of tasks that never were: a log with its routed volumes, two versions of the router, a bad month, mails.

The same seed and moment give the same rows. From the log everything else follows by the mission's own rule. Every
row's source is "demo-reroutes".
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from core.base.calendar import is_working_day
from core.base.settings import settings
from core.facts.lake import lake
from core.facts.reads import READS
from pages.reroutes.derive import BEGINNING, derive
from pages.reroutes.facts import HANDOVERS, MAILS, TASK_EVENTS, TASKS, VOLUMES, Way
from pages.reroutes.names import Names

SOURCE = "demo-reroutes"
DAYS = 730
BAD = range(52, 66)
"""Ages, in days, of the days when the router went wrong."""

NEW_ROUTER = 150
"""Age of the day on which the second version of the router took over."""

TABLES = (TASK_EVENTS, HANDOVERS, TASKS, VOLUMES, MAILS)
Row = dict[str, Any]
ENTITIES: dict[str, tuple[str, str, int]] = {
    "SGRC": ("Recla Contrat", "Siège", 9),
    "SGRS": ("Recla Sinistre", "Siège", 14),
    "RECC": ("Reclamation", "Siège", 4),
    "SGEP": ("Groupe Contrat PP", "Siège", 6),
    "PM10": ("Contrat PM", "Siège", 8),
    "PM20": ("Sinistre PM", "Sinistre", 7),
    "PM30": ("Flottes PM", "Sinistre", 4),
    "C13D": ("DECLARATION", "Sinistre", 9),
    "C17V": ("CDR Corporel", "Sinistre", 4),
    "C54G": ("Gestion généraliste", "Sinistre", 11),
    "C85G": ("Gestion généraliste", "Sinistre", 8),
    "C85V": ("Gestion expert", "Sinistre", 4),
    "C86S": ("Gestion pour compte", "Sinistre", 3),
    "C91D": ("DECLARATION", "Sinistre", 7),
    "2810": ("Délégations", "Distribution", 6),
    "4110": ("Délégations", "Distribution", 5),
    "5210": ("Délégations", "Distribution", 5),
    "7300": ("Agence en ligne", "Distribution", 4),
}
"""Entity → its type, its filière, how many tasks it gets."""

CENTRES = {"Siège": "Centre Niort", "Sinistre": "Centre Rennes", "Distribution": "Centre Lille"}
COMPLAINTS = ("SGRC", "SGRS", "RECC")
SUBJECTS = {
    "Siège": ("Réclamation sur ma cotisation", "Résiliation de contrat", "Attestation demandée"),
    "Sinistre": ("Suivi de mon sinistre", "Rapport d’expert", "Déclaration de dégât des eaux"),
    "Distribution": ("Demande de devis", "Changement d’adresse", "Rendez-vous en agence"),
}


def make(seed: int, until: datetime) -> None:
    """Land the story up to a moment (UTC), and what follows from it; an older story gives way."""
    lake().remove(READS, source=SOURCE, mission="reroutes")
    for table in TABLES:
        lake().remove(table, source=SOURCE)
    events, mails = story(seed, until, settings().demo_days)
    lake().land(TASK_EVENTS, events)
    lake().land(MAILS, mails)
    for batch in derive(SOURCE, BEGINNING, Names(), whole_log=True):
        assert batch.table is not None
        lake().land(batch.table, batch.rows)
    lake().land(READS, _reading(until, len(events)))


def _reading(until: datetime, landed: int) -> pa.Table:
    row = {"source": SOURCE, "mission": "reroutes", "read_at": until, "ended_at": until, "covers_until": until}
    return pa.Table.from_pylist([{**row, "outcome": "ok", "landed": landed, "refused": 0}], READS.schema)


def story(seed: int, until: datetime, days: int = DAYS) -> tuple[pa.Table, pa.Table]:
    """Events and mails of the tasks that came in the last days up to a moment."""
    today = until.astimezone(ZoneInfo(settings().timezone)).date()
    events: list[Row] = []
    mails: list[Row] = []
    for age in range(days, -1, -1):
        for task in _Day(seed, today - timedelta(days=age), age).tasks():
            events += [event for event in task if event["moved_at"] <= until]
            if age <= 90 and task[0]["moved_at"] <= until:
                mails.append(_mail(task))
    return pa.Table.from_pylist(events, TASK_EVENTS.schema), pa.Table.from_pylist(mails, MAILS.schema)


class _Day:
    """Tells one day; `age` counts days before the last one."""

    def __init__(self, seed: int, day: date, age: int) -> None:
        self.random = Random(f"{seed} {day}")  # noqa: S311 - a story, not a secret
        self.day, self.age = day, age
        self.codes = list(ENTITIES)
        self.weights = [weight for _kind, _line, weight in ENTITIES.values()]

    def tasks(self) -> Iterator[list[Row]]:
        """The events of each task that came that day."""
        usual = 62 if is_working_day(self.day) else 6
        for number in range(round(usual * self.random.uniform(0.85, 1.15))):
            yield list(self._events(number))

    def _events(self, number: int) -> Iterator[Row]:
        zone = ZoneInfo(settings().timezone)
        hour = min(max(self.random.gauss(11.5, 2.8), 6), 21)
        now = datetime.combine(self.day, time(), zone).astimezone(UTC) + timedelta(seconds=round(hour * 3_600))
        entity = self.random.choices(self.codes, self.weights)[0]
        place = {"entity": entity, "task": f"2-{self.day:%y%m%d}{number:03d}", "number": number}
        yield self._event(place, now, 0, "melusine", None)
        held = [entity]
        while self.random.random() < self._chance(entity, len(held)) and len(held) < 6:
            entity = self._next(held)
            now += timedelta(seconds=round(self.random.lognormvariate(9.4, 1.3)) + 60)
            giver = held[-1]
            actor = f"agent {self.random.randint(1, 60):02d}"
            centre = "Centre Réclamations" if giver in COMPLAINTS else CENTRES[ENTITIES[giver][1]]
            yield self._event({**place, "entity": entity}, now, len(held), actor, centre)
            held.append(entity)

    def _chance(self, entity: str, held: int) -> float:
        if held > 1:
            return 0.22
        usual = 0.24 if entity in COMPLAINTS else 0.13
        usual *= 0.8 if self.age < NEW_ROUTER else 1.0
        return min(usual * (1.9 if self.age in BAD else 1.0) * self.random.uniform(0.9, 1.1), 0.9)

    def _next(self, held: list[str]) -> str:
        if len(held) > 1 and self.random.random() < 0.3:
            return held[-2]
        line = ENTITIES[held[-1]][1]
        near = [3.0 if ENTITIES[code][1] == line else 1.0 for code in self.codes]
        weights = [
            0.0 if code == held[-1] else weight * close
            for code, weight, close in zip(self.codes, self.weights, near, strict=True)
        ]
        return self.random.choices(self.codes, weights)[0]

    def _event(self, place: Row, at: datetime, counter: int, actor: str, centre: str | None) -> Row:
        kind, line, _weight = ENTITIES[place["entity"]]
        return {
            "source": SOURCE,
            "task": place["task"],
            "event": f"{at:%Y-%m-%dT%H:%M:%SZ}#{counter}#{place['entity']}",
            "moved_at": at,
            "counter": counter,
            "entity": place["entity"],
            "entity_type": kind,
            "line": line,
            "reference": f"{self.day:%y%j}{place['number']:04d}.1-01",
            "recipients": f'["ged{"sinistre" if line == "Sinistre" else "societaire"}@demo.example"]',
            "actor": actor,
            "centre": centre,
            "way": (Way.AUTOMATIC if actor == "melusine" else Way.MANUAL).value,
            "recorded": counter,
            "router": "2.0" if self.age < NEW_ROUTER else "1.4",
        }


def _mail(task: list[Row]) -> Row:
    random = Random(task[0]["task"])  # noqa: S311
    line = ENTITIES[task[-1]["entity"]][1]
    subject = random.choice(SUBJECTS[line])
    name = random.choice(("Martin", "Bernard", "Petit", "Durand", "Leroy"))
    phone = f"06 12 34 56 {random.randint(10, 99)}"
    body = f"Bonjour,\n\n{subject} : dossier {task[0]['reference']}. Joignez-moi au {phone}.\n\nMadame {name}"
    return {
        "source": SOURCE,
        "task": task[0]["task"],
        "received_at": task[0]["moved_at"] - timedelta(minutes=4),
        "sender": f"{name.lower()}@personne.example",
        "recipients": task[0]["recipients"],
        "header": subject,
        "body": body,
        "attachments": "[]",
    }
