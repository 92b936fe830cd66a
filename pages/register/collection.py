"""The two registers of article 30, as collections."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from core.base import clock
from core.base.i18n import N_, _, local, ngettext, show_date, show_number
from core.people.person import Role
from core.records.collection import Collection
from core.records.facets import Facet
from core.records.fields import Form
from pages.register import abouts, coherence, organisation, retention
from pages.register.files.inspection import CNIL, INSPECTION
from pages.register.guesses import GUESSES
from pages.register.guesses import PROCESSING as PROCESSING_GUESSES
from pages.register.lists import REGISTERS, shipped
from pages.register.model import PROCESSING, TREATMENT
from pages.register.screening import SCREENING_NAMES, screen
from pages.register.sources import cnil
from pages.register.sources.settle import settle
from pages.register.templates import templates
from pages.register.workflow import WORKFLOW

LIST_NAMES = {
    "typologies": N_("Typology of personal data"),
    "data_categories": N_("Categories of personal data"),
    "sensitive_data": N_("Sensitive data"),
    "person_types": N_("Categories of persons"),
    "recipient_types": N_("Type of recipient"),
    "measures": N_("Security measures"),
    "legal_bases": N_("Legal basis"),
    "conditions": N_("Condition for sensitive data"),
    "guarantees": N_("Guarantee"),
    "media": N_("Medium"),
    "write_modes": N_("Write mode"),
    "zones": N_("Zone"),
    "fates": N_("Final fate"),
    "nir_grounds": N_("Ground for the social security number"),
    "aipd_list": N_("Mandatory assessments of the CNIL"),
    "document_kinds": N_("Kind of document"),
    "rights": N_("Rights that apply"),
    "aipd_criteria": N_("Criteria that are met"),
    "countries": N_("Country"),
    "registers": N_("Registers that are switched on"),
}
ANSWERED = {"some": N_("yes"), "none": N_("no"), "unanswered": N_("unanswered")}
KEPT = {
    "months": N_("length understood"),
    "words": N_("in words alone"),
    "unanswered": N_("unanswered"),
}
COURSES = {"going_on": N_("going on"), "ended": N_("ended")}


def _answered(answer: Any) -> str:
    return "unanswered" if answer.unanswered else "none" if answer.none else "some"


def _bases(treatment: Any) -> Iterable[str]:
    return (code for row in treatment.purposes.values for code in row.legal_bases)


def _doubted(treatment: Any) -> Iterable[str]:
    return coherence.codes(doubt for doubt in coherence.treatment(treatment, local(clock.now()).date()) if doubt.blocks)


def _kept(treatment: Any) -> Iterable[str]:
    """How far the retentions of a treatment are understood."""
    rows = list(retention.lengths(treatment))
    return {
        "months" if words.active or row.retention_months is not None else "words" for _path, row, words in rows
    } or {"unanswered"}


PIPELINE = Facet(N_("Pipeline"), lambda t: t.pipelines.values, thing="pipeline", counts=False)


def _column(field: str, column: str) -> Callable[[Any], Iterable[str]]:
    """The values of a column of rows."""
    return lambda record: (getattr(row, column) for row in getattr(record, field).values)


def _rare(label: str, values: Callable[[Any], Iterable[str]], choices: str = "", **more: Any) -> Facet:
    """What records are filtered by, behind the usual filters, and what figures do not show."""
    return Facet(label, values, choices, rare=True, counts=False, **more)


FACETS: dict[str, Facet] = {
    "typology": Facet(N_("Typology"), lambda t: t.typologies.values, "typologies"),
    "purpose": Facet(N_("Purpose"), lambda t: (row.name for row in t.purposes.values)),
    "recipient": Facet(N_("Recipient"), lambda t: (row.name for row in t.recipients.values)),
    "medium": Facet(N_("Medium"), lambda t: (row.medium for row in t.storage.values), "media", rare=True),
    "write_mode": Facet(
        N_("Write mode"), lambda t: (row.write_mode for row in t.storage.values), "write_modes", rare=True
    ),
    "aipd": Facet(N_("Impact assessment (AIPD)"), lambda t: (screen(t).value,), names=SCREENING_NAMES),
    "coherence": _rare(N_("Coherence"), _doubted, names=coherence.NAMES),
    "basis": _rare(N_("Legal basis"), _bases, "legal_bases"),
    "category": _rare(N_("Categories of personal data"), _column("data_categories", "category"), "data_categories"),
    "sensitive": _rare(N_("Sensitive data: answer"), lambda t: (_answered(t.sensitive_data),), names=ANSWERED),
    "sensitive_data": _rare(N_("Sensitive data"), _column("sensitive_data", "category"), "sensitive_data"),
    "retention": _rare(N_("Retention"), _kept, names=KEPT),
    "nir": _rare(N_("Social security number (NIR)"), lambda t: (_answered(t.nir),), names=ANSWERED),
    "persons": _rare(N_("Categories of persons"), _column("persons", "category"), "person_types"),
    "recipient_type": _rare(N_("Type of recipient"), _column("recipients", "type"), "recipient_types"),
    "processor": _rare(N_("Processors"), lambda t: t.processors.values, thing="processor"),
    "transfer": _rare(N_("Transfers: answer"), lambda t: (_answered(t.transfers),), names=ANSWERED),
    "country": _rare(N_("Country of the transfer"), _column("transfers", "country"), "countries"),
    "guarantee": _rare(N_("Guarantee"), _column("transfers", "guarantee"), "guarantees"),
    "measure": _rare(N_("Security measures"), _column("measures", "type"), "measures"),
    "listed": _rare(N_("On the CNIL's list"), lambda t: t.aipd_listed.values, "aipd_list"),
    "criterion": _rare(N_("Criteria that are met"), lambda t: t.aipd_criteria.values, "aipd_criteria"),
    "zone": _rare(N_("Zone"), lambda t: (*t.zones_read.values, *t.zones_written.values), "zones"),
    "course": _rare(N_("Course"), lambda t: ("ended" if t.ended_on else "going_on",), names=COURSES),
    "pipeline": PIPELINE,
    "table": _rare(N_("Table of the warehouse"), lambda t: t.tables.values, thing="table"),
    "jira": _rare(N_("Jira component"), lambda t: (t.jira_component,), thing="jira_component"),
}


def _purpose(content: Mapping[str, Any]) -> str:
    named = next((purpose["name"] for purpose in content.get("purposes") or () if purpose.get("name")), "")
    return str(named or content.get("description") or "")


def _screened(treatment: Any) -> tuple[str, ...]:
    return (_("AIPD: {state}").format(state=_(SCREENING_NAMES[screen(treatment)])),)


def _run_out(treatment: Any) -> tuple[str, ...]:
    """Which data should no longer be where they are."""
    lists = shipped()
    ended = retention.run_out(treatment, local(clock.now()).date())
    pattern = _("Retention run out: {category}, {to_do} since {day}.")
    return tuple(
        pattern.format(
            category=retention.category(gone.category, lists),
            to_do=_(retention.TO_DO[gone.to_do]),
            day=show_date(gone.until),
        )
        for gone in ended
    )


def _treatments(n: int) -> str:
    return ngettext("{n} treatment", "{n} treatments", n).format(n=show_number(n))


GRID = ("name", "squad", "purposes", "data_categories", "sensitive_data", "nir", "persons", "recipients", "transfers",
        "measures", "aipd_listed", "aipd_criteria", "controller", "joint_controllers", "representative", "dpo",
        "typologies", "review_on", "started_on", "ended_on", "jira_component", "notes")  # fmt: skip


def _register(form: Form, **more: Any) -> Collection:
    return Collection(
        mission="register",
        form=form,
        workflow=WORKFLOW,
        shipped=shipped,
        list_names=LIST_NAMES,
        listers=frozenset({Role.COMPLIANCE}),
        book=cnil,
        propose=_purpose,
        settle=partial(settle, form),
        begin=lambda connection, content: organisation.fill(connection, form, content),
        opened=lambda lists: form.kind in lists.options(REGISTERS),
        grid=GRID,
        file_name="registre",
        verifiers=frozenset({Role.COMPLIANCE, Role.INSPECTOR}),
        **more,
    )


TREATMENTS = _register(
    TREATMENT,
    prefix="T",
    guesses=GUESSES,
    facets=FACETS,
    counted=_treatments,
    about=abouts.TREATMENTS,
    badges=_screened,
    computed=_run_out,
    coherent=coherence.treatment,
    known={"squad": "squad", "pipelines": "pipeline", "tables": "table", "jira_component": "jira"},
    templates=templates,
    files=(CNIL, INSPECTION),
    brings=N_("A workbook of the CNIL, a table (.xlsx, .ods, .csv) or a file of Vigie (.json)"),
)
PROCESSINGS = _register(
    PROCESSING,
    prefix="S",
    guesses=PROCESSING_GUESSES,
    facets={"pipeline": PIPELINE},
    known={"squad": "squad", "pipelines": "pipeline"},
    files=(INSPECTION,),
    coherent=coherence.processing,
)
COLLECTIONS = (TREATMENTS, PROCESSINGS)
"""The second is out of sight until it is switched on."""
