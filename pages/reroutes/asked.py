"""What is asked of the hand-overs, by their screen and by a mailed view alike: the filters, and the slice they cut."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pandas as pd

from core.filters import Choice, Choices, Chosen, Days, Filter
from core.i18n import _
from core.query import Result
from pages.reroutes import rules, watch
from pages.reroutes.facts import Way
from pages.reroutes.queries import Question, Slice
from pages.reroutes.rules import Scope
from pages.reroutes.watch import Known

SHOWN = timedelta(days=182)
Load = Callable[..., Result]
"""(query, parameters by name) → its answer: `Reader.run`, or a screen's `load`, which also tells of a cut answer."""


def ways() -> dict[str, str]:
    """Who moved a task, in words."""
    return {Way.MANUAL.value: _("by hand"), Way.AUTOMATIC.value: _("by a machine"), Way.UNKNOWN.value: _("not said")}


def offered(said: rules.Rules, there: Known, today: date) -> dict[str, Filter[Any]]:
    """The filters: scope, days, grain, both ends, filière, who moved."""
    first, last = there.covered or (today - SHOWN, today)
    codes = {code: code for code in there.codes}
    grains = {"day": _("day"), "week": _("week"), "month": _("month")}
    words = ways()
    return {
        "scope": Choice(_("Scope"), options={scope.key: scope.title for scope in said.scopes}),
        "days": Days(_("Period"), default=(max(first, last - SHOWN), last), today=today),
        "grain": Choice(_("By"), default="week", options=grains),
        "origin": Choices(_("Origin"), options=codes),
        "target": Choices(_("Target"), options=codes),
        "line": Choices(_("Filière"), options={line: line for line in there.lines}),
        "way": Choices(_("Moved"), options={way: words[way] for way in there.ways}),
    }


def slice_of(chosen: Chosen, scope: Scope | None, there: Known) -> Slice:
    """What the filters let pass."""
    first, last = chosen.days
    lists = {"origins": chosen.origin, "targets": chosen.target, "lines": chosen.line, "ways": chosen.way}
    return Slice(
        first, last, watch.resolved(scope, there), **{name: tuple(sorted(values)) for name, values in lists.items()}
    )


def ask(load: Load, question: Question, asked: Slice) -> pd.DataFrame:
    """The answer to a question about a slice."""
    return load(question(asked.limits()), **asked.params()).frame()
