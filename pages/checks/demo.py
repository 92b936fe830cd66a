"""Demo data of the checks, made from a seed: three weeks of contracts and mails, invoices and payments, candidates and
tasks, and every run that the calendar would have made of them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pyarrow as pa

from core.base.calendar import is_working_day, start_of
from core.base.i18n import local
from core.base.settings import settings
from core.facts.lake import lake
from core.facts.story import tell
from core.mission.discovery import missions, warehouse
from pages.checks import running
from pages.checks.acts.feed import feed
from pages.checks.acts.keep import keep
from pages.checks.facts import TABLE_USES, TABLES
from pages.checks.sources import SINCE
from pages.checks.standing import standing

SOURCE = "demo-checks"
DAYS, RUN_FOR = 16, 9
"""Days of data; days of which runs are told, where the demo tells of so many."""
BAD_MAILS, BAD_INVOICES = 1, 4
"""How many working days ago the mails broke down, and the invoices contradicted themselves."""
TIMES = {
    "souscriptions": "souscrit_le",
    "mails_rouleur": "envoye_le",
    "factures_imh": "cree_le",
    "paiements_imh": "paye_le",
    "candidats_vam": "calcule_le",
    "taches_vam": "ouverte_le",
    "contrats_hive": "charge_le",
    "contrats_greenplum": "charge_le",
    "inventaire_zm": "vue_le",
}
REASONS = (
    "Présence d'un paiement au sociétaire, règlement rejeté",
    "La garantie n'est pas éligible à la mise en oeuvre",
    "Événement classé, règlement rejeté",
)
OPERATIONS = ("IMH URG HAB", "IMHR DEP HAB")
Row = dict[str, Any]


def make(seed: int, until: datetime) -> None:
    """Land the story up to a moment (UTC), then the runs that were due before it."""
    there = {table.name: table for table in missions()["extracts"].tables}
    rows = story(seed, until)
    landings = [(there[name], pa.Table.from_pylist(rows[name], there[name].schema)) for name in rows if name in there]
    tell("extracts", SOURCE, until, landings)
    for table in TABLES:
        lake().remove(table, source=SOURCE)
    tell("checks", SOURCE, until, [(TABLE_USES, pa.Table.from_pylist(_used(), TABLE_USES.schema))])
    reader = warehouse().reader(running.scope())
    first = until - timedelta(days=min(RUN_FOR, settings().demo_days))
    made = [
        (check, slot, running.run(check, reader, slot, slot.at, source=SOURCE))
        for check in standing().things
        for slot in check.slots(first, until)
        if slot.day >= local(until).date() - timedelta(days=DAYS)
    ]
    keep([run for _check, _slot, run in made], until, SOURCE)
    for check, slot, run in {check.check: (check, slot, run) for check, slot, run in made}.values():
        feed(check, reader, slot, run)


def story(seed: int, until: datetime) -> dict[str, list[Row]]:
    """Rows by table, the same for the same seed and moment; what happens hangs on how many
    working days ago it was, not on its date."""
    rows: dict[str, list[Row]] = {name: [] for name in TIMES}
    today = local(until).date()
    for back in range(DAYS, -1, -1):
        day = today - timedelta(days=back)
        age = sum(is_working_day(today - timedelta(days=other)) for other in range(back))
        chance = Random(seed * 100_000 + back)  # noqa: S311 - a story, not a secret
        for part in (_contracts(chance, day, age), _invoices(chance, day, age), _candidates(chance, day)):
            for name, row in part:
                if row[TIMES[name]] <= until:
                    known = {column: value for column, value in row.items() if not _later(value, until)}
                    rows[name].append({"source": SOURCE, **known})
    copied = _at(today - timedelta(days=DAYS), 5)
    if copied <= until:
        for name, row in _moved(Random(seed), copied):  # noqa: S311 - a story, not a secret
            rows[name].append({"source": SOURCE, "charge_le": copied, **row})
        rows["inventaire_zm"] += [{"source": SOURCE, "vue_le": copied, **row} for row in _zone(Random(seed))]  # noqa: S311
    return rows


ZONE = ("contrats", "sinistres", "garanties", "paiements", "relances", "agences", "scores_2023", "essai_geo", "tmp_vam")


def _zone(chance: Random) -> Iterator[Row]:
    for name in ZONE:
        owner = chance.choice(("Squad Auto", "Squad Habitation", "Équipe données"))
        yield {"table_zm": f"zm.{name}", "proprietaire": owner, "taille_mo": float(chance.randrange(1, 9000))}


def _used() -> list[Row]:
    """What three workflows were read to use."""
    uses = (
        ("suivi_mensuel.yxmd", (("3", "zm.contrats", "in", "sql", True), ("3", "zm.sinistres", "in", "sql", True))),
        ("paiements.yxmd", (("1", "zm.paiements", "in", "table", True), ("9", "zm.relances", "out", "table", True))),
        (
            "anciens_scores.yxmd",
            (("2", "zm.scores_2023", "in", "sql", False), ("4", "zm.agences", "in", "dynamic", True)),
        ),
        ("garanties.yxmd", (("2", "zm.garanties", "in", "sql", True), ("5", "rh.effectifs", "in", "sql", True))),
    )
    found: list[Row] = []
    for workflow, tools in uses:
        own = {"source": SOURCE, "workflow": workflow, "since": SINCE, "changed_at": SINCE}
        found.append({**own, "tool": "", "used_table": "", "direction": "", "evidence": "read", "enabled": True})
        for tool, table, direction, evidence, enabled in tools:
            use = {"tool": tool, "used_table": table, "direction": direction, "evidence": evidence}
            found.append({**own, **use, "connection": "ZM", "enabled": enabled})
    return found


def _moved(chance: Random, copied: datetime) -> Iterator[tuple[str, Row]]:
    """Contracts of a year in two stores: dates written otherwise, amounts with a comma, codes whose zero went."""
    first = local(copied).date() - timedelta(days=360)
    for number in range(300):
        contract, day = f"C{number:06}", first + timedelta(days=number)
        agency, premium = f"{chance.randrange(9999):04}", round(chance.lognormvariate(6, 0.5), 2)
        written, amount = day.isoformat(), f"{premium:.2f}"
        if number % 97 == 5:
            written = f"{day:%d/%m/%Y}"
        elif number % 71 == 3:
            amount = amount.replace(".", ",")
        elif number % 83 == 9:
            amount = "\\N"
        yield "contrats_hive", {"contrat": contract, "effet": written, "prime": amount, "agence": agency}
        kept = None if "N" in amount or "," in amount else premium
        kept_day = None if "/" in written else day
        if number != 211:
            code = agency.lstrip("0") if number % 59 == 7 else agency
            row = {"contrat": contract, "effet": kept_day, "prime": kept, "agence": code}
            yield "contrats_greenplum", row


def _later(value: object, until: datetime) -> bool:
    """Whether a value is a moment that has not come yet."""
    return isinstance(value, datetime) and value > until


def _at(day: date, hours: float) -> datetime:
    return start_of(day) + timedelta(hours=hours)


def _contracts(chance: Random, day: date, age: int) -> Iterator[tuple[str, Row]]:
    """A mail follows the contract; a few do not leave, leave too late, or are known of only the day after next."""
    broken = age == BAD_MAILS
    for number in range(38 if is_working_day(day) else 0):
        contract, signed = f"PR{day:%y%m%d}{number:02}", _at(day, chance.uniform(8, 16))
        sent = signed + timedelta(hours=chance.uniform(1, 4))
        fate = chance.random()
        channel: str | None = chance.choice(("agence", "téléphone", "web"))
        read = None
        if fate < 0.2:
            read = signed + timedelta(minutes=chance.uniform(5, 50))
        elif fate < 0.6:
            read = sent + timedelta(hours=chance.uniform(2, 200))
        if number == 7 and age % 3 == 1:
            channel = None if age % 2 else "courrier"
        if needless := number == 3 and age % 4 == 1:
            read = signed + timedelta(minutes=30)
        yield "souscriptions", {"contrat": contract, "souscrit_le": signed, "releve_le": read, "canal": channel}
        if (fate < 0.2 and not needless) or number == 11 or (broken and 20 <= number < 29):
            continue
        late = number == 5 or (broken and number > 33)
        known = _at(day, 24 + 20) if late else sent + timedelta(minutes=20)
        status = "rejeté" if number == 13 and age % 5 == 0 else "remis"
        written = contract.lower() if number % 9 == 0 else contract
        yield "mails_rouleur", {"mail": f"M{contract[2:]}", "contrat": written,
                                "envoye_le": sent, "connu_le": known, "statut": status}  # fmt: skip
    if age % 6 == 1 and is_working_day(day):
        sent = _at(day, 15)
        yield "mails_rouleur", {"mail": f"M{day:%y%m%d}X", "contrat": f"PR{day:%y%m%d}99", "envoye_le": sent,
                                "connu_le": sent + timedelta(minutes=20), "statut": "remis"}  # fmt: skip


def _invoices(chance: Random, day: date, age: int) -> Iterator[tuple[str, Row]]:
    for number in range(30 if is_working_day(day) else 6):
        invoice, made = f"F{day:%y%m%d}{number:03}", _at(day, chance.uniform(0.5, 23))
        member, refused = f"{chance.randrange(10**7):07}", chance.random() < 0.55
        amount = round(chance.lognormvariate(6, 0.7), 2)
        words = "Rejet paiement" if refused else "Paiement auto"
        description = f"{words} prestation IMH - N° Soc : {member}"
        reason = chance.choice(REASONS) if refused else chance.choice(("", "[Null]", "null", None))
        if number == 2:
            description = f"GA LVDIE {words} prestation IMH - N° So..."
            description = description if refused else f"Appel du {made:%d/%m} ref {member}"
        if age == BAD_INVOICES and number in (4, 9):
            reason = REASONS[0] if reason in ("", "[Null]", "null", None) else "[Null]"
        yield "factures_imh", {"facture": invoice, "cree_le": made, "description": description, "motif": reason,
                               "operation": chance.choice(OPERATIONS), "montant": amount}  # fmt: skip
        if not refused and number % 13:
            for copy in range(2 if age == BAD_INVOICES and number == 8 else 1):
                yield "paiements_imh", {"paiement": f"{invoice}-{copy}", "facture": invoice, "montant": amount,
                                        "paye_le": made + timedelta(minutes=10 + copy)}  # fmt: skip


def _candidates(chance: Random, day: date) -> Iterator[tuple[str, Row]]:
    """Members come back as candidates until a task is opened for them, and closed some days later."""
    if not is_working_day(day):
        return
    morning = _at(day, 6)
    for number in range(42):
        member = f"{chance.randrange(400):07}" if number else None
        plate = f"{chr(65 + number % 26)}B-{chance.randrange(100, 999)}-CD"
        yield "candidats_vam", {"candidat": f"{day:%y%m%d}-{number:02}", "societaire": member, "vehicule": plate,
                                "calcule_le": morning}  # fmt: skip
        if member and chance.random() < 0.5:
            closed = morning + timedelta(days=chance.uniform(1, 9)) if chance.random() < 0.8 else None
            yield "taches_vam", {"tache": f"T{day:%y%m%d}{number:02}", "societaire": member, "close_le": closed,
                                 "ouverte_le": morning + timedelta(hours=3)}  # fmt: skip
