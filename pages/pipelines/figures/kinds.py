"""What failures say, by kind: texts that differ in names, numbers and moments alone are one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.base.errors import InputInvalid
from core.base.i18n import N_, _
from core.facts.query import Query
from core.show.about import About
from core.show.columns import Column, Kind, framed
from core.show.figure import Act, Figure
from core.show.filters import Choice, Line
from core.store.engine import store
from pages.pipelines.decisions import What, decide, every
from pages.pipelines.errors import Kinds, kind, shown
from pages.pipelines.facts import PIPELINE_RUNS, RunStatus
from pages.pipelines.figures.desk import chosen
from pages.pipelines.figures.durations import of_families
from pages.pipelines.look import NightLook
from pages.pipelines.queries import NAMED
from pages.pipelines.words import SOURCE

_R = NAMED.c
FAILURES = Query(
    name="failures",
    select=sa.select(_R.pipeline, _R.at, _R.error_code, _R.error_message)
    .where(
        _R.at >= sa.bindparam("failed_since"), _R.at < sa.bindparam("failed_until"), _R.status == RunStatus.FAILED.value
    )
    .order_by(_R.at.desc(), _R.pipeline),
    tables=(PIPELINE_RUNS,),
    params={"failed_since": datetime, "failed_until": datetime, "renamed": list},
    cap=50_000,
)
"""The failed runs between two moments (UTC), the newest first, with what their scheduler says of the error."""
NOTHING = Kinds()
COLUMNS = (
    Column("kind", N_("Kind of error"), width="large"),
    Column("code", N_("Code")),
    Column("failures", N_("Failures"), Kind.NUMBER),
    Column("pipelines", N_("Pipelines"), Kind.NUMBER),
    Column("first", N_("First"), Kind.MOMENT),
    Column("last", N_("Last"), Kind.MOMENT),
    Column("sample", N_("As it said last"), width="large"),
)


def by_kind(failures: pd.DataFrame, decided: Kinds = NOTHING) -> pd.DataFrame:
    """A row a kind, the most frequent first. `failures`: `pipeline`, `at`, `error_code`, `error_message`, in any order;
    each is counted in one kind, or in that into which a person merged it. `counted` is the kind, `kind` its name, else
    what it says, or where none of these failures says that, what the newest says; `own` holds what they say."""
    ordered = failures.sort_values(["at", "pipeline"], ascending=[False, True])
    texts = [None if pd.isna(text) else str(text) for text in ordered["error_message"]]
    codes = [None if pd.isna(code) else str(code) for code in ordered["error_code"]]
    kinds = {pair: kind(*pair) for pair in set(zip(texts, codes, strict=True))}
    own = [kinds[pair] for pair in zip(texts, codes, strict=True)]
    named = ordered.assign(
        own=own,
        counted=[decided.of(kind) for kind in own],
        code=[code or "" for code in codes],
        sample=[text or "" for text in texts],
    )
    grouped = named.groupby("counted", sort=False).agg(
        code=("code", "first"),
        failures=("counted", "size"),
        pipelines=("pipeline", "nunique"),
        first=("at", "min"),
        last=("at", "max"),
        sample=("sample", "first"),
        own=("own", lambda kinds: tuple(dict.fromkeys(kinds))),
    )
    grouped = grouped.sort_values(["failures", "last"], ascending=False, kind="stable").reset_index()
    grouped["sample"] = [shown(text) for text in grouped["sample"]]
    named_so = [
        decided.words(counted if counted in own else own[0]) or "–"
        for counted, own in zip(grouped["counted"], grouped["own"], strict=True)
    ]
    return grouped.assign(kind=named_so)[["counted", "own", *(column.name for column in COLUMNS)]]


def _shape(look: NightLook, failures: pd.DataFrame) -> pd.DataFrame:
    wanted = of_families(look)
    return by_kind(failures if wanted is None else failures[failures["pipeline"].isin(wanted)], look.desk.kinds)


KINDS: Figure[NightLook] = Figure(
    name="kinds",
    title=N_("Kinds of errors, over 90 days"),
    about=About(
        N_(
            "Failed runs of the 90 days up to the end of the night shown, by code and by what their error says once "
            "quoted texts, addresses, paths, ids, moments, machines and numbers are masked; each failure is of one "
            "kind. A person may name kinds and merge some. Secrets and people's addresses are not shown."
        ),
        SOURCE,
    ),
    query=FAILURES,
    shape=_shape,
    columns=COLUMNS,
    empty=N_("No run failed in these 90 days."),
)


def _choice(look: NightLook, label: str) -> Choice:
    frame = KINDS.frame(look)
    options = {code: words for code, words in zip(frame["counted"], frame["kind"], strict=True) if code}
    return Choice(label, None, options=options, none=_("Choose"))


def _name(connection: sa.Connection, look: NightLook, values: Mapping[str, Any]) -> str:
    kind, name = chosen(values["kind"]), " ".join(values["name"].split())
    decide(connection, What.NAME, kind, name, "", who=look.person.name, now=look.now)
    return _("The kind is called “{name}”.").format(name=name) if name else _("The kind has no name any more.")


def _merge(connection: sa.Connection, look: NightLook, values: Mapping[str, Any]) -> str:
    kind, into = chosen(values["kind"]), chosen(values["into"])
    if kind == into:
        raise InputInvalid(_("A kind cannot be merged into itself."))
    decide(connection, What.INTO, kind, into, values["why"].strip(), who=look.person.name, now=look.now)
    return _("The two kinds are one.")


def _merged(look: NightLook) -> dict[str, str]:
    """The kinds that were merged into one of those shown."""
    shown_here, kinds = set(KINDS.frame(look)["counted"]), look.desk.kinds
    return {
        kind: f"{kind} → {kinds.words(kinds.of(kind))}" for kind in sorted(kinds.into) if kinds.of(kind) in shown_here
    }


def _part(connection: sa.Connection, look: NightLook, values: Mapping[str, Any]) -> str:
    decide(connection, What.INTO, chosen(values["kind"]), "", "", who=look.person.name, now=look.now)
    return _("The kind stands alone again.")


def _history(look: NightLook) -> pd.DataFrame:
    """Every name and merge of the kinds shown, the newest first; to who sees some failures alone, what those say."""
    frame, kinds = KINDS.frame(look), look.desk.kinds
    shown_here, own = set(frame["counted"]), {kind for some in frame["own"] for kind in some}
    everything = look.person.scope.everything

    def seen(kind: str) -> bool:
        return everything or not kind or kind in own

    with store().read() as connection:
        decisions = {what: every(connection, what, look.desk.at) for what in (What.NAME, What.INTO)}
    rows = [
        {
            "at": decision.at,
            "kind": decision.subject,
            "name": decision.value if what is What.NAME else None,
            "into": (decision.value if seen(decision.value) else "…") if what is What.INTO else None,
            "who": look.book.called(decision.who),
            "why": decision.why or None,
        }
        for what, some in decisions.items()
        for decision in some
        if kinds.of(decision.subject) in shown_here and seen(decision.subject)
    ]
    rows.sort(key=lambda row: str(row["at"]), reverse=True)
    return framed(rows, HISTORY_COLUMNS)


HISTORY_COLUMNS = (
    Column("at", N_("When"), Kind.MOMENT),
    Column("kind", N_("Kind of error"), width="large"),
    Column("name", N_("Called")),
    Column("into", N_("Merged into"), width="large"),
    Column("who", N_("Who")),
    Column("why", N_("Why")),
)
NAME: Act[NightLook] = Act(
    name="kind-name",
    label=N_("Name a kind"),
    icon=":material/label:",
    help=N_("Without a name, it has none any more."),
    fields=lambda look: {"kind": _choice(look, _("Kind of error")), "name": Line(_("Name"))},
    run=_name,
    when=lambda look: not look.replay and not KINDS.frame(look).empty,
)
MERGE: Act[NightLook] = Act(
    name="kind-merge",
    label=N_("Merge two kinds"),
    icon=":material/merge:",
    fields=lambda look: {
        "kind": _choice(look, _("Kind of error")),
        "into": _choice(look, _("Counts as")),
        "why": Line(_("Why")),
    },
    run=_merge,
    when=lambda look: not look.replay and len(KINDS.frame(look)) > 1,
)
PART: Act[NightLook] = Act(
    name="kind-part",
    label=N_("Undo a merge"),
    icon=":material/undo:",
    fields=lambda look: {"kind": Choice(_("Kind of error"), None, options=_merged(look), none=_("Choose"))},
    run=_part,
    when=lambda look: not look.replay and bool(_merged(look)),
)
DECIDED: Figure[NightLook] = Figure(
    name="kinds-decided",
    title=N_("Names and merges of kinds"),
    about=About(N_("What people decided of the kinds shown, each in the audit; an empty one is an undo."), SOURCE),
    shape=_history,
    kept=False,
    columns=HISTORY_COLUMNS,
    when=lambda look: bool(look.desk.kinds.names or look.desk.kinds.into),
)
PARTS = (KINDS, NAME, MERGE, PART, DECIDED)
