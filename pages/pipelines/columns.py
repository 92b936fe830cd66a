"""What tables show of each frame, and what stands behind it. Labels are in the person's language."""

from core.base.i18n import N_, _
from core.show.about import About
from core.show.columns import Column, Kind

SOURCE = N_("Run logs of the schedulers, judged by the rules of pages/pipelines/rules.yml")
ABOUT_NIGHT = About(
    N_(
        "The most severe verdict of the families of which something was expected this night. The night of a date "
        "lasts from the evening before to that evening."
    ),
    SOURCE,
)
ABOUT_PIPELINES = About(
    N_(
        "Every pipeline of the families shown, in the order in which they ran. Start, end and duration are those of "
        "the run that decides the verdict; one that failed and succeeded in a rerun is never green."
    ),
    SOURCE,
)
ABOUT_TIMELINE = About(
    N_(
        "Every run of the night, in its pipeline's line, on Paris time; the grey band is the window it was expected in."
    ),
    SOURCE,
)
ABOUT_DATA_SETS = About(
    N_("Data sets under the names of the business, and whether tonight's pipelines have filled them."), SOURCE
)
ABOUT_INCIDENTS = About(
    N_("What to look at, by the criticality of the family, then the verdict, then how many people wait for the data."),
    SOURCE,
)
ABOUT_UNASSIGNED = About(
    N_("Runs of pipelines that no family of the rules holds: nobody judges them. Add them to rules.yml."), SOURCE
)
ABOUT_HISTORY = About(N_("Verdict of each family in the last nights, with all that is known of them by now."), SOURCE)


def families() -> list[Column]:
    return [
        Column("family", _("Family")),
        Column("verdict", _("Status"), Kind.STATUS),
        Column("why", _("Why")),
        Column("start", _("Start"), Kind.MOMENT),
        Column("end", _("End"), Kind.MOMENT),
        Column("duration_s", _("Duration"), Kind.DURATION),
        Column("contact", _("Contact")),
    ]


def incidents() -> list[Column]:
    return [
        Column("criticality", _("Criticality"), Kind.NUMBER),
        Column("family", _("Family")),
        Column("pipeline", _("Pipeline")),
        Column("verdict", _("Status"), Kind.STATUS),
        Column("why", _("Why")),
        Column("error", _("Error")),
        Column("data_sets", _("Data sets")),
        Column("consumers", _("Awaited by")),
        Column("contact", _("Contact")),
        Column("runbook", _("Runbook"), Kind.LINK),
        Column("run_url", _("Run"), Kind.LINK),
    ]


def pipelines() -> list[Column]:
    return [
        Column("pipeline", _("Pipeline")),
        Column("verdict", _("Status"), Kind.STATUS),
        Column("start", _("Start"), Kind.TIME, width="small"),
        Column("end", _("End"), Kind.TIME, width="small"),
        Column("duration_s", _("Duration"), Kind.DURATION, width="small"),
        Column("why", _("Why"), width="large"),
        Column("family", _("Family")),
        Column("step", _("Step")),
        Column("runs", _("Runs"), Kind.NUMBER, width="small"),
        Column("required", _("Required"), Kind.FLAG, width="small"),
        Column("error", _("Error"), width="medium"),
        Column("run_url", _("Run"), Kind.LINK, width="small"),
    ]


def timeline() -> list[Column]:
    return [
        Column("pipeline", _("Pipeline")),
        Column("family", _("Family")),
        Column("verdict", _("Status"), Kind.STATUS),
        Column("start", _("Start"), Kind.MOMENT),
        Column("end", _("End"), Kind.MOMENT),
        Column("opens", _("Window from"), Kind.MOMENT),
        Column("closes", _("Window to"), Kind.MOMENT),
        Column("why", _("Why")),
    ]


def runs() -> list[Column]:
    return [
        Column("pipeline", _("Pipeline")),
        Column("state", _("Status"), Kind.STATUS),
        Column("raw_status", _("Scheduler's word")),
        Column("start", _("Start"), Kind.MOMENT),
        Column("end", _("End"), Kind.MOMENT),
        Column("duration_s", _("Duration"), Kind.DURATION),
        Column("error", _("Error"), width="large"),
        Column("source", _("Source")),
        Column("run_url", _("Run"), Kind.LINK, width="small"),
    ]


def data_sets() -> list[Column]:
    return [
        Column("data_set", _("Data set")),
        Column("verdict", _("Availability"), Kind.AVAILABILITY),
        Column("held_up_by", _("Held up by")),
        Column("consumers", _("Awaited by")),
        Column("owner", _("Owner")),
    ]


def history() -> list[Column]:
    return [
        Column("day", _("Night"), Kind.DAY),
        Column("family", _("Family")),
        Column("verdict", _("Status"), Kind.STATUS),
        Column("why", _("Why")),
    ]
