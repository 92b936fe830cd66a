"""From answers to figures: pure functions, frames in, frames out. Months are first days, shares are of 1.

Answers are kept frames, and so is what is made of them: nobody writes into either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from core.base.cache import once_a_frame
from core.base.i18n import N_, _, show_date, show_duration, show_moment, show_percent
from core.base.periods import Grain, Period
from core.facts.conditions import NO_VALUE
from pages.jira.forecast import Backtest, Forecast, backtest, forecast
from pages.jira.review import Line, drifted, written
from pages.jira.rules import AGES, ASKED, DUE, Counting

NONE = N_("(none)")
NEW, LOST, STAYED = N_("new"), N_("lost"), ""


@dataclass(frozen=True)
class Months:
    """The months of a period: `all` of them, those that are `whole`, and as many whole ones `before` them."""

    all: tuple[date, ...]
    whole: tuple[date, ...]
    before: tuple[date, ...]

    @property
    def partial(self) -> tuple[date, ...]:
        """Months that the period, or what is known, covers in part."""
        return tuple(month for month in self.all if month not in self.whole)


def months(start: date, end: date, first: date, today: date) -> Months:
    """The months of a period from `start` to `end` (both included); what is known begins on `first`, ends `today`.

    A month is whole when the period covers it and it was known from its first day to its last.
    """
    every = Period(start, end).each(Grain.MONTH)
    known_from, known_until = max(start, first), min(end, today - timedelta(days=1))
    whole = tuple(month for month in every if month >= known_from and Grain.MONTH.last(month) <= known_until)
    return Months(every, whole, tuple(Grain.MONTH.moved(month, -len(whole)) for month in whole))


def client_names(codes: Sequence[str]) -> dict[str, str]:
    """What each client is called, by code: its component; with its project where two projects have one of that name."""
    parts = {code: code.partition("/")[::2] for code in codes}
    names = [name for _project, name in parts.values()]
    return {
        code: (name if names.count(name) == 1 else f"{name} · {project}")
        if name
        else (_(NONE) if names.count("") == 1 else f"{_(NONE)} · {project}")
        for code, (project, name) in parts.items()
    }


def percent(share: Any) -> str:
    """A share in words; a dash where there is none."""
    return "–" if pd.isna(share) else show_percent(float(share))


def type_name(code: str) -> str:
    """What a request type is called; several chosen ones stand one a line."""
    return ", ".join(code.split("\n")) if code else _(NONE)


@once_a_frame
def by_code(rows: pd.DataFrame, code: str, value: str) -> dict[str, float]:
    """The sum of a column for each code."""
    return {str(one): float(total) for one, total in rows.groupby(code)[value].sum().items()}


@once_a_frame
def rank_clients(
    rows: pd.DataFrame, period: Mapping[str, float], known: Months, names: Mapping[str, str], counting: Counting
) -> pd.DataFrame:
    """Clients by requests in whole months, with their rank in as many months before.

    `rows` is CLIENT_MONTHS with the months before, `period` the requests of each client in the period itself, which
    may begin and end within a month. Gives `code`, `client`, `period` (requests of the period, partial months too),
    `requests` and `before` (whole months), `share`, `rank`, `moved` (places gained; null for a new one), `state`.
    """
    sums = {
        name: by_code(rows[rows["month"].isin(chosen)], "client", counting.column)
        for name, chosen in (("requests", known.whole), ("before", known.before))
    }
    frame = pd.DataFrame({"period": dict(period), **sums}).astype(float).fillna(0.0)
    frame.index.name = "code"
    frame = frame.reset_index().sort_values(["requests", "period", "code"], ascending=[False, False, True])
    total = frame["requests"].sum()
    frame["share"] = frame["requests"] / total if total else 0.0
    frame["rank"] = frame["requests"].rank(method="min", ascending=False).where(frame["requests"] > 0)
    rank_before = frame["before"].rank(method="min", ascending=False).where(frame["before"] > 0)
    frame["moved"] = rank_before - frame["rank"]
    frame["state"] = [
        _state(now, then, bool(known.whole)) for now, then in zip(frame["requests"], frame["before"], strict=True)
    ]
    frame.insert(1, "client", [names.get(code, code) for code in frame["code"]])
    return frame.reset_index(drop=True)


def _state(now: float, then: float, known: bool) -> str:
    if not known or (now and then) or not (now or then):
        return STAYED
    return _(NEW) if now else _(LOST)


@once_a_frame
def by_month(
    rows: pd.DataFrame, code: str, names: Mapping[str, str], known: Months, value: str, top: int
) -> pd.DataFrame:
    """Counts by month of the `top` codes, the others together: `name`, `month`, `n`, `partial`."""
    if rows.empty:
        return pd.DataFrame({"name": [], "code": [], "month": [], "n": [], "partial": [], "month_code": []})
    biggest = rows.groupby(code)[value].sum().sort_values(ascending=False).index[:top]
    kept = rows[code].where(rows[code].isin(biggest), OTHERS)
    sums = rows.assign(code=kept).groupby(["code", "month"])[value].sum()
    frame = pd.DataFrame({"n": sums.astype(float)}).reset_index()
    frame["name"] = [_(N_("others")) if one == OTHERS else names.get(one, one) for one in frame["code"]]
    frame["partial"] = frame["month"].isin(known.partial)
    frame["month_code"] = frame["month"].map(str)
    return frame


@once_a_frame
def client_types(rows: pd.DataFrame, clients: Mapping[str, str], value: str) -> pd.DataFrame:
    """The types of each client: `client`, `type`, their codes, `n`, `share` of the client's. `rows` is CLIENT_TYPES."""
    n = rows[value].astype(float)
    found = pd.DataFrame(
        {
            "client": [clients.get(code, code) for code in rows["client"]],
            "client_code": rows["client"],
            "type": [type_name(code) for code in rows["type"]],
            "type_code": [code or NO_VALUE for code in rows["type"]],
            "n": n,
            "share": n / n.groupby(rows["client"]).transform("sum"),
        }
    )
    return found.sort_values(["client", "n"], ascending=[True, False])


