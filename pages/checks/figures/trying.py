"""The definition of a check; a draft of it tried on past days; the check run again."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from core.base.errors import InputInvalid, NotAllowed
from core.base.i18n import N_, _
from core.mission.discovery import warehouse
from core.rules.ruleset import written
from core.show.figure import Act, Note
from core.show.filters import Words
from pages.checks import running, trial
from pages.checks.acts.keep import keep
from pages.checks.definitions import KINDS, Slot
from pages.checks.look import CheckLook


def _says(look: CheckLook) -> list[str]:
    check = look.check
    if check is None:
        return []
    when = _("A day is checked {after} days after it, at {hour}.").format(
        after=", ".join(map(str, check.schedule.after)), hour=f"{check.schedule.hour:%H:%M}"
    )
    sentences = [f"{_(KINDS[check.kind])}\u202f; {_('tables')}\u202f: {', '.join(check.tables)}", when]
    sentences.append(_("Version {n}. {why}").format(n=check.version, why=check.why).strip())
    return sentences


def _text(look: CheckLook) -> str:
    assert look.check is not None
    return written(look.check.model_dump(mode="json", exclude_defaults=True))


def _everything(look: CheckLook) -> None:
    """Whoever tries or runs a check sees all its rows."""
    if not look.person.scope.everything:
        raise NotAllowed(_("Your role does not allow this."))


def _tried(look: CheckLook, values: Mapping[str, Any]) -> Mapping[str, Any]:
    _everything(look)
    return {"trial": trial.tried(trial.draft(str(values["draft"])), look.reader, look.now)}


def _run_again(look: CheckLook, values: Mapping[str, Any]) -> Mapping[str, Any]:
    _everything(look)
    if not str(values["reason"]).strip():
        raise InputInvalid(_("Say why it is run again."))
    shown = look.seen
    assert look.check is not None
    assert shown is not None
    slot = Slot(day=shown.day, after=shown.after, at=look.now)
    take = max(run.take for run in look.of_day if run.after == shown.after) + 1
    reader = warehouse().reader(running.scope())
    return {"made": running.run(look.check, reader, slot, look.now, source=look.person.name, take=take)}


def _again(_connection: sa.Connection, look: CheckLook, values: Mapping[str, Any]) -> str:
    keep([values["made"]], look.now, look.person.name)
    return _("The day is checked again: both runs are kept, the later one counts.")


SAYS: Note[CheckLook] = Note(_says, tone="text")
TRY: Act[CheckLook] = Act(
    name="try",
    label=N_("Try it on the last two weeks"),
    help=N_(
        "Change the text and see which rows would change their outcome. Nothing is written: what holds is the file."
    ),
    icon=":material/science:",
    fields=lambda look: {"draft": Words(_("The check as you would have it"), _text(look), longest=20_000)},
    subject=lambda look: look.check.check if look.check else "",
    prepare=_tried,
    run=lambda _connection, _look, values: " · ".join(values["trial"].lines()),
    when=lambda look: look.check is not None and look.may_act,
)
AGAIN: Act[CheckLook] = Act(
    name="again",
    label=N_("Check this day again now"),
    icon=":material/replay:",
    fields=lambda _look: {"reason": Words(_("Why"))},
    subject=lambda look: look.check.check if look.check else "",
    prepare=_run_again,
    run=_again,
    when=lambda look: look.seen is not None and look.may_act,
)
