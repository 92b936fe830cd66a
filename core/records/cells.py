"""A value of a field as a cell of a table, and back.

What `write` writes, `Reading.value` reads as the same value: where words would be read as something else, the cell
holds the value as JSON behind `json:`. People write as they like: codes in words of any language, days the French way,
several values with `;` or a line break between them. What cannot be understood is never dropped: it is told, and kept
for the notes of the record.
"""

import json
import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from core.base.i18n import LANGUAGES, N_, _, speaking
from core.records import answers
from core.records.answers import Said, Says
from core.records.fields import ANSWERS, Asked, Kind, blank
from core.records.lists import Lists
from core.show.columns import NO, YES
from core.sources.cells import ERRORS
from core.sources.formats.formulas import letters
from core.sources.mapping import plain

JSON = "json:"
ELSEWHERE = "elsewhere"
"""Fact of a retired value that an import may read, for it says that a row belongs to another field."""
MOST_KNOWN = 20_000
"""Cells of a file whose meaning is kept."""
SHOWN = 80
"""Characters of a cell that a remark quotes."""
NONE = N_("(none)")
"""An explicit none where the form has no words for it."""
PLACEHOLDER = re.compile(
    r"(sélectionne[zr]|choisi(ssez|r)|select|choose|pick)\b.{0,60}(élément|valeur|liste|item|value|list)", re.I
)
"""What a form says in a list that nobody has chosen from."""
OTHER = ("others", "other")
"""Codes of the lists that have one for whatever they lack; the words then go to the row's details."""
INSIDE = "interne"
"""How people call those of the house."""
_YES_WORDS = frozenset({"oui", "yes", "true", "vrai", "x", "1", "ok", "o", "y"})
_YES = re.compile(r"(?is)(?:oui|yes)\s*(?:\(\s*([^()]+?)\s*\)|[-–—:,;]+\s*(.+?))")
_FALSE_WORDS = frozenset({"non", "no", "false", "faux", "0"})
_HOUR = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_DAY = re.compile(rf"(\d{{1,2}})[/.\- ](\d{{1,2}})[/.\- ](\d{{4}}|\d{{2}}){_HOUR}")
_ISO = re.compile(rf"(\d{{4}})([-/.])(\d{{2}})\2(\d{{2}}){_HOUR}")
_SERIAL = re.compile(r"[234]\d{4}(?:[.,]0+)?")
"""A day as a workbook numbers it: from 1954 to 2036."""
_EPOCH = date(1899, 12, 30)
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
        words = "; ".join(_word(lists, asked.choices, code) if asked.choices else code for code in value)
    return words if is_plain(words) and Reading(lists).value(asked, words) == value else _json(value)


def is_plain(text: str) -> bool:
    """Whether a text reads back as itself from any cell, LibreOffice's included."""
    return not (
        text.startswith(JSON)
        or _ESCAPED.search(text)
        or PLACEHOLDER.match(text)
        or text in ERRORS
        or answers.is_open(text)
    )


def _json(value: Any) -> str:
    return JSON + _ESCAPED.sub(r"\\u005f", json.dumps(value, ensure_ascii=False))


def _word(lists: Lists, name: str, code: str) -> str:
    label = lists.label(name, code)
    return label if lists.code(name, label) == code else code


def is_yes(text: str) -> bool:
    """Whether a text says yes, or ticks."""
    return plain(text) in _YES_WORDS or answers.is_ticked(text)


def is_no(text: str) -> bool:
    """Whether a text says no, or leaves a tick out."""
    return answers.is_no(text) or text.strip() == "0"


def says(asked: Asked, text: str) -> Said:
    """What a text answers to a question, before any list is asked. Its own words for an explicit none are a no."""
    if asked.none and (plain(text) in {plain(words) for words in _spoken(asked.none)}):
        return Said(Says.NO)
    return answers.answer(answers.chosen(text)[0], _subject(asked))


