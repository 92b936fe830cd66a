"""Every rule in words, and a change of them: what differs, and who decides."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _
from core.rules import versions
from core.rules.versions import State, Version
from core.show.about import About
from core.show.columns import Column
from core.show.figure import Act, Card, Choose, Download, Figure, Note
from core.show.filters import Day, Line
from core.store.engine import store
from pages.pipelines import MISSION
from pages.pipelines.acts import rules as acts
from pages.pipelines.figures.rules_tried import TOLD_OTHERWISE, TRIED, shown, stands
from pages.pipelines.look import NightLook
from pages.pipelines.rule_words import KINDS, differences, seen, told
from pages.pipelines.rules import RULES

MOST_CARDS = 60
"""As many rules have a card each; more stand in a table, which can be searched."""
RULES_SOURCE = N_("The rules of the data folder, and the versions of them in the store")


def _stale(look: NightLook) -> bool:
    """Whether a version that is not decided was made from rules that are no longer in force."""
    version = shown(look)
    undecided = version is not None and version.state in (State.DRAFT, State.PROPOSED)
    return undecided and _there(look).base != look.book.in_force.digest


def _mine(look: NightLook) -> bool:
    version = shown(look)
    return version is not None and version.author_id == look.person.id


def _head(look: NightLook) -> str:
    if not look.book.current.families:
        return _("No pipeline is in a family yet: nothing is judged.")
    last = next((version for version in look.book.versions if version.state is State.IN_FORCE), None)
    if last is None:
        return _("In force: the rules as they came, or as the file of the data folder says them.")
    words = _("In force: {version}, put in force by {who}.")
    return words.format(version=look.book.words(last), who=look.book.called(last.decided_by))


def _about_version(look: NightLook) -> list[str]:
    version = shown(look)
    if version is None:
        return []
    sentences = (
        [_("{who} says why: {why}").format(who=look.book.called(version.author), why=version.why)]
        if version.why
        else []
    )
    if version.state is State.DRAFT and not look.book.first_alone:
        sentences.append(_("Nothing of this draft holds before a second person has put it in force."))
    if version.state is State.PROPOSED and _mine(look):
        sentences.append(_("A second person puts it in force: you wrote it."))
    return sentences


def _words(look: NightLook) -> pd.DataFrame:
    """One row a sentence of a rule."""
    rules = seen(look.book.rules(shown(look)), look.person.scope.squads, mails=look.book.may_act)
    return pd.DataFrame(
        [
            {
                "key": f"{rule_words.kind} {rule_words.key}",
                "kind": _(KINDS[rule_words.kind]),
                "name": rule_words.name,
                "about": _(about),
                "rule": rule,
            }
            for rule_words in told(rules)
            for about, rule in rule_words.lines
        ],
        columns=["key", "kind", "name", "about", "rule"],
    )


def _many(look: NightLook) -> bool:
    rules = look.book.rules(shown(look))
    return len(rules.families) + len(rules.data_sets) > MOST_CARDS


def _cards(_look: NightLook, frame: pd.DataFrame) -> Sequence[Card]:
    return [
        Card(
            title=" · ".join(filter(None, [lines["kind"].iloc[0], lines["name"].iloc[0]])),
            lines=tuple(f"{about}\u202f: {rule}" for about, rule in zip(lines["about"], lines["rule"], strict=True)),
        )
        for _key, lines in frame.groupby("key", sort=False)
    ]


def _differences(look: NightLook) -> pd.DataFrame:
    after = look.book.rules(shown(look))
    return pd.DataFrame(
        [
            {
                "kind": _(KINDS[rule_words.kind]),
                "name": rule_words.name,
                "about": _(about),
                "before": before,
                "after": now,
            }
            for rule_words, about, before, now in differences(look.book.current, after)
        ],
        columns=["kind", "name", "about", "before", "after"],
    )


def _propose(connection: sa.Connection, look: NightLook, values: Mapping[str, Any]) -> str:
    versions.propose(connection, RULES, MISSION.key, _there(look), look.person, values["why"])
    return _("Proposed: a second person puts it in force.")


def _approve(connection: sa.Connection, look: NightLook, values: Mapping[str, Any]) -> str:
    acts.put_in_force(connection, _there(look), look.person, values.get("since"))
    return _("In force: the board goes by it from now on.")


def _drop(connection: sa.Connection, look: NightLook, _values: Mapping[str, Any]) -> str:
    versions.drop(connection, MISSION.key, _there(look), look.person)
    return _("Taken off: the rules in force stay.")


def _discard(connection: sa.Connection, look: NightLook, _values: Mapping[str, Any]) -> str:
    versions.drop_draft(connection, MISSION.key, look.person)
    return _("The draft is thrown away.")


def _restore(connection: sa.Connection, look: NightLook, _values: Mapping[str, Any]) -> str:
    acts.take_up(connection, look.book, look.person, _there(look))
    return _("It is your draft now: look what differs, then propose it.")


def _there(look: NightLook) -> Version:
    version = shown(look)
    assert version is not None
    return version


def _since(look: NightLook) -> Mapping[str, Day]:
    """From which night on; where nothing was judged before, there is no past to keep."""
    if not look.book.in_force.families:
        return {}
    return {"since": Day(_("From the night of"), look.book.day)}


def _yaml(look: NightLook) -> bytes:
    version = shown(look)
    if version is None:
        return RULES.text(look.book.current).encode()
    with store().read() as connection:
        return versions.text(connection, version.id).encode()


ABOUT_WORDS = About(
    N_(
        "Every rule of the version shown, in words. Hours are those of the night: from its turn on, they mean the "
        "evening before."
    ),
    RULES_SOURCE,
)
WORDS_COLUMNS = (
    Column("kind", N_("Kind"), width=110),
    Column("name", N_("Name"), width=150),
    Column("about", N_("About"), width=180),
    Column("rule", N_("Rule"), width=520),
)
HEAD: Note[NightLook] = Note(_head, tone="text")
BY_HAND: Note[NightLook] = Note(
    lambda _look: _(
        "The file of the data folder was changed by hand since: it holds as it is, and no version says who wished it."
    ),
    tone="warning",
    when=lambda look: look.book.changed_by_hand,
)
ALONE: Note[NightLook] = Note(
    lambda _look: _(
        "There are no rules yet and nobody else who may decide: you may put this first version in force yourself. From "
        "the next one on, a second person does."
    ),
    tone="info",
    when=lambda look: stands(look, State.DRAFT) and look.book.first_alone,
)
STALE: Note[NightLook] = Note(
    lambda _look: _(
        "The rules in force changed since this was written: what differs would take that back. Take it up again as a "
        "draft and correct it."
    ),
    tone="warning",
    when=_stale,
)
VERSION: Choose[NightLook] = Choose(("version",), when=lambda look: bool(look.book.versions))
ABOUT_VERSION: Note[NightLook] = Note(_about_version, tone="text")
PUT_FIRST: Act[NightLook] = Act(
    name="rules-first",
    label=N_("Put in force"),
    icon=":material/task_alt:",
    run=_approve,
    when=lambda look: stands(look, State.DRAFT) and look.book.first_alone,
)
PROPOSE: Act[NightLook] = Act(
    name="rules-propose",
    label=N_("Propose to a second person"),
    icon=":material/send:",
    fields=lambda _look: {"why": Line(_("Why"), longest=versions.LONGEST_WHY)},
    subject=lambda look: str(_there(look).id),
    run=_propose,
    when=lambda look: stands(look, State.DRAFT) and not look.book.first_alone,
)
APPROVE: Act[NightLook] = Act(
    name="rules-approve",
    label=N_("Put in force"),
    icon=":material/task_alt:",
    help=N_("Nights before that one keep the rules of then."),
    fields=_since,
    subject=lambda look: str(_there(look).id),
    run=_approve,
    when=lambda look: stands(look, State.PROPOSED) and not _mine(look),
)
REFUSE: Act[NightLook] = Act(
    name="rules-refuse",
    label=N_("Refuse"),
    icon=":material/block:",
    run=_drop,
    when=lambda look: stands(look, State.PROPOSED) and not _mine(look),
)
WITHDRAW: Act[NightLook] = Act(
    name="rules-withdraw",
    label=N_("Withdraw my proposal"),
    icon=":material/undo:",
    run=_drop,
    when=lambda look: stands(look, State.PROPOSED) and _mine(look),
)
DISCARD: Act[NightLook] = Act(
    name="rules-discard",
    label=N_("Throw my draft away"),
    icon=":material/delete:",
    run=_discard,
    when=lambda look: stands(look, State.DRAFT),
)
RESTORE: Act[NightLook] = Act(
    name="rules-restore",
    label=N_("Take it up as my draft"),
    icon=":material/history:",
    help=N_("My draft, where there is one, is replaced."),
    run=_restore,
    when=lambda look: shown(look) is not None and (_stale(look) or not stands(look, State.DRAFT)),
)
WORDS: Figure[NightLook] = Figure(
    name="rules",
    title=N_("The rules in words"),
    about=ABOUT_WORDS,
    shape=_words,
    columns=WORDS_COLUMNS,
    cards=_cards,
    when=lambda look: not _many(look),
    mailed=False,
)
LISTED: Figure[NightLook] = Figure(
    name="rules-listed",
    title=N_("The rules in words"),
    about=ABOUT_WORDS,
    shape=_words,
    columns=WORDS_COLUMNS,
    when=_many,
    mailed=False,
)
DIFFERENCES: Figure[NightLook] = Figure(
    name="rules-differences",
    title=N_("What differs from the rules in force"),
    about=About(N_("Each sentence of a rule that the version shown says otherwise."), RULES_SOURCE),
    shape=_differences,
    columns=(
        Column("kind", N_("Kind"), width=110),
        Column("name", N_("Name"), width=130),
        Column("about", N_("About"), width=160),
        Column("before", N_("In force"), width=260),
        Column("after", N_("In this version"), width=270),
    ),
    when=lambda look: shown(look) is not None and not stands(look, State.IN_FORCE),
    empty=N_("It says what the rules in force say."),
    mailed=False,
)
YAML: Download[NightLook] = Download(
    name="rules-yaml",
    label=N_("YAML of this version"),
    make=_yaml,
    file_name=lambda _look: "pipelines_rules.yml",
    mime="application/yaml",
    when=lambda look: look.book.may_act,
    needs_right=lambda _look: True,
)
PARTS = (
    HEAD, BY_HAND, VERSION, ABOUT_VERSION, STALE, ALONE, DIFFERENCES, TRIED, TOLD_OTHERWISE, PUT_FIRST, APPROVE,
    PROPOSE, REFUSE, WITHDRAW, RESTORE, DISCARD, WORDS, LISTED, YAML,
)  # fmt: skip
