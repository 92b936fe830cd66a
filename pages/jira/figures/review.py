"""The monthly review: the figures of a month as they were frozen, as they are today, and the difference."""

from collections.abc import Mapping
from datetime import date, datetime
from statistics import median
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
from core.records.freeze import Published
from core.show.about import About
from core.show.columns import Column
from core.show.figure import Act, Choose, Download, Figure, Note
from core.show.filters import Words
from core.store.engine import store
from pages.jira import MISSION, choices, pdf, review, rules
from pages.jira.acts import freeze
from pages.jira.facts import ISSUES
from pages.jira.figures import times
from pages.jira.figures.by_client import CLIENT_MONTHS
from pages.jira.figures.by_type import TYPE_MONTHS
from pages.jira.figures.cycles import CYCLE_TIMES
from pages.jira.figures.due import DUE_MONTHS
from pages.jira.figures.notes import SOURCE
from pages.jira.figures.unfilled import UNFILLED
from pages.jira.look import JiraLook
from pages.jira.review import Line, Review, drifted, written
from pages.jira.rules import Rules

TOP = 5
"""So many clients stand in a review."""


def measure(reader: Reader, in_force: Rules, month: date) -> dict[str, Any]:
    """The figures of a month as they are now: `review.FIGURES`, and `clients` (code → requests), the most frequent."""
    period = Grain.MONTH.of(month)
    given = {**choices.standing(reader, in_force), "start": period.start, "end": period.end}
    [spent], due, [unfilled] = (
        choices.rows(reader, query, given) for query in (times.TIME, DUE_MONTHS, *UNFILLED.queries)
    )
    cycles = [row["cycle_s"] for row in choices.rows(reader, CYCLE_TIMES, given) if row["begun_at"]]
    clients = sorted(choices.rows(reader, CLIENT_MONTHS, given), key=lambda row: (-row["requests"], row["client"]))
    return {
        "created": sum(row["requests"] for row in choices.rows(reader, TYPE_MONTHS, given)),
        "resolved": spent["resolved"],
        "on_time": sum(row["on_time"] for row in due),
        "late": sum(row["late"] for row in due),
        "drift": spent["drift"],
        "above": spent["above"],
        "without_estimate": spent["without_estimate"],
        "spent_s": spent["spent_s"],
        "cycle_s": median(cycles) if cycles else None,
        "empty": sum(unfilled[field] for field in in_force.mandatory),
        "clients": {row["client"]: row["requests"] for row in clients[:TOP]},
    }


def measured(reader: Reader, in_force: Rules, now: datetime) -> freeze.Measured:
    """What is to be frozen by now: the month that is due, and the one before it where nothing was ever frozen; empty
    where it is frozen already. `reader` sees everything."""
    if not reader.scope.everything:
        raise NotAllowed(_("Your role does not allow this."))
    with store().read() as connection:
        months = review.months(connection, EVERYTHING)
    month = review.due(in_force, now)
    until = reader.fresh(ISSUES)
    if month is None or month in months or until is None or local(until).date() <= Grain.MONTH.last(month):
        return {}  # a month is frozen once the data tell of all of it, whenever they were read
    wanted = [month] if months else [Grain.MONTH.moved(month, -1), month]
    return {
        Published(review.reference(of), squad): {
            "figures": measure(review.of_squad(reader, squad), in_force, of),
            "frozen_at": now.isoformat(),
            "comment": "",
        }
        for of in wanted
        for squad in (None, *squads(reader, [ISSUES]))
    }


def _shown(look: JiraLook) -> Review:
    assert look.review is not None
    return look.review


def _lines(look: JiraLook, shown: Review) -> list[Line]:
    return shown.lines(measure(review.of_squad(look.reader, shown.squad), look.rules, shown.month))


def _shape(look: JiraLook) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "figure": _(line.label),
            "before": written(line.before, line.kind),
            "published": written(line.published, line.kind),
            "today": written(line.today, line.kind),
            "drift": drifted(line),
        }
        for line in _lines(look, _shown(look))
    )


def _due(look: JiraLook) -> date | None:
    """The month that is to be frozen and is not."""
    month = review.due(look.rules, look.now)
    return None if month in look.reviews else month


def _none_yet(look: JiraLook) -> str:
    day = rules.freeze_on(Grain.MONTH.at(look.now).first, look.rules)
    sentence = _("No month is frozen yet; the next one will be on {day}.")
    if not look.person.scope.everything:
        sentence = _("No month of your squad is frozen yet; the next one will be on {day}.")
    return sentence.format(day=show_date(day))


def _frozen_at(look: JiraLook) -> str:
    moment = datetime.fromisoformat(_shown(look).record.data["frozen_at"])
    return _("Frozen on {moment}").format(moment=show_moment(moment))


def _freeze(connection: sa.Connection, look: JiraLook, values: Mapping[str, Any]) -> str:
    freeze.keep(connection, values["measured"], who=look.person.name)
    return _("The month is frozen: its figures stay.")


def _comment(connection: sa.Connection, look: JiraLook, values: Mapping[str, Any]) -> str:
    freeze.comment(connection, _shown(look).record, values["comment"], who=look.person.name)
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
    return pdf.make(shown.month, _lines(look, shown), clients, shown.comment, demo=settings().demo)


def _is_shown(look: JiraLook) -> bool:
    return look.review is not None


FREEZE: Act[JiraLook] = Act(
    name="freeze",
    label=lambda look: _("Freeze {month}").format(month=f"{_due(look):%m/%Y}"),
    icon=":material/ac_unit:",
    prepare=lambda look: {"measured": measured(look.reader, look.rules, look.now)},
    run=_freeze,
    when=lambda look: _due(look) is not None,
)
NONE_YET: Note[JiraLook] = Note(_none_yet, tone="info", when=lambda look: not look.reviews)
MONTH: Choose[JiraLook] = Choose(("month",), when=_is_shown)
SQUAD: Choose[JiraLook] = Choose(("squad",), when=lambda look: _is_shown(look) and len(look.review_squads) > 1)
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
    columns=(
        Column("figure", N_("Figure")),
        Column("before", N_("Month before")),
        Column("published", N_("Published")),
        Column("today", N_("Today")),
        Column("drift", N_("Difference")),
    ),
    when=_is_shown,
    mailed=False,
)
FROZEN_AT: Note[JiraLook] = Note(_frozen_at, when=_is_shown)
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
