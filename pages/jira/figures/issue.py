"""Everything that is known of the one request that was picked or looked for: its fields, history and hours."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.base.i18n import N_, _, show_date, show_duration, show_moment, show_percent
from core.show.about import About
from core.show.columns import Column
from core.show.figure import Figure, Note, Search
from pages.jira.behind import Behind, one_of
from pages.jira.choices import NONE
from pages.jira.conditions import THE_ONE, I, outdated, query
from pages.jira.facts import ISSUES
from pages.jira.figures.notes import SOURCE, shows
from pages.jira.look import JiraLook

ABOUT = About(N_("Everything that is known of one request."), SOURCE)
FIELDS = (
    ("key", N_("Key")), ("url", N_("Jira")), ("summary", N_("Name")), ("project", N_("Project")),
    ("issue_type", N_("Issue type")), ("request_type", N_("Request type")), ("components", N_("Client")),
    ("status", N_("Status")), ("priority", N_("Priority")), ("resolution", N_("Resolution")), ("labels", N_("Labels")),
    ("links", N_("Links")), ("parent", N_("Parent")), ("created_at", N_("Created")), ("updated_at", N_("Updated")),
    ("resolved_at", N_("Resolved")), ("due_on", N_("Due date")), ("estimate_s", N_("Original estimate")),
    ("spent_s", N_("Time spent")), ("remaining_s", N_("Remaining")), ("progress_percent", N_("Jira's progress")),
    ("gone_at", N_("Deleted or moved away")),
)  # fmt: skip
PEOPLE = (("assignee", N_("Assignee")), ("reporter", N_("Reporter")))
THIS = sa.and_(THE_ONE, sa.not_(outdated()))
"""The request of the parameters `key` and `address`."""


ONE = query("one", sa.select(*(I[column] for column in ISSUES.schema.names)).where(THIS))


def key_of(look: JiraLook) -> str:
    """The key of the one request that is shown; empty while none is."""
    return look.behind.value if look.behind.kind == "key" else ""


def asked(look: JiraLook) -> dict[str, str]:
    """What questions about the one request take."""
    return one_of(key_of(look))


def known(look: JiraLook) -> bool:
    """Whether one request is shown, and there is one of that key."""
    return bool(key_of(look)) and len(look.ask(ONE, **asked(look))) > 0


def _row(look: JiraLook) -> dict[str, Any]:
    rows: list[dict[str, Any]] = look.answer(ONE, **asked(look)).table.to_pylist()
    return rows[0]


def _shape(look: JiraLook) -> pd.DataFrame:
    row = _row(look)
    fields = (*FIELDS, *(PEOPLE if look.named else ()))
    return pd.DataFrame(
        {"field": _(label), "value": _words(name, row[name], look.rules.day_s)} for name, label in fields
    )


def _words(name: str, value: Any, day_s: float) -> str:
    if value is None:
        return _(NONE)
    if isinstance(value, datetime):
        return show_moment(value)
    if isinstance(value, date):
        return show_date(value)
    if name.endswith("_s"):
        return show_duration(value, day_s)
    if name == "progress_percent":
        return show_percent(value / 100)
    return str(value).replace("\n", ", ")


def _title(look: JiraLook, _frame: pd.DataFrame) -> str:
    row = _row(look)
    return f"{row['key']} · {row['summary'] or ''}"


def _unknown(look: JiraLook) -> str:
    return _("No request has the key {key}.").format(key=key_of(look))


def _means(_look: JiraLook, typed: str) -> Mapping[str, Any]:
    address = typed.startswith(("https://", "http://"))
    return shows(Behind("key", value=typed if address else typed.upper()))


ISSUE: Figure[JiraLook] = Figure(
    name="issue",
    title=_title,
    about=ABOUT,
    shape=_shape,
    columns=(Column("field", N_("Field")), Column("value", N_("Value"), width="large")),
    when=known,
    mailed=False,
)
UNKNOWN: Note[JiraLook] = Note(_unknown, tone="info", when=lambda look: bool(key_of(look)) and not known(look))
SEARCH: Search[JiraLook] = Search(
    name="key",
    label=N_("Key of a request"),
    hint=N_("Type the key of a request, then Enter: all that is known of it, its history and its time are shown here."),
    placeholder="DEX-12",
    means=_means,
)
