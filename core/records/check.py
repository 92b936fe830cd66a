"""What a person, a file or a forged message sends, checked on the server before anything is kept."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from core.base.errors import InputInvalid
from core.base.i18n import N_, _, show_date
from core.records.fields import LONG_LENGTH, TEXT_LENGTH, Asked, Form, Kind, blank
from core.records.lists import Lists

SHOWN = 3
"""Faults that a sentence names; the rest is counted."""
REASONS = {
    "extra_forbidden": N_("this field does not exist"),
    "string_too_long": N_("at most {max_length} characters"),
    "less_than_equal": N_("at most {le}"),
    "greater_than_equal": N_("at least {ge}"),
}

DOES_NOT_FIT = N_("this value does not fit")


def read(form: Form, data: Mapping[str, Any], lists: Lists, kept: Mapping[str, Any] | None = None) -> Any:
    """The record that the data make. `kept` is the content it had: values retired since then may stay.

    Raises InputInvalid, naming each faulty field: an unknown one, a value of the wrong type, a code that its list does
    not have or no longer offers, a day before the one that it follows.
    """
    try:
        entry = form.model.model_validate(data)
    except ValidationError as error:
        faults = [_fault(form, fault["loc"], fault["type"], fault.get("ctx", {})) for fault in error.errors()]
        raise InputInvalid(_sentence(faults), detail=str(error)) from None
    faults = [*_unknown_codes(form, entry.model_dump(mode="json"), lists, kept or {}), *_reversed(form, entry)]
    if faults:
        raise InputInvalid(_sentence(faults))
    return entry


def blank_of(form: Form, name: str) -> Any:
    """What a field of a record holds, as JSON, when nobody has answered it."""
    return blank(form.field(name))


def stored(form: Form, data: Mapping[str, Any]) -> Any:
    """The record of a content that was checked when it was kept; fields declared since then are unanswered."""
    return form.model.model_validate(data)


def offered(
    form: Form, data: Mapping[str, Any], lists: Lists, kept: Mapping[str, Any]
) -> tuple[dict[str, Any], list[tuple[Asked, str]]]:
    """The data without the codes that `read` would refuse, and those codes with the field that held each."""
    before = {field.path: codes for field, codes in _codes(form, kept)}
    refused: list[tuple[Asked, str]] = []

    def may_stay(field: Asked, code: Any) -> bool:
        known = not isinstance(code, str) or not code or code in lists.options(field.choices)
        if not known and code not in before.get(field.path, ()):
            refused.append((field, code))
            return False
        return True

    def value(field: Asked, held: Any) -> Any:
        if field.columns and isinstance(held, list):
            columns = {column.name: column for column in field.columns}
            return [
                {name: value(columns[name], cell) if name in columns else cell for name, cell in row.items()}
                if isinstance(row, Mapping)
                else row
                for row in held
            ]
        if not field.choices or not held:
            return held
        if isinstance(held, list):
            stay = [code for code in held if may_stay(field, code)]
            return stay or ([] if field.kind is Kind.CODES else None)
        return held if may_stay(field, held) else ""

    fields = {field.name: field for field in form.fields}
    return {name: value(fields[name], answer) if name in fields else answer for name, answer in data.items()}, refused


def fitted(form: Form, data: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[Asked, str]]]:
    """The data with each text cut, between two words, to what its field takes, and what is over of each. What names a
    thing, as a reference or a squad, is not cut."""
    over: list[tuple[Asked, str]] = []

    def cut(field: Asked, text: Any) -> Any:
        most = LONG_LENGTH if field.kind is Kind.LONG else TEXT_LENGTH if field.kind is Kind.TEXT else 0
        if not most or not isinstance(text, str) or len(text) <= most or field.most < most:
            return text
        end = max(text.rfind(" ", most // 2, most), text.rfind("\n", most // 2, most))
        end = end if end > 0 else most
        over.append((field, text[end:].strip()))
        return text[:end].rstrip()

    fitting = dict(data)
    for field in form.fields:
        value = fitting.get(field.name)
        if isinstance(value, str):
            fitting[field.name] = cut(field, value)
        elif field.columns and isinstance(value, list) and any(isinstance(row, Mapping) for row in value):
            fitting[field.name] = [
                {
                    **row,
                    **{column.name: cut(column, row[column.name]) for column in field.columns if row.get(column.name)},
                }
                if isinstance(row, Mapping)
                else row
                for row in value
            ]
    return fitting, over


def _sentence(faults: list[str]) -> str:
    more = len(faults) - SHOWN
    shown = " ; ".join(faults[:SHOWN])
    return shown + (_(" ; and {n} more.").format(n=more) if more > 0 else ".")


def _fault(form: Form, place: tuple[int | str, ...], kind: str, limits: Mapping[str, Any]) -> str:
    names = [str(part) for part in place if isinstance(part, str)]
    try:
        label = _(form.field(".".join(names)).label)
    except KeyError:
        label = names[-1] if names else "?"
    row = next((part + 1 for part in place if isinstance(part, int)), None)
    reason = _(REASONS.get(kind, DOES_NOT_FIT)).format(**limits)
    where = _("{field}, row {n}").format(field=label, n=row) if row else label
    return _("{label}: {value}").format(label=where, value=reason)


def _reversed(form: Form, entry: Any) -> Iterator[str]:
    for field in form.fields:
        first, then = getattr(entry, field.after) if field.after else None, getattr(entry, field.name)
        if first and then and then < first:
            pattern = _("{day} is before “{first}”, {other}")
            sentence = pattern.format(
                day=show_date(then), first=_(form.field(field.after).label), other=show_date(first)
            )
            yield _("{label}: {value}").format(label=_(field.label), value=sentence)


def _unknown_codes(form: Form, content: Mapping[str, Any], lists: Lists, kept: Mapping[str, Any]) -> Iterator[str]:
    used_before = {field.path: codes for field, codes in _codes(form, kept)}
    for field, codes in _codes(form, content):
        values = lists.values[field.choices]
        for code in sorted(codes):
            offered = code in values and not values[code].retired
            if not offered and code not in used_before.get(field.path, ()):
                reason = _("the list does not offer “{value}”").format(value=lists.label(field.choices, code))
                yield _("{label}: {value}").format(label=_(field.label), value=reason)


def _codes(form: Form, content: Mapping[str, Any]) -> Iterator[tuple[Asked, set[str]]]:
    """The fields that take codes of a list of values, and those that a content uses there."""
    for field in form.fields:
        value = content.get(field.name)
        if not value:
            continue
        if field.choices:
            yield field, set(_as_codes(field, value))
        for column in field.columns:
            if column.choices:
                yield column, {code for row in value for code in _as_codes(column, row.get(column.name))}


def _as_codes(field: Asked, value: Any) -> list[str]:
    if field.kind is Kind.CHOICE:
        return [value] if value else []
    return list(value or ())
