"""What a file says in one field and belongs to another: a social security number among sensitive data, a country of the
European Economic Area among transfers."""

import re
from typing import Any

from core.base.i18n import _
from core.records.cells import ELSEWHERE, Reading
from core.records.fields import Form
from core.records.records import fold
from core.records.words import show_row


def settle(form: Form, content: dict[str, Any], reading: Reading) -> None:
    """Move what belongs to another field, and tell it."""
    for name in ("data_categories", "sensitive_data"):
        _move_number(form, content, name, reading)
    _move_sensitive(form, content, reading)
    _move_inside(form, content, reading)
    _ask_within(form, content, reading)


def _elsewhere(reading: Reading, choices: str, code: Any) -> bool:
    value = reading.lists.values[choices].get(str(code or ""))
    return value is not None and bool(value.facts.get(ELSEWHERE))


def _move_number(form: Form, content: dict[str, Any], name: str, reading: Reading) -> None:
    """The social security number has its own question."""
    rows = content.get(name) or []
    moved = [row for row in rows if _elsewhere(reading, name, row.get("category"))]
    if not moved:
        return
    content[name] = [row for row in rows if row not in moved]
    if not content[name]:
        del content[name]  # whether there are others, nobody has said
    numbers = [{key: value for key, value in row.items() if key != "category"} for row in moved]
    content["nir"] = [*(content.get("nir") or []), *(number for number in numbers if any(number.values()))] or numbers[
        :1
    ]
    sentence = _("{field}: the social security number stands in its own field.")
    reading.told.append(sentence.format(field=_(form.field(name).label)))


def _move_sensitive(form: Form, content: dict[str, Any], reading: Reading) -> None:
    """A category of article 9 or 10 that stands among the others; where somebody says that there is none it stays, and
    is told."""
    if "sensitive_data" not in form.model.model_fields:
        return
    asked, category = form.field("sensitive_data"), form.field("sensitive_data.category")
    for row in list(content.get("data_categories") or ()):
        words = "" if row.get("category") else str(row.get("description") or "")
        code = reading.code(category, words) if words else ""
        if not code:
            continue
        if content.get("sensitive_data") == []:
            sentence = _("{field}: none, yet “{value}” stands among the categories of data.")
            reading.told.append(sentence.format(field=_(asked.label), value=words))
            continue
        content["data_categories"] = [each for each in content["data_categories"] if each is not row]
        sensitive = {**row, "category": code}
        del sensitive["description"]
        held = content.get("sensitive_data") or []
        alike = [each for each in held if all(each.get(name) in (None, "", value) for name, value in sensitive.items())]
        content["sensitive_data"] = [{**each, **sensitive} if each in alike[:1] else each for each in held] or [
            sensitive
        ]
        if held and not alike:
            content["sensitive_data"].append(sensitive)
        sentence = _("{field}: “{value}” stands there, not among the categories of data.")
        reading.told.append(sentence.format(field=_(asked.label), value=words))
    if content.get("data_categories") == []:
        del content["data_categories"]


def _ask_within(form: Form, content: dict[str, Any], reading: Reading) -> None:
    """What only names a country of the European Economic Area («Les données restent en France») is no transfer, and no
    answer either."""
    rows = content.get("transfers") or []
    asked = form.field("transfers")
    within = [row for row in rows if not row.get("country") and _stays(str(row.get("recipient") or ""), reading)]
    for row in within:
        reading.ask(asked, row["recipient"])
    if within:
        content["transfers"] = [row for row in rows if row not in within]
        if not content["transfers"]:
            del content["transfers"]  # whether there are others, nobody has said


def _stays(text: str, reading: Reading) -> bool:
    """Whether a text names a country of the European Economic Area, and none outside of it."""
    folded = fold(text)
    countries = reading.lists.values["countries"].values()
    named = [
        country
        for country in countries
        if any(_names(folded, fold(word)) for word in (*country.labels.values(), *country.also))
    ]
    return bool(named) and all(country.facts.get(ELSEWHERE) for country in named)


def _names(folded: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", folded) is not None


def _move_inside(form: Form, content: dict[str, Any], reading: Reading) -> None:
    """No transfer leads to a country of the European Economic Area: who is there is a recipient."""
    rows = content.get("transfers") or []
    for row in rows:
        code = "" if row.get("country") else reading.lists.code("countries", str(row.get("recipient") or ""))
        if code and _elsewhere(reading, "countries", code):
            row["country"] = code
            del row["recipient"]
    moved = [row for row in rows if _elsewhere(reading, "countries", row.get("country"))]
    if not moved:
        return
    recipients = "recipients" if "recipients" in form.model.model_fields else "subprocessors"
    content["transfers"] = [row for row in rows if row not in moved]
    for row in moved:
        country = reading.lists.label("countries", row["country"])
        sentence = _("Transfers: {country} is within the European Economic Area, so this is no transfer.")
        reading.told.append(sentence.format(country=country))
        asked = form.field("transfers")
        reading.left.append((_(asked.label), show_row(asked, row, reading.lists)))
        known = {recipient.get("name") for recipient in content.get(recipients) or []}
        if row.get("recipient") and row["recipient"] not in known:
            content[recipients] = [
                *(content.get(recipients) or []),
                {"name": row["recipient"], "detail": country},
            ]
