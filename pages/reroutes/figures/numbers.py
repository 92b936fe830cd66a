"""What the period comes to, against the one before."""

from core.base.i18n import N_, _, show_number, show_percent
from core.show.about import About
from core.show.columns import Kind
from core.show.figure import Number, Numbers
from pages.reroutes.look import RerouteLook
from pages.reroutes.words import SOURCE


def _change(look: RerouteLook) -> str:
    change = _("{n} before").format(n=show_number(look.before))
    if look.partly_before:
        return change + " " + _("(the data tell of a part of it alone)")
    if look.before:
        sign = "+" if look.count >= look.before else ""
        change += f" ({sign}{show_percent(look.count / look.before - 1)})"
    return change


def _share(look: RerouteLook, some: int) -> str:
    tasks = look.counted["tasks"]
    return _("{share} of the tasks").format(share=show_percent(some / tasks, 1)) if tasks else ""


def _rate(look: RerouteLook) -> float:
    hits, size = look.watched.rates.measured
    return hits / size


NUMBERS: Numbers[RerouteLook] = Numbers(
    (
        Number(
            name="reroutes",
            label=N_("Reroutes"),
            about=About(
                N_("Hand-overs of the period: each time that a task went from one known entity to another one."), SOURCE
            ),
            value=lambda look: look.count,
            detail=_change,
        ),
        Number(
            name="tasks",
            label=N_("Tasks rerouted"),
            about=About(
                N_("Distinct tasks of the hand-overs shown, whichever of the task's hand-overs pass the filters."),
                SOURCE,
            ),
            value=lambda look: look.counted["tasks"],
        ),
        Number(
            name="rate",
            label=N_("Rate"),
            about=About(
                N_(
                    "Of the tasks that the router placed in the period, in the entities looked at, those that were "
                    "rerouted, whenever that was: at the latest by the last day that the data tell of."
                ),
                SOURCE,
            ),
            value=_rate,
            kind=Kind.PERCENT,
            digits=1,
            detail=lambda look: _("{hits} of {n} routed").format(
                hits=show_number(look.watched.rates.measured[0]), n=show_number(look.watched.rates.measured[1])
            ),
            when=lambda look: not look.watched.why_not,
        ),
        Number(
            name="again",
            label=N_("Twice or more"),
            about=About(N_("Tasks that have two or more of the hand-overs shown."), SOURCE),
            value=lambda look: look.counted["again"],
            detail=lambda look: _share(look, look.counted["again"]),
        ),
        Number(
            name="pingpong",
            label=N_("Ping-pong"),
            about=About(
                N_(
                    "Tasks that came straight back, A→B then B→A, by one of the hand-overs shown. An escalation may "
                    "look so."
                ),
                SOURCE,
            ),
            value=lambda look: look.counted["pingpong"],
            detail=lambda look: _share(look, look.counted["pingpong"]),
        ),
        Number(
            name="later",
            label=N_("Later returns"),
            about=About(
                N_("Tasks that one of the hand-overs shown took back to an entity after three moves or more: A→B→C→A."),
                SOURCE,
            ),
            value=lambda look: look.counted["later"],
            detail=lambda look: _share(look, look.counted["later"]),
        ),
    )
)
