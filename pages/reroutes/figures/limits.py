"""What limits the figures shown: rows without a date or a centre, partial periods, a log that disagrees."""

from core.base.i18n import _, ngettext, show_date, show_number, show_percent
from core.show.figure import Note
from pages.reroutes import queries
from pages.reroutes.figures.trend import TREND
from pages.reroutes.look import RerouteLook


def _centres(look: RerouteLook) -> str:
    if not (look.scope and look.scope.centres and look.there.without_centre):
        return ""
    known, every = look.there.handovers - look.there.without_centre, look.there.handovers
    pattern = (
        _(
            "The log gives the rerouter's centre for {known} of {all} reroutes; the others are put in this scope "
            "by the entity that gave the task away."
        )
        if look.scope.entities or look.scope.types
        else _(
            "The log gives the rerouter's centre for {known} of {all} reroutes; the others are counted in this scope."
        )
    )
    return pattern.format(known=show_number(known), all=show_number(every))


def _undated(look: RerouteLook) -> str:
    undated = look.undated
    if not undated:
        return ""
    return ngettext(
        "{n} reroute has no date: it counts in figures and pairs, not by day, week, month, hour or waiting.",
        "{n} reroutes have no date: they count in figures and pairs, not by day, week, month, hour or waiting.",
        undated,
    ).format(n=show_number(undated))


def _partial(look: RerouteLook) -> str:
    if not TREND.frame(look)["partial"].any():
        return ""
    return _("Pale bars and triangles are partial periods: the data or the period chosen cut them.")


def _disagreement(look: RerouteLook) -> str:
    """Whether the hand-overs derived are as many as the application itself counted."""
    numbers = look.ask(queries.DISAGREEING).iloc[0]
    if not numbers["disagreeing"]:
        return ""
    return _(
        "For {n} of {all} tasks of the period ({share}) the application counted another number of hand-overs "
        "than was derived; for {more} of them more, mostly where the log does not name the entity."
    ).format(
        n=show_number(numbers["disagreeing"]),
        all=show_number(numbers["tasks"]),
        share=show_percent(numbers["disagreeing"] / numbers["tasks"], 1),
        more=show_number(numbers["more"]),
    )


def _by_their_end(look: RerouteLook) -> str:
    """Whether the first months lack the tasks that were over before the log begins."""
    began, covered = look.there.began, look.there.covered
    if began is None or covered is None or look.slice.first >= covered[0]:
        return ""
    return _(
        "No task is over before {day}, though some began on {began}: the log seems to hold the tasks that ended from "
        "then on. Before that day it lacks those that had ended: what grows there is the extract."
    ).format(day=show_date(covered[0]), began=show_date(began))


def _twice(look: RerouteLook) -> str:
    tasks = int(look.ask(queries.TOLD_TWICE)["tasks"][0]) if look.there.sources > 1 else 0
    if not tasks:
        return ""
    return ngettext(
        "Several sources tell of {n} rerouted task: its hand-overs may count twice.",
        "Several sources tell of {n} rerouted tasks: their hand-overs may count twice.",
        tasks,
    ).format(n=show_number(tasks))


BY_THEIR_END: Note[RerouteLook] = Note(_by_their_end, tone="warning")
TWICE: Note[RerouteLook] = Note(_twice, tone="warning")
CENTRES: Note[RerouteLook] = Note(_centres, tone="info")
UNDATED: Note[RerouteLook] = Note(_undated, tone="info")
PARTIAL: Note[RerouteLook] = Note(_partial)
NOTHING: Note[RerouteLook] = Note(
    lambda _look: _("No reroute passes these filters."), tone="info", when=lambda look: not look.count
)
NO_DATES: Note[RerouteLook] = Note(
    lambda _look: _("No reroute of this period has a date: waiting and hours cannot be shown."),
    tone="info",
    when=lambda look: not look.dated,
)
DISAGREEMENT: Note[RerouteLook] = Note(_disagreement, tone="info")
