"""What a record of the register may not say at once, with the article that it goes by: pure rules.

Adequacy decisions are those of the lists of values, with the days between which they hold.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from core.base.i18n import N_, _, show_date, show_number
from core.records.coherence import Doubt
from core.records.lists import Value
from pages.register.lists import COUNTRIES, shipped
from pages.register.retention import has_unit, lengths
from pages.register.screening import SENSITIVE

COHERENT = "coherent"
NAMES = {
    COHERENT: N_("nothing contradicts"),
    "adequacy": N_("guarantee that does not fit the country"),
    "no_transfer": N_("transfers denied, yet told"),
    "screening": N_("criterion of the impact assessment missing"),
    "retention": N_("retention of two lengths"),
    "assessment": N_("impact assessment of a day to come"),
}
"""Rules in words, as records are filtered by them."""
ADEQUACY, DPF, SHIELD = "adequacy", "dpf", "privacy_shield"
THIRD_COUNTRIES = "third_countries"
UNITED_STATES = "US"


def treatment(record: Any, today: date) -> Iterator[Doubt]:
    """What is doubtful about a treatment."""
    yield from _transfers(record, today)
    yield from _denied(record, "recipients")
    yield from _screened(record)
    yield from _retained(record)
    if record.aipd_on and record.aipd_on > today:
        pattern = _("The impact assessment is of {day}, a day to come: it has not been made yet.")
        yield Doubt("assessment", "aipd_on", pattern.format(day=show_date(record.aipd_on)), "35.1")


def processing(record: Any, today: date) -> Iterator[Doubt]:
    """What is doubtful about what is processed for others."""
    yield from _transfers(record, today)
    yield from _denied(record, "subprocessors")


def codes(doubts: Iterator[Doubt]) -> tuple[str, ...]:
    """The rules that are not kept, as a facet; that all are."""
    return tuple(dict.fromkeys(doubt.code for doubt in doubts)) or (COHERENT,)


def _transfers(record: Any, today: date) -> Iterator[Doubt]:
    for number, row in enumerate(record.transfers.values):
        sentence, basis = _guaranteed(row, today)
        if sentence:
            yield Doubt("adequacy", f"transfers[{number}].guarantee", sentence, basis)


def _guaranteed(row: Any, today: date) -> tuple[str, str]:
    """Why a transfer's guarantee does not fit its country, and the article; both empty where it does."""
    country = shipped().values[COUNTRIES].get(row.country)
    name = country.label if country else row.country
    if row.guarantee == SHIELD:
        pattern = _("{country}: the Privacy Shield was struck down on 16 July 2020 (C-311/18).")
        return pattern.format(country=name), "45"
    if not country:
        return "", ""
    if row.guarantee == DPF and row.country != UNITED_STATES:
        return _("{country}: the Data Privacy Framework is for the United States alone.").format(country=name), "45"
    if row.guarantee == ADEQUACY and row.country == UNITED_STATES:
        pattern = _("{country}: adequate for organisations certified under the Data Privacy Framework alone: name it.")
        return pattern.format(country=name), "45"
    if row.guarantee == ADEQUACY and not adequate(country, today):
        return _undecided(country, today), "45"
    return "", ""


def adequate(country: Value, today: date) -> bool:
    """Whether an adequacy decision for a country holds on a day."""
    since, until = country.facts.get("since"), country.facts.get("until")
    return bool(since and since <= today and (until is None or today <= until))


def _undecided(country: Value, today: date) -> str:
    since, until = country.facts.get("since"), country.facts.get("until")
    if since and since > today:
        pattern = _("{country}: the adequacy decision holds from {day} on.")
        return pattern.format(country=country.label, day=show_date(since))
    if since and until:
        pattern = _("{country}: the adequacy decision ended on {day}.")
        return pattern.format(country=country.label, day=show_date(until))
    return _("{country}: no adequacy decision of the European Commission.").format(country=country.label)


def _denied(record: Any, recipients: str) -> Iterator[Doubt]:
    """Recipients outside of the European Union beside “no transfer”."""
    if not record.transfers.none:
        return
    for number, row in enumerate(getattr(record, recipients).values):
        if row.type == THIRD_COUNTRIES:
            pattern = _("“{name}” is a recipient in a third country, and the record says that there is no transfer.")
            yield Doubt("no_transfer", f"{recipients}[{number}].type", pattern.format(name=row.name or "–"), "30.1.e")


def _retained(record: Any) -> Iterator[Doubt]:
    """Words of a retention against its months; hints at those whose end cannot be computed."""
    for path, row, words in lengths(record):
        if not has_unit(row.retention):
            asked = _("Retention “{words}”: of which unit, years, months or days?").format(words=row.retention)
            yield Doubt("retention", f"{path}.retention", asked, "30.1.f", blocks=False)
        elif any(getattr(row, name) is None for name in words.several):
            asked = _(
                "Retention “{words}”: several lengths; give each its own row, or say in months which one counts."
            ).format(words=row.retention)
            yield Doubt("retention", f"{path}.retention", asked, "30.1.f", blocks=False)
        elif words.active is None and row.retention_months is None:
            asked = _("Retention “{words}”: no length is understood, so its end cannot be computed; say it in months.")
            yield Doubt("retention", f"{path}.retention", asked.format(words=row.retention), "30.1.f", blocks=False)
        elif words.active and words.active.whole_months not in (None, row.retention_months):
            sentence = _("Retention “{words}” is told to be of {n} months.")
            sentence = sentence.format(words=row.retention, n=show_number(row.retention_months))
            yield Doubt("retention", f"{path}.retention_months", sentence, "30.1.f")


def _screened(record: Any) -> Iterator[Doubt]:
    """Data of article 9 or 10 meet one of the nine criteria by themselves; persons hint at another."""
    if record.aipd_criteria.unanswered:
        return
    if record.sensitive_data.values and SENSITIVE not in record.aipd_criteria.values:
        pattern = _("Sensitive data are processed: the criterion “{criterion}” is met.")
        named = pattern.format(criterion=shipped().label("aipd_criteria", SENSITIVE))
        yield Doubt("screening", "aipd_criteria", named, "35.1")
    vulnerable = [row for row in record.persons.values if row.category in ("employees", "minors", "candidates")]
    if vulnerable and "vulnerable" not in record.aipd_criteria.values:
        pattern = _("{persons}: is the criterion “{criterion}” met?")
        names = dict.fromkeys(shipped().label("person_types", row.category) for row in vulnerable)
        label = shipped().label("aipd_criteria", "vulnerable")
        yield Doubt(
            "screening",
            "aipd_criteria",
            pattern.format(persons=", ".join(names), criterion=label),
            "35.1",
            blocks=False,
        )
