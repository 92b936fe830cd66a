"""What the calendar does, called by `python -m core.run.notify`: no screen imports this."""

import logging
from datetime import datetime

from core.base.errors import VigieError
from core.base.i18n import ngettext
from core.mission.discovery import warehouse
from core.people.person import EVERYTHING
from core.store.engine import store
from pages.indicators import published, taking
from pages.indicators.acts.keep import keep, read_by
from pages.indicators.taking import Ready

log = logging.getLogger("vigie.indicators")


def freeze(now: datetime) -> None:
    """Look at every indicator that is due, land the looks, publish the months. One that fails stops no other; the last
    failure is raised at the end. One whose rows may not be all there is left until they are."""
    failed = list[VigieError]()
    ready: list[Ready] = []
    with store().read() as connection:
        before = published.every(connection, EVERYTHING)
    reader = warehouse().reader(EVERYTHING)
    for indicator in taking.declared_now().things:
        try:
            due = taking.due(indicator, reader, before, now)
            if due.why:
                log.warning("indicator waits", extra={"indicator": indicator.indicator, "reason": due.why})
            if due.ready:
                ready.append(taking.take(indicator, reader, now, due.ready, before))
        except VigieError as error:
            log.error("%s: %s", indicator.indicator, error.detail or error.sentence)
            failed.append(error)
    if ready:
        with store().write() as connection:
            keep(connection, ready, who=taking.CLOCK)
        read_by(now, sum(len(one.rows) for one in ready))
    if failed:
        said = ngettext("{n} indicator could not be published.", "{n} indicators could not be published.", len(failed))
        raise type(failed[-1])(f"{failed[-1].sentence} {said.format(n=len(failed))}", detail=failed[-1].detail)
