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
    before = [_until(one, since - _DAY) for one in old if one.since is None or one.since < since]
    found: list[D] = []
    for one in new:
        if one.until is not None and one.until < since:
            continue
        after = one if one.since and one.since > since else one.model_copy(update={"since": since})
        same = next((past for past in before if named(past) == named(after) and _goes_on(past, after)), None)
        if same is not None:
            before.remove(same)
            after = after.model_copy(update={"since": same.since})
        found.append(after)
    return (*found, *before)


def _until(one: D, last: date) -> D:
    return one if one.until and one.until <= last else one.model_copy(update={"until": last})


def _goes_on(past: Dated, after: Dated) -> bool:
    return past.until is not None and after.since == past.until + _DAY and undated(past) == undated(after)


def undated(one: D) -> D:
    """A rule without the dates between which it holds."""
    return one.model_copy(update={"since": None, "until": None})


def current(rules: Rules, day: date) -> Rules:
    """The rules without what was over before a date: what people change."""
    return _with(rules, lambda one: one.until is None or one.until >= day)


def standing(rules: Rules, day: date) -> Rules:
    """The rules that hold on a date, as if they had held always and for ever: what is tried on other nights."""
    on = _with(rules, lambda one: one.holds(day))
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
