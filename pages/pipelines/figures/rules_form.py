"""The forms that change a rule: a family, a data set, or all of it as YAML; kept in the person's draft."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from core.base.i18n import N_, _
from core.show.figure import Act, Choose, Note
from core.show.filters import Filter, Words
from pages.pipelines.acts import rules as acts
from pages.pipelines.book import NEW_DATA_SET, NEW_FAMILY, TEXT_CODE
from pages.pipelines.look import NightLook
from pages.pipelines.rule_forms import data_set_fields, family_fields
from pages.pipelines.rules import DataSet, Family

Kind = str
LONGEST = 500_000


def _picked(look: NightLook) -> tuple[Kind, int] | None:
    """Which rule is changed: `families` or `data_sets`, and its place; None for a new one, or for the text."""
    return look.book.changeable.get(_code(look))


def _code(look: NightLook) -> str:
    """What is changed: what was chosen, else the first there is."""
    return look.chosen.values.get("rule") or next(iter(look.book.changes))


def _is(look: NightLook, kind: Kind, new: str) -> bool:
    picked = _picked(look)
    return picked[0] == kind if picked else _code(look) == new


def _family(look: NightLook) -> Family:
    picked = _picked(look)
    if picked:
        return look.book.work.families[picked[1]]
    return Family.model_construct(key="", name="", members=())


def _data_set(look: NightLook) -> DataSet:
    picked = _picked(look)
    if picked:
        return look.book.work.data_sets[picked[1]]
    return DataSet.model_construct(name="", pipelines=())


def _place(look: NightLook) -> int | None:
    picked = _picked(look)
    return picked[1] if picked else None


def _subject(look: NightLook) -> str:
    """Another rule begins anew, and so does a new one once the one before was kept."""
    work = look.book.work
    return f"{_code(look)} {'' if _picked(look) else (len(work.families), len(work.data_sets))}"


def _kept() -> str:
    return _("Kept in your draft: the tab “Rules” tries it on the last nights, and there you propose it.")


def _keep_family(connection: sa.Connection, look: NightLook, values: Mapping[str, Any]) -> str:
    acts.keep_family(connection, look.book, look.person, _place(look), values)
    return _kept()


def _keep_data_set(connection: sa.Connection, look: NightLook, values: Mapping[str, Any]) -> str:
    acts.keep_data_set(connection, look.book, look.person, _place(look), values)
    return _kept()


def _take_out(connection: sa.Connection, look: NightLook, _values: Mapping[str, Any]) -> str:
    picked = _picked(look)
    assert picked is not None
    acts.take_out(connection, look.book, look.person, *picked)
    return _("Taken out of your draft.")


def _keep_text(connection: sa.Connection, look: NightLook, values: Mapping[str, Any]) -> str:
    acts.keep_text(connection, look.book, look.person, values["text"])
    return _kept()


def _text(look: NightLook) -> Mapping[str, Filter[Any]]:
    return {"text": Words(_("The rules as YAML"), look.book.text, longest=LONGEST, tall=True)}


HEAD: Note[NightLook] = Note(
    lambda look: (
        _("Your draft holds changes already; nobody else sees it, and nothing holds until a second person decides.")
        if look.book.draft
        else _(
            "What you keep here is your draft: nobody else sees it, and nothing holds until a second person decides."
        )
    )
)
RULE: Choose[NightLook] = Choose(("rule",))
FAMILY: Act[NightLook] = Act(
    name="rule-family",
    label=N_("Keep this family in my draft"),
    icon=":material/save:",
    fields=lambda look: family_fields(_family(look)),
    subject=_subject,
    run=_keep_family,
    when=lambda look: _is(look, "families", NEW_FAMILY),
)
DATA_SET: Act[NightLook] = Act(
    name="rule-data-set",
    label=N_("Keep this data set in my draft"),
    icon=":material/save:",
    fields=lambda look: data_set_fields(_data_set(look), look.book.work.pipelines),
    subject=_subject,
    run=_keep_data_set,
    when=lambda look: _is(look, "data_sets", NEW_DATA_SET),
)
TAKE_OUT: Act[NightLook] = Act(
    name="rule-out",
    label=N_("Take it out of my draft"),
    icon=":material/delete:",
    run=_take_out,
    when=lambda look: _picked(look) is not None,
)
TEXT: Act[NightLook] = Act(
    name="rule-text",
    label=N_("Keep this text in my draft"),
    icon=":material/save:",
    fields=_text,
    run=_keep_text,
    when=lambda look: _code(look) == TEXT_CODE,
)
PARTS = (HEAD, RULE, FAMILY, DATA_SET, TAKE_OUT, TEXT)
