"""What a view of the activity shows to somebody who is not at its screen: for the mail of the month."""

from collections.abc import Callable, Mapping
from datetime import datetime

from core.base.i18n import _, show_number
from core.facts.query import Reader
from core.people.person import Person
from core.show import filters
from core.show.filters import Chosen
from core.show.shown import Picture, Shown
from core.store.engine import store
from pages.jira import asked, asking, figures, people, queries, rules, shown
from pages.jira.asked import Asked
from pages.jira.asking import Discretion

PARTS: tuple[Callable[[Asked], Shown], ...] = (
    shown.by_client,
    shown.ranking,
    shown.by_type,
    shown.client_types,
    shown.drift_by_type,
    shown.drift_by_client,
    shown.drift_by_month,
    shown.due,
    shown.unfilled,
    shown.weeks,
    shown.ages,
    shown.cumulative,
    shown.cycles,
    shown.status_times,
    shown.requests,
)
"""In the order of the screen's parts."""


def picture(reader: Reader, person: Person, params: Mapping[str, str], now: datetime) -> Picture:
    """The parts of the screen under the filters of an address; people's names for whom the screen shows them alone.

    Raises QueryFailed and RulesInvalid.
    """
    told = rules.in_force()
    span = reader.run(queries.SPAN).table.to_pylist()[0]
    if not span["n"]:
        return Picture(Chosen({}, {}), (), ())
    with store().read() as connection:
        named = people.may_name(connection, person, told.people_treatment)
    given = {**asking.given(reader, told), "now": now}
    offered, clients = asked.offered(reader.run, span, given, now, named=named)
    chosen = filters.read(offered, params)
    a = Asked(
        load=reader.run,
        reader=reader,
        told=told,
        chosen=chosen,
        known=asked.known(span, chosen, now),
        params={**given, **asked.params(chosen)},
        clients=clients,
        named=named,
        still_named=lambda: named,
        discretion=Discretion(reader, named=named),
        now=now,
    )
    parts = tuple(part for part in (make(a) for make in PARTS) if len(part.frame))
    return Picture(chosen, _figures(a), parts)


def _figures(a: Asked) -> tuple[tuple[str, str], ...]:
    months = a.ask(queries.TYPE_MONTHS)
    whole, left = a.ask(queries.TIME).iloc[0], a.ask(queries.OPEN).iloc[0]
    return (
        (_("Requests created"), show_number(int(months["requests"].sum()))),
        (_("Requests resolved"), show_number(int(whole["resolved"]))),
        (_("Open requests"), show_number(int(left["open"]))),
        (_("Median drift"), figures.percent(whole["drift"])),
        (_("Above {limit}").format(limit=figures.percent(a.told.drift_limit)), figures.percent(whole["above"])),
        (_("Without estimate"), show_number(int(whole["without_estimate"]))),
        (_("Without time"), show_number(int(whole["without_time"]))),
    )
