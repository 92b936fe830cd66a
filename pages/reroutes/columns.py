"""What tables show of each frame, and what stands behind it. Labels are in the person's language."""

from core.base.i18n import N_, _
from core.show.about import About
from core.show.columns import Column, Kind
from pages.reroutes.queries import TEAM
from pages.reroutes.router.examples import FIELDS

SOURCE = N_("Task logs and tables of reroutes; hand-overs are derived by the rule of pages/reroutes/derive.py")
ABOUT_REROUTES = About(
    N_("Hand-overs of the period: each time that a task went from one known entity to another one."), SOURCE
)
ABOUT_LAST_WEEK = About(
    N_("Hand-overs of the last complete week, Monday to Sunday, of all entities: by hand and by a machine."), SOURCE
)
ABOUT_TASKS = About(
    N_("Tasks whose first hand-over lies in the period; of tables without dates, the tasks they name."), SOURCE
)
ABOUT_RATE = About(
    N_(
        "Tasks rerouted for the first time in the period, of the tasks routed in it to the entities looked at. Where "
        "the scope takes either end, the rate takes the tasks first routed to its entities."
    ),
    SOURCE,
)
ABOUT_AGAIN = About(N_("Tasks whose second hand-over lies in the period."), SOURCE)
ABOUT_PINGPONG = About(
    N_("Tasks that came straight back for the first time in the period: A→B, then B→A. An escalation may look so."),
    SOURCE,
)
ABOUT_TREND = About(
    N_(
        "Reroutes by period; the grey line is the same stretch of time just before. Pale bars are partial: the data or "
        "the period chosen cover only a part of them. Reroutes without a date are not in it."
    ),
    SOURCE,
)
ABOUT_CONTROL = About(
    N_(
        "Share of the routed tasks that were rerouted, with Laney's p′ limits: three standard deviations, widened by "
        "what varies between neighbouring periods. Outside of them (diamonds) lies more than chance. Partial periods "
        "(triangles) are not judged."
    ),
    SOURCE,
)
ABOUT_SHARES = About(N_("Reroutes of the period by each value, the most frequent first."), SOURCE)
ABOUT_MATRIX = About(
    N_("Reroutes from each entity to each other; a click on a cell filters the whole screen by both its ends."), SOURCE
)
ABOUT_PARETO = About(N_("The most frequent pairs, and the share that they make up together (line)."), SOURCE)
ABOUT_NEW = About(N_("Pairs of the period that the period of the same length before did not have."), SOURCE)
ABOUT_FLOW = About(N_("The most frequent pairs as bands, from the origins (left) to the targets (right)."), SOURCE)
ABOUT_WAITS = About(N_("How long a task had been with the entity that gave it away, in classes."), SOURCE)
ABOUT_HOURS = About(N_("Local weekday and hour at which tasks were rerouted."), SOURCE)
ABOUT_REPEATED = About(N_("The tasks whose second hand-over lies in the period, the newest first."), SOURCE)
ABOUT_TOTALS = About(
    N_("Tasks whose second hand-over lies in the period, by the number of their hand-overs in all, later ones too."),
    SOURCE,
)
ABOUT_RETURNS = About(N_("First returns A→B→A of the period."), SOURCE)
ABOUT_ROWS = About(N_("The hand-overs behind every count of this screen; the export holds them all."), SOURCE)
ABOUT_EXTRACT = About(
    N_("Reroutes made in the centres outside complaints, in the team's own eight columns: examples for the router."),
    SOURCE,
)
ABOUT_EXAMPLES = About(
    N_("Rerouted tasks, one row each, with what the router chose, what was right, and the mail where it is known."),
    SOURCE,
)
ABOUT_ROUTER = About(
    N_(
        "Precision: of the tasks placed in an entity, those that stayed or came back. Recall: of the tasks that belong "
        "there, those placed there at once. With 95 % intervals (Wilson) from 30 tasks on. Not rerouted does not mean "
        "right; an escalation is not a misroute."
    ),
    SOURCE,
)
ABOUT_CONFUSION = About(N_("Rerouted tasks by the entity that the router chose and the one they ended in."), SOURCE)


def trend() -> list[Column]:
    return [
        Column("start", _("First day"), Kind.DAY),
        Column("name", _("Period")),
        Column("handovers", _("Reroutes"), Kind.NUMBER),
        Column("tasks", _("Tasks rerouted"), Kind.NUMBER),
        Column("before", _("The period before"), Kind.NUMBER),
        Column("partial", _("Partial"), Kind.FLAG),
    ]


def control() -> list[Column]:
    return [
        Column("start", _("First day"), Kind.DAY),
        Column("name", _("Period")),
        Column("rate", _("Rate"), Kind.PERCENT, digits=1),
        Column("hits", _("Tasks rerouted"), Kind.NUMBER),
        Column("size", _("Tasks routed"), Kind.NUMBER),
        Column("lower", _("Lower limit"), Kind.PERCENT, digits=1),
        Column("upper", _("Upper limit"), Kind.PERCENT, digits=1),
        Column("state", _("Control")),
    ]


