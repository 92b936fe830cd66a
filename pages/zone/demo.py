"""Demo data: what the check proposed was asked about, put aside and given back; one table in quarantine is used again,
the quarantine of another is over."""

from datetime import datetime, timedelta
from typing import Any

from core.base import clock
from core.base.i18n import local
from core.people import accounts
from core.people.person import Role
from core.records import acts, records
from core.records.records import Record
from core.store.engine import store
from pages.zone.collection import PROPOSED, REUSE, TABLES

DAY = timedelta(days=1)
NEVER, USED = "jamais vue, à proposer au propriétaire", "utilisée par un workflow actif"
STORY: tuple[tuple[dict[str, Any], tuple[tuple[int, str, str], ...]], ...] = (
    ({"name": "zm.sinistres", "owner": "Squad Auto", "size": 5120, "quarantine": 20, "evidence": USED},
     ((40, "ask", "Vue nulle part depuis l’été."), (30, "isolate", "L’équipe ne la connaît plus."),
      (2, "reuse", f"{USED} – suivi_mensuel.yxmd"))),
    ({"name": "zm.extraction_2022", "owner": "Équipe données", "size": 812, "quarantine": -3},
     ((60, "ask", "Reste d’une étude."), (48, "isolate", "Accord de l’équipe, le temps d’une clôture."))),
    ({"name": "zm.appels_bruts", "owner": "Squad Téléphonie", "size": 7300, "squad": "Téléphonie"},
     ((12, "ask", "Lue par aucun workflow."),)),
    ({"name": "zm.tarifs_2019", "owner": "Squad Habitation", "size": 95},
     ((50, "ask", "Plus vue."), (41, "give_back", "Sert au contrôle annuel, hors Alteryx."))),
)  # fmt: skip
"""Tables as they were found, then their steps: how many days ago and why. `quarantine`: its last day, so many days from
now."""


def demo(seed: int, until: datetime) -> None:
    """Tell the story up to a moment (UTC), once, beside what the check proposed: nothing where a step was taken."""
    with store().write() as connection:
        states = records.counts(connection, TABLES.kind, "state")
        if set(states) - {PROPOSED}:
            return
        lead = accounts.existing(connection, Role.LEAD.value).person
        for said, steps in STORY:
            content = {name: value for name, value in said.items() if name != "quarantine"}
            if "quarantine" in said:
                content["quarantine_until"] = (local(until).date() + said["quarantine"] * DAY).isoformat()
            with clock.at(until - (steps[0][0] + 1) * DAY):
                record: Record = acts.add(connection, TABLES, lead.id, {"evidence": NEVER, **content})
            for days, action, why in steps:
                with clock.at(until - days * DAY):
                    if action == REUSE:
                        acts.call(connection, TABLES, record, REUSE, why)
                    else:
                        unmet = acts.conditions(TABLES, lead, [record], action)
                        record = acts.step(
                            connection, TABLES, lead.id, record.id, record.version, action, unmet=unmet, why=why
                        )
