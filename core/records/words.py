"""Values and differences of records in plain words, in the person's language: for screens, mails and documents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.base.i18n import _, show_date, show_moment, show_number
from core.records.diff import Difference
from core.records.fields import ANSWERS, Asked, Form, Kind
from core.records.lists import Lists
from core.records.records import Version
from core.records.workflow import Workflow
from core.show.columns import NO, YES

UNANSWERED = "–"


@dataclass(frozen=True)
class Told:
    """A difference in words: where (`Purposes › Payroll › Legal basis`), how it was, how it is."""

    where: str
    before: str
    after: str


@dataclass(frozen=True)
class Answered:
    """A field and its answer in words; rows have one each."""

    field: Asked
    answers: tuple[str, ...]


def show(field: Asked, value: Any, lists: Lists) -> str:
    """A value, as JSON holds it, in words. Unanswered is a dash; an explicit none reads as the form says it."""
    if field.kind in ANSWERS and value == [] and field.none:
        return _(field.none)
    if value in ("", None, [], ()):
        return UNANSWERED
    match field.kind:
        case Kind.ROWS:
            return " ; ".join(show_row(field, row, lists) if isinstance(row, Mapping) else str(row) for row in value)
        case Kind.CHOICE:
            return lists.label(field.choices, value)
        case Kind.CODES | Kind.CHOICES:
            return ", ".join(lists.label(field.choices, code) for code in value)
        case Kind.TAGS | Kind.LINKS:
            return ", ".join(value)
        case Kind.FLAG:
            return _(YES) if value else _(NO)
        case Kind.DAY:
            return show_date(date.fromisoformat(value))
        case Kind.NUMBER | Kind.AMOUNT:
            return show_number(value)
        case _:
            return str(value)


def show_row(field: Asked, row: Mapping[str, Any], lists: Lists) -> str:
    """A row in words: its filled columns, the first ones plain, then `label: value`."""
    cells = [(column, show(column, row.get(column.name), lists)) for column in field.columns]
    filled = [(column, text) for column, text in cells if text != UNANSWERED]
    plain = [text for column, text in filled if column.key]
    others = [_("{label}: {value}").format(label=_(c.label), value=text) for c, text in filled if not c.key]
    return " · ".join([*plain, *others])


def show_path(form: Form, path: str, lists: Lists) -> str:
    """Where a path of a difference leads, in words: `purposes[Payroll].legal_bases` → `Purposes › Payroll › …`."""
    start, end = path.find("["), path.rfind("]")
    field = form.field(path if start < 0 else path[:start])
    parts = [_(field.label)]
    if start >= 0:
        parts += [_row_name(field, path[start + 1 : end], lists)]
        parts += [_(form.field(path).label)] if path[end + 1 :] else []
    return " › ".join(part for part in parts if part)


def show_field(form: Form, path: str) -> str:
    """A field in words, a column of rows behind its field: `purposes.legal_bases` → `Purposes › Legal basis`."""
    paths = dict.fromkeys((path.partition(".")[0], path))
    return " › ".join(_(form.field(path).label) for path in paths)


def tell(form: Form, difference: Difference, lists: Lists) -> Told:
    """A difference of two versions (`core.records.diff`) in words."""
    field = form.field(difference.path)
    if difference.path.endswith("]"):
        rows = [show_row(field, row, lists) if row else UNANSWERED for row in (difference.before, difference.after)]
        return Told(show_path(form, difference.path, lists), *rows)
    if field.kind is Kind.ROWS and _is_order(difference):
        names = [", ".join(_row_name(field, name, lists) for name in side) for side in _both(difference)]
        return Told(_("{field}: order").format(field=_(field.label)), *names)
    where = show_path(form, difference.path, lists)
    return Told(where, show(field, difference.before, lists), show(field, difference.after, lists))


def entry_told(form: Form, workflow: Workflow, lists: Lists, entry: Mapping[Any, Any]) -> str:
    """What an entry of the audit says of a record, in words: its state and each answer, before and after."""
    before, after = entry["before"] or {}, entry["after"] or {}
    names = {path: None for side in (before, after) for path in side if path not in SEALED}
    sentences = [_change(form, lists, path, before.get(path), after.get(path)) for path in names]
    if "state" in after:
        was, now = (_(workflow.state(side["state"]).name) if "state" in side else "" for side in (before, after))
        pattern = _("{what}: {before} → {after}") if was else _("{label}: {value}")
        sentences.insert(0, pattern.format(what=_("State"), label=_("State"), before=was, after=now, value=now))
    return " ; ".join(filter(None, sentences))


SEALED = frozenset({"state", "version", "digest", "seal"})
"""What an entry holds beside answers."""


def _change(form: Form, lists: Lists, path: str, before: Any, after: Any) -> str:
    try:
        change = tell(form, Difference(path, before, after), lists)
    except (KeyError, TypeError, AttributeError):
        change = Told(
            path, str(before or UNANSWERED), str(after or UNANSWERED)
        )  # a field that this version does not have
    if change.before == change.after:
        return ""
    if change.before == UNANSWERED:
        return _("{label}: {value}").format(label=change.where, value=change.after)
    return _("{what}: {before} → {after}").format(what=change.where, before=change.before, after=change.after)


def published(workflow: Workflow, version: Version, people: Mapping[str, str]) -> str:
    """Who published a version and when."""
    pattern = _("Version {n} {done} on {moment} by {who}")
    who, done = people.get(version.who, version.who), _(workflow.done.get(version.action, version.action))
    return pattern.format(n=version.version, done=done, moment=show_moment(version.at), who=who)


def read(form: Form, section: str, content: Mapping[str, Any], lists: Lists) -> list[Answered]:
    """The fields of a section with their answers, for whoever reads a record."""
    return [
        Answered(field, _answers(field, content.get(field.name), lists))
        for field in form.fields
        if field.section == section
    ]


def _answers(field: Asked, value: Any, lists: Lists) -> tuple[str, ...]:
    if field.kind is Kind.ROWS and value:
        return tuple(show_row(field, row, lists) for row in value)
    return (show(field, value, lists),)


def _both(difference: Difference) -> tuple[list[str], list[str]]:
    return difference.before, difference.after


def _is_order(difference: Difference) -> bool:
    return bool(difference.before) and isinstance(difference.before[0], str)


def _row_name(field: Asked, name: str, lists: Lists) -> str:
    """A row's name in words: where a code names it, its label."""
    code, _sign, number = name.partition("#")
    named_by = [column.choices for column in field.columns if column.key and column.choices]
    words = next((lists.label(name, code) for name in named_by if code in lists.values[name]), code)
    return " ".join(part for part in ("" if words == "?" else words, f"#{number}" if number else "") if part)
