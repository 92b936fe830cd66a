"""Rules that change on a day: the past keeps the rules of then. Pure."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TypeVar

from pages.pipelines.rules import Dated, Rules, from_ever

D = TypeVar("D", bound=Dated)
_DAY = timedelta(days=1)


def put(old: Rules, new: Rules, since: date | None) -> Rules:
    """The rules of which the old ones hold in the nights before a date, the new ones from it on; None: the new ones."""
    if since is None:
        return new
    return new.model_copy(
        update={
            "night": from_ever(_put(old.night, new.night, since, lambda _night: "")),
            "families": _put(old.families, new.families, since, lambda family: family.key),
            "data_sets": _put(old.data_sets, new.data_sets, since, lambda data_set: data_set.name),
            "mails": _put(old.mails, new.mails, since, lambda mail: mail.to),
        }
    )


def _put(old: Sequence[D], new: Sequence[D], since: date, named: Callable[[D], str]) -> tuple[D, ...]:
    """What is the same on both sides of the date stays one, and is not cut there."""
    before = [_until(entry, since - _DAY) for entry in old if entry.since is None or entry.since < since]
    entries: list[D] = []
    for entry in new:
        if entry.until is not None and entry.until < since:
            continue
        after = entry if entry.since and entry.since > since else entry.model_copy(update={"since": since})
        same = next((past for past in before if named(past) == named(after) and _goes_on(past, after)), None)
        if same is not None:
            before.remove(same)
            after = after.model_copy(update={"since": same.since})
        entries.append(after)
    return (*entries, *before)


def _until(entry: D, last: date) -> D:
    return entry if entry.until and entry.until <= last else entry.model_copy(update={"until": last})


def _goes_on(past: Dated, after: Dated) -> bool:
    return past.until is not None and after.since == past.until + _DAY and undated(past) == undated(after)


def undated(entry: D) -> D:
    """A rule without the dates between which it holds."""
    return entry.model_copy(update={"since": None, "until": None})


def current(rules: Rules, day: date) -> Rules:
    """The rules without what was over before a date: what people change."""
    return _with(rules, lambda entry: entry.until is None or entry.until >= day)


def standing(rules: Rules, day: date) -> Rules:
    """The rules that hold on a date, as if they had held always and for ever: what is tried on other nights."""
    on = _with(rules, lambda entry: entry.holds(day))
    return on.model_copy(
        update={
            "night": (undated(rules.night_rule(day)),),
            "families": tuple(undated(family) for family in on.families),
            "data_sets": tuple(undated(data_set) for data_set in on.data_sets),
            "mails": tuple(undated(mail) for mail in on.mails),
        }
    )


def _with(rules: Rules, keep: Callable[[Dated], bool]) -> Rules:
    return rules.model_copy(
        update={
            "night": from_ever(tuple(night for night in rules.night if keep(night))),
            "families": tuple(family for family in rules.families if keep(family)),
            "data_sets": tuple(data_set for data_set in rules.data_sets if keep(data_set)),
            "mails": tuple(mail for mail in rules.mails if keep(mail)),
        }
    )
