"""What people are told of the zone by mail: that a table is used again, once each time."""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from core.base.i18n import _, speaking
from core.base.settings import settings
from core.mission.discovery import missions
from core.people import accounts
from core.people.rights import may_act
from core.records import moves
from core.records.records import Wanted, find
from core.tell.outbox import Notice
from pages.zone.collection import REUSED, TABLES


def notices(connection: sa.Connection, now: datetime) -> Iterator[Notice]:
    """Tells everybody who may decide, where they have an address. Within `Store.write`."""
    waiting = find(connection, TABLES.kind, Wanted(facets={"state": [REUSED]})).lines
    since = moves.current(moves.stays(connection, TABLES)) if waiting else {}
    home = settings().base_url.rstrip("/")
    people = [one.person for one in accounts.everyone(connection) if one.active(now) and one.person.email]
    for person in (one for one in people if waiting and may_act(one, missions()["zone"])):
        with speaking(person.language or "fr"):
            for line in waiting:
                stay, link = since[line.id], f"{home}/zone?record={line.ref}" if home else ""
                said = _("The table {name} is used again: {why}.").format(name=line.title, why=stay.why or "–")
                asked = _("Decide whether it is given back or its owner is asked again.")
                yield Notice(
                    what=f"zone.reused:{line.ref}",
                    step=stay.since.isoformat(),
                    to=person.email or "",
                    subject=_("Used again: {name}").format(name=line.title),
                    text="\n".join(filter(None, (said, asked, link))) + "\n",
                )