def _subject(asked: Asked) -> frozenset[str]:
    """The words of a question."""
    return answers.subject_of(*_spoken(asked.label), *(_spoken(asked.none) if asked.none else ()))


@lru_cache(maxsize=256)
def _spoken(message: str) -> frozenset[str]:
    """A message in every language."""
    words = set()
    for tongue in LANGUAGES:
        with speaking(tongue):
            words.add(_(message))
    return frozenset(words)


def read_day(text: str) -> str | None:
    """A day in ISO from figures or French and English words, day first; None when it is none."""
    text = " ".join(text.split())
    if match := _ISO.fullmatch(text):
        return _day(int(match[1]), int(match[3]), int(match[4]))
    if _SERIAL.fullmatch(text):
        return (_EPOCH + timedelta(days=int(text[:5]))).isoformat()
    if match := _DAY.fullmatch(text):
        day, month, year = map(int, match.groups())
        return _day(year if year > 99 else 2000 + year, month, day)
    words = re.sub(r"[^a-z0-9 ]", "", _unaccented(text))
    if match := _MONTH_DAY.fullmatch(words):
        months = {n for n, names in enumerate(_MONTHS, start=1) if any(name.startswith(match[2]) for name in names)}
        return _day(int(match[3]), months.pop(), int(match[1])) if len(months) == 1 else None
    return None


def _unaccented(text: str) -> str:
    return text.casefold().translate(str.maketrans("éèêûôà", "eeeuoa"))


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


_BULLET = re.compile(r"\A(?:[•·▪*‣–—−§➢➤-]|o(?=\s)|\d{1,2}[.)](?=\s)|[a-z]\)(?=\s))\s*")


_VALUES, _COMMAS, _CODES = re.compile(r"[;|\n]"), re.compile(","), re.compile(r" [-–—] |,|/| \+ | et | and ")


def split(text: str) -> list[str]:
    """The values that a cell lists, with `;`, `|` or line breaks between them, but none within brackets."""
    parts = (_BULLET.sub("", part.strip(" \u00a0\t"), count=1) for part in _parted(text, _VALUES))
    return [part for part in parts if part]


def _parted(text: str, signs: re.Pattern[str]) -> list[str]:
    """A text parted at signs that stand outside of brackets."""
    if "(" not in text:
        return signs.split(text)
    within, depth = [], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        within.append(depth > 0)
    if depth:  # brackets that nobody closed hold nothing together
        within = [False] * len(text)
    ends = [sign.span() for sign in signs.finditer(text) if not within[sign.start()]]
    begins = [0, *(end for _begin, end in ends)]
    return [text[begin:end] for begin, end in zip(begins, [*(begin for begin, _end in ends), len(text)], strict=True)]


_NO_NAME = re.compile(
    r"(?i)(?:sas?u?|sarl|eurl|se|sci|inc|ltd|llc|gmbh|plc|ag|nv|bv|etc|et co|qui|que|dont|sauf|notamment|si|via|pour|"
    r"avec|sans|y compris|ainsi|afin|selon|ou|et|ne|n['’].*)\b|.*\d{3}"
)
"""How what stands behind a comma begins where it goes on with what stands before."""
_NAME_WORDS, _NAME_LENGTH = 5, 45


def names(text: str) -> list[str]:
    """The names that a text lists with commas between them: short ones; a sentence is one."""
    parts = [part.strip() for part in _parted(text.strip().rstrip("."), _COMMAS)]
    if len(parts) > 2 and (match := re.fullmatch(r"(.+?) (?:et|and|&) (.+)", parts[-1])):
        parts[-1:] = [match[1], match[2]]
    short = all(0 < len(part) <= _NAME_LENGTH and len(part.split()) <= _NAME_WORDS for part in parts)
    return parts if len(parts) > 1 and short and not any(map(_NO_NAME.match, parts[1:])) else [text]


