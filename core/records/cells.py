"""A value of a field as a cell of a table, and back.

What `write` writes, `Reading.value` reads as the same value: where words would be read as something else, the cell
holds the value as JSON behind `json:`. People write as they like: codes in words of any language, days the French way,
several values with `;` or a line break between them. What cannot be understood is never dropped: it is told, and kept
for the notes of the record.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from core.base.i18n import LANGUAGES, N_, _, speaking
from core.records.fields import ANSWERS, Asked, Kind, blank
from core.records.lists import Lists
from core.show.columns import NO, YES
from core.sources.formulas import letters
from core.sources.mapping import plain

JSON = "json:"
NONE = N_("(none)")
"""An explicit none where the form has no words for it."""
PLACEHOLDER = re.compile(
    r"(sélectionne[zr]|choisi(ssez|r)|select|choose|pick)\b.{0,60}(élément|valeur|liste|item|value|list)", re.I
)
"""What a form says in a list that nobody has chosen from."""
ERRORS = frozenset({"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#NOM?", "#VALEUR!"})
"""What a formula that failed leaves in a cell."""
DASHES = frozenset({"-", "–", "—", "?", "…", "...", "/"})
"""Signs for a cell that nobody has filled."""
OTHER = ("others", "other")
"""Codes of the lists that have one for whatever they lack; the words then go to the row's details."""
_NO_WORDS = frozenset(
    {"non", "no", "aucun", "aucune", "neant", "none", "na", "sansobjet", "so", "rien", "notapplicable", "false", "faux"}
)
_YES_WORDS = frozenset({"oui", "yes", "true", "vrai", "x", "1", "ok"})
_FALSE_WORDS = frozenset({"non", "no", "false", "faux", "0"})
_HOUR = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_DAY = re.compile(rf"(\d{{1,2}})[/.\- ](\d{{1,2}})[/.\- ](\d{{4}}|\d{{2}}){_HOUR}")
_ISO = re.compile(rf"(\d{{4}})-(\d{{2}})-(\d{{2}}){_HOUR}")
_MONTH_DAY = re.compile(r"(\d{1,2})(?:er)? ([a-z]{3,9})\.? (\d{4})")
_MONTHS = (
    ("janvier", "january"),
    ("fevrier", "february"),
    ("mars", "march"),
    ("avril", "april"),
    ("mai", "may"),
    ("juin", "june"),
    ("juillet", "july"),
    ("aout", "august"),
    ("septembre", "september"),
    ("octobre", "october"),
    ("novembre", "november"),
    ("decembre", "december"),
)
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
Cell = str | int | bool | date | None


def write(asked: Asked, value: Any, lists: Lists, *, dense: bool = False) -> Cell:
    """A value, as JSON holds it, as a cell: typed for days, numbers and flags, text for the rest.

    `dense`: line breaks are written as JSON, for a file that has too many of them.
    """
    if asked.kind is Kind.DAY:
        return date.fromisoformat(value) if value else None
    if asked.kind in (Kind.NUMBER, Kind.AMOUNT, Kind.FLAG) or value in ("", None):
        return value or None if isinstance(value, str) else value
    if asked.kind in (Kind.TEXT, Kind.LONG):
        return _json(value) if not is_plain(value) or (dense and "\n" in value) else str(value)
    if value in ([], ()):
        return (_(asked.none or NONE)) if asked.kind in ANSWERS else None
    if asked.kind is Kind.CHOICE:
        words = _word(lists, asked.choices, value)
    else:
        words = "; ".join(_word(lists, asked.choices, one) if asked.choices else one for one in value)
    return words if is_plain(words) and Reading(lists).value(asked, words) == value else _json(value)


def is_plain(text: str) -> bool:
    """Whether a text reads back as itself from any cell, LibreOffice's included."""
    return not (text.startswith(JSON) or _ESCAPED.search(text) or PLACEHOLDER.match(text) or text in ERRORS | DASHES)


def _json(value: Any) -> str:
    return JSON + _ESCAPED.sub(r"\\u005f", json.dumps(value, ensure_ascii=False))


def _word(lists: Lists, name: str, code: str) -> str:
    label = lists.label(name, code)
    return label if lists.code(name, label) == code else code


