"""The forms in which people change rules without YAML: the fields that show a rule, and the rule that they make.

Pure. A rule is plain values here, as its file writes it: what the form does not show stays as it was. Nothing is
checked here; the rules' own reader checks all of it (`RULES.meant`).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.base.i18n import N_, _
from core.show.filters import Choices, Field, Filter, Line, OneOf, Row, Rows, Words
from pages.pipelines.rules import Calendar, DataSet, Family, Mail, Maintenance, NightRule, Rules, Window

Plain = dict[str, Any]
Fields = Mapping[str, Filter[Any]]
Given = Mapping[str, Any]

CALENDARS: dict[str, str] = {
    "every": N_("every night"),
    "working": N_("working days"),
    "day": N_("a day of the month"),
    "day_or_next": N_("a day of the month, or the next working day"),
    "working_day": N_("a working day of the month"),
    "cron": N_("a cron"),
    "other": N_("as it is in YAML"),
}
"""How a calendar is entered: its kind, and a day or a cron beside it."""
AS_FAMILY = N_("as its family")
DEPARTMENTS = {"": N_("France"), "57": "Moselle (57)", "67": "Bas-Rhin (67)", "68": "Haut-Rhin (68)"}


def family_fields(family: Family) -> Fields:
    """The fields of a family."""
    kind, detail = _entered(family.calendar)
    return {
        "name": Line(_("Name"), family.name),
        "squad": Line(_("Squad that sees it"), family.squad or "", help=_("Empty: everybody.")),
        "criticality": OneOf(
            _("Criticality, 1 the most critical"), str(family.criticality), options={n: n for n in "1234"}
        ),
        "agreed": _agreed(_("Agreed with the squad"), family.confirmed),
        "start": Line(_("Window, from"), _hour(family.window, "from_"), help=_("As 00:30; empty: no window.")),
        "end": Line(_("Window, until"), _hour(family.window, "to")),
        "grace": Line(_("Grace in minutes"), str(family.grace or "")),
        "longest": Line(_("Longest run in minutes"), str(family.longest or "")),
        "due": OneOf(_("Calendar"), kind, options={code: _(CALENDARS[code]) for code in _kinds(family.calendar)}),
        "detail": Line(_("Which day of the month, or which cron"), detail),
        "holidays": _holidays(family.calendar.holidays),
        "steps": Words(_("Steps in their order, one a line"), "\n".join(step.name for step in family.steps)),
        "fails": OneOf(
            _("A step has failed when"),
            family.step_fails,
            options={"any": _("one of its pipelines has"), "all": _("all of its pipelines have")},
        ),
        "members": Rows(_("Pipelines"), _member_rows(family), fields=_member_fields(family)),
        "stops": Rows(_("Planned stops"), tuple(map(_stop_row, family.maintenance)), fields=_stop_fields()),
        "sources": Line(
            _("Sources, separated by commas"),
            ", ".join(family.sources),
            help=_(
                "They must have been read, and their runs alone count. Empty: whichever source told of a pipeline last."
            ),
        ),
        "zone": Line(_("Time zone"), family.time_zone or "", help=_("Empty: that of the night.")),
        "contact": Line(_("Contact"), family.contact),
        "runbook": Line(_("Runbook"), family.runbook, longest=500),
    }


def family_of(given: Given, old: Plain, taken: Iterable[str] = ()) -> Plain:
    """The family that the fields make of an old one, {} for a new one; `taken` are the keys of the others."""
    new = {"key": old.get("key") or key_of(given["name"], taken), **old, "name": given["name"].strip()}
    _put(new, "squad", given["squad"].strip() or None)
    _put(new, "criticality", _number(given["criticality"]), 3)
    _put(new, "confirmed", given["agreed"] == "yes", True)
    _put(new, "window", _window(given["start"], given["end"]))
    _put(new, "grace", _number(given["grace"]))
    _put(new, "longest", _number(given["longest"]))
    _put(new, "calendar", _calendar(given["due"], given["detail"], given["holidays"], old.get("calendar")), {})
    steps = {step["name"]: step for step in old.get("steps", [])}
    _put(new, "steps", [steps.get(name, {"name": name}) for name in _lines(given["steps"])])
    _put(new, "step_fails", given["fails"], "any")
    new["members"] = _members(given["members"], old.get("members", []), given["holidays"])
    _put(new, "maintenance", [_stop(row) for row in given["stops"] if any(map(_text, row))])
    _put(new, "sources", [name.strip() for name in given["sources"].split(",") if name.strip()])
    _put(new, "time_zone", given["zone"].strip())
    _put(new, "contact", given["contact"].strip())
    _put(new, "runbook", given["runbook"].strip())
    return new


def data_set_fields(data_set: DataSet, pipelines: Iterable[str]) -> Fields:
    """The fields of a data set; `pipelines` are all those of families."""
    return {
        "name": Line(_("Name"), data_set.name),
        "pipelines": Choices(
            _("Needs these pipelines"),
            list(data_set.pipelines),
            options={name: name for name in sorted({*pipelines, *data_set.pipelines})},
        ),
        "consumers": Words(_("Awaited by, one a line"), "\n".join(data_set.consumers)),
        "owner": Line(_("Owner"), data_set.owner),
        "agreed": _agreed(_("Agreed with the owner"), data_set.confirmed),
    }


def data_set_of(given: Given, old: Plain) -> Plain:
    """The data set that the fields make of an old one, {} for a new one."""
    new = {**old, "name": given["name"].strip(), "pipelines": list(given["pipelines"])}
    _put(new, "consumers", _lines(given["consumers"]))
    _put(new, "owner", given["owner"].strip())
    _put(new, "confirmed", given["agreed"] == "yes", True)
    return new


def night_fields(night: NightRule) -> Fields:
    """The fields of the rule of the night."""
    return {
        "turns_at": Line(_("A night ends at"), f"{night.turns_at:%H:%M}", help=_("As 18:00; the next one begins.")),
        "due_by": Line(_("Without a window, a start is due by"), f"{night.due_by:%H:%M}"),
        "time_zone": Line(_("Time zone"), night.time_zone),
    }


def night_of(given: Given, old: Plain) -> Plain:
    """The rule of the night that the fields make of an old one."""
    new = {**old, "turns_at": given["turns_at"].strip(), "due_by": given["due_by"].strip()}
    _put(new, "time_zone", given["time_zone"].strip() or None, NightRule.model_fields["time_zone"].default)
    return new


_SQUAD = "squad:"
"""Before a squad among the keys of families, which hold no colon."""


def mail_fields(mail: Mail, rules: Rules) -> Fields:
    """The fields of who is told; `rules` are those it stands among."""
    squads = sorted({family.squad for family in rules.families if family.squad} | {*mail.squads})
    of = {family.key: family.name for family in rules.families}
    of |= {f"{_SQUAD}{squad}": _("squad {name}").format(name=squad) for squad in squads}
    share = mail.share
    return {
        "to": Line(
            _("Told to"), mail.to, help=_("A mail address, or a place in Teams: ${VIGIE_SECRET_…}, its variable.")
        ),
        "of": Choices(
            _("Of these families, or those of these squads"),
            [*mail.families, *(f"{_SQUAD}{squad}" for squad in mail.squads)],
            options=of,
        ),
        **{name: _told(_(words), getattr(mail, name)) for name, words in TOLD.items()},
        "kinds": Words(_("Of these kinds of error alone, by code or name, one a line"), "\n".join(mail.kinds)),
        "after": Line(_("From so many failures in a row on"), str(mail.after)),
        "share": Line(_("From a share of KO nights on, in %"), f"{100 * share.of:g}" if share else ""),
        "nights": Line(_("… of so many last nights"), str(share.nights) if share else ""),
        "unattended": Line(
            _("Unless taken within, in minutes"),
            str(mail.unattended or ""),
            help=_("Of working time; empty: at once, taken or not."),
        ),
        "start": Line(_("Told from"), _hour(mail.hours, "from_"), help=_("As 08:00; what falls outside waits.")),
        "end": Line(_("Told until"), _hour(mail.hours, "to")),
        "days": OneOf(
            _("Days"),
            "working" if mail.working_days else "every",
            options={"every": _("every day"), "working": _("working days")},
        ),
        "holidays": _holidays(mail.holidays),
        "morning": Line(
            _("What the night was, from"),
            f"{mail.morning:%H:%M}" if mail.morning else "",
            help=_("As 07:30, on working days; empty: not told."),
        ),
    }


INCIDENTS = {
    "failures": N_("what is KO"),
    "warnings": N_("what is not as expected"),
    "unknown": N_("what is not known"),
}
"""Incidents that somebody may be told of, by the field of `Mail` that says so."""
TOLD = {**INCIDENTS, "over": N_("that an incident is over")}


def _told(label: str, chosen_now: bool) -> OneOf:
    return OneOf(
        label[:1].upper() + label[1:], "yes" if chosen_now else "no", options={"yes": _("told"), "no": _("not told")}
    )


def mail_of(given: Given, old: Plain) -> Plain:
    """Who is told as the fields make it of an old one, {} for a new one."""
    new = {**old, "to": given["to"].strip()}
    squads = [name.removeprefix(_SQUAD) for name in given["of"] if name.startswith(_SQUAD)]
    _put(new, "families", [name for name in given["of"] if not name.startswith(_SQUAD)])
    _put(new, "squads", squads)
    for name in TOLD:
        _put(new, name, given[name] == "yes", Mail.model_fields[name].default)
    _put(new, "kinds", _lines(given["kinds"]))
    _put(new, "after", _number(given["after"]), 1)
    share = _percent(given["share"]), _number(given["nights"])
    _put(new, "share", {"of": share[0], "nights": share[1]} if any(share) else None)
    _put(new, "unattended", _number(given["unattended"]))
    _put(new, "hours", _window(given["start"], given["end"]))
    _put(new, "working_days", given["days"] == "working", False)
    _put(new, "holidays", given["holidays"])
    _put(new, "morning", given["morning"].strip())
    return new


def _percent(text: str) -> float | str | None:
    """A share as the rules have it, or the text as it is, of which their reader says what is wrong."""
    text = text.strip()
    match = re.fullmatch(r"([0-9]{1,3}(?:[.,][0-9]+)?)\s*%?", text)
    return float(match[1].replace(",", ".")) / 100 if match else text or None


def _holidays(department: str) -> OneOf:
    options = {code: _(name) for code, name in DEPARTMENTS.items()}
    return OneOf(_("Public holidays"), department, options=options)


def _agreed(label: str, confirmed: bool) -> OneOf:
    return OneOf(label, "yes" if confirmed else "no", options={"yes": _("yes"), "no": _("to be confirmed")})


def _put(rule: Plain, name: str, value: Any, unsaid: Any = None) -> None:
    """A field, left out where it is what it would be when nothing is said."""
    rule.pop(name, None)
    if value not in (None, "", [], unsaid):
        rule[name] = value


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _number(text: str) -> int | str | None:
    """A whole number, or the text as it is, of which the rules' reader says what is wrong."""
    text = text.strip()
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else text or None