_ADDRESS = re.compile(
    r"(?i)\d{1,4}(?:[-–/]\d{1,4})? ?(?:bis|ter)?,? +(?:rue|av|avenue|bd|boulevard|place|chemin|allée|quai|route|cours|"
    r"impasse|square|street|road)\b|(?:F-)?\d{5} +[^\W\d]|(?:BP|CS) ?\d|(?:tél|tel|e-?mail|mél|courriel)\b|\S+@\S+$"
)
"""How a line of an address begins."""


def _with_addresses(asked: Asked, lines: list[str]) -> list[str]:
    """The lines of a cell, those of an address with the name above them, where names are listed."""
    parties = lines[:1]
    for line in lines[1:]:
        if about(asked).key and _ADDRESS.match(line):
            parties[-1] = f"{parties[-1]}, {line}"
        else:
            parties.append(line)
    return parties


@dataclass
class Reading:
    """Reads the cells of one record. `offered`: a value that is no longer offered is taken for unknown.

    `told`: sentences on what was understood otherwise than it was written.
    `left` are the words that found no place, by label: they go to the notes. `unknown`: (list, words) that a list
    lacks, so that it can be extended. `known`: what cells were understood as, for the readings of one file share it.
    """

    lists: Lists
    offered: bool = False
    told: list[str] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)
    known: dict[tuple[str, str], "Understood"] = field(default_factory=dict)

    def once(self, path: str, text: str, read: "Callable[[Reading], Any]") -> Any:
        """What `read` makes of a text that a file may say many times: understood once, told and kept each time."""
        understood = self.known.get((path, text))
        if understood is None:
            reading = Reading(self.lists, self.offered)
            understood = Understood(read(reading), reading)
            if len(self.known) < MOST_KNOWN and len(text) < SHOWN:
                self.known[path, text] = understood
        self.told += understood.reading.told
        self.left += understood.reading.left
        self.unknown += understood.reading.unknown
        return deepcopy(understood.value)

    def value(self, asked: Asked, text: str) -> Any:
        """What a cell says of a field, as JSON holds it; an empty cell, a placeholder, a question and boxes of which
        none is ticked are unanswered."""
        text = text.strip()
        if text.startswith(JSON):
            try:
                return json.loads(text[len(JSON) :])
            except ValueError:
                return self._leave(asked, text)
        if asked.kind not in (Kind.TEXT, Kind.LONG):
            text = self.chosen(asked, text)
        if not text or PLACEHOLDER.match(text):
            return blank(asked)
        if self.unsaid(asked, text):
            return blank(asked)
        if self.offered and asked.kind not in (Kind.TEXT, Kind.LONG) and (text[-1] == "?" or answers.is_put_off(text)):
            return self._leave(asked, text)  # who asks, or points elsewhere, has not answered
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
                return self._choice(asked, text)
            case Kind.CODES:
                return self.codes(asked, text)[0]
            case _:
                return self._answer(asked, text)

    def chosen(self, asked: Asked, text: str) -> str:
        """What is chosen of a form's own choices; they are kept for the notes where they say more than yes and no."""
        ticked, bare = answers.chosen(text)
        if ticked != text and not bare:
            self.keep(asked, text)
        return ticked

    def unsaid(self, asked: Asked, text: str) -> bool:
        """Whether a text says that nobody has answered. It is told; the team's own long texts say what they like."""
        said_freely = asked.kind is Kind.LONG and not asked.basis
        if said_freely or asked.path in ("name", "ref") or not answers.is_open(text):
            return False
        if text not in answers.DASHES:
            sentence = _("{field}: “{value}” is no answer yet.")
            self.told.append(sentence.format(field=_(asked.label), value=text))
        return True

    def _answer(self, asked: Asked, text: str) -> Any:
        """What a cell says of a question that may have several answers: none, or each of them."""
        answer = self.denied(asked, text)
        if answer is not None:
            return answer.value
        if yes := _YES.fullmatch(text):
            text = yes[1] or yes[2]
        match asked.kind:
            case Kind.CHOICES:
                codes, rests = self.codes(asked, text)
                for rest in rests:
                    self.keep(asked, rest)
                return codes or None
            case Kind.TAGS | Kind.LINKS:
                return split(text)
            case _:
                return self.rows(asked, text)

    def denied(self, asked: Asked, text: str) -> "Denied | None":
        """What a text that denies its question answers: an explicit none, or nothing where the form has none or where
        it is not sure what is denied; then it is asked for. None where it denies nothing.

        Words behind a no are kept for the notes.
        """
        if text in _spoken(NONE):
            return Denied([])
        each = [says(asked, part) for part in split(text)]
        no = [answer for answer in each if answer.says is Says.NO]
        if asked.none and no and len(no) == len(each):
            for answer in no:
                if answer.rest:
                    self.keep(asked, answer.rest)
            return Denied([])
        doubtful = asked.none and any(answer.says is Says.DOUBT for answer in each)
        doubtful = doubtful or (asked.none and self.is_in_house(asked, text))
        if doubtful or (no and (asked.none or len(no) == len(each))):
            self.ask(asked, text)
            return Denied(None)
        return None

    def is_in_house(self, asked: Asked, text: str, code: str = "") -> bool:
        """Whether a text that should name somebody else, one under `code` where it is told, says that there is nobody:
        it is done in the house. It is a name where the list of the field has what is internal."""
        named = asked.kind is Kind.LINKS or (asked.kind is Kind.ROWS and about(asked).key)
        if not named or not answers.is_in_house(text):
            return False
        choice = named_by(asked)
        inside = self.code(choice, INSIDE) if choice else ""
        return code != inside if code else not inside

    def ask(self, asked: Asked, text: str) -> None:
        """Keep words for the notes that seem to deny something: whether they do is asked for."""
        self.left.append((_(asked.label), text))
        sentence = _("{field}: “{value}” seems to say no: answer it; it stands in the notes.")
        self.told.append(sentence.format(field=_(asked.label), value=text[:SHOWN]))

    def keep(self, asked: Asked, text: str) -> None:
        """Keep words for the notes that explain an answer."""
        self.left.append((_(asked.label), text))
        sentence = _("{field}: “{value}” stands in the notes.")
        self.told.append(sentence.format(field=_(asked.label), value=text[:SHOWN]))

    def join(self, other: "Reading") -> None:
        """Take over what was told and kept of other cells of the record."""
        self.told += [sentence for sentence in other.told if sentence not in self.told]
        self.left += [words for words in other.left if words not in self.left]
        self.unknown += other.unknown

    def keep_line(self, label: str, text: str) -> None:
        """Keep for the notes what no field takes, under the words that stand before it in the file."""
        self.left.append((label, text) if label else (_("Without a heading"), text))
        sentence = _("“{label}: {value}” stands in the notes.") if label else _("“{value}” stands in the notes.")
        self.told.append(sentence.format(label=label[:SHOWN], value=text[:SHOWN]))

    def rows(self, asked: Asked, text: str) -> Any:
        """The rows that one cell lists: each by the words of its first code, or by its name."""
        if is_yes(text) or answers.repeats(text, _subject(asked)):
            if any(column.key for column in asked.columns):
                return self._leave(asked, text)  # it says that there are some, not which
            return [{}]
        if len(asked.columns) > 2 and all(column.kind is Kind.CHOICE for column in asked.columns[:2]):
            return [self._pair(asked, line) for line in split(text)] or None
        parts = split(text)
        parts = parts[1:] if len(parts) > 1 and is_yes(parts[0]) else parts
        lines = [line for part in _with_addresses(asked, parts) for line in self._listed(asked, part)]
        rows = [row for line in lines if not self.unsaid(asked, line) and (row := self.row(asked, line))]
        shared = _shared(asked, rows)
        return [row for at, row in enumerate(shared) if row not in shared[:at]] or None

    def _listed(self, asked: Asked, line: str) -> list[str]:
        """The values that a line lists with commas between them: each in the list, or all of them names."""
        choice = named_by(asked)
        if choice is None:
            return [line]
        smaller = [part.strip() for part in _parted(line, _CODES) if part.strip()]
        if len(smaller) > 1 and all(self.code(choice, part) for part in smaller):
            return smaller
        listed = names(line)
        named = about(asked).key and all(column.kind in (Kind.CHOICE, Kind.LONG) for column in asked.columns[1:])
        return listed if named or any(self.code(choice, part) for part in listed) else [line]

    def row(self, asked: Asked, words: str) -> dict[str, Any]:
        """A row from a few words: a code of its list and the words beside it, else its name or its description."""
        choice, text = named_by(asked), about(asked)
        if choice is None:
            return {text.name: words}
        code, rest = self.parse(choice, words)
        if text.key:
            return self._named(asked, choice, words, code, rest)
        if code:
            return {choice.name: code, **({text.name: rest} if rest else {})}
        return self.otherwise(asked, choice, words, text.name)

    def _named(self, asked: Asked, choice: Asked, words: str, code: str, rest: str) -> dict[str, Any]:
        """A row that a name and a code name: `Nimbus (sous-traitant — impression)`, `Sous-traitant : Nimbus`."""
        text, detail = about(asked), next((column for column in asked.columns if column.kind is Kind.LONG), None)
        if code and rest != words:
            return {choice.name: code, **self._rest(asked, choice, rest)}
        if match := re.fullmatch(r"(.+?)\s*\((.+)\)", words):
            code, rest = self.parse(choice, match[2])
            if code and rest != match[2] and (detail or not rest):
                return {text.name: match[1], choice.name: code, **({detail.name: rest} if detail and rest else {})}
        return self._rest(asked, choice, words)

    def _rest(self, asked: Asked, choice: Asked, rest: str) -> dict[str, Any]:
        """Words beside a code, or without one: a value of another list of the row, else its name: `Inde (BCR)`."""
        others = [column for column in asked.columns if column.kind is Kind.CHOICE and column is not choice]
        named = next(({other.name: code} for other in others if (code := self.code(other, rest))), None)
        return named or ({about(asked).name: rest} if rest else {})

    def otherwise(self, asked: Asked, choice: Asked, words: str, text: str) -> dict[str, Any]:
        """A row whose words its list lacks: under "other" where the list has that, with the words beside it."""
        self.unknown.append((choice.choices, words))
        other = next((code for code in OTHER if code in self.lists.values[choice.choices]), "")
        sentence = _("{field}: the list does not have “{value}”; it stands as details.")
        self.told.append(sentence.format(field=_(asked.label), value=words))
        return {choice.name: other, text: words}

    def parse(self, asked: Asked, text: str) -> tuple[str, str]:
        """The code that a text means, empty when the list lacks it, and the words beside it."""
        code, rest = self.lists.parse(asked.choices, text)
        return (code, rest) if self._is_offered(asked, code) else ("", text)

    def code(self, asked: Asked, text: str) -> str:
        """The code that words mean; empty when the list lacks them."""
        code = self.lists.code(asked.choices, text) or ""
        return code if self._is_offered(asked, code) else ""

    def _is_offered(self, asked: Asked, code: str) -> bool:
        """Whether a value may be read; a retired one may where it only says that a row belongs `elsewhere`."""
        value = self.lists.values[asked.choices].get(code)
        return value is not None and not (value.retired and self.offered and not value.facts.get(ELSEWHERE))

    def _choice(self, asked: Asked, text: str) -> Any:
        code, rest = self.parse(asked, text)
        if code and rest:
            self.keep(asked, text)
        return code or self._leave(asked, text, unknown=True)

    def _pair(self, asked: Asked, line: str) -> dict[str, Any]:
        """A row of two codes with a dash between them: `Table - annule et remplace`."""
        column, other, text = *asked.columns[:2], about(asked)
        first, _dash, second = (part.strip() for part in line.partition(" - "))
        code, how = self.code(column, first), self.code(other, second) if second else ""
        if code and (how or not second):
            return {column.name: code, other.name: how}
        self.unknown.append((other.choices, second) if code else (column.choices, first))
        sentence = _("{field}: the list does not have “{value}”; it stands as details.")
        self.told.append(sentence.format(field=_(asked.label), value=second if code else first))
        return {column.name: code, other.name: how, text.name: second if code else line}

    def codes(self, asked: Asked, text: str) -> tuple[list[str], list[str]]:
        """Codes in words, and the words beside them; ` - `, `,` and `/` part codes too where each part is one."""
        codes: list[str] = []
        rests: list[str] = []
        for part in split(text):
            smaller = [piece.strip() for piece in _parted(part, _CODES) if piece.strip()]
            known = sum(bool(self.parse(asked, piece)[0]) for piece in smaller)
            most = 1 if asked.kind is Kind.CHOICES or not self.parse(asked, part)[0] else 2
            for words in smaller if known >= most and not self.code(asked, part) else [part]:
                code, rest = self.parse(asked, words)
                if code:
                    codes.append(code)
                    rests += [rest] if rest else []
                else:
                    self._leave(asked, words, unknown=True)
        return list(dict.fromkeys(codes)), rests

    def _flag(self, asked: Asked, text: str) -> bool | None:
        yes, answer = _YES.fullmatch(text), says(asked, text)
        rest = (yes[1] or yes[2]) if yes else answer.rest
        if rest:
            self.keep(asked, rest)
        if yes or is_yes(text) or plain(text) in {plain(word) for word in _spoken(YES)}:
            return True
        if answer.says is Says.NO or plain(text) in _FALSE_WORDS | {plain(word) for word in _spoken(NO)}:
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
        self.told.append(sentence.format(field=_(asked.label), value=text[:SHOWN]))
        self.left.append((_(asked.label), text))
        return blank(asked)


