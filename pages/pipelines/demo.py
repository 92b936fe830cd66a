"""Two years of nights that never were: what the screens show before a real source is read.

The same seed and moment give the same rows. What happens in a night hangs on its age, never on its date: on every day
it is the same story, but for what the calendar leaves out. The nights are ordinary ones with a few failures, most of
them caught up by a rerun; before the last one lie a week of incidents, a night when a family never started, and a flow
that gets slower by the day. The clock changes four times. Every row's source is "demo-pipelines".
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import cache
from hashlib import blake2s
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from core.base.settings import settings
from core.facts.lake import lake
from core.facts.reads import READS
from pages.pipelines import past, rules
from pages.pipelines.expected import expect
from pages.pipelines.facts import PIPELINE_RUNS, RunStatus, complete
from pages.pipelines.nights import Night
from pages.pipelines.rules import Rules
from pages.pipelines.sources.vigie import BACKUP, READ

SOURCE = "demo-pipelines"
NIGHTS = 730
OFTEN_READ = timedelta(days=60)
INCIDENT_WEEK = range(11, 18)
MISSING_NIGHT = 33
DRIFT = 60
Row = dict[str, Any]


HABITS: dict[str, tuple[str, float]] = {
    "telephonie_master": ("00:12", 31),
    "telephonie_ods_cti_export_incremental": ("00:20 06:20 12:20", 9),
    "solaris_clean_sources": ("01:00", 18),
    "solaris_copy_lds_table_from_lz": ("01:05", 42),
    "solaris_master": ("02:10", 55),
    "solaris_runners": ("02:20", 34),
    "sitecom_init_master": ("20:30", 4),
    "sitecom_common_master": ("20:40", 12),
    "sitecom_master": ("21:00", 95),
    "sitecom_claims_master": ("22:45", 26),
    "sitecom_accounting_master": ("23:10", 38),
    "sitecom_accumulator_master": ("23:30", 21),
    "sitecom_accumulator_purge_master": ("23:58", 3),
    "sitecom_ctr_master": ("00:15", 17),
    "sitecom_motor_master": ("00:20", 44),
    "sitecom_home_master": ("00:25", 36),
    "sitecom_health_master": ("00:30", 29),
    "SitecomHealthClaimsSecret": ("01:05", 8),
    "sitecom_score_master": ("01:30", 14),
    "sitecom_external_elynx_master": ("02:00", 6),
    "sitecom_external_lesfurets_master": ("02:10", 7),
    "sitecom_external_novagile_agent_master": ("02:20", 5),
    "sitecom_external_novagile_competence_master": ("02:25", 5),
    "sitecom_external_novagile_mail_master": ("02:30", 6),
    "sitecom_extract_master": ("03:10", 23),
    "accounting_cube_monthly_master": ("04:00", 88),
    "indem_ouvertures_master": ("01:10", 37),
    "indem_paiements_master": ("02:00", 49),
    "indem_experts_import": ("01:20", 11),
    "indem_recours_master": ("02:55", 16),
    "compta_ecritures_master": ("03:15", 62),
    "compta_rapprochement": ("04:30", 19),
    "compta_provisions_master": ("04:10", 51),
    "client_referentiel_master": ("23:00", 58),
    "client_consentements": ("00:10", 13),
    "client_scoring": ("06:10", 27),
    "bord_agregats_ventes": ("04:10", 22),
    "bord_agregats_sinistres": ("04:15", 28),
    "bord_publication": ("05:00", 9),
    "conformite_criblage_master": ("04:30", 41),
    "conformite_archivage": ("05:00", 33),
    BACKUP: ("02:05", 6),
    f"{READ}demo-jira": ("05:40", 3),
    "essai_migration_ventes": ("05:30", 15),
    "sitecom_ctr_master_v2": ("03:40", 17),
}
"""Pipeline → its usual starts (wall clock) and minutes. The last two are in no family."""

ERRORS = (
    ("2200", "L’activité « Copie vers bronze » a échoué : délai d’attente dépassé après 10 min sur sql-dwh-prd."),
    ("2108", "Fichier attendu absent : abfss://depot/entrants/{pipeline}/{day}.csv (404)."),
    ("2011", "Connexion refusée par la passerelle d’intégration ir-onprem-02 : certificat expiré."),
    ("DF-SYS-01", "Le cluster n’a pas démarré : quota de cœurs atteint dans la région (48/48)."),
    ("6002", "Conversion impossible : colonne « date_effet », valeur « 31/02 » à la ligne 18 204."),
    ("23505", "Violation d’unicité sur la clé primaire pk_{pipeline} : 12 lignes en double."),
)
SAME_SIZE_NIGHT = 8
SAME_SIZE = {
    "status": RunStatus.WARNING,
    "raw_status": "SAME_SIZE",
    "error_code": "SAME_SIZE",
    "error_message": "48 213 504 octets, à l’octet près comme la sauvegarde d’avant : peut-être rien de neuf.",
}
"""What a backup of Vigie's own says in that night."""
NETWORK = ("2011", "Réseau indisponible entre la passerelle d’intégration et le centre de données (3 essais).")
LAST_NIGHT: dict[str, tuple[bool, bool, bool]] = {
    "telephonie_master": (True, False, False),
    "indem_paiements_master": (False, True, False),
    "sitecom_claims_master": (False, True, False),
    "sitecom_external_lesfurets_master": (False, True, True),
}
"""Last night's incidents: late, failed, caught up."""

