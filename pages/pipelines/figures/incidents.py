"""What to look at: a card an incident, the most urgent first."""

from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from core.base.i18n import N_, _, ngettext, show_date, show_number
from core.show.about import About
from core.show.columns import Column, Kind
from core.show.figure import Card, Figure, Note
from pages.pipelines.board import Incident
from pages.pipelines.figures.desk import lines_of
from pages.pipelines.look import NightLook
from pages.pipelines.streaks import Streak
from pages.pipelines.why import sentence
from pages.pipelines.words import SOURCE, data_set_names, error_of, marked, url_of

SHOWN = 8


def rows(incidents: Iterable[Incident]) -> pd.DataFrame:
    """One row an incident."""
    return pd.DataFrame(
        [
            {
                "criticality": incident.family.criticality,
                "family": incident.family.name,
                "pipeline": incident.pipeline,
                "verdict": incident.verdict.value,
                "why": sentence(incident.why),
                "error": error_of(incident.judged.failed if incident.judged else None),
                "data_sets": data_set_names(incident.data_sets),
                "consumers": ", ".join(incident.consumers),
                "contact": incident.family.contact,
                "runbook": incident.family.runbook or None,
                "run_url": url_of(incident.judged.failed or incident.judged.decisive) if incident.judged else None,
            }
            for incident in incidents
        ]
    )


def _cards(look: NightLook, _frame: pd.DataFrame) -> Sequence[Card]:
    shown = look.passing.incidents[:SHOWN]
    return [
        _card(
            incident, look.streaks.get((incident.family.key, incident.pipeline or "")), tuple(lines_of(look, incident))
        )
        for incident in shown
    ]


def _card(incident: Incident, streak: Streak | None, desk: tuple[str, ...]) -> Card:
    family = incident.family
    failed = incident.judged.failed if incident.judged else None
    run_url = url_of(failed or (incident.judged.decisive if incident.judged else None))
    links = [(_("Open the run"), ":material/open_in_new:", run_url)] if run_url else []
    links += [(_("Runbook"), ":material/menu_book:", family.runbook)] if family.runbook else []
    pipelines = [incident.pipeline] if incident.pipeline else [member.pipeline for member in family.members]
    return Card(
        title=f"{family.name} · {incident.pipeline}" if incident.pipeline else family.name,
        verdict=incident.verdict,
        remark=marked(_("Criticality {n}").format(n=family.criticality), family.confirmed),
        lines=(sentence(incident.why), *_running(streak), *desk, *_lines(incident)),
        code=error_of(failed) or "",
        links=tuple(links),
        things=tuple(("pipeline", name) for name in pipelines),
    )


def _running(streak: Streak | None) -> Iterator[str]:
    """That it is not the first night."""
    if streak and streak.nights > 1:
        yield _("{n} nights running, since that of {day}").format(n=streak.nights, day=show_date(streak.since))


def _lines(incident: Incident) -> Iterator[str]:
    """What waits for it, and whom to ask."""
    owners = dict.fromkeys(data_set.owner for data_set in incident.data_sets if data_set.owner)
    contact = [incident.family.contact] if incident.family.contact else []
    for text, names in (
        (_("Data: {names}"), [data_set_names(incident.data_sets)] if incident.data_sets else []),
        (_("Awaited by: {names}"), incident.consumers),
        (_("Ask: {names}"), [*owners, *contact]),
    ):
        if names:
            yield text.format(names=", ".join(names))


def some(look: NightLook) -> bool:
    """Whether there is any."""
    return bool(look.passing.incidents)


def title(look: NightLook) -> str:
    """The tab's title: how many there are."""
    return _("Incidents ({n})").format(n=show_number(len(look.passing.incidents)))


def _more(look: NightLook) -> str:
    more = len(look.passing.incidents) - SHOWN
    if more <= 0:
        return ""
    return ngettext("{n} more incident in the export.", "{n} more incidents in the export.", more).format(n=more)


INCIDENTS: Figure[NightLook] = Figure(
    name="incidents",
    title=N_("Incidents"),
    about=About(
        N_(
            "What to look at, by the criticality of the family, then the verdict, then how many people wait for the "
            "data."
        ),
        SOURCE,
    ),
    shape=lambda look: rows(look.passing.incidents),
    columns=(
        Column("criticality", N_("Criticality"), Kind.NUMBER),
        Column("family", N_("Family")),
        Column("pipeline", N_("Pipeline")),
        Column("verdict", N_("Status"), Kind.STATUS),
        Column("why", N_("Why")),
        Column("error", N_("Error")),
        Column("data_sets", N_("Data sets")),
        Column("consumers", N_("Awaited by")),
        Column("contact", N_("Contact")),
        Column("runbook", N_("Runbook"), Kind.LINK),
        Column("run_url", N_("Run"), Kind.LINK),
    ),
    cards=_cards,
    when=some,
)
MORE: Note[NightLook] = Note(_more)
