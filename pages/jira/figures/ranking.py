"""Clients by requests in whole months, with their rank against as many months before."""

from collections.abc import Mapping

import pandas as pd

from core.base.calendar import start_of
from core.base.i18n import N_, _
from core.base.periods import Grain
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.jira.behind import Behind
from pages.jira.figures.by_client import ABOUT, CLIENT_MONTHS
from pages.jira.figures.notes import shows
from pages.jira.look import JiraLook
from pages.jira.months import Months
from pages.jira.rules import Counting

NEW, LOST, STAYED = N_("new"), N_("lost"), ""


def _shape(look: JiraLook, period: pd.DataFrame) -> pd.DataFrame:
    earliest = min((*look.months.before, Grain.MONTH.first(look.chosen.period[0])))
    rows = look.ask(CLIENT_MONTHS, start=start_of(earliest))
    return rank(rows, by_code(period, look.counting.column), look.months, look.clients, look.counting)


def by_code(rows: pd.DataFrame, value: str) -> dict[str, float]:
    """The sum of a column for each client."""
    return {str(code): float(total) for code, total in rows.groupby("client")[value].sum().items()}


def rank(
    rows: pd.DataFrame, period: Mapping[str, float], months: Months, names: Mapping[str, str], counting: Counting
) -> pd.DataFrame:
    """Clients by requests in whole months, with their rank in as many months before.

    `rows` is CLIENT_MONTHS with the months before, `period` the requests of each client in the period itself, which
    may begin and end within a month. Against months before that are not known nothing is compared. Gives `code`,
    `client`, `period` (requests of the period, partial months too), `requests` and `before` (whole months), `share`,
    `rank`, `moved` (places gained; null for a new one), `state`.
    """
    sums = {
        name: by_code(rows[rows["month"].isin(counted)], counting.column)
        for name, counted in (("requests", months.whole), ("before", months.before))
    }
    frame = pd.DataFrame({"period": dict(period), **sums}).astype(float).fillna(0.0)
    frame.index.name = "code"
    frame = frame.reset_index().sort_values(["requests", "period", "code"], ascending=[False, False, True])
    if not months.before:
        frame["before"] = float("nan")
    total = frame["requests"].sum()
    frame["share"] = frame["requests"] / total if total else 0.0
    frame["rank"] = frame["requests"].rank(method="min", ascending=False).where(frame["requests"] > 0)
    rank_before = frame["before"].rank(method="min", ascending=False).where(frame["before"] > 0)
    frame["moved"] = rank_before - frame["rank"]
    frame["state"] = [
        _state(now, then, bool(months.before)) for now, then in zip(frame["requests"], frame["before"], strict=True)
    ]
    frame.insert(1, "client", [names.get(code, code) for code in frame["code"]])
    return frame.reset_index(drop=True)


def _state(now: float, then: float, known: bool) -> str:
    if not known or (now and then) or not (now or then):
        return STAYED
    return _(NEW) if now else _(LOST)


def _columns(look: JiraLook) -> tuple[Column, ...]:
    digits = look.counting.digits
    compared = (
        Column("before", N_("In the months before"), Kind.NUMBER, digits=digits),
        Column("moved", N_("Places gained"), Kind.NUMBER),
        Column("state", N_("New or lost")),
    )
    return (
        Column("rank", N_("Rank"), Kind.NUMBER, width="small"),
        Column("client", N_("Client")),
        Column(
            "period", N_("Requests"), Kind.NUMBER, digits=digits, help=N_("In the period, partial months included.")
        ),
        Column("requests", N_("In whole months"), Kind.NUMBER, digits=digits),
        Column("share", N_("Share"), Kind.PERCENT),
        *(compared if look.months.before else ()),
    )


RANKING: Figure[JiraLook] = Figure(
    name="ranking",
    title=N_("Ranking of clients"),
    about=ABOUT,
    query=CLIENT_MONTHS,
    shape=_shape,
    columns=_columns,
    means=lambda _look, mark: shows(Behind(), clients=[mark["code"]]),
)
