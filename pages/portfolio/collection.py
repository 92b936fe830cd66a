"""The portfolio as a collection: its phases, what it is filtered by, how the inventories of others are read."""

from functools import lru_cache
from pathlib import Path

from core.base.i18n import N_, ngettext, show_number
from core.people.person import Role
from core.records import lists
from core.records.collection import Collection, Guesses
from core.records.facets import Facet
from core.records.lists import Lists
from core.records.workflow import State, Step, Workflow
from core.show.about import About
from pages.portfolio.impact import formula
from pages.portfolio.model import USE_CASE

WAY = ("idea", "exploration", "incubation", "industrialisation", "run")
UNPLACED, STOPPED = "unplaced", "stopped"
"""What an inventory gave no known phase; what was stopped, and is kept with its reason."""


def _go(action: str, target: str, label: str, done: str) -> Step:
    """A step to a phase from any other that is under way; each says why."""
    return Step(action, tuple(one for one in (UNPLACED, *WAY) if one != target), target, label, done, reason=True)


PHASES = Workflow(
    states=(
        State(UNPLACED, N_("phase to be said"), "orange"),
        State("idea", N_("idea"), "gray"),
        State("exploration", N_("exploration"), "blue"),
        State("incubation", N_("incubation"), "violet"),
        State("industrialisation", N_("industrialisation"), "yellow"),
        State("run", N_("run"), "green"),
        State(STOPPED, N_("stopped"), "red"),
    ),
    steps=(
        _go("return", "idea", N_("Back to idea"), N_("back to idea")),
        _go("explore", "exploration", N_("Explore"), N_("to exploration")),
        _go("incubate", "incubation", N_("Incubate"), N_("to incubation")),
        _go("industrialise", "industrialisation", N_("Industrialise"), N_("to industrialisation")),
        _go("run", "run", N_("Put into run"), N_("to run")),
        Step("stop", (UNPLACED, *WAY), STOPPED, N_("Stop"), N_("stopped"), reason=True),
        Step("resume", (STOPPED,), "idea", N_("Resume"), N_("resumed"), reason=True),
    ),
    closed=(STOPPED,),
    held="phase",
)

FACETS = {
    "department": Facet(N_("Department"), lambda card: (card.department,)),
    "strategic_value": Facet(N_("Strategic value"), lambda card: (card.strategic_value,), "portfolio_levels"),
    "data_access": Facet(N_("Accessibility of the data"), lambda card: (card.data_access,), "portfolio_levels"),
    "annex_iii": Facet(N_("AI Act, annex III"), lambda card: (card.annex_iii,), "portfolio_annex"),
    "treatment": Facet(N_("Treatments"), lambda card: card.treatments.values, thing="treatment", counts=False),
    "pipeline": Facet(N_("Pipelines"), lambda card: card.pipelines.values, thing="pipeline", counts=False),
    "jira": Facet(N_("Jira issues"), lambda card: card.jira.values, thing="jira_issue", counts=False),
}
WORDS = {
    "name": "use case name|nom du cas d'usage|nom|title|titre|name",
    "ref": "use_case_id|use case id|référence|identifiant",
    "department": "department|agency|direction concernée|direction|département",
    "description": (
        "what is the intended purpose and expected benefits of the ai?|summary|description|contexte et objectif"
    ),
    "phase": "stage of development|development_stage|phase|étape",
    "sponsor": "sponsor",
    "cost_item": "poste de coût",
}


@lru_cache(maxsize=1)
def shipped() -> Lists:
    """The lists of values as they come with Vigie; `also` of the phases is the vocabulary of other inventories."""
    return lists.shipped(Path(__file__).with_name("lists.yml"))


def _counted(n: int) -> str:
    return ngettext("{n} use case", "{n} use cases", n).format(n=show_number(n))


USE_CASES = Collection(
    mission="portfolio",
    form=USE_CASE,
    workflow=PHASES,
    prefix="UC",
    shipped=shipped,
    list_names={"portfolio_phases": N_("Phase"), "portfolio_roles": N_("Role"), "portfolio_levels": N_("Level")},
    listers=frozenset({Role.LEAD}),
    facets=FACETS,
    columns=("department",),
    guesses=Guesses(WORDS),
    apart=("department",),
    begin=lambda connection, content: {**content, "phase": content.get("phase") or "idea"},
    counted=_counted,
    known={"department": "department", "pipelines": "pipeline"},
    computed=formula,
    grid=("name", "department", "sponsor", "notes"),
    about=About(N_("Every use case of the team, those that were stopped included."), N_("The store of Vigie")),
)
