"""The forms that change a rule: a family, a data set, who is told, or all of it as YAML; kept in the person's draft."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import sqlalchemy as sa

from core.base.i18n import N_, _
from core.show.figure import Act, Choose, Note
from core.show.filters import Filter, Words
from pages.pipelines.acts import rules as acts
from pages.pipelines.book import NEW_DATA_SET, NEW_FAMILY, NEW_MAIL, TEXT_CODE
from pages.pipelines.look import NightLook
from pages.pipelines.rule_forms import Fields, data_set_fields, family_fields, mail_fields, night_fields
from pages.pipelines.rules import DataSet, Dated, Family, Mail

Kind = str
D = TypeVar("D", bound=Dated)
LONGEST = 500_000


def _picked(look: NightLook) -> tuple[Kind, int] | None:
    """Which rule is changed: `families`, `data_sets`, `mails` or `night`, and its place; None for a new one, or for the
    text."""
    return look.book.changeable.get(_code(look))


def _code(look: NightLook) -> str:
    """What is changed: what was chosen, else the first there is."""
    return look.chosen.values.get("rule") or next(iter(look.book.changes))


def _rule(look: NightLook, new: D) -> D:
    """The rule that is changed, a new one where none is picked."""
    picked = _picked(look)
    return getattr(look.book.work, picked[0])[picked[1]] if picked else new


def _subject(look: NightLook) -> str:
    """Another rule begins anew, and so does a new one once the one before was kept."""
    work = look.book.work
    return f"{_code(look)} {'' if _picked(look) else (len(work.families), len(work.data_sets), len(work.mails))}"


def _kept() -> str:
    return _("Kept in your draft: the tab “Rules” tries it on the last nights, and there you propose it.")


def _form(kind: Kind, name: str, label: str, new: str, fields: Callable[[NightLook], Fields]) -> Act[NightLook]:
    """The act that keeps a rule of a kind; `new` is the code of a new one."""

    def keep(connection: sa.Connection, look: NightLook, values: Mapping[str, Any]) -> str:
        picked = _picked(look)
        acts.keep_rule(connection, look.book, look.person, kind, picked[1] if picked else None, values)
        return _kept()

    return Act(
        name=name,
        label=label,
        icon=":material/save:",
        fields=fields,
        subject=_subject,
        run=keep,
        when=lambda look: picked[0] == kind if (picked := _picked(look)) else _code(look) == new,
    )


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
FAMILY = _form(
    "families",
    "rule-family",
    N_("Keep this family in my draft"),
    NEW_FAMILY,
    lambda look: family_fields(_rule(look, Family.model_construct(key="", name="", members=()))),
)
DATA_SET = _form(
    "data_sets",
    "rule-data-set",
    N_("Keep this data set in my draft"),
    NEW_DATA_SET,
    lambda look: data_set_fields(_rule(look, DataSet.model_construct(name="", pipelines=())), look.book.work.pipelines),
)
MAIL = _form(
    "mails",
    "rule-mail",
    N_("Keep this in my draft"),
    NEW_MAIL,
    lambda look: mail_fields(_rule(look, Mail.model_construct(to="")), look.book.work),
)
NIGHT = _form(
    "night",
    "rule-night",
    N_("Keep this in my draft"),
    "",
    lambda look: night_fields(_rule(look, look.book.work.night[0])),
)
TAKE_OUT: Act[NightLook] = Act(
    name="rule-out",
    label=N_("Take it out of my draft"),
    icon=":material/delete:",
    run=_take_out,
    when=lambda look: (picked := _picked(look)) is not None and picked[0] != "night",
)
TEXT: Act[NightLook] = Act(
    name="rule-text",
    label=N_("Keep this text in my draft"),
    icon=":material/save:",
    fields=_text,
    run=_keep_text,
    when=lambda look: _code(look) == TEXT_CODE,
)
PARTS = (HEAD, RULE, FAMILY, DATA_SET, MAIL, NIGHT, TAKE_OUT, TEXT)
