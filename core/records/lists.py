"""Lists of values that come with Vigie and that people extend: what is shipped, and what the store says of it.

A value's code is kept in records for good. Its words may change; a retired value is no longer offered, and stays where
it is used. Nothing is ever taken out.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core.base.errors import InputInvalid
from core.base.i18n import LANGUAGES, _, language
from core.records.records import fold
from core.sources.formats import documents
from core.store import changes
from core.store.schema import list_values

ENTITY = "list"
MOST_WORDS = 30
"""Words of a text among which the name of a value may stand."""


@dataclass(frozen=True)
class Value:
    """One value. `labels` and `notes` by language; `also` other words for it; `facts` what only its list knows.

    `version` is 0 until somebody changes the value in the store.
    """

    code: str
    labels: Mapping[str, str]
    notes: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    retired: bool = False
    version: int = 0

    @property
    def label(self) -> str:
        """The value in the person's language."""
        return self.labels.get(language()) or self.labels["fr"]

    @property
    def note(self) -> str:
        """What is to be known of the value, in the person's language; may be empty."""
        return self.notes.get(language()) or self.notes.get("fr", "")


@dataclass(frozen=True)
class Lists:
    """Every list by name, each its values by code, in the order to be shown."""

    values: Mapping[str, Mapping[str, Value]]

    def options(self, name: str, keep: Collection[str] = ()) -> list[str]:
        """The codes that a person may choose: those not retired, and those in use here (`keep`)."""
        return [code for code, value in self.values[name].items() if not value.retired or code in keep]

    def label(self, name: str, code: str) -> str:
        """A code in the person's language; the code itself where the list does not know it."""
        value = self.values[name].get(code)
        return value.label if value else code

    def code(self, name: str, words: str) -> str | None:
        """The code that somebody means: its label in any language, another word for it, or itself, in the singular or
        the plural; or the article that its note names (`Art. 6.1.b`). None if unknown."""
        exact, loose = (held.get(name, {}) for held in (self._words, self._loose))
        code = exact.get(_plain(words)) or loose.get(loosely(words))
        return code or self._articles.get(name, {}).get(_article(words))

    def parse(self, name: str, text: str) -> tuple[str, str]:
        """The code that a text means and the words beside it: `Santé (arrêts de travail)`, `6(1)(c) - obligation
        légale`, `Intérêts légitimes de la mutuelle`. Either is empty where the text has none."""
        text = text.strip()
        if code := self.code(name, text):
            return code, ""
        for head, tail in _halves(text):
            first, second = self.code(name, head), self.code(name, tail)
            if first or second:
                return first or second or "", "" if first == second else tail if first else head
        return self._begun(name, text), text

    def _begun(self, name: str, text: str) -> str:
        """The code whose words a text begins with; empty if none."""
        words = loosely(text).split()[:MOST_WORDS]
        loose = self._loose.get(name, {})
        codes = (loose.get(" ".join(words[:n])) for n in range(len(words) - 1, 0, -1) if len(" ".join(words[:n])) > 3)
        return next(filter(None, codes), "")

    @cached_property
    def _words(self) -> dict[str, dict[str, str]]:
        codes_by_list: dict[str, dict[str, str]] = {}
        for name, values in self.values.items():
            words = codes_by_list.setdefault(name, {})
            for code, value in values.items():
                for word in (*value.labels.values(), code, *value.also):
                    words.setdefault(_plain(word), code)
        return codes_by_list

    @cached_property
    def _loose(self) -> dict[str, dict[str, str]]:
        codes_by_list: dict[str, dict[str, str]] = {}
        for name, words in self._words.items():
            loose = codes_by_list.setdefault(name, {})
            for word, code in words.items():
                loose.setdefault(loosely(word), code)
            loose.pop("", None)
        return codes_by_list

    @cached_property
    def _articles(self) -> dict[str, dict[tuple[str, ...], str]]:
        codes_by_list: dict[str, dict[tuple[str, ...], str]] = {}
        for name, values in self.values.items():
            articles = codes_by_list.setdefault(name, {})
            for code, value in values.items():
                article = _article(value.notes.get("fr", ""))
                if article:
                    articles.setdefault(article, code)
                    articles.setdefault((article[0], article[-1]), code)
        return codes_by_list


def shipped(file: Path) -> Lists:
    """The lists of a YAML file: `{list: {code: {fr, en, also: [...], note: {fr, en}, retired, and its facts}}}`."""
    declared: dict[str, dict[str, Any]] = documents.yaml_file(file)
    return Lists(
        {
            name: {str(code): value(str(code), entry) for code, entry in values.items()}
            for name, values in declared.items()
        }
    )


def value(code: str, entry: Mapping[str, Any]) -> Value:
    """One value as a file says it; what no other name takes are its facts."""
    facts = {name: fact for name, fact in entry.items() if name not in (*LANGUAGES, "note", "also", "retired")}
    return Value(
        code,
        {tongue: str(entry[tongue]) for tongue in LANGUAGES},
        notes={tongue: str(note) for tongue, note in entry.get("note", {}).items()},
        also=tuple(map(str, entry.get("also", ()))),
        facts=facts,
        retired=entry.get("retired", False),
    )


