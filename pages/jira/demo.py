"""Two years of requests that never were, from a seed: what the screens show before a real Jira is read.

The stories: a client that grows (Sinistres), estimates that drift more and more for extractions, and fields that
fewer and fewer people fill lately. Every row's source is "demo-jira".
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pyarrow as pa

from core.base.calendar import is_working_day
from core.base.i18n import local
from core.base.periods import Grain
from core.base.settings import settings
from core.facts.lake import lake
from core.facts.reads import READS
from core.facts.tables import FactTable
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.records import freeze
from core.records.freeze import Published
from core.show.growth import months_between
from core.store.engine import store
from pages.jira import review, rules
from pages.jira.acts.scheduled import CLOCK
from pages.jira.facts import CHANGES, ISSUES, WORKLOGS
from pages.jira.figures.review import measure

SOURCE = "demo-jira"
DAYS = 730
A_DAY = 6.3
"""Requests a working day, on average."""
SITE = "https://jira.demo.example"
PEOPLE = ("Alix Moreau", "Basile Perrin", "Chloé Garnier", "Driss Amrani", "Élise Faure", "Farid Belkacem")
ASKERS = ("Gaëlle Simon", "Hervé Colin", "Imane Haddad", "Jules Maillard")
CLIENTS = {"Sinistres": 10, "Production auto": 9, "Habitation": 7, "Santé": 6, "Comptabilité": 4, "Actuariat": 4,
           "Conformité": 2, "Réseau d’agents": 3}  # fmt: skip
TYPES = {"Extraction": 5, "Fichier ou courriel": 3, "Ponctuel": 2}
SUBJECTS = ("Extraction des contrats résiliés", "Fichier des sinistres ouverts", "Comptage des avenants du mois",
            "Liste des clients à relancer", "Reprise d’un fichier refusé", "Indicateurs du comité",
            "Contrôle des doublons", "Envoi au partenaire", "Croisement avec le référentiel")  # fmt: skip
TODO, DOING, CHECKING, DONE = "À faire", "En cours", "À valider", "Terminé"
CATEGORIES = {TODO: "new", DOING: "indeterminate", CHECKING: "indeterminate", DONE: "done"}
LOOKS = 9
"""Months that were frozen before the last one, each on its day."""
Row = dict[str, Any]


def demo(seed: int, until: datetime) -> None:
    """Land the story, then freeze the months of a year as the calendar would have, where none is frozen yet."""
    make(seed, until)
    with store().read() as connection:
        if review.months(connection, EVERYTHING):
            return
    published, in_force = dict[Published, Row](), rules.in_force()
    today = local(until).date()
    months = [Grain.MONTH.moved(today, -age) for age in range(settings().demo_days // 31, 1, -1)]
    now = measure(warehouse().reader(EVERYTHING), in_force, months) if months else {}
    for month in months[-LOOKS:]:
        at = in_force.review.at(month)
        seen = {each: _as_it_was(now[each], months_between(each, at.date())) for each in months if each <= month}
        figures = {f"{each:%Y-%m}": {name: numbers[name] for name in review.FIGURES} for each, numbers in seen.items()}
        content = {"figures": seen[month], "seen": figures, "counted": in_force.counted, "words": ""}
        published[Published.of(month, None)] = {**content, "frozen_at": at.isoformat(), "origin": "scheduled"}
    with store().write() as connection:
        freeze.keep(connection, review.KIND, published, who=CLOCK)


def _as_it_was(figures: Row, age: int) -> Row:
    """What a month was at an age in months: requests that were deleted since, others that were not resolved yet."""
    more, fewer = 1 + 0.06 * 0.6**age, 1 - 0.12 * 0.6**age
    types, clients = ({name: round(n * more) for name, n in figures[of].items()} for of in ("types", "clients"))
    slow = {name: round(figures[name] * fewer) for name in ("resolved", "on_time", "late", "without_estimate")}
    spent = (figures["spent_s"] or 0) * fewer
    return {**figures, **slow, "spent_s": spent, "created": sum(types.values()), "types": types, "clients": clients}


def make(seed: int, until: datetime) -> None:
    """Land the story up to a moment (UTC), in place of an older one; its reading last, so that a kill starts again."""
    tables = story(seed, until, settings().demo_days)
    lake().remove(READS, source=SOURCE, mission="jira")
    for table, rows in tables.items():
        lake().remove(table, source=SOURCE)
        lake().land(table, rows)
    lake().land(READS, _readings(until, len(tables[ISSUES])))


def story(seed: int, until: datetime, days: int = DAYS) -> dict[FactTable, pa.Table]:
    """The rows of the three tables; the same for the same seed and moment."""
    teller = _Teller(seed, until)
    for age in range(days, -1, -1):
        teller.tell(until.date() - timedelta(days=age), 1 - age / days)
    rows = {WORKLOGS: teller.worklogs, CHANGES: teller.changes, ISSUES: teller.issues}
    return {
        table: pa.Table.from_pylist(written, pa.schema([field.with_nullable(True) for field in table.schema]))
        for table, written in rows.items()
    }


def _readings(until: datetime, landed: int) -> pa.Table:
    row = {
        "source": SOURCE, "mission": "jira", "read_at": until, "ended_at": until, "covers_until": until,
        "outcome": "ok", "landed": landed, "refused": 0,
    }  # fmt: skip
    return pa.Table.from_pylist([row], schema=pa.schema([field.with_nullable(True) for field in READS.schema]))


class _Teller:
    """Tells one day after the other. `progress` runs from 0 to 1 over the story."""

    def __init__(self, seed: int, until: datetime) -> None:
        self._random = Random(seed)  # noqa: S311 - a story, not a secret
        self._until = until
        self.issues: list[Row] = []
        self.changes: list[Row] = []
        self.worklogs: list[Row] = []

    def tell(self, day: date, progress: float) -> None:
        if not is_working_day(day):
            return
        busy = A_DAY * (0.55 if day.month == 8 else 1.0) * (0.9 + 0.2 * progress)
        for _one in range(round(self._random.gauss(busy, 1.5))):
            at = datetime(day.year, day.month, day.day, 7, tzinfo=UTC) + timedelta(minutes=self._random.randrange(600))
            if at < self._until:
                self._request(at, progress)

    def _request(self, created: datetime, progress: float) -> None:
        random = self._random
        number = len(self.issues) + 1
        weights = [weight * (0.5 + 2.2 * progress if name == "Sinistres" else 1) for name, weight in CLIENTS.items()]
        clients = list(dict.fromkeys(random.choices(list(CLIENTS), weights, k=2 if random.random() < 0.12 else 1)))
        [kind] = random.choices(list(TYPES), list(TYPES.values()))
        estimate = random.choice((1, 2, 3, 4, 7, 14)) * 3600.0
        drift = 0.05 + (0.55 * max(progress - 0.5, 0) if kind == "Extraction" else 0)
        spent = round(estimate * max(random.lognormvariate(drift, 0.35), 0.2) / 900) * 900.0
        lost = 0.04 + 0.16 * max(progress - 0.75, 0) * 4
        waits = timedelta(hours=random.expovariate(1 / 30))
        works = timedelta(hours=random.expovariate(1 / 50) + estimate / 3600)
        steps = [(created + waits, DOING), (created + waits + works, CHECKING),
                 (created + waits + works + timedelta(hours=random.expovariate(1 / 20)), DONE)]  # fmt: skip
        steps = [(at, status) for at, status in steps if at < self._until]
        if random.random() < 0.004:
            steps = steps[:1]
        status = steps[-1][1] if steps else TODO
        done = status == DONE
        share = {TODO: 0.0, DOING: 0.4, CHECKING: 0.9, DONE: 1.0}[status]
        logged = round(spent * share / 900) * 900.0 if random.random() > 0.06 else 0.0
        remaining = max(estimate - logged, 0.0) if not done else 0.0
        due = (created + timedelta(days=random.choice((3, 5, 10, 15)))).date()
        who = random.choice(PEOPLE)
        updated = steps[-1][0] if steps else created
        row = {
            "source": SOURCE, "issue_id": str(number), "key": f"DEX-{number}", "project": "DEX",
            "url": f"{SITE}/browse/DEX-{number}",
            "summary": f"{random.choice(SUBJECTS)} ({clients[0]})",
            "issue_type": "Tâche", "request_type": kind if random.random() > lost / 2 else None,
            "subtask": False, "level": 0, "status": status, "category": CATEGORIES[status],
            "priority": random.choice(("Basse", "Moyenne", "Moyenne", "Haute")),
            "resolution": "Terminé" if done else None,
            "components": "\n".join(clients) if random.random() > lost else None,
            "labels": "start_data_explo" if random.random() < 0.8 else "start_data_explo\nurgent",
            "assignee_id": who.casefold().replace(" ", "."), "assignee": who,
            "assignee_mail": f"{who.casefold().replace(' ', '.').replace('é', 'e').replace('ï', 'i')}@demo.example",
            "reporter": random.choice(ASKERS), "created_at": created, "updated_at": updated,
            "resolved_at": updated if done else None,
            "due_on": due if random.random() > lost else None,
            "estimate_s": estimate if random.random() > lost * 1.5 else None,
            "remaining_s": remaining, "spent_s": logged or None,
            "ended_at": updated if done else None, "assigned": True, "history": True,
            "progress_total_s": logged + remaining,
            "progress_percent": float(int(100 * logged / (logged + remaining))) if logged + remaining else None,
        }  # fmt: skip
        if status == TODO and random.random() < 0.4:
            row |= {"assignee": None, "assignee_id": None, "assignee_mail": None, "assigned": False}
        self.issues.append(row)
        self.changes += self._moves(row, steps)
        self.worklogs += self._logs(row, steps, logged, who)

    def _moves(self, row: Row, steps: list[tuple[datetime, str]]) -> Iterator[Row]:
        before = TODO
        for place, (at, status) in enumerate(steps):
            yield {
                "source": SOURCE, "issue_id": row["issue_id"], "change_id": f"{row['issue_id']}-{place}", "position": 0,
                "at": at, "author": row["assignee"], "field": "status", "before": before, "after": status,
            }  # fmt: skip
            before = status

    def _logs(self, row: Row, steps: list[tuple[datetime, str]], logged: float, who: str) -> Iterator[Row]:
        if logged and steps:
            yield {
                "source": SOURCE, "issue_id": row["issue_id"], "worklog_id": row["issue_id"],
                "created_at": steps[-1][0], "started_at": steps[0][0], "author": who, "spent_s": logged,
                "author_id": who.casefold().replace(" ", "."),
                "issue_updated_at": row["updated_at"],
            }  # fmt: skip
