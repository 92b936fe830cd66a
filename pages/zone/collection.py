"""The tables as a collection: the way of each, and what the runs of the check do to it."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from core.base import clock
from core.base.i18n import N_, _, local, ngettext, show_date, show_number
from core.people.person import Person
from core.records import acts, records
from core.records.collection import CLOCK, Collection, Taken
from core.records.facets import Facet
from core.records.fields import LONG_LENGTH
from core.records.workflow import State, Step, Workflow, Written
from core.show.about import About
from pages.zone.model import TABLE, Table

CHECK = ("check", "tables_zm")
"""The check whose rows come here, as a thing that other missions know."""
PROPOSED, ASKED, QUARANTINE, REUSED = "proposed", "asked", "quarantine", "reused"
ARCHIVED, GIVEN_BACK = "archived", "given_back"
REUSE = "reuse"


def _owned(table: Table, _person: Person) -> str:
    return "" if table.owner else _("Name the owner who is asked first.")


def _dated(table: Table, _person: Person) -> str:
    until = table.quarantine_until
    if until and until > local(clock.now()).date():
        return ""
    return _("A quarantine has an end: say until which day to come.")


def _over(table: Table, _person: Person) -> str:
    until = table.quarantine_until
    if until and until <= local(clock.now()).date():
        return ""
    return _("The quarantine lasts until {day}.").format(day=show_date(until) if until else "–")


def _step(action: str, sources: Sequence[str], target: str, label: str, done: str, **more: Any) -> Step:
    """A step, which always says why."""
    return Step(action, tuple(sources), target, label, done, reason=True, **more)


WAY = Workflow(
    states=(
        State(PROPOSED, N_("proposed"), "gray"),
        State(ASKED, N_("owner asked"), "blue"),
        State(QUARANTINE, N_("in quarantine"), "orange"),
        State(REUSED, N_("used again, to be decided"), "red"),
        State(ARCHIVED, N_("put into the archive"), "gray"),
        State(GIVEN_BACK, N_("given back"), "green"),
    ),
    steps=(
        _step("ask", (PROPOSED, REUSED), ASKED, N_("Ask the owner"), N_("owner asked"), condition=_owned),
        _step("isolate", (ASKED,), QUARANTINE, N_("Put into quarantine"), N_("put into quarantine"), condition=_dated),
        _step("archive", (QUARANTINE,), ARCHIVED, N_("Say that it was archived"), N_("put into the archive"),
              condition=_over),
        _step("give_back", (PROPOSED, ASKED, QUARANTINE, REUSED), GIVEN_BACK, N_("Give back"), N_("given back")),
        _step("lift", (QUARANTINE,), ASKED, N_("Lift the quarantine"), N_("quarantine lifted")),
        _step("withdraw", (ASKED,), PROPOSED, N_("Withdraw the question"), N_("question withdrawn")),
        _step("again", (ARCHIVED, GIVEN_BACK), PROPOSED, N_("Propose again"), N_("proposed again")),
        _step(REUSE, (PROPOSED, ASKED, QUARANTINE, ARCHIVED), REUSED, N_("Say that it is used again"),
              N_("used again")),
    ),
    closed=(ARCHIVED, GIVEN_BACK),
)  # fmt: skip


def take(connection: sa.Connection, rows: Sequence[Taken]) -> None:
    """Propose the tables that a run found and nobody knows yet, write anew what it says of the others; one that is used
    again goes back to a person. What was given back stays so until somebody proposes it again."""
    known = {records.fold(one.title): one for one in records.contents(connection, TABLE.kind)}
    new = []
    for row in rows:
        record = known.get(records.fold(row.key))
        if record is None:
            new += [_new(row)] if row.found else []
            continue
        said = _said(row)
        if record.state not in WAY.closed and any(record.data[name] != said[name] for name in ("evidence", "named_by")):
            record = acts.keep(connection, TABLES, record.id, record.version, {**record.data, **said}, who=CLOCK)
        if not row.found and record.state in WAY.step(REUSE).sources:
            acts.call(connection, TABLES, record, REUSE, f"{row.words} – {said['named_by'] or row.key}")
    acts.ship(connection, TABLES, new, action=Written.ADD)


def _new(row: Taken) -> dict[str, Any]:
    return {**_said(row), "name": row.key, "owner": _fitting(row.values.get("owner"), 100), "squad": row.squad or ""}


def _said(row: Taken) -> dict[str, Any]:
    """What a run says of a table, as its fields hold it."""
    size = row.values.get("size")
    return {
        "evidence": row.words,
        "named_by": _fitting(row.values.get("named_by"), LONG_LENGTH),
        "evidence_on": row.day.isoformat(),
        "size": None if size is None else round(size),
    }


def _fitting(text: str | None, most: int) -> str:
    """A text of the warehouse as a field holds it: a longer one must not keep every other row from being taken."""
    text = (text or "").strip()
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _counted(n: int) -> str:
    return ngettext("{n} table", "{n} tables", n).format(n=show_number(n))


TABLES = Collection(
    mission="zone",
    form=TABLE,
    workflow=WAY,
    prefix="Z",
    facets={
        "evidence": Facet(N_("What the check says"), lambda table: (table.evidence,)),
        "owner": Facet(N_("Owner"), lambda table: (table.owner,)),
    },
    columns=("evidence", "owner"),
    known={"owner": "owner", "squad": "squad"},
    counted=_counted,
    takes=take,
    grid=("name", "owner", "squad", "quarantine_until", "notes"),
    about=About(
        N_("Tables that the check of the ZM did not see used, or not for certain; none is ever deleted from here."),
        N_("The check of the ZM and the store of Vigie"),
    ),
)
