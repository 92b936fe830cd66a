"""The monthly review: the figures of a month as they were frozen, as they are today, and the difference."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.base.errors import NotAllowed
from core.base.i18n import N_, _, local, show_date, show_moment
from core.base.periods import Grain
from core.base.settings import settings
from core.facts.query import Reader
from core.facts.squads import squads
from core.people.person import EVERYTHING
from core.people.rights import require
from core.records import freeze
from core.records.freeze import Published
from core.run import registry
from core.show import growth
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Act, Choose, Download, Figure, Note, Part
from core.show.filters import Words
from core.store.engine import store
from pages.jira import MISSION, choices, review
from pages.jira.choices import type_name
from pages.jira.facts import ISSUES
from pages.jira.figures.by_client import CLIENT_MONTHS
from pages.jira.figures.by_type import TYPE_MONTHS
from pages.jira.figures.cycles import CYCLE_MONTHS
from pages.jira.figures.drift_by_month import TIME_BY_MONTH
from pages.jira.figures.due import DUE_MONTHS
from pages.jira.figures.notes import SOURCE
from pages.jira.figures.unfilled_by_month import BY_MONTH as UNFILLED_MONTHS
from pages.jira.look import JiraLook
from pages.jira.review import Line, Review, drifted, moved, written
from pages.jira.rules import Rules

Row = dict[str, Any]
TOP = 5
"""So many clients stand in a review."""


def measure(reader: Reader, in_force: Rules, months: Sequence[date]) -> dict[date, dict[str, Any]]:
    """The figures of months that follow each other, as they are now: `review.FIGURES`, `clients` (code → requests), the
    most frequent, and `types` (code → requests)."""
    first, last = Grain.MONTH.of(months[0]), Grain.MONTH.of(months[-1])
    given = {**choices.standing(reader, in_force), "start": first.start, "end": last.end}
    asked = (TYPE_MONTHS, CLIENT_MONTHS, TIME_BY_MONTH, DUE_MONTHS, CYCLE_MONTHS, UNFILLED_MONTHS(in_force))
    answers = [_by_month(choices.rows(reader, query, given)) for query in asked]
    return {month: _figures(in_force, *(rows.get(month, []) for rows in answers)) for month in months}


def _by_month(rows: Sequence[Row]) -> Mapping[date, list[Row]]:
    by_month: dict[date, list[Row]] = {}
    for row in rows:
        by_month.setdefault(row["month"] if "month" in row else row["name"], []).append(row)
    return by_month


def _figures(
    in_force: Rules,
    types: list[Row],
    clients: list[Row],
    times: list[Row],
    due: list[Row],
    cycles: list[Row],
    unfilled: list[Row],
) -> dict[str, Any]:
    """The figures of one month, of its rows of each answer."""
    counted = Counter({row["type"]: row["requests"] for row in types})
    spent = times[0] if times else {"resolved": 0, "drift": None, "above": None, "without_estimate": 0, "spent_s": None}
    on_time, late = (sum(row[state] for row in due) for state in ("on_time", "late"))
    most = sorted(clients, key=lambda row: (-row["requests"], row["client"]))[:TOP]
    return {
        "created": counted.total(),
        "on_time": on_time,
        "late": late,
        "late_share": late / (on_time + late) if on_time + late else None,
        **{name: spent[name] for name in ("resolved", "drift", "above", "without_estimate", "spent_s")},
        "cycle_s": cycles[0]["cycle_s"] if cycles else None,
        "empty": sum(row[asked.key] for row in unfilled for asked in in_force.mandatory),
        "clients": {row["client"]: row["requests"] for row in most},
        "types": dict(counted.most_common()),
    }


def measured(
    reader: Reader, in_force: Rules, now: datetime, *, whole: bool = True
) -> dict[Published, Mapping[str, Any]]:
    """What is to be frozen by now: the months that are over and are not frozen, as far as they are known `whole`; else
    all of them, those that are not with `known_to`, up to when they are known. Beside each, what the months before it
    are by now (`seen`). `reader` sees everything."""
    if not reader.scope.everything:
        raise NotAllowed(_("Your role does not allow this."))
    if reader.fresh(ISSUES) is None:
        return {}
    months, until = _waiting(reader, in_force, now)
    due = [month for month in months if not whole or review.known_whole(month, until)]
    figures_by_month: dict[Published, Mapping[str, Any]] = {}
    for squad in (None, *squads(reader, [ISSUES])) if due else ():
        own = review.of_squad(reader, squad)
        [span] = choices.rows(own, choices.SPAN, {})
        first = Grain.MONTH.first(local(span["first"]).date()) if span["first"] else due[0]
        looked = measure(own, in_force, review.looked_back(due, first))
        for month in due:
            figures_by_month[Published.of(month, squad)] = {
                "figures": looked[month],
                "seen": {
                    f"{looked_month:%Y-%m}": {name: figures[name] for name in review.FIGURES}
                    for looked_month, figures in looked.items()
                    if looked_month <= month
                },
                "counted": in_force.counted,
                "frozen_at": now.isoformat(),
                "known_to": None if review.known_whole(month, until) or until is None else until.isoformat(),
                "origin": in_force.review.origin(month, now),
                "words": "",
            }
    return figures_by_month


def _waiting(reader: Reader, in_force: Rules, now: datetime) -> tuple[list[date], datetime | None]:
    """The months that are to be frozen, and up to when all sources that were not removed are known."""
    with store().read() as connection:
        months = review.waiting(review.months(connection, EVERYTHING), in_force, now)
        removed = {entry.name for entry in registry.entries(connection) if not entry.enabled}
    return months, review.known_until(reader, removed)


def _shown(look: JiraLook) -> Review:
    assert look.review is not None
    return look.review


def _today(look: JiraLook) -> bool:
    """Whether months are told as they are now, not as they were seen on a day gone by."""
    return bool(look.chosen.seen == local(look.now).date())


def _lines(look: JiraLook, shown: Review) -> list[Line]:
    """Published figures against those of today."""
    reader = review.of_squad(look.reader, shown.squad)
    return shown.lines(measure(reader, look.rules, [shown.month])[shown.month])


def _shape(look: JiraLook) -> pd.DataFrame:
    shown, known = _shown(look), True
    if _today(look):
        lines = _lines(look, shown)
    else:
        seen = review.as_seen(look.seen, shown.month, look.chosen.seen)
        lines, known = shown.lines(seen or {}), seen is not None
    return pd.DataFrame(
        {
            "figure": _(line.label),
            "before": written(line.before, line.kind),
            "published": written(line.published, line.kind),
            "today": written(line.today, line.kind),
            "drift": drifted(line) if known else "",
            "moved": moved(line),
        }
        for line in lines
    )


def _due(look: JiraLook) -> list[date]:
    """The months that are to be frozen and are not."""
    return review.waiting(look.reviews, look.rules, look.now)


def _not_whole(look: JiraLook) -> str:
    """Which months the calendar does not freeze, and why."""
    months, until = _waiting(look.reader, look.rules, look.now)
    cut = [show_date(month, "MMM y") for month in months if not review.known_whole(month, until)]
    if not cut or until is None:
        return ""
    sentence = _(
        "{months}: not frozen by the calendar, since what is known ends on {moment}. Read the sources up to the end of "
        "the month, or freeze it as it is known."
    )
    return sentence.format(months=", ".join(cut), moment=show_moment(until))


def _none_yet(look: JiraLook) -> str:
    day = look.rules.review.on(Grain.MONTH.at(look.now).first)
    sentence = _("No month is frozen yet; the next one will be on {day}.")
    if not look.person.scope.everything:
        sentence = _("No month of your squad is frozen yet; the next one will be on {day}.")
    return sentence.format(day=show_date(day))


def _frozen_at(look: JiraLook) -> str:
    data = _shown(look).record.data
    moment = show_moment(datetime.fromisoformat(data["frozen_at"]))
    if not data.get("known_to"):
        if data.get("origin") == "late":
            return _("Frozen late, on {moment}").format(moment=moment)
        return _("Frozen on {moment}").format(moment=moment)
    reach = show_moment(datetime.fromisoformat(data["known_to"]))
    return _("Frozen on {moment}, as known to {reach}: the month is not whole").format(moment=moment, reach=reach)


def _other_rules(look: JiraLook) -> str:
    counted = _shown(look).record.data.get("counted", look.rules.counted)
    if counted == look.rules.counted:
        return ""
    return _("The rules have changed since: today's figures are counted otherwise, which is part of the difference.")


def _freeze(connection: sa.Connection, look: JiraLook, values: Mapping[str, Any]) -> str:
    freeze.keep(connection, review.KIND, values["measured"], who=look.person.name)
    return _("The month is frozen: its figures stay.")


def _comment(connection: sa.Connection, look: JiraLook, values: Mapping[str, Any]) -> str:
    freeze.write(connection, _shown(look).record, values["comment"], who=look.person.name)
    return _("The comment is kept.")


def _pdf(look: JiraLook) -> bytes:
    """The review as it is stored on the click; rights and scope are read again."""
    of = _shown(look)
    with store().read() as connection:
        person = require(connection, look.person.id, MISSION, act=False)
        shown = review.read(connection, of.month, of.squad, person.scope)
    if shown is None:
        raise NotAllowed(_("Your role does not allow this."))
    clients = {look.client(code): n for code, n in shown.figures["clients"].items()}
    types = {type_name(look.discretion.chosen(code)): n for code, n in shown.figures.get("types", {}).items()}
    from pages.jira import pdf  # screens are drawn without what makes it

    return pdf.make(shown.month, _lines(look, shown), clients, types, shown.comment, demo=settings().demo)


def _is_shown(look: JiraLook) -> bool:
    return look.review is not None


KINDS = {"number": Kind.NUMBER, "percent": Kind.PERCENT, "work": Kind.DURATION, "duration": Kind.DURATION}


def _value(name: str, label: str, look: JiraLook) -> Column:
    kind = KINDS[look.figure_kind]
    return Column(name, label, kind, digits=int(kind is Kind.PERCENT), day_s=look.rules.day_s)


FREEZE: Act[JiraLook] = Act(
    name="freeze",
    label=lambda look: _("Freeze {month}").format(month=", ".join(show_date(month, "MMM y") for month in _due(look))),
    icon=":material/ac_unit:",
    prepare=lambda look, _values: {"measured": measured(look.reader, look.rules, look.now, whole=False)},
    run=_freeze,
    when=lambda look: bool(_due(look)),
)
NOT_WHOLE: Note[JiraLook] = Note(_not_whole, tone="warning", when=lambda look: look.may_act)
NONE_YET: Note[JiraLook] = Note(_none_yet, tone="info", when=lambda look: not look.reviews)
MONTH: Choose[JiraLook] = Choose(("month", "seen"), when=_is_shown)
SQUAD: Choose[JiraLook] = Choose(("squad",), when=lambda look: _is_shown(look) and len(look.review_squads) > 1)
FIGURE: Choose[JiraLook] = Choose(("figure",), when=_is_shown)
GROWTH: tuple[Part[JiraLook], ...] = growth.parts(
    lambda look: look.triangle,
    lambda look: look.completion,
    lambda name, label, look: _value(name, label, look),
    SOURCE,
    grows=lambda look: _is_shown(look) and look.grows,
    when=_is_shown,
)
REVIEW: Figure[JiraLook] = Figure(
    name="review",
    title=N_("Monthly review"),
    about=About(
        N_(
            "The figures of a month as they were frozen on the set working day, as they are today, and the difference: "
            "requests that were moved, deleted, corrected or reclassified since."
        ),
        SOURCE,
    ),
    shape=_shape,
    columns=lambda look: (
        Column("figure", N_("Figure")),
        Column("before", N_("Month before")),
        Column("published", N_("Published")),
        Column("moved", N_("Against the month before")),
        Column("today", N_("Today") if _today(look) else N_("As seen on that day")),
        Column("drift", N_("Difference")),
    ),
    when=_is_shown,
    mailed=False,
)
FROZEN_AT: Note[JiraLook] = Note(_frozen_at, when=_is_shown)
OTHER_RULES: Note[JiraLook] = Note(_other_rules, tone="warning", when=_is_shown)
COMMENT: Act[JiraLook] = Act(
    name="comment",
    label=N_("Keep the comment"),
    fields=lambda look: {"comment": Words(_("Comment"), _shown(look).comment)},
    subject=lambda look: str(_shown(look).record.id),
    run=_comment,
    when=_is_shown,
)
COMMENTED: Note[JiraLook] = Note(
    lambda look: _shown(look).comment, tone="text", when=lambda look: _is_shown(look) and not look.may_act
)
PDF: Download[JiraLook] = Download(
    name="review-pdf",
    label=N_("Review as PDF"),
    make=_pdf,
    file_name=lambda look: f"vigie-jira-{_shown(look).month:%Y-%m}.pdf",
    mime="application/pdf",
    icon=":material/picture_as_pdf:",
    when=_is_shown,
)