STILL_AT_WORK = "client_scoring"


def make(seed: int, until: datetime) -> None:
    """Land the story up to a moment (UTC), in place of an older one.

    The readings go first and come last, so that whoever was killed in between starts again.
    """
    reads, runs = story(seed, until, settings().demo_days)
    lake().remove(READS, source=SOURCE, mission="pipelines")
    for table in (PIPELINE_RUNS.observations, PIPELINE_RUNS):
        lake().remove(table, source=SOURCE)
    lake().land(PIPELINE_RUNS, runs)
    lake().land(READS, reads)
    past.judge(_rules(), until)


def story(seed: int, until: datetime, length: int = NIGHTS) -> tuple[pa.Table, pa.Table]:
    """The readings of the demo source, and every state of every run that it told of; `length` is in nights."""
    rules = _rules()
    now = rules.night_at(until)
    due_by = rules.night_rule(now.day).due_by
    over = until >= now.moment(due_by) and until.astimezone(ZoneInfo(now.zone)).time() < now.turn
    last = now.day - timedelta(days=0 if over else 1)
    nights = {age: rules.night_of(last - timedelta(days=age)) for age in range(length, -2, -1)}
    broken = rules.night_of(last - timedelta(days=max(INCIDENT_WEEK)))
    good, failed = _reading_moments(nights[length].start, broken, until)
    rows = [
        state
        for age, night in nights.items()
        for run in _Teller(seed, rules, night, age).runs()
        for state in _states(run, good)
    ]
    return _readings(good, failed, rows), complete(pa.Table.from_pylist(rows, _WRITTEN))


_WRITTEN = pa.schema(
    [field.with_nullable(True) for field in PIPELINE_RUNS.schema if field.name not in ("at", "duration_s")]
)


@cache
def _rules() -> Rules:
    return rules.load(rules.HERE / "rules.yml", rules.HERE / "demo_rules.yml")


def _reading_moments(moment: datetime, broken: Night, until: datetime) -> tuple[list[datetime], list[datetime]]:
    """From a moment on every hour, lately every quarter, and at the end itself; the ones that failed apart."""
    good: list[datetime] = []
    failed: list[datetime] = []
    down, up = broken.moment(time(2)), broken.moment(time(6))
    while moment < until:
        network_down = down <= moment < up
        (failed if network_down else good).append(moment)
        moment += timedelta(minutes=15 if until - moment < OFTEN_READ else 60)
    return [*good, until], failed


def _readings(good: list[datetime], failed: list[datetime], rows: list[Row]) -> pa.Table:
    landed = Counter(row["observed_at"] for row in rows)
    return pa.table(
        {
            "source": [SOURCE] * (len(good) + len(failed)),
            "mission": ["pipelines"] * (len(good) + len(failed)),
            "read_at": good + failed,
            "ended_at": good + failed,
            "covers_until": pa.array([*good, *[None] * len(failed)], pa.timestamp("us", tz="UTC")),
            "outcome": ["ok"] * len(good) + ["failed"] * len(failed),
            "landed": [landed[moment] for moment in good] + [0] * len(failed),
            "refused": [0] * (len(good) + len(failed)),
            "error": [None] * len(good) + ["L’ordonnanceur ne répond pas (délai de 30 s dépassé)."] * len(failed),
        }
    )


def _states(run: Row, read_at: list[datetime]) -> Iterator[Row]:
    """What each reading told of a run: at work if it then was, and at last how it ended. Nothing after the last."""
    started = bisect_left(read_at, run["started_at"])
    ended = bisect_left(read_at, run["ended_at"])
    if started < ended and started < len(read_at):
        at_work = {"ended_at": None, "status": RunStatus.RUNNING, "raw_status": "InProgress"}
        yield {**run, **at_work, "error_code": None, "error_message": None, "observed_at": read_at[started]}
    if ended < len(read_at):
        yield {**run, "observed_at": read_at[ended]}