@dataclass(frozen=True)
class Understood:
    """What a cell was understood as, and what its reading told and kept."""

    value: Any
    reading: Reading


@dataclass(frozen=True)
class Denied:
    """What a cell that says no answers: [] for an explicit none, None where it is to be asked."""

    value: list[Any] | None


def named_by(asked: Asked) -> Asked | None:
    """The column of a code that names a row; None if there is none."""
    return next((column for column in asked.columns if column.key and column.kind is Kind.CHOICE), None)


def _shared(asked: Asked, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without those that only say of the others what they lack: the guarantee in `États-Unis, clauses types`, the
    country in `Nimbus, États-Unis`."""
    keys = {column.name for column in asked.columns if column.key}
    named = [name for row in rows for name in row if name in keys]
    if len(named) > 1 and sorted(named) == sorted(keys):
        return [{name: value for row in rows for name, value in row.items()}]
    whole = [row for row in rows if keys & set(row)]
    if not whole or not keys:
        return rows
    more = {name: value for row in rows if not keys & set(row) for name, value in row.items()}
    return [{**more, **row} for row in whole]


def beside(field: Asked, column: Asked) -> Asked | None:
    """The column that takes the words beside the codes of another: the one of details that follows it."""
    following = field.columns[field.columns.index(column) + 1 :][:1]
    return next((column for column in following if column.kind is Kind.LONG), None)


def about(asked: Asked) -> Asked:
    """The column that takes the words of a row."""
    return next(column for column in asked.columns if column.kind in (Kind.TEXT, Kind.LONG))


def say_error(where: str, error: str) -> str:
    """Why an error in a cell spoils its record."""
    return _("{column}: the cell holds the error {value} of a formula.").format(column=where, value=error)


def say_broken(row: int, column: int, error: str) -> str:
    """Why a formula without a value (`core.sources.formats.formulas`) spoils its record."""
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
