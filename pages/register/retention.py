"""Retention periods: read from words, and listed once they have run out. Pure rules."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from core.base.periods import months_later
from core.records.records import fold
from pages.register.model import Treatment

IN_MONTHS = {"an": 12, "year": 12, "mois": 1, "month": 1}
PERIOD = re.compile(r"(\d+)\s*(an|mois|year|month)(?:nees?|s)?\b(.*)", re.DOTALL)
ARTICLE = r"(?:du |de la |de l['’]|des |de |d['’]|la |le |the |l['’])?"
FROM = re.compile(rf"\s*,?\s*(?:a compter|a partir|apres|from|after)\s*{ARTICLE}\s*(.*)", re.DOTALL)


@dataclass(frozen=True)
class RunOut:
    """Data of an ended treatment that should have been erased on `until`. `path` names the row, as `nir[0]`."""

    path: str
    category: str
    until: date


def read(words: str) -> tuple[int | None, str]:
    """(months, start event) of a retention in words, in French or English; (None, "") where they say no period.

    «5 ans à compter du versement de la paie» → (60, "versement de la paie").
    """
    found = PERIOD.search(fold(words))
    if not found:
        return None, ""
    rest = FROM.match(fold(found.group(3)))
    event = words[len(words) - len(rest.group(1)) :].strip() if rest and len(fold(words)) == len(words) else ""
    return int(found.group(1)) * IN_MONTHS[found.group(2)], event.rstrip(".")


def run_out(treatment: Treatment, today: date) -> list[RunOut]:
    """The data whose retention, counted from the treatment's end, is over. Nothing while the treatment goes on."""
    if treatment.ended_on is None or treatment.ended_on > today:
        return []
    ends = [RunOut(path, name, months_later(treatment.ended_on, months)) for path, name, months in _periods(treatment)]
    return [one for one in ends if one.until <= today]


def _periods(treatment: Treatment) -> Iterator[tuple[str, str, int]]:
    for number, row in enumerate(treatment.data_categories.values):
        if row.retention_months is not None:
            yield f"data_categories[{number}]", row.category, row.retention_months
    for number, sensitive in enumerate(treatment.sensitive_data.values):
        if sensitive.retention_months is not None:
            yield f"sensitive_data[{number}]", sensitive.category, sensitive.retention_months
    for number, nir in enumerate(treatment.nir.values):
        if nir.retention_months is not None:
            yield f"nir[{number}]", "nir", nir.retention_months