def is_yes(text: str) -> bool:
    """Whether a text says yes, or ticks."""
    return plain(text) in _YES_WORDS


def is_no(text: str) -> bool:
    """Whether a text says no, or leaves a tick out."""
    return plain(text) in _NO_WORDS | {"0"}


def as_none(asked: Asked, text: str) -> bool:
    """Whether a text is an explicit none. Where the form has no such answer only `NONE` is one."""
    return plain(text) in _nones(asked.none) or text in _spoken(NONE)


@lru_cache(maxsize=64)
def _nones(said: str) -> frozenset[str]:
    return (_NO_WORDS | {plain(words) for words in _spoken(said)}) if said else frozenset()


@lru_cache(maxsize=256)
def _spoken(message: str) -> frozenset[str]:
    """A message in every language."""
    found = set()
    for tongue in LANGUAGES:
        with speaking(tongue):
            found.add(_(message))
    return frozenset(found)


def read_day(text: str) -> str | None:
    """A day in ISO from figures or French and English words, day first; None when it is none."""
    text = " ".join(text.split())
    if found := _ISO.fullmatch(text):
        return _day(*map(int, found.groups()))
    if found := _DAY.fullmatch(text):
        day, month, year = map(int, found.groups())
        return _day(year if year > 99 else 2000 + year, month, day)
    words = re.sub(r"[^a-z0-9 ]", "", _unaccented(text))
    if found := _MONTH_DAY.fullmatch(words):
        months = {n for n, names in enumerate(_MONTHS, start=1) if any(name.startswith(found[2]) for name in names)}
        return _day(int(found[3]), months.pop(), int(found[1])) if len(months) == 1 else None
    return None


def _unaccented(text: str) -> str:
    return text.casefold().translate(str.maketrans("éèêûôà", "eeeuoa"))


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def split(text: str) -> list[str]:
    """The values that a cell lists, with `;` or line breaks between them."""
    return [part for raw in re.split(r"[;\n]", text) if (part := raw.strip(" \u00a0\t•-"))]