class _Teller:
    """Tells one night. `age` counts nights before the last whole one, which is 0; the one that has begun is -1."""

    def __init__(self, seed: int, rules: Rules, night: Night, age: int) -> None:
        self.rules, self.night, self.age = rules, night, age
        self.seed = seed

    def runs(self) -> Iterator[Row]:
        """Runs that start in the night, in any order."""
        squads = {m.pipeline: family.squad for family in self.rules.families for m in family.members}
        for pipeline in self._due():
            starts, minutes = HABITS[pipeline]
            for rank, wall in enumerate(starts.split()):
                yield from self._tell(pipeline, rank, time.fromisoformat(wall), minutes, squads.get(pipeline))

    def _due(self) -> Iterator[str]:
        for family in self.rules.families:
            if self.age == MISSING_NIGHT and family.key == "solaris":
                continue
            for member in family.members:
                if expect(member, family, self.night, self.rules.night_rule(self.night.day).due_by).due:
                    yield member.pipeline
        yield from (name for name in HABITS if name not in self.rules.pipelines and self.age < 40)

    def _tell(self, pipeline: str, rank: int, wall: time, minutes: float, squad: str | None) -> Iterator[Row]:
        """A run and, where it failed, perhaps its rerun."""
        # By age, not by day; and of each run's own, for the calendar decides which others are due.
        chance = Random(f"{self.seed} {self.age} {pipeline} {rank}")  # noqa: S311 - a story, not a secret
        planned = self.night.moment(wall)
        delay = timedelta(seconds=chance.expovariate(1 / 40))
        took = minutes * max(chance.gauss(1, 0.06), 0.5) * self._drift(pipeline)
        late = chance.random() < 0.004
        fails = chance.random() < self._failure_rate(pipeline)
        caught_up = chance.random() < 0.7
        if self.age == 0 and rank == 0:
            late, fails, caught_up = LAST_NIGHT.get(pipeline, (False, False, caught_up))
        if late:
            delay = timedelta(minutes=90 if pipeline in LAST_NIGHT else chance.randint(60, 200))
        run = self._run(pipeline, rank, squad, planned, planned + delay, took)
        if self.age == 0 and pipeline == STILL_AT_WORK:
            run["ended_at"] += timedelta(days=1)  # still at work when the story ends
        if pipeline == BACKUP and self.age == SAME_SIZE_NIGHT:
            run |= SAME_SIZE
        if not fails:
            yield run
            return
        code, message = NETWORK if self.age in INCIDENT_WEEK else chance.choice(ERRORS)
        message = message.format(pipeline=pipeline, day=self.night.day.isoformat())
        broke = run["started_at"] + (run["ended_at"] - run["started_at"]) * chance.uniform(0.1, 0.9)
        failed = {"status": RunStatus.FAILED, "raw_status": "Failed", "error_code": code, "error_message": message}
        yield {**run, **failed, "ended_at": broke}
        if caught_up:
            again = broke + timedelta(minutes=chance.randint(12, 80))
            rerun = self._run(pipeline, rank, squad, None, again, took)
            rerun |= {
                "run_id": self._id(pipeline, rank, 2),
                "rerun_of": run["run_id"],
                "attempt": 2,
                "trigger": "manuel",
            }
            yield rerun

    def _run(
        self, pipeline: str, rank: int, squad: str | None, planned: datetime | None, start: datetime, minutes: float
    ) -> Row:
        run_id = self._id(pipeline, rank, 1)
        return {
            "source": SOURCE,
            "run_id": run_id,
            "attempt": 1,
            "pipeline": pipeline,
            "scheduled_at": planned,
            "started_at": start,
            "ended_at": start + timedelta(minutes=minutes),
            "status": RunStatus.SUCCEEDED,
            "raw_status": "Succeeded",
            "trigger": "planification",
            "run_url": f"https://ordonnanceur.demo.example/executions/{run_id}",
            "squad": squad,
        }

    def _id(self, pipeline: str, rank: int, attempt: int) -> str:
        written = f"{self.seed} {self.night.day} {pipeline} {rank} {attempt}"
        return blake2s(written.encode(), digest_size=8).hexdigest()

    def _drift(self, pipeline: str) -> float:
        """How much longer than it used to a pipeline takes: one gets 1.5 % slower a night."""
        return 1.015 ** (DRIFT - self.age) if pipeline == "sitecom_accounting_master" and self.age < DRIFT else 1.0

    def _failure_rate(self, pipeline: str) -> float:
        if pipeline.startswith((BACKUP, READ)):
            return 0.0
        if self.age in INCIDENT_WEEK and not pipeline.startswith("conformite"):
            return 0.22
        return 0.03 if pipeline.startswith("sitecom_external") else 0.006