@once_a_frame
def drift_by_type(rows: pd.DataFrame) -> pd.DataFrame:
    """Types by name, with their `code`. `rows` is TIME_BY_TYPE."""
    codes = rows["name"]
    return rows.assign(code=[code or NO_VALUE for code in codes], name=[type_name(code) for code in codes])


@once_a_frame
def drift_by_client(rows: pd.DataFrame, clients: Mapping[str, str]) -> pd.DataFrame:
    """Clients by name, with their `code`. `rows` is TIME_BY_CLIENT."""
    return rows.assign(code=rows["name"], name=[clients.get(code, code) for code in rows["name"]])


@once_a_frame
def drift_by_month(rows: pd.DataFrame, known: Months) -> pd.DataFrame:
    """Months with `partial` and `month_code`. `rows` is TIME_BY_MONTH."""
    months = rows["name"]
    return rows.assign(month=months, partial=months.isin(known.partial), month_code=months.map(str))


@once_a_frame
def measured(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that have a drift."""
    return rows.dropna(subset=["drift"])


@once_a_frame
def ages(rows: pd.DataFrame) -> pd.DataFrame:
    """Open requests with their `age` in words. `rows` is OPEN_AGES."""
    return rows.assign(age=[_("{range} days").format(range=AGES[int(band)]) for band in rows["band"]])


@once_a_frame
def cycles(rows: pd.DataFrame) -> pd.DataFrame:
    """Cycle times in `days`, with their percentiles `p50`, `p85`, `p95` on each row. `rows` is CYCLES."""
    days = rows["cycle_s"].astype(float) / 86_400
    percentiles = {f"p{n}": days.quantile(n / 100) for n in (50, 85, 95)}
    return rows[["resolved_at", "key", "summary"]].assign(days=days, **percentiles)


@once_a_frame
def due(rows: pd.DataFrame, known: Months) -> pd.DataFrame:
    """Resolved requests as `month`, `state`, `said` (in words), `requests`, `partial`, `month_code`. `rows` is DUE."""
    long = rows.melt(id_vars="month", var_name="state", value_name="requests")
    return long.assign(
        said=[_(DUE[state]) for state in long["state"]],
        partial=long["month"].isin(known.partial),
        month_code=long["month"].map(str),
    )


OTHERS = "\x00others"


@once_a_frame
def unfilled(row: pd.DataFrame, mandatory: Sequence[str]) -> pd.DataFrame:
    """One row a mandatory field: `field`, `empty`, `requests`, `share`. `row` is UNFILLED."""
    total = int(row["requests"].sum())
    return pd.DataFrame(
        {
            "name": name,
            "field": _(ASKED[name]),  # type: ignore[index]
            "empty": int(row[name].sum()),
            "requests": total,
            "share": int(row[name].sum()) / total if total else 0.0,
        }
        for name in mandatory
    )


@once_a_frame
def unfilled_by(rows: pd.DataFrame, mandatory: Sequence[str], names: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Empty mandatory fields by group: `name`, `requests`, a column a field, `share` of cells empty.

    `names` says what some groups are called; without it they are called what they are."""
    frame = rows[["name", "code", "requests", *mandatory]].copy() if "code" in rows else rows.copy()
    cells = frame["requests"].astype(float) * max(len(mandatory), 1)
    frame["share"] = frame[list(mandatory)].sum(axis=1).astype(float) / cells
    if names is not None:
        frame["name"] = [names.get(one, one) or _(NONE) for one in frame["name"]]
    return frame


def missing_words(row: Mapping[Any, Any], fields: Sequence[str]) -> str:
    """Which of some fields a request lacks, in words. `row` has `no_<field>`."""
    return ", ".join(_(ASKED[name]) for name in fields if row[f"no_{name}"])  # type: ignore[index]


@once_a_frame
def lacking(rows: pd.DataFrame, fields: Sequence[str]) -> pd.DataFrame:
    """The requests that lack some fields, and `why`: which. `rows` is UNFILLED_ROWS."""
    told = rows.assign(why=[missing_words(row, fields) for row in rows.to_dict("records")])
    return told[told["why"] != ""]


@once_a_frame
def not_ready(rows: pd.DataFrame, needs: Sequence[str], waiting: Sequence[str]) -> pd.DataFrame:
    """Open requests that wait and could not start today, and `why`: what they lack. `rows` is OPEN_ROWS."""
    folded = {word.casefold() for word in waiting}
    waits = rows["status"].astype(object).map(lambda status: (status or "").casefold() in folded)
    lacking = rows[[f"no_{name}" for name in needs]].astype(bool).any(axis=1)
    found: pd.DataFrame = rows[waits & lacking]
    return found.assign(why=[missing_words(row, needs) for row in found.to_dict("records")])


@once_a_frame
def cumulative(rows: pd.DataFrame, start: date, until: date) -> pd.DataFrame:
    """The cumulative flow: how many `requests` stand in each `status` at the end of each `week`, which ends `until`.

    Weeks that begin from `start` on and are over on `until`. Where resolved requests rest (`rests`), only those that
    came in the period count: what lies before would hide the rest. `rows` is FLOW_WEEKS.
    """
    nothing = pd.DataFrame({"week": [], "until": [], "status": [], "requests": [], "rests": []})
    if rows.empty:
        return nothing
    rests = rows.groupby("status")["rests"].any()
    steps = rows["new"].where(rows["status"].map(rests).astype(bool), rows["step"])
    wide = rows.assign(step=steps).pivot_table(index="week", columns="status", values="step", aggfunc="sum")
    weeks = pd.date_range(wide.index.min(), max(wide.index.max(), until), freq="7D").date
    totals = wide.reindex(weeks).fillna(0).astype(float).cumsum()
    totals.index.name = "week"
    over = [(week >= start) and (week + timedelta(days=7) <= until) for week in totals.index]
    if not any(over):
        return nothing
    long: pd.DataFrame = totals[over].reset_index().melt(id_vars="week", var_name="status", value_name="requests")
    ends = [week + timedelta(days=7) for week in long["week"]]
    return long.assign(until=ends, rests=long["status"].map(rests).astype(bool))


@once_a_frame
def every_week(rows: pd.DataFrame, monday: date) -> pd.DataFrame:
    """Whole weeks only, those before `monday`, also those in which nothing happened. `rows` is WEEKS."""
    over = rows[rows["week"] < monday]
    if over.empty:
        return pd.DataFrame({"week": [], "created": [], "resolved": []})
    weeks = Period(over["week"].min(), monday - timedelta(days=1)).each(Grain.WEEK)
    counts = over.set_index("week")[["created", "resolved"]].astype(int)
    return counts.reindex(weeks, fill_value=0).rename_axis("week").reset_index()


@once_a_frame
def weeks_within(weeks: pd.DataFrame, start: date, end: date) -> pd.DataFrame:
    """Those that lie within a period, both days included. `weeks` is `every_week`."""
    return weeks[(weeks["week"] >= start) & (weeks["week"] <= end - timedelta(days=6))]


@once_a_frame
def forecasts(weeks: pd.DataFrame, left: int, monday: date) -> tuple[Forecast | None, Backtest]:
    """When so many open requests are done, from this Monday on, and how often such ranges held. `weeks` is
    `every_week`."""
    created, resolved = ([int(n) for n in weeks[name]] for name in ("created", "resolved"))
    return forecast(resolved, left, monday), backtest(created, resolved)


_ISSUE_FIELDS = (
    ("key", N_("Key")), ("url", N_("Jira")), ("summary", N_("Name")), ("project", N_("Project")),
    ("issue_type", N_("Issue type")), ("request_type", N_("Request type")), ("components", N_("Client")),
    ("status", N_("Status")), ("priority", N_("Priority")), ("resolution", N_("Resolution")), ("labels", N_("Labels")),
    ("links", N_("Links")), ("parent", N_("Parent")), ("created_at", N_("Created")), ("updated_at", N_("Updated")),
    ("resolved_at", N_("Resolved")), ("due_on", N_("Due date")), ("estimate_s", N_("Original estimate")),
    ("spent_s", N_("Time spent")), ("remaining_s", N_("Remaining")), ("progress_percent", N_("Jira's progress")),
    ("gone_at", N_("Deleted or moved away")),
)  # fmt: skip
_PERSONAL_FIELDS = (("assignee", N_("Assignee")), ("reporter", N_("Reporter")))


def one(row: Mapping[str, Any], *, named: bool) -> pd.DataFrame:
    """A request as `field`, `value`, in words; people only where they may be `named`."""
    fields = (*_ISSUE_FIELDS, *(_PERSONAL_FIELDS if named else ()))
    return pd.DataFrame({"field": _(label), "value": _words(name, row[name])} for name, label in fields)


def _words(name: str, value: Any) -> str:
    if value is None:
        return _(NONE)
    if isinstance(value, datetime):
        return show_moment(value)
    if isinstance(value, date):
        return show_date(value)
    if name.endswith("_s"):
        return show_duration(value)
    if name == "progress_percent":
        return show_percent(value / 100)
    return str(value).replace("\n", ", ")


def review(lines: Sequence[Line]) -> pd.DataFrame:
    """The month's figures in words: `figure`, `before`, `published`, `today`, `drift`."""
    return pd.DataFrame(
        {
            "figure": _(line.label),
            "before": written(line.before, line.kind),
            "published": written(line.published, line.kind),
            "today": written(line.today, line.kind),
            "drift": drifted(line),
        }
        for line in lines
    )
