"""The line under a screen's title: how fresh the data are, and which sources do not answer."""

from datetime import datetime, timedelta

import sqlalchemy as sa
import streamlit as st

from core.base.i18n import _, ngettext, show_duration, show_moment
from core.facts.query import Query, Reader
from core.facts.reads import READS, read_later
from core.mission.contract import Mission
from core.run import registry
from core.store.engine import store
from core.ui.words import plain

_reads = READS.sql
_ranked = (
    sa.select(
        _reads,
        sa.func.row_number().over(partition_by=_reads.c.source, order_by=_reads.c.read_at.desc()).label("rank"),
    )
    .where(_reads.c.mission == sa.bindparam("mission"))
    .subquery()
)
FAILING = Query(
    name="failing_sources",
    select=sa.select(_ranked.c.source, _ranked.c.read_at, _ranked.c.error)
    .where(_ranked.c.rank == 1, _ranked.c.outcome == "failed")
    .order_by(_ranked.c.source),
    tables=(READS,),
    params={"mission": str},
)


def ago(moment: datetime, now: datetime) -> str:
    """E.g. «il y a 12 min», «il y a 3 jours»."""
    age = max(now - moment, timedelta())
    if age >= timedelta(days=2):
        return ngettext("{n} day ago", "{n} days ago", age.days).format(n=age.days)
    minutes = age // timedelta(minutes=1)
    return _("{duration} ago").format(duration=show_duration(60 * minutes)) if minutes else _("just now")


def sentence(freshness: datetime | None, now: datetime, read_at: datetime | None = None) -> str:
    """E.g. «Données du 20 nov. 2026, 08:02, il y a 12 min»; when they were read, too, where that was later."""
    if freshness is None:
        return _("No data yet")
    if read_at and read_later(freshness, read_at):
        return _("Data up to {moment}, {ago}; read {read}").format(
            moment=show_moment(freshness), ago=ago(freshness, now), read=ago(read_at, now)
        )
    return _("Data of {moment}, {ago}").format(moment=show_moment(freshness), ago=ago(freshness, now))


def failing(reader: Reader, mission: Mission) -> None:
    """Name each source whose last reading failed, with what it said, unless it was removed since."""
    failures = reader.run(FAILING, mission=mission.key).table.to_pylist()
    removed = _removed() if failures else frozenset()
    for failure in failures:
        if failure["source"] in removed:
            continue
        source, error = plain(failure["source"]), plain(failure["error"] or "")
        st.warning(
            _("The source {source} does not answer since {moment}; these are its last good data. {error}").format(
                source=source, moment=show_moment(failure["read_at"]), error=error
            ),
            icon=":material/cloud_off:",
        )


def _removed() -> frozenset[str]:
    with store().read() as connection:
        return frozenset(entry.name for entry in registry.entries(connection) if not entry.enabled)
