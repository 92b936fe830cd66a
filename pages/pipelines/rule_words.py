"""Every rule in words, made from the rules themselves: what a screen reads out, and what two versions are compared by.

Wall-clock times are those of the night: from its turn on, they mean the evening before.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from core.base.i18n import N_, _, ngettext, show_date, show_number
from pages.pipelines.rule_forms import INCIDENTS
from pages.pipelines.rules import Calendar, DataSet, Dated, Family, Mail, Maintenance, Member, NightRule, Rules, Window
from pages.pipelines.words import marked

Kind = Literal["night", "family", "data_set", "mail"]
KINDS: dict[Kind, str] = {
    "night": N_("Night"),
    "family": N_("Family"),
    "data_set": N_("Data set"),
    "mail": N_("Who is told"),
}
Line = tuple[str, str]
"""What a sentence is about, as a source string or the name of a pipeline, and the sentence, translated."""


@dataclass(frozen=True)
class Told:
    """A rule in words. `key` tells it from the others of its kind, `name` is what people call it."""

    kind: Kind
    key: str
    name: str
    lines: tuple[Line, ...]


def told(rules: Rules) -> list[Told]:
    """Every rule, in the order of the file."""
    entries = [Told("night", str(rule.since or ""), "", tuple(_night(rule))) for rule in rules.night]
    entries += [
        Told("family", f"{family.key} {family.since or ''}", family.name, tuple(_family(family, rules.night)))
        for family in rules.families
    ]
    entries += [
        Told("data_set", f"{data_set.name} {data_set.since or ''}", data_set.name, tuple(_data_set(data_set)))
        for data_set in rules.data_sets
    ]
    names = {family.key: family.name for family in rules.families}
    there: Counter[str] = Counter()  # one recipient may stand in several rules
    for mail in rules.mails:
        there[mail.to] += 1
        entries.append(
            Told("mail", f"{mail.to} {mail.since or ''} {there[mail.to]}", mail.to, tuple(_mail(mail, names)))
        )
    return entries


def differences(before: Rules, after: Rules) -> Iterator[tuple[Told, str, str, str]]:
    """Which sentences differ: the rule, what the sentence is about, and what it says on either side ("": nothing)."""
    was, now = ({(entry.kind, entry.key): entry for entry in told(rules)} for rules in (before, after))
    for key in {**now, **was}:
        entry = now.get(key) or was[key]
        old, new = (dict(side[key].lines) if key in side else {} for side in (was, now))
        for about in {**new, **old}:
            if old.get(about) != new.get(about):
                yield entry, about, old.get(about, ""), new.get(about, "")


def _night(night: NightRule) -> Iterator[Line]:
    yield N_("Turn"), _("a night ends at {hour} ({zone})").format(hour=f"{night.turns_at:%H:%M}", zone=night.time_zone)
    yield N_("Limit"), _("without a window, a start is due by {hour}").format(hour=f"{night.due_by:%H:%M}")
    yield from _dates(night)


def _family(family: Family, nights: Sequence[NightRule]) -> Iterator[Line]:
    mine = [night for night in nights if night.meets(family)]
    limits = " / ".join(dict.fromkeys(f"{night.due_by:%H:%M}" for night in mine))
    yield N_("Criticality"), marked(str(family.criticality), family.confirmed)
    yield N_("Seen by"), family.squad or _("everybody")
    yield (
        N_("Window"),
        _window(family.window, family.grace) or _("none: a start is due by {hour}").format(hour=limits),
    )
    yield N_("Calendar"), calendar(family.calendar)
    if family.longest:
        yield N_("Longest run"), _minutes(family.longest)
    if family.steps:
        steps = " → ".join(marked(step.name, step.confirmed) for step in family.steps)
        fails = (
            _("a step has failed when one of its pipelines has")
            if family.step_fails == "any"
            else _("a step has failed when all of its pipelines have")
        )
        yield N_("Order"), f"{steps} ({fails})"
    yield from _members(family)
    if family.child_rerun == "WARNING":
        yield N_("Reruns"), _("a failure through a child whose rerun succeeded is a warning")
    if family.sources:
        yield N_("Sources"), ", ".join(family.sources)
    if family.time_zone and any(family.time_zone != night.time_zone for night in mine):
        yield N_("Clock"), family.time_zone
    for stop in family.maintenance:
        yield N_("Planned stop"), _stop(stop)
    if family.needs:
        yield N_("Needs"), ", ".join(family.needs)
    if family.contact:
        yield N_("Contact"), family.contact
    if family.runbook:
        yield N_("Runbook"), family.runbook
    yield from _dates(family)


def _members(family: Family) -> Iterator[Line]:
    """The pipelines that say nothing of their own together, each other one alone."""
    plain = [member for member in family.members if not _own(member)]
    groups: dict[tuple[str | None, bool], list[str]] = {}
    for member in plain:
        groups.setdefault((member.step, member.required), []).append(member.pipeline)
    for (step, required), names in groups.items():
        about = _("{n} required").format(n=show_number(len(names))) if required else show_number(len(names))
        yield (
            " ".join(filter(None, [_("Pipelines"), f"({about})", step])),
            ", ".join(names),
        )
    for member in family.members:
        if own := _own(member):
            words = [_("required")] if member.required else []
            words += [member.step] if member.step else []
            yield member.pipeline, marked(", ".join([*words, *own]), member.confirmed)


def _own(member: Member) -> list[str]:
    """What a pipeline says otherwise than its family."""
    words = [calendar(member.calendar)] if member.calendar else []
    words += [_window(member.window, 0)] if member.window else []
    words += [_("at most {time}").format(time=_minutes(member.longest))] if member.longest else []
    formerly = _("formerly {name}, up to the night of {day}")
    words += [formerly.format(name=former.name, day=show_date(former.until)) for former in member.formerly]
    return words + [sentence for _about, sentence in _dates(member)]


def _data_set(data_set: DataSet) -> Iterator[Line]:
    yield N_("Needs"), ", ".join(data_set.pipelines)
    if data_set.consumers:
        yield N_("Awaited by"), ", ".join(data_set.consumers)
    if data_set.owner:
        yield N_("Owner"), marked(data_set.owner, data_set.confirmed)
    yield from _dates(data_set)


def _mail(mail: Mail, names: dict[str, str]) -> Iterator[Line]:
    yield N_("Families"), mail_about(mail, names) or _("all")
    if kinds := [_(words) for name, words in INCIDENTS.items() if getattr(mail, name)]:
        yield N_("Told"), _("{what}, once each").format(what=", ".join(kinds))
    if mail.kinds:
        yield N_("Kinds of error"), ", ".join(mail.kinds)
    if mail.after > 1:
        yield N_("From"), ngettext("{n} failure in a row", "{n} failures in a row", mail.after).format(n=mail.after)
    if mail.share:
        template = _("{share} of the last {n} judged nights")
        yield N_("From"), template.format(share=f"{mail.share.of:.0%}", n=mail.share.nights)
    if mail.unattended:
        yield N_("Unless taken"), _("within {time} of working time").format(time=_minutes(mail.unattended))
    if mail.hours:
        yield N_("Hours"), _window(mail.hours, 0)
    if mail.working_days:
        yield N_("Days"), _("working days")
    if not mail.over:
        yield N_("When it is over"), _("not told")
    if mail.morning:
        yield N_("Morning"), _("what the night was, from {hour} on").format(hour=f"{mail.morning:%H:%M}")
    yield from _dates(mail)


def mail_about(mail: Mail, names: Mapping[str, str]) -> str:
    """The families that somebody is told of, by name, and the squads whose they are; "" for all."""
    squads = [_("squad {name}").format(name=squad) for squad in mail.squads]
    return ", ".join([*(names[key] for key in mail.families), *squads])


def _window(window: Window | None, grace: int) -> str:
    if window is None:
        return ""
    hours = _("from {start} to {end}").format(start=f"{window.from_:%H:%M}", end=f"{window.to:%H:%M}")
    return f"{hours}, {_('give or take {time}').format(time=_minutes(grace))}" if grace else hours


def calendar(rule: Calendar) -> str:
    """On which dates something is due, in words."""
    working = rule.days == "working"
    parts: list[str] = []
    if rule.day_of_month is not None:
        day = _("on day {n} of the month") if not working else _("on day {n} of the month, or the next working day")
        parts.append(day.format(n=rule.day_of_month))
    elif working:
        parts.append(_("working days"))
    if rule.working_day_of_month is not None:
        n = rule.working_day_of_month
        text = (
            _("on working day {n} of the month")
            if n > 0
            else _("on working day {n} of the month, counted from its end")
        )
        parts.append(text.format(n=abs(n)))
    if rule.cron is not None:
        parts.append(_("at each time of the cron {cron}").format(cron=rule.cron))
    if rule.holidays:
        parts.append(_("public holidays of department {n}").format(n=rule.holidays))
    return ", ".join(parts) or _("every night")


def _minutes(minutes: int) -> str:
    return f"{show_number(minutes)}\u202fmin"


def _stop(stop: Maintenance) -> str:
    start, end = (f"{show_date(at.date())} {at:%H:%M}" for at in (stop.from_, stop.to))
    return _("from {start} to {end}").format(start=start, end=end) + f" ({stop.reason})"


def _dates(rule: Dated) -> Iterator[Line]:
    if rule.since:
        yield N_("From"), _("from the night of {day} on").format(day=show_date(rule.since))
    if rule.until:
        yield N_("Until"), _("up to the night of {day}").format(day=show_date(rule.until))


def seen(rules: Rules, squads: frozenset[str] | None, *, mails: bool) -> Rules:
    """What somebody may be told of the rules: families of their squads (None: all) and nobody's, the data sets that
    need no other one, and whom it is mailed to only where `mails`."""
    families: Sequence[Family] = [f for f in rules.families if squads is None or f.squad is None or f.squad in squads]
    known = {member.pipeline for family in families for member in family.members}
    return rules.model_copy(
        update={
            "families": tuple(families),
            "data_sets": tuple(data_set for data_set in rules.data_sets if known.issuperset(data_set.pipelines)),
            "mails": rules.mails if mails else (),
        }
    )