def shares(label: str) -> list[Column]:
    return [
        Column("value", label),
        Column("handovers", _("Reroutes"), Kind.NUMBER),
        Column("share", _("Share"), Kind.PERCENT, digits=1),
    ]


def pairs() -> list[Column]:
    return [
        Column("origin", _("Origin")),
        Column("target", _("Target")),
        Column("handovers", _("Reroutes"), Kind.NUMBER),
        Column("tasks", _("First reroutes"), Kind.NUMBER),
        Column("pingpong", _("Ping-pong"), Kind.NUMBER),
    ]


def confusion() -> list[Column]:
    return [
        Column("origin", _("First entity")),
        Column("target", _("Last entity")),
        Column("tasks", _("Tasks"), Kind.NUMBER),
    ]


def pareto() -> list[Column]:
    return [
        Column("pair", _("Pair")),
        Column("handovers", _("Reroutes"), Kind.NUMBER),
        Column("share", _("Share"), Kind.PERCENT, digits=1),
        Column("together", _("Together"), Kind.PERCENT, digits=1),
    ]


def waits() -> list[Column]:
    return [
        Column("name", _("Waited")),
        Column("handovers", _("Reroutes"), Kind.NUMBER),
        Column("together", _("Up to here"), Kind.PERCENT, digits=1),
    ]


def hours() -> list[Column]:
    return [
        Column("name", _("Weekday")),
        Column("hour", _("Hour"), Kind.NUMBER),
        Column("handovers", _("Reroutes"), Kind.NUMBER),
    ]


def totals() -> list[Column]:
    return [
        Column("total", _("Reroutes"), Kind.NUMBER),
        Column("again", _("Tasks"), Kind.NUMBER),
        Column("share", _("Share"), Kind.PERCENT, digits=1),
    ]


def repeated() -> list[Column]:
    return [
        Column("task", _("Task")),
        Column("total", _("Reroutes"), Kind.NUMBER),
        Column("placed", _("First entity")),
        Column("final", _("Last entity")),
        Column("moved_at", _("Second reroute"), Kind.MOMENT),
        Column("reference", _("Reference")),
        Column("router", _("Version of the router")),
    ]


def returns() -> list[Column]:
    return [
        Column("task", _("Task")),
        Column("target", _("Entity (A)")),
        Column("origin", _("Went to (B)")),
        Column("moved_at", _("Came back"), Kind.MOMENT),
        Column("waited_s", _("After"), Kind.DURATION),
        Column("total", _("Reroutes"), Kind.NUMBER),
        Column("reference", _("Reference")),
    ]


def rows() -> list[Column]:
    return [
        Column("task", _("Task")),
        Column("moved_at", _("Moment"), Kind.MOMENT),
        Column("origin", _("Origin")),
        Column("target", _("Target")),
        Column("line", _("Filière")),
        Column("origin_type", _("Type of the origin")),
        Column("target_type", _("Type of the target")),
        Column("nth", _("Which reroute"), Kind.NUMBER),
        Column("total", _("Of"), Kind.NUMBER),
        Column("waited_s", _("Waited"), Kind.DURATION),
        Column("actor", _("Made by")),
        Column("centre", _("Centre")),
        Column("way", _("Manual or automatic")),
        Column("reference", _("Reference")),
        Column("recipients", _("Recipients")),
        Column("router", _("Version of the router")),
        Column("until", _("End of the period, where there is no date"), Kind.MOMENT),
        Column("source", _("Source")),
    ]


def team() -> list[Column]:
    """The team's own eight columns, under their own names."""
    return [Column(name, name) for name in TEAM]


def examples() -> list[Column]:
    kinds = {"date_routage": Kind.MOMENT, "date_reroute": Kind.MOMENT, "date": Kind.MOMENT, "n_reroutes": Kind.NUMBER}
    return [Column(name, name, kinds.get(name, Kind.TEXT)) for name in [*FIELDS, "jeu"]]


def router() -> list[Column]:
    return [
        Column("entity", _("Entity")),
        Column("placed", _("Tasks routed"), Kind.NUMBER),
        Column("lost", _("Rerouted elsewhere"), Kind.NUMBER),
        Column("gained", _("Came from elsewhere"), Kind.NUMBER),
        Column("precision", _("Precision"), Kind.PERCENT, digits=1),
        Column("precision_low", _("from"), Kind.PERCENT, digits=1),
        Column("precision_high", _("to"), Kind.PERCENT, digits=1),
        Column("recall", _("Recall"), Kind.PERCENT, digits=1),
        Column("recall_low", _("from "), Kind.PERCENT, digits=1),
        Column("recall_high", _("to "), Kind.PERCENT, digits=1),
    ]
