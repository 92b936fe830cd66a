"""Whether an impact assessment (AIPD) is called for, and what other answers ask for: pure rules on a record.

The CNIL's list (article 35.4) calls for an assessment by itself; of the nine criteria of the European data protection
board (WP 248) two or more normally do. Departing from that is allowed with a documented reason and the opinion of the
data protection officer.
Each rule that a field names in `required` takes (record, row or None).
"""

from enum import StrEnum
from typing import Any

from core.base.i18n import N_

CALLING = 2
"""Number of criteria from which an assessment is called for."""
SENSITIVE = "sensitive"
"""The criterion that data of articles 9 and 10 meet by themselves."""
DEROGATION = "derogation"
"""The guarantee of article 49: the register must hold the documents."""


class Screening(StrEnum):
    """Where a treatment stands with its impact assessment."""

    UNANSWERED = "unanswered"
    NOT_NEEDED = "not_needed"
    CALLED_FOR = "called_for"
    DONE = "done"
    DEPARTED = "departed"
    DEPARTURE_UNFOUNDED = "departure_unfounded"


SCREENING_NAMES: dict[Screening, str] = {
    Screening.UNANSWERED: N_("criteria or list not looked at yet"),
    Screening.NOT_NEEDED: N_("no assessment needed"),
    Screening.CALLED_FOR: N_("assessment to be made"),
    Screening.DONE: N_("assessment made"),
    Screening.DEPARTED: N_("departure founded"),
    Screening.DEPARTURE_UNFOUNDED: N_("departure without reason or opinion"),
}


def screen(record: Any) -> Screening:
    """Where a treatment stands."""
    if not needs_aipd(record):
        asked = record.aipd_criteria.unanswered or record.aipd_listed.unanswered
        return Screening.UNANSWERED if asked else Screening.NOT_NEEDED
    if record.aipd_departs:
        founded = record.aipd_reason and record.aipd_opinion
        return Screening.DEPARTED if founded else Screening.DEPARTURE_UNFOUNDED
    return Screening.DONE if record.aipd_on and record.aipd_link else Screening.CALLED_FOR


def needs_aipd(record: Any, _row: Any = None) -> bool:
    """Whether the CNIL's list or the criteria call for an assessment."""
    return bool(record.aipd_listed.values) or len(set(record.aipd_criteria.values)) >= CALLING


def has_aipd(record: Any, _row: Any = None) -> bool:
    """Whether an assessment is called for and nobody departs from it."""
    return needs_aipd(record) and record.aipd_departs is False


def departs_from_aipd(record: Any, _row: Any = None) -> bool:
    """Whether an assessment is called for and somebody departs from it."""
    return needs_aipd(record) and record.aipd_departs is True


def has_sensitive_data(record: Any, _row: Any = None) -> bool:
    """Whether a purpose needs a condition of article 9.2. Article 10 (offences) has none."""
    return any(row.category != "offences" for row in record.sensitive_data.values)


def is_offence(_record: Any, row: Any) -> bool:
    """Whether a row is of article 10, which asks what authorises it."""
    return row is not None and bool(row.category == "offences")


def is_derogation(_record: Any, row: Any) -> bool:
    """Whether a transfer rests on a derogation of article 49."""
    return row is not None and bool(row.guarantee == DEROGATION)
