"""The identity card of a use case, field by field."""

from core.base.i18n import N_
from core.records.fields import (
    Amount,
    Answer,
    Code,
    Day,
    Kind,
    LongText,
    Name,
    Part,
    Reference,
    Text,
    ask,
    form,
)
from pages.portfolio.impact import has_checks

SECTIONS = {
    "identity": N_("Identity card"),
    "impact": N_("Financial impact"),
    "feasibility": N_("Value and feasibility"),
    "team": N_("Team"),
    "links": N_("Links"),
    "follow_up": N_("Follow-up"),
}


class Member(Part):
    """Somebody of the team, and their share of time."""

    role: Code = ask(Kind.CHOICE, N_("Role"), required=True, choices="portfolio_roles", key=True)
    name: Text = ask(Kind.TEXT, N_("Name"), key=True)
    share: Text = ask(Kind.TEXT, N_("Share of time"), help=N_("As “50 %” or “two days a week”."))


class UseCase(Part):
    """A use case of data, from the idea to the day it stops."""

    name: Text = ask(Kind.TEXT, N_("Name of the use case"), starts="identity", required=True)
    ref: Reference = ask(Kind.TEXT, N_("Reference number"), help=N_("Given by Vigie when it is left empty; unique."))
    phase: Code = ask(Kind.CHOICE, N_("Phase"), choices="portfolio_phases", help=N_("Changes by the steps above."))
    department: Name = ask(Kind.TEXT, N_("Department"), required=True)
    description: LongText = ask(
        Kind.LONG, N_("Description"), required=True, help=N_("Context, and what it is to achieve.")
    )
    created_on: Day = ask(Kind.DAY, N_("Record created on"))

    cost_item: Text = ask(
        Kind.TEXT, N_("Cost item"), starts="impact", required=True, help=N_("Where the money is won or saved.")
    )
    recurrence: Code = ask(
        Kind.CHOICE, N_("Recurrence"), required=True, choices="portfolio_recurrences", help=N_("Never added together.")
    )
    cases: Amount = ask(Kind.AMOUNT, N_("Cases won"), required=True, help=N_("As expected."))
    cases_low: Amount = ask(Kind.AMOUNT, N_("Cases won, low"))
    cases_high: Amount = ask(Kind.AMOUNT, N_("Cases won, high"))
    gain: Amount = ask(Kind.AMOUNT, N_("Gain of a case (€)"), required=True)
    checks: Amount = ask(Kind.AMOUNT, N_("Checks made"), help=N_("What is done to win them: expertises, calls…"))
    check_cost: Amount = ask(Kind.AMOUNT, N_("Cost of a check (€)"), required=has_checks, under="checks")

    strategic_value: Code = ask(
        Kind.CHOICE, N_("Strategic value"), starts="feasibility", required=True, choices="portfolio_levels"
    )
    resources: LongText = ask(
        Kind.LONG, N_("Availability of resources"), required=True, help=N_("Sponsor, product owner of the business…")
    )
    business_access: Code = ask(
        Kind.CHOICE, N_("Accessibility of the business"), required=True, choices="portfolio_levels"
    )
    data_access: Code = ask(Kind.CHOICE, N_("Accessibility of the data"), required=True, choices="portfolio_levels")

    sponsor: Text = ask(Kind.TEXT, N_("Sponsor"), starts="team", required=True)
    team: Answer[Member] = ask(Kind.ROWS, N_("Team"), required=True)

    treatments: Answer[Text] = ask(
        Kind.LINKS,
        N_("Treatments of personal data"),
        starts="links",
        required=True,
        to="treatment",
        none=N_("No personal data"),
    )
    jira: Answer[Text] = ask(Kind.TAGS, N_("Jira issues"), help=N_("Their keys, as DATA-12."))
    pipelines: Answer[Text] = ask(Kind.TAGS, N_("Pipelines"), none=N_("No pipeline"))

    annex_iii: Code = ask(
        Kind.CHOICE,
        N_("AI Act, annex III"),
        starts="follow_up",
        choices="portfolio_annex",
        help=N_("What the team answers, with its reason in the notes; no legal verdict."),
    )
    notes: LongText = ask(Kind.LONG, N_("Notes"))


USE_CASE = form("use_case", N_("Portfolio of use cases"), UseCase, SECTIONS)