def load(connection: sa.Connection, shipped: Lists) -> Lists:
    """The shipped lists with what people changed in them; names of lists are of the whole store."""
    merged = {name: dict(values) for name, values in shipped.values.items()}
    mine = list_values.c.list.in_(list(merged))
    for row in connection.execute(sa.select(list_values).where(mine).order_by(list_values.c.code)).mappings():
        known = merged[row["list"]].get(row["code"], Value(row["code"], {}))
        notes = dict.fromkeys(("fr", "en"), row["note"]) if row["note"] else known.notes
        merged[row["list"]][row["code"]] = replace(
            known, labels=row["labels"], notes=notes, retired=row["retired"], version=row["version"]
        )
    return Lists(merged)


def add(
    connection: sa.Connection, lists: Lists, name: str, labels: Mapping[str, str], *, who: str, note: str = ""
) -> str:
    """Add a value to a list; its French words become its code. Returns the code.

    Raises InputInvalid when the words are empty, too long, or mean a value that the list has already.
    """
    words = {tongue: " ".join(text.split()) for tongue, text in labels.items() if text.strip()}
    if "fr" not in words or any(len(text) > 100 for text in words.values()):
        raise InputInvalid(_("A value needs French words, at most 100 characters."))
    for text in words.values():
        if name not in lists.values or lists.code(name, text):
            raise InputInvalid(_("The list has the value “{value}” already.").format(value=text))
    code = words["fr"]
    row = {"list": name, "code": code, "labels": words, "note": note, "retired": False, "version": 1}
    connection.execute(sa.insert(list_values).values(row))
    after: dict[str, Any] = {"labels": words, "note": note, "retired": False}
    after["seal"] = _seal(row)
    changes.record(connection, who=who, entity=ENTITY, key=f"{name}/{code}", action="add", after=after)
    return code


def change(
    connection: sa.Connection,
    lists: Lists,
    name: str,
    code: str,
    *,
    version: int,
    who: str,
    labels: Mapping[str, str] | None = None,
    retired: bool | None = None,
) -> None:
    """Change a value's words, retire it or offer it again. Raises InputInvalid, or Conflict on a stale version."""
    value = lists.values.get(name, {}).get(code)
    if value is None:
        raise InputInvalid(_("The list has no value “{value}”.").format(value=code))
    words = dict(value.labels)
    before = {"labels": words, "retired": value.retired}
    after: dict[str, Any] = {
        "labels": {**words, **(labels or {})},
        "retired": value.retired if retired is None else retired,
    }
    held = sa.select(list_values).where(list_values.c.list == name, list_values.c.code == code)
    if value.version == 0 and version == 0:
        row = {"list": name, "code": code, **after, "note": "", "version": 1}
        connection.execute(sa.insert(list_values).values(row))
    else:
        key = {"list": name, "code": code}
        sentence = _("Somebody changed this value meanwhile: look at it again.")
        changes.update(connection, list_values, key, version, after, sentence=sentence)
    after["seal"] = _seal(connection.execute(held).mappings().one())
    action = "change" if retired is None else "retire" if retired else "restore"
    changes.record(connection, who=who, entity=ENTITY, key=f"{name}/{code}", action=action, before=before, after=after)


def _seal(row: Mapping[Any, Any]) -> dict[str, Any]:
    """The whole row of a value, as `core.store.journal` compares it."""
    return {name: row[name] for name in ("labels", "note", "retired", "version")}


_INCLUSIVE = re.compile(r"(?:\((?:e|s|es|ne)\)s?|(?<=[a-z])[·.-](?:e|es|ne|trice|euse)(?:[·.-]s)?)(?![a-z0-9])")
_SMALL = frozenset(("le", "la", "les", "l", "de", "des", "du", "d", "un", "une", "the", "a", "an", "of"))
_NUMBERING = frozenset(
    (
        "article",
        "articles",
        "art",
        "paragraphe",
        "paragraph",
        "par",
        "point",
        "lettre",
        "al",
        "rgpd",
        "gdpr",
        "du",
        "de",
    )
)


def loosely(words: str) -> str:
    """Words without number and gender, articles and punctuation: `Salarié(e)s` as `Salariés`."""
    parts = re.findall(r"[a-z0-9]+", _INCLUSIVE.sub("", fold(words)))
    return " ".join(word.rstrip("esx") if len(word) > 3 else word for word in parts if word not in _SMALL)


def _article(words: str) -> tuple[str, ...]:
    """The article of a law that words name, as (`6`, `1`, `b`); empty where they name none."""
    if len(words) > 60 or not any(letter.isdigit() for letter in words):
        return ()
    parts = [part for part in re.findall(r"[a-z]+|\d+", fold(words)) if part not in _NUMBERING]
    fits = 2 <= len(parts) <= 3 and all(len(part) == 1 or (part.isdigit() and len(part) == 2) for part in parts)
    return tuple(parts) if fits and parts[0].isdigit() else ()


_BETWEEN = re.compile(r"\s[-–—]\s|[–—]|:\s|,\s")


def _halves(text: str) -> Iterator[tuple[str, str]]:
    """A text parted at its bracket, then at its first dash, colon or comma."""
    head, bracket, rest = text.rstrip().partition("(")
    if head.strip() and bracket and rest.endswith(")") and rest != ")":
        yield head.rstrip(), rest[:-1].strip()
    if sign := _BETWEEN.search(text):
        yield text[: sign.start()].rstrip(), text[sign.end() :].strip()


def _plain(words: str) -> str:
    """Words as they are compared: without accents, case, kind of apostrophe or spaces around."""
    return " ".join(fold(words).replace("’", "'").split())
