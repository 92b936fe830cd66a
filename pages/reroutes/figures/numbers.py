"""What the period comes to, against the one before."""

from core.base.i18n import N_, _, show_number, show_percent
from core.show.about import About
from core.show.columns import Kind
from core.show.figure import Number, Numbers
from pages.reroutes.look import RerouteLook
from pages.reroutes.words import SOURCE


def _change(look: RerouteLook) -> str:
    change = _("{n} before").format(n=show_number(look.before))
    if look.before:
        sign = "+" if look.count >= look.before else ""
        change += f" ({sign}{show_percent(look.count / look.before - 1)})"
    return change


def _share(look: RerouteLook, some: int) -> str:
    return _("{share} of the tasks").format(share=show_percent(some / look.tasks, 1)) if look.tasks else ""


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
                N_("Tasks whose first hand-over lies in the period; of tables without dates, the tasks they name."),
                SOURCE,
            ),
            value=lambda look: look.tasks,
        ),
        Number(
            name="rate",
            label=N_("Rate"),
            about=About(
                N_(
                    "Tasks rerouted for the first time in the period, of the tasks routed in it to the entities "
                    "looked at. Where "
                    "the scope takes either end, the rate takes the tasks first routed to its entities."
                ),
                SOURCE,
            ),
            value=_rate,
            kind=Kind.PERCENT,
            digits=1,
            detail=lambda look: _("of {n} routed").format(n=show_number(look.watched.rates.measured[1])),
            when=lambda look: not look.watched.why_not,
        ),
        Number(
            name="again",
            label=N_("Twice or more"),
            about=About(N_("Tasks whose second hand-over lies in the period."), SOURCE),
            value=lambda look: look.total("again"),
            detail=lambda look: _share(look, look.total("again")),
        ),
        Number(
            name="pingpong",
            label=N_("Ping-pong"),
            about=About(
                N_(
                    "Tasks that came straight back for the first time in the period: A→B, then B→A. An escalation "
                    "may look so."
                ),
                SOURCE,
            ),
            value=lambda look: look.total("pingpong"),
            detail=lambda look: _share(look, look.total("pingpong")),
        ),
    )
)