@dataclass
class Reading:
    """Reads the cells of one record. `offered`: a value that is no longer offered is taken for unknown.

    `told`: sentences on what was understood otherwise than it was written.
    `left` are the words that found no place, by label: they go to the notes. `unknown`: (list, words) that a list
    lacks, so that it can be extended.
    """

    lists: Lists
    offered: bool = False
    told: list[str] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)

    def value(self, asked: Asked, text: str) -> Any:
        """What a cell says of a field, as JSON holds it; an empty cell and a placeholder are unanswered."""
        text = text.strip()
        if text.startswith(JSON):
            try:
                return json.loads(text[len(JSON) :])
            except ValueError:
                return self._leave(asked, text)
        if not text or text in DASHES or PLACEHOLDER.match(text):
            return blank(asked)
        match asked.kind:
            case Kind.TEXT | Kind.LONG:
                return text
            case Kind.DAY:
                return read_day(text) or self._leave(asked, text)
            case Kind.NUMBER:
                return int(text) if re.fullmatch(r"\d{1,5}", text) else self._leave(asked, text)
            case Kind.AMOUNT:
                digits = re.sub(r"[\s€]", "", text)
                return int(digits) if re.fullmatch(r"\d{1,12}", digits) else self._leave(asked, text)
            case Kind.FLAG:
                return self._flag(asked, text)
            case Kind.CHOICE:
                return self.code(asked, text) or self._leave(asked, text, unknown=True)
            case Kind.CODES:
                return self._codes(asked, text)
            case _ if as_none(asked, text):
                return []
            case Kind.CHOICES:
                return self._codes(asked, text) or None
            case Kind.TAGS | Kind.LINKS:
                return split(text)
            case _:
                return self.rows(asked, text)

    def rows(self, asked: Asked, text: str) -> Any:
        """The rows that one cell lists: each by the words of its first code, or by its name."""
        if is_yes(text):
            return self._leave(asked, text)  # it says that there are some, not which
        if len(asked.columns) > 2 and all(one.kind is Kind.CHOICE for one in asked.columns[:2]):
            return [self._pair(asked, line) for line in split(text)] or None
        return [row for line in split(text) if (row := self.row(asked, line))] or None

    def row(self, asked: Asked, words: str) -> dict[str, Any]:
        """A row from a few words: a code of its list, else its name or its description."""
        choice = next((one for one in asked.columns if one.key and one.kind is Kind.CHOICE), None)
        if choice is not None and (code := self.code(choice, words)):
            return {choice.name: code}
        text = about(asked)
        return {text.name: words} if choice is None or text.key else self.otherwise(asked, choice, words, text.name)

    def otherwise(self, asked: Asked, choice: Asked, words: str, text: str) -> dict[str, Any]:
        """A row whose words its list lacks: under "other" where the list has that, with the words beside it."""
        self.unknown.append((choice.choices, words))
        other = next((code for code in OTHER if code in self.lists.values[choice.choices]), "")
        sentence = _("{field}: the list does not have “{value}”; it stands as details.")
        self.told.append(sentence.format(field=_(asked.label), value=words))
        return {choice.name: other, text: words}

    def code(self, asked: Asked, text: str) -> str:
        """The code that words mean; empty when the list lacks them."""
        code = self.lists.code(asked.choices, text) or ""
        return "" if code and self.offered and self.lists.values[asked.choices][code].retired else code

    def _pair(self, asked: Asked, line: str) -> dict[str, Any]:
        """A row of two codes with a dash between them: `Table - annule et remplace`."""
        one, other, text = *asked.columns[:2], about(asked)
        first, _dash, second = (part.strip() for part in line.partition(" - "))
        code, how = self.code(one, first), self.code(other, second) if second else ""
        if code and (how or not second):
            return {one.name: code, other.name: how}
        self.unknown.append((other.choices, second) if code else (one.choices, first))
        sentence = _("{field}: the list does not have “{value}”; it stands as details.")
        self.told.append(sentence.format(field=_(asked.label), value=second if code else first))
        return {one.name: code, other.name: how, text.name: second if code else line}

    def _codes(self, asked: Asked, text: str) -> list[str]:
        """Codes in words; ` - `, `,` and `/` part them too where that leaves fewer words unknown."""
        whole = [(part, self.code(asked, part)) for part in split(text)]
        found: list[str] = []
        for part, code in whole:
            smaller = [one.strip() for one in re.split(r" - |,|/| \+ | et ", part)] if not code else [part]
            for words in smaller if any(self.code(asked, one) for one in smaller) else [part]:
                known = self.code(asked, words)
                if known:
                    found.append(known)
                else:
                    self._leave(asked, words, unknown=True)
        return found

    def _flag(self, asked: Asked, text: str) -> bool | None:
        words = plain(text)
        if is_yes(text) or words in {plain(one) for one in _spoken(YES)}:
            return True
        if words in _FALSE_WORDS | {plain(one) for one in _spoken(NO)}:
            return False
        self._leave(asked, text)
        return None

    def _leave(self, asked: Asked, text: str, *, unknown: bool = False) -> Any:
        """Keep words that found no place; the field stays unanswered."""
        if unknown:
            self.unknown.append((asked.choices, text))
            sentence = _("{field}: the list does not have “{value}”; it stands in the notes.")
        else:
            sentence = _("{field}: “{value}” is not understood; it stands in the notes.")
        self.told.append(sentence.format(field=_(asked.label), value=text[:80]))
        self.left.append((_(asked.label), text))
        return blank(asked)


def about(asked: Asked) -> Asked:
    """The column that takes the words of a row."""
    return next(one for one in asked.columns if one.kind in (Kind.TEXT, Kind.LONG))


def say_error(where: str, error: str) -> str:
    """Why an error in a cell spoils its record."""
    return _("{column}: the cell holds the error {value} of a formula.").format(column=where, value=error)


def say_broken(row: int, column: int, error: str) -> str:
    """Why a formula without a value (`core.sources.formulas`) spoils its record."""
    where = f"{letters(column)}{row}"
    if error:
        return say_error(where, error)
    return _("{cell}: the formula was never computed. Save the file with Excel or LibreOffice first.").format(
        cell=where
    )


def with_left(notes: str, left: Sequence[tuple[str, str]]) -> str:
    """Notes that hold what found no place elsewhere; what they hold already is not said twice."""
    lines = [_("{label}: {value}").format(label=label, value=text) for label, text in left]
    return "\n".join([*filter(None, [notes]), *(line for line in dict.fromkeys(lines) if line not in notes)])
