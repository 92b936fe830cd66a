"""What lists show, search and count of a record, computed from its content."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.base.i18n import N_
from core.records.fields import Form
from core.records.records import Summary
from pages.register.completeness import judge
from pages.register.model import PROCESSING, TREATMENT, Entry, Processing, Treatment
from pages.register.screening import SCREENING_NAMES, screen

SEARCHED = 4_000
"""Characters of a record that are searched."""


@dataclass(frozen=True)
class Facet:
    """What treatments are filtered and counted by. `choices` names the list of values that its values are codes of;
    `names` their names (source strings) where no list holds them. Neither: values are texts."""

    label: str
    values: Callable[[Any], Iterable[str]]
    choices: str = ""
    names: Mapping[Any, str] | None = None


def _answered(answer: Any) -> str:
    return "unanswered" if answer.unanswered else "none" if answer.none else "some"


def _bases(treatment: Any) -> Iterable[str]:
    return (code for row in treatment.purposes.values for code in row.legal_bases)


ANSWERED = {"some": N_("yes"), "none": N_("no"), "unanswered": N_("unanswered")}
COURSES = {"going_on": N_("going on"), "ended": N_("ended")}
FACETS: dict[str, Facet] = {
    "typology": Facet(N_("Typology"), lambda t: t.typologies.values, "typologies"),
    "purpose": Facet(N_("Purpose"), lambda t: (row.name for row in t.purposes.values)),
    "basis": Facet(N_("Legal basis"), _bases, "legal_bases"),
    "recipient": Facet(N_("Recipient"), lambda t: (row.name for row in t.recipients.values)),
    "medium": Facet(N_("Medium"), lambda t: (row.medium for row in t.storage.values), "media"),
    "write_mode": Facet(N_("Write mode"), lambda t: (row.write_mode for row in t.storage.values), "write_modes"),
    "zone": Facet(N_("Zone"), lambda t: (*t.zones_read.values, *t.zones_written.values), "zones"),
    "sensitive": Facet(N_("Sensitive data"), lambda t: (_answered(t.sensitive_data),), names=ANSWERED),
    "transfer": Facet(N_("Transfers"), lambda t: (_answered(t.transfers),), names=ANSWERED),
    "aipd": Facet(N_("Impact assessment (AIPD)"), lambda t: (screen(t).value,), names=SCREENING_NAMES),
    "course": Facet(N_("Course"), lambda t: ("ended" if t.ended_on else "going_on",), names=COURSES),
    "pipeline": Facet(N_("Pipeline"), lambda t: t.pipelines.values),
    "table": Facet(N_("Table of the warehouse"), lambda t: t.tables.values),
    "jira": Facet(N_("Jira component"), lambda t: (t.jira_component,)),
}
"""Facets of treatments, beside `state` and `squad`."""


def summarise(entry: Entry) -> Summary:
    """The summary of a record whose reference is given."""
    form = form_of(entry)
    words = (entry.ref, entry.name, *_names(entry), *entry.pipelines.values, entry.squad, entry.description)
    return Summary(
        ref=entry.ref,
        title=entry.name,
        completeness=judge(form, entry).percent,
        search=" ".join(words)[:SEARCHED],
        squad=entry.squad or None,
        review_on=entry.review_on,
        facets=facets(entry),
    )


def facets(entry: Entry) -> dict[str, tuple[str, ...]]:
    """The values that a record is filtered and counted by."""
    known = FACETS if isinstance(entry, Treatment) else {"pipeline": FACETS["pipeline"]}
    return {name: tuple(filter(None, facet.values(entry))) for name, facet in known.items()}


def form_of(entry: Entry) -> Form:
    """The form that a record fills."""
    return TREATMENT if isinstance(entry, Treatment) else PROCESSING


def _names(entry: Treatment | Processing) -> list[str]:
    if isinstance(entry, Processing):
        return [row.name for row in entry.categories.values]
    named = (entry.purposes.values, entry.recipients.values, entry.sources.values)
    return [*(row.name for rows in named for row in rows), *entry.tables.values, entry.jira_component]