def key_of(name: str, taken: Iterable[str]) -> str:
    """The key that a new family gets by its name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    word = re.sub(r"[^a-z0-9]+", "_", plain).strip("_").lstrip("0123456789_") or "family"
    used = {*taken}
    return next(key for n in range(1, len(used) + 2) if (key := word if n == 1 else f"{word}_{n}") not in used)


def _hour(window: Window | None, end: str) -> str:
    return f"{getattr(window, end):%H:%M}" if window else ""


def _window(start: str, end: str) -> Plain | None:
    start, end = start.strip(), end.strip()
    return {"from": start, "to": end} if start or end else None


def _entered(rule: Calendar) -> tuple[str, str]:
    """How a calendar is entered."""
    working = rule.days == "working"
    ways = [rule.day_of_month is not None, rule.working_day_of_month is not None, rule.cron is not None]
    if sum(ways) > 1 or (working and (rule.working_day_of_month is not None or rule.cron is not None)):
        return "other", ""
    if rule.day_of_month is not None:
        return ("day_or_next" if working else "day"), str(rule.day_of_month)
    if rule.working_day_of_month is not None:
        return "working_day", str(rule.working_day_of_month)
    if rule.cron is not None:
        return "cron", rule.cron
    return ("working" if working else "every"), ""


def _calendar(kind: str, detail: str, holidays: str, old: Any) -> Any:
    """The calendar of what was entered, as plain values."""
    detail = detail.strip()
    if kind == "other":
        return old
    made: dict[str, Plain] = {
        "every": {},
        "working": {"days": "working"},
        "day": {"day_of_month": detail},
        "day_or_next": {"days": "working", "day_of_month": detail},
        "working_day": {"working_day_of_month": detail},
        "cron": {"cron": detail},
    }
    rule = {name: int(text) if re.fullmatch(r"-?[0-9]{1,3}", text) else text for name, text in made[kind].items()}
    return {**rule, "holidays": holidays} if holidays else rule


def _kinds(*rules: Calendar | None) -> list[str]:
    """The kinds that are offered: "other" only where one is."""
    other = any(rule and _entered(rule)[0] == "other" for rule in rules)
    return [kind for kind in CALENDARS if kind != "other" or other]


def _member_fields(family: Family) -> tuple[Field, ...]:
    kinds = _kinds(*(member.calendar for member in family.members))
    return (
        Field("pipeline", _("Pipeline")),
        Field("required", _("Required"), flag=True),
        Field("step", _("Step")),
        Field("start", _("Window, from")),
        Field("end", _("Window, until")),
        Field("longest", _("Longest (min)")),
        Field("due", _("Calendar"), options=tuple(map(_, (AS_FAMILY, *(CALENDARS[kind] for kind in kinds))))),
        Field("detail", _("Day or cron")),
        Field("formerly", _("Formerly, until")),
    )


def _member_rows(family: Family) -> tuple[Row, ...]:
    rows: list[Row] = []
    for member in family.members:
        kind, detail = _entered(member.calendar) if member.calendar else ("", "")
        hours = _hour(member.window, "from_"), _hour(member.window, "to")
        due = _(CALENDARS[kind] if kind else AS_FAMILY)
        bore = "; ".join(f"{former.name} {former.until:%d/%m/%Y}" for former in member.formerly)
        rows.append(
            (member.pipeline, member.required, member.step or "", *hours, str(member.longest or ""), due, detail, bore)
        )
    return tuple(rows)


def _members(rows: Sequence[Row], old: Sequence[Plain], holidays: str) -> list[Plain]:
    """The members that the rows make of the old ones; a row without a name is none."""
    left: dict[str, list[Plain]] = {}
    for member in old:
        left.setdefault(member["pipeline"], []).append(member)
    kinds = {_(word): kind for kind, word in CALENDARS.items()}
    members = []
    for row in rows:
        name, required, step, start, end, longest, due, detail, formerly = map(_text, row)
        if not name:
            continue
        before = left[name].pop(0) if left.get(name) else {}
        new = {**before, "pipeline": name}
        was = before.get("calendar", {"holidays": holidays})
        _put(new, "required", required == "True", False)
        _put(new, "step", step)
        _put(new, "window", _window(start, end))
        _put(new, "longest", _number(longest))
        _put(new, "calendar", _calendar(kinds[due], detail, was.get("holidays", ""), was) if due in kinds else None)
        _put(new, "formerly", [_former(name) for name in formerly.split(";") if name.strip()])
        members.append(new)
    return members


def _stop_fields() -> tuple[Field, ...]:
    return (Field("from", _("From, as 20/11/2026 00:30")), Field("to", _("Until")), Field("reason", _("Reason")))


def _stop_row(stop: Maintenance) -> Row:
    return f"{stop.from_:%d/%m/%Y %H:%M}", f"{stop.to:%d/%m/%Y %H:%M}", stop.reason


def _stop(row: Row) -> Plain:
    """A planned stop as YAML writes it."""
    start, end, reason = map(_text, row)
    return {"from": _moment(start), "to": _moment(end), "reason": reason}


def _moment(text: str) -> str:
    """A day and an hour as YAML writes them: of `12/03/2026 0:30` half past midnight of the 12th of March."""
    day, _blank, hour = text.partition(" ")
    time = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", hour.strip())
    return f"{_day(day)}T{time[1]:0>2}:{time[2]}:00" if time else text


def _former(text: str) -> Plain:
    """A former name and its last night, as `old_load 12/03/2026`; of what is neither, the rules' reader says so."""
    name, _blank, day = text.strip().rpartition(" ")
    return {"name": name.strip(), "until": _day(day)} if name else {"name": day}


def _day(text: str) -> str:
    """A day as YAML writes it: of `12/03/2026` the 12th of March."""
    day = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", text)
    return f"{day[3]}-{day[2]:0>2}-{day[1]:0>2}" if day else text


def _text(cell: str | bool) -> str:
    return str(cell).strip()
