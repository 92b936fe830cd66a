"""What people do with the rules: keep a change in their draft, propose it, put it in force, take it off.

A draft is its person's alone; what holds is what a second person put in force (`core.rules.versions`).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from core.base.errors import InputInvalid
from core.base.i18n import _
from core.people.person import Person
from core.rules import versions
from core.rules.ruleset import written
from core.rules.versions import Version
from pages.pipelines import MISSION, dated
from pages.pipelines.book import Book
from pages.pipelines.rule_forms import Given, Plain, data_set_of, family_of, key_of, mail_of, night_of
from pages.pipelines.rules import RULES


def keep_rule(connection: sa.Connection, book: Book, person: Person, kind: str, at: int | None, given: Given) -> None:
    """Keep a rule as a form gives it: of a `kind` (`families`, `data_sets`, `mails`, `night`), at its place among
    those of the draft, None for a new one.

    Raises RulesInvalid with line and field, as every act here that keeps a draft, and Conflict where the person changed
    it in another window.
    """
    rules = RULES.values(book.work)
    there: list[Plain] = rules[kind]
    new = MADE_OF[kind](given, {} if at is None else there[at], there)
    changed = [*there, new] if at is None else [new if place == at else rule for place, rule in enumerate(there)]
    _keep(connection, book, person, {**rules, kind: changed})


MADE_OF: Mapping[str, Callable[[Given, Plain, Sequence[Plain]], Plain]] = {
    "families": lambda given, old, all_: family_of(given, old, [family["key"] for family in all_]),
    "data_sets": lambda given, old, _all: data_set_of(given, old),
    "mails": lambda given, old, _all: mail_of(given, old),
    "night": lambda given, old, _all: night_of(given, old),
}
"""Kind of rule → what the fields make of an old one ({}: a new one) among all of the kind."""


def take_out(connection: sa.Connection, book: Book, person: Person, kind: str, at: int) -> None:
    """Take a family (`families`), a data set (`data_sets`) or who is told (`mails`) out of the draft. What hangs on a
    family goes with it: a data set loses its pipelines, whoever is told that family, and each goes with its last."""
    rules = RULES.values(book.work)
    rules[kind] = [rule for place, rule in enumerate(rules[kind]) if place != at]
    left = {member["pipeline"] for family in rules["families"] for member in family["members"]}
    filled = [
        {**data_set, "pipelines": [name for name in data_set["pipelines"] if name in left]}
        for data_set in rules["data_sets"]
    ]
    there = {family[name] for family in rules["families"] for name in ("key", "squad") if name in family}
    rules["mails"] = [narrowed for mail in rules["mails"] if (narrowed := _of_what_is_left(mail, there))]
    _keep(connection, book, person, {**rules, "data_sets": [data_set for data_set in filled if data_set["pipelines"]]})


def _of_what_is_left(mail: Plain, there: set[str]) -> Plain | None:
    """Who is told, of what is still there of their families and squads; nobody where none of it is."""
    named = {name: mail[name] for name in ("families", "squads") if mail.get(name)}
    left = {name: kept for name, some in named.items() if (kept := [key for key in some if key in there])}
    rest = {name: value for name, value in mail.items() if name not in named}
    return None if named and not left else rest | left


def keep_text(connection: sa.Connection, book: Book, person: Person, text: str) -> None:
    """Keep a text of YAML as the draft, its comments included."""
    draft = book.draft
    versions.keep_draft(connection, RULES, MISSION.key, person, text, draft.version if draft else None)


def take_up(connection: sa.Connection, book: Book, person: Person, version: Version) -> None:
    """Begin a draft with what a version says, in place of the one there was. What is in force stays until a second
    person decides."""
    text = versions.text(connection, version.id)
    versions.drop_draft(connection, MISSION.key, person)
    versions.keep_draft(connection, RULES, MISSION.key, person, text, None)


def put_in_force(connection: sa.Connection, version: Version, person: Person, since: date | None) -> None:
    """Put a version in force from a night on; None: for every night. See `core.rules.versions.put_in_force`."""
    versions.put_in_force(connection, RULES, MISSION, version, person, since=since, join=dated.put)


def put_into_families(connection: sa.Connection, book: Book, person: Person, rows: Sequence[Sequence[Any]]) -> int:
    """Put pipelines into the families that are named beside them, new ones where no family is called so; gives how many
    were. `rows`: pipeline, family ("": it stays where it is), start and end of its window, whether it is due on
    working days alone, contact."""
    rules = RULES.values(book.work)
    families: list[Plain] = [{**family, "members": [*family["members"]]} for family in rules["families"]]
    by_name = {family["name"].casefold(): family for family in families}
    count = 0
    for pipeline, name, start, end, working, contact in rows:
        if not name:
            continue
        family = by_name.get(name.casefold())
        if family is None:
            family = {"key": key_of(name, [other["key"] for other in families]), "name": name, "members": []}
            by_name[name.casefold()] = family
            families.append(family)
        window = {"window": {"from": start, "to": end}} if start or end else {}
        due = {"calendar": {"days": "working"}} if working else {}
        family["members"].append({"pipeline": pipeline, **window, **due})
        if contact and not family.get("contact"):
            family["contact"] = contact
        count += 1
    if not count:
        raise InputInvalid(_("Name a family beside at least one pipeline."))
    _keep(connection, book, person, {**rules, "families": families})
    return count


def _keep(connection: sa.Connection, book: Book, person: Person, rules: Mapping[str, Any]) -> None:
    keep_text(connection, book, person, written(rules))
