"""The processors of the organisation: one record each, with its contract of article 28, used by many treatments."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from core.base.i18n import N_, _, ngettext, show_date, show_number
from core.people.person import Role
from core.records import workflow
from core.records.coherence import Doubt
from core.records.collection import Collection, Guesses
from core.records.facets import Facet
from core.records.fields import Answer, Code, Day, Kind, LongText, Part, Text, ask, form
from core.records.workflow import Step, Workflow
from pages.register import abouts
from pages.register.lists import OUTSIDE, WORLD, shipped
from pages.register.model import ARTICLE, CREATED_ON, NOTES, REFERENCE, REVIEW_ON, Actor, Measure

SECTIONS = {
    "identity": N_("Identity"),
    "contract": N_("Contract"),
    "subprocessors": N_("Further processors"),
    "security": N_("Security"),
    "follow_up": N_("Follow-up"),
}


def is_outside(_record: Any, row: Any) -> bool:
    """Whether a further processor, or the processor itself, is outside of the European Economic Area."""
    country = (row or _record).country
    return bool(shipped().values[WORLD][country].facts[OUTSIDE]) if country in shipped().values[WORLD] else False


class Subprocessor(Part):
    """Whom a processor engages in turn."""

    name: Text = ask(Kind.TEXT, N_("Name"), required=True, key=True)
    country: Code = ask(Kind.CHOICE, N_("Country"), required=True, choices=WORLD)
    guarantee: Code = ask(Kind.CHOICE, N_("Guarantee"), basis="46", required=is_outside, choices="guarantees")
    detail: LongText = ask(Kind.LONG, N_("Details"))


class Processor(Part):
    """Somebody who processes personal data for the organisation: article 28."""

    name: Text = ask(Kind.TEXT, N_("Name of the processor"), starts="identity", basis="30.1.d", required=True)
    ref: Text = REFERENCE
    description: LongText = ask(Kind.LONG, N_("What it does"), basis="28.3", required=True)
    country: Code = ask(Kind.CHOICE, N_("Country"), basis="30.1.e", required=True, choices=WORLD)
    guarantee: Code = ask(
        Kind.CHOICE,
        N_("Guarantee"),
        basis="46",
        required=is_outside,
        choices="guarantees",
        help=N_("Asked where the country is outside of the European Economic Area."),
    )
    contact: Answer[Actor] = ask(Kind.ROWS, N_("Contacts"), help=N_("Whom a breach or a request is told to."))
    created_on: Day = CREATED_ON
    contract_on: Day = ask(Kind.DAY, N_("Contract signed on"), starts="contract", basis="28.3", required=True)
    contract_until: Day = ask(Kind.DAY, N_("Contract ends on"), after="contract_on")
    contract_link: Text = ask(Kind.TEXT, N_("Link to the contract"), basis="28.3", required=True)
    subprocessors: Answer[Subprocessor] = ask(
        Kind.ROWS,
        N_("Further processors"),
        starts="subprocessors",
        basis="28.2",
        required=True,
        none=N_("No further processor"),
    )
    measures: Answer[Measure] = ask(
        Kind.ROWS, N_("Security measures"), starts="security", basis="28.3.c", required=True
    )
    review_on: Day = REVIEW_ON
    notes: LongText = NOTES


PROCESSOR = form("processor", N_("Processors"), Processor, SECTIONS, ARTICLE)
ENGAGED, OVER = "engaged", "over"
COURSE = Workflow(
    states=(
        workflow.State(ENGAGED, N_("engaged"), "green"),
        workflow.State(OVER, N_("no longer engaged"), "gray"),
    ),
    steps=(
        Step("end", (ENGAGED,), OVER, N_("No longer engaged"), N_("no longer engaged"), reason=True),
        Step("engage", (OVER,), ENGAGED, N_("Engage again"), N_("engaged again"), reason=True),
    ),
    closed=(OVER,),
)


def coherent(record: Any, today: date) -> Iterator[Doubt]:
    """What is doubtful about a processor."""
    if record.contract_until and record.contract_until < today:
        sentence = _("The contract ended on {day}.").format(day=show_date(record.contract_until))
        yield Doubt("contract", "contract_until", sentence, "28.3")


def _many(n: int) -> str:
    return ngettext("{n} processor", "{n} processors", n).format(n=show_number(n))


PROCESSORS = Collection(
    mission="register",
    form=PROCESSOR,
    workflow=COURSE,
    prefix="ST",
    shipped=shipped,
    listers=frozenset({Role.COMPLIANCE}),
    facets={
        "country": Facet(N_("Country"), lambda processor: (processor.country,), WORLD),
        "subprocessor": Facet(
            N_("Further processor"),
            lambda processor: (row.name for row in processor.subprocessors.values),
            counts=False,
        ),
    },
    guesses=Guesses(
        {
            "name": "sous-traitant|prestataire|fournisseur|processor|vendor|nom|name",
            "country": "pays|country",
            "contract_on": "date du contrat|date de signature|contract date",
            "contract_link": "lien du contrat|contrat|contract",
            "subprocessors": "sous-traitants ultérieurs|sous-traitants de rang 2|subprocessors",
            "description": "prestation|objet|description|services",
        }
    ),
    counted=_many,
    coherent=coherent,
    about=abouts.PROCESSORS,
    grid=("name", "country", "contract_on", "contract_until", "contract_link", "review_on"),
    file_name="sous-traitants",
    brings=N_("A table (.xlsx, .ods, .csv) or a file of Vigie (.json)"),
)
