"""Retention: understood from words in its three phases, and listed once it has run out. Pure rules.

Data are used (active base), then kept apart for the few who must still have them (intermediate archive), then erased,
made anonymous or kept for good (final fate). A phase lasts as long as its months say, else as its words do.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from core.base.i18n import N_, _
from core.base.periods import months_later
from core.records import answers
from core.records.lists import Lists
from core.records.records import fold
from core.sources.mapping import plain

NUMBERS = {
    "un": 1, "une": 1, "one": 1, "deux": 2, "two": 2, "trois": 3, "three": 3, "quatre": 4, "four": 4, "cinq": 5,
    "five": 5, "six": 6, "sept": 7, "seven": 7, "huit": 8, "eight": 8, "neuf": 9, "nine": 9, "dix": 10, "ten": 10,
    "onze": 11, "eleven": 11, "douze": 12, "twelve": 12, "treize": 13, "dix-huit": 18, "eighteen": 18, "vingt": 20,
    "twenty": 20, "vingt-quatre": 24, "trente": 30, "thirty": 30, "cinquante": 50, "soixante-quinze": 75, "cent": 100,
}  # fmt: skip
MONTHS = {
    "an": 12,
    "annee": 12,
    "year": 12,
    "yr": 12,
    "trimestre": 3,
    "quarter": 3,
    "semestre": 6,
    "mois": 1,
    "month": 1,
}
DAYS = {"jour": 1, "j": 1, "day": 1, "semaine": 7, "week": 7}
_NUMBER = rf"\d{{1,4}}(?:[.,]\d{{1,2}})?|{'|'.join(sorted(NUMBERS, key=len, reverse=True))}"
_UNIT = "|".join(sorted((*MONTHS, *DAYS), key=len, reverse=True))
PERIOD = re.compile(rf"\b({_NUMBER})\s*(?:\(\s*[^)]{{1,20}}\)\s*)?({_UNIT})s?\b")
_ARTICLE = r"(?:du |de la |de l['’]|des |de |d['’]|la |le |the |l['’])?"
FROM = re.compile(rf"\s*(?:,\s*)?(?:a compter|a partir|apres|des|from|after|since)\s*{_ARTICLE}\s*(.*)", re.DOTALL)
_AND = re.compile(r"\s*(?:,|et|and)?\s*")
_BESIDE = r";|\n|,\s*(?=archiv)|(?:(?<=active)|(?<=courante)|(?<=courant))\)?\s*(?:,|/|\bet\b|\band\b)\s*(?=\d)"
"""Parts two phases, or two lengths of one: «5 ans en base active et 10 ans en archivage» too."""
_AFTER = re.compile(r"→|\+|\bpuis\b|\bthen\b|\bensuite\b")
_THEN = re.compile(rf"{_BESIDE}|{_AFTER.pattern}")
_RANGE = re.compile(rf"\b(?:{_NUMBER})\s*(?:a|et|ou|to|or|and|/|-|–)\s*(?={PERIOD.pattern})")
"""A number that has its unit of the next one: `3 à 5 ans`."""
_ARCHIVE = re.compile(r"\barchiv\w*|\bintermedia\w*")
_FATES = (
    (
        "permanent",
        re.compile(
            r"archiv\w* (?:definiti|historiq|permanen|departement|municipal|national)\w*|conservation definitive"
            r"|kept for good"
        ),
    ),
    ("anonymisation", re.compile(r"\banonymis\w*|\banonymiz\w*")),
    ("destruction", re.compile(r"\bdestruction|\bdetrui\w*|\bsuppr\w*|\beffac\w*|\bpurge\w*|\beras\w*|\bdelet\w*")),
)
BARE = re.compile(r"\d+(?:[.,]\d+)?")
FATES = ("destruction", "anonymisation", "permanent")
ACTIVE_MONTHS, ARCHIVE_MONTHS = "retention_months", "archive_months"
_MONTH = 365.25 / 12
_ABOUT = 0.03
"""A length in days is one in months where they lie no further apart: 365 days, 52 weeks and a year are one."""


@dataclass(frozen=True)
class Period:
    """How long, and counted from which event in words; "" where none is said."""

    months: int
    days: int = 0
    event: str = ""

    def after(self, day: date) -> date:
        """The day on which it is over, counted from a day."""
        return months_later(day, self.months) + timedelta(days=self.days)

    @property
    def whole_months(self) -> int | None:
        """Its length in months; None where it is none of whole ones."""
        return self.months if not self.days else self.months + self.days // 30 if self.days % 30 == 0 else None


@dataclass(frozen=True)
class Phases:
    """A retention as its words tell it; None and "" where they do not. `several`: the fields of which they tell more
    than one length, so that none is taken."""

    active: Period | None = None
    archive: Period | None = None
    fate: str = ""
    several: tuple[str, ...] = ()


def read(words: str) -> Period | None:
    """The first period that words say, in French or English: `5 ans à compter du versement`, `2 ans et 6 mois`."""
    folded = fold(words)
    months, days, end = next(_lengths(folded), (0, 0, 0))
    if not end:
        return None
    rest = FROM.match(folded, end)
    event = words[len(words) - len(rest[1]) :] if rest and len(folded) == len(words) else ""
    return Period(months, days, event.strip().rstrip("., "))


def _lengths(folded: str) -> Iterator[tuple[int, int, int]]:
    """Every length that words say, in months and days, and where it ends; smaller units behind a length belong to it:
    `2 ans et 6 mois`."""
    end = 0
    while match := PERIOD.search(folded, end):
        months = days = 0.0
        smallest = math.inf
        while match and (MONTHS.get(match[2], 0) * 30 or DAYS[match[2]]) < smallest:
            number, unit = match[1], match[2]
            smallest = MONTHS.get(unit, 0) * 30 or DAYS[unit]
            count = NUMBERS[number] if number in NUMBERS else float(number.replace(",", "."))
            months += count * MONTHS.get(unit, 0)
            days += count * DAYS.get(unit, 0)
            end = match.end()
            match = PERIOD.match(folded, _AND.match(folded, end).end())  # type: ignore[union-attr]  # it matches nothing too
        yield int(months), round(days + months % 1 * 30), end


@lru_cache(maxsize=4096)
def phases(words: str) -> Phases:
    """What words say of the three phases: `5 ans en base active, puis 10 ans d’archivage, destruction`."""
    active = archive = None
    for part in _parts(words):
        period = read(part)
        if period and _is_archived(fold(part)):
            archive = archive or period
        elif period:
            active = active or period
    folded = fold(words)
    fate = next((name for name, pattern in _FATES if pattern.search(folded)), "")
    several = _several(folded)
    return Phases(
        None if ACTIVE_MONTHS in several else active, None if ARCHIVE_MONTHS in several else archive, fate, several
    )


def _is_archived(folded: str) -> bool:
    """Whether a part of the words tells of the intermediate archive."""
    return bool(_ARCHIVE.search(folded) and not _FATES[0][1].search(folded))


def _several(folded: str) -> tuple[str, ...]:
    """The fields of which words tell more than one length: of one phase (`5 ans (contrats), 10 ans (sinistres)`), or of
    two of which none is called the archive (`5 ans puis 10 ans`). Both where one part tells of both."""
    active: list[list[str]] = []
    archived: list[str] = []
    for phase in _AFTER.split(folded):
        parts = re.split(_BESIDE, phase)
        archived += [part for part in parts if _is_archived(part)]
        if timed := [part for part in parts if not _is_archived(part) and PERIOD.search(part)]:
            active.append(timed)
    first, *later = active or [[]]
    again = any(not any(fate.search(part) for _name, fate in _FATES) for parts in later for part in parts)
    mixed = any(_differ(part) for part in archived) and not active
    several = {
        ACTIVE_MONTHS: again or _differ(";".join(first)) or mixed,
        ARCHIVE_MONTHS: _differ(";".join(archived)),
    }
    return tuple(name for name, asked in several.items() if asked)


def _differ(folded: str) -> bool:
    """Whether words tell several lengths, or of one from where to where it goes. A year is also 365 days."""
    lengths = [(months, days) for months, days, _end in _lengths(folded)]
    if not lengths:
        return False
    whole = [months * _MONTH + days for months, days in lengths]
    in_months = len({months for months, days in lengths if not days}) > 1
    return in_months or max(whole) - min(whole) > max(whole) * _ABOUT or bool(_RANGE.search(folded))


def _parts(words: str) -> list[str]:
    """The words cut where another phase begins."""
    folded = fold(words)
    if len(folded) != len(words):
        return _THEN.split(folded)
    ends = [0, *(at for sign in _THEN.finditer(folded) for at in sign.span()), len(words)]
    return [words[start:end] for start, end in zip(ends[::2], ends[1::2], strict=True)]


def has_unit(words: str) -> bool:
    """Whether a retention is more than a number, of which nobody knows whether it is years or months."""
    return not BARE.fullmatch(words.strip())


def says_how_long(words: str) -> bool:
    """Whether a retention is an answer: no number alone, no question, no `voir annexe`, and no bare yes or no (`N/A`,
    `Oui`)."""
    return (
        not words.rstrip().endswith("?")
        and has_unit(words)
        and not answers.is_vague(words)
        and plain(words) not in ("oui", "yes")
        and answers.answer(words).says is not answers.Says.NO
    )


def understood(row: Any) -> Any:
    """A row as it is kept: its words become months, event, archive and fate where these are not said."""
    if not isinstance(row, Mapping) or not isinstance(row.get("retention"), str):
        return row
    words, archived = phases(row["retention"]), row.get("archive")
    archive = phases(archived) if isinstance(archived, str) and archived else Phases()
    answers = {
        ACTIVE_MONTHS: words.active.whole_months if words.active else None,
        "retention_from": words.active.event[:1000] if words.active else "",
        ARCHIVE_MONTHS: _months(archive.active or archive.archive or words.archive),
        "fate": words.fate or archive.fate,
    }
    return {**row, **{name: value for name, value in answers.items() if value and row.get(name) in (None, "")}}


def _months(period: Period | None) -> int | None:
    return period.whole_months if period else None


# --- Run out --------------------------------------------------------------------------------------------------------

ARCHIVE = "archive"
TO_DO = {
    ARCHIVE: N_("to the intermediate archive"),
    "destruction": N_("to be erased"),
    "anonymisation": N_("to be made anonymous"),
    "permanent": N_("to be archived for good"),
}
"""What is to be done with data whose phase is over (source strings)."""
ROWS = ("data_categories", "sensitive_data", "nir")


@dataclass(frozen=True)
class RunOut:
    """Data of an ended treatment whose phase is over since `until`: what is `to_do` with them, as a key of `TO_DO`.
    `path` names the row, as `nir[0]`."""

    path: str
    category: str
    until: date
    to_do: str = "destruction"

    @property
    def told(self) -> str:
        """What is to be done (source string)."""
        return TO_DO[self.to_do]


def run_out(treatment: Any, today: date) -> list[RunOut]:
    """The data whose retention, counted from the treatment's end, is over. Nothing while the treatment goes on."""
    ended = treatment.ended_on
    if ended is None or ended > today:
        return []
    over_now = []
    for name in ROWS:
        for number, row in enumerate(getattr(treatment, name).values):
            category = getattr(row, "category", name)
            over = _over(row, ended, today)
            if over:
                over_now.append(RunOut(f"{name}[{number}]", category, *over))
    return over_now


def _over(row: Any, ended: date, today: date) -> tuple[date, str] | None:
    """Since when the last phase of a row is over, and what is to be done; None while it is not."""
    words = phases(row.retention)
    active = Period(row.retention_months) if row.retention_months is not None else words.active
    if active is None or active.after(ended) > today:
        return None
    archived = Period(row.archive_months) if row.archive_months else words.archive
    until = active.after(ended)
    if archived is None:
        return until, row.fate or "destruction"
    if archived.after(until) > today:
        return until, ARCHIVE
    return archived.after(until), row.fate or "destruction"


def lengths(treatment: Any) -> Iterator[tuple[str, Any, Phases]]:
    """Every row that has a retention: its path, the row, and what its words say."""
    for name in ROWS:
        for number, row in enumerate(getattr(treatment, name).values):
            if row.retention:
                yield f"{name}[{number}]", row, phases(row.retention)


def category(code: str, lists: Lists) -> str:
    """A category of data in words."""
    names = [name for name in ("data_categories", "sensitive_data") if code in lists.values[name]]
    return lists.label(names[0], code) if names else _("Social security number (NIR)")
