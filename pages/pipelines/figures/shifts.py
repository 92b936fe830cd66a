"""Durations that stepped to another level, and what a person says of it: that it is normal from now on."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.base.errors import InputInvalid
from core.base.i18n import N_, _, show_date, show_duration
from core.show.about import About
from core.show.columns import Column, Kind, framed
from core.show.figure import Act, Figure
from core.show.filters import Choice, Filter, Line
from pages.pipelines.decisions import What, decide
from pages.pipelines.drift import Median, Shift, shift
from pages.pipelines.figures.drifts import daily
from pages.pipelines.look import NightLook
from pages.pipelines.words import SOURCE

COLUMNS = (
    Column("pipeline", N_("Pipeline")),
    Column("since", N_("Since"), Kind.DAY),
    Column("before", N_("Before"), Kind.DURATION),
    Column("now", N_("Since then"), Kind.DURATION),
)
SAID = (
    Column("pipeline", N_("Pipeline")),
    Column("since", N_("Normal since"), Kind.DAY),
    Column("who", N_("Who")),
    Column("at", N_("When"), Kind.MOMENT),
    Column("why", N_("Note")),
)


def shifts(medians: Mapping[str, Sequence[Median]]) -> dict[str, Shift]:
    """Pipeline → the step of its duration. `medians`: as `drifts.daily` gives them."""
    return {pipeline: moved for pipeline, its in medians.items() if (moved := shift(tuple(its)))}


def _shape(look: NightLook) -> pd.DataFrame:
    rows = [
        {"pipeline": name, "since": pd.Timestamp(moved.since, tz="UTC"), "before": moved.before, "now": moved.now}
        for name, moved in shifts(daily(look)).items()
    ]
    return framed(rows, COLUMNS)


def _said(look: NightLook) -> pd.DataFrame:
    rows = [
        {
            "pipeline": name,
            "since": pd.Timestamp(decision.value, tz="UTC"),
            "who": look.book.called(decision.who),
            "at": decision.at,
            "why": decision.why,
        }
        for name, decision in sorted(_mine(look).items())
    ]
    return framed(rows, SAID)


def _mine(look: NightLook) -> Mapping[str, Any]:
    """What was said of the pipelines of families that the person sees."""
    seen = {member.member.pipeline for member in look.board.members}
    return {name: decision for name, decision in look.normal.items() if name in seen}


def _offered(look: NightLook) -> dict[str, Shift]:
    """The steps of which something can be said."""
    seen = {member.member.pipeline for member in look.board.members}
    frame = SHIFTS.frame(look)
    columns = (frame[name] for name in ("pipeline", "since", "before", "now"))
    rows = zip(*columns, strict=True)
    return {name: Shift(since.date(), before, now) for name, since, before, now in rows if name in seen}


def _fields(look: NightLook) -> Mapping[str, Filter[Any]]:
    options = {name: f"{name} · {_words(moved)}" for name, moved in _offered(look).items()}
    return {
        "pipeline": Choice(_("Pipeline"), next(iter(options)), options=options, none=_("Choose")),
        "why": Line(_("Why")),
    }


def _words(moved: Shift) -> str:
    return _("{now} since {day}, {before} before").format(
        now=show_duration(moved.now), day=show_date(moved.since), before=show_duration(moved.before)
    )


def _normal(connection: sa.Connection, look: NightLook, values: Mapping[str, Any]) -> str:
    name = values["pipeline"]
    moved = _offered(look).get(name)
    if moved is None:
        raise InputInvalid(_("Choose what it is about."))
    since = moved.since.isoformat()
    decide(connection, What.NORMAL, name, since, values["why"].strip(), who=look.person.name, now=look.now)
    return _("What is usual of {pipeline} begins on {day}.").format(pipeline=name, day=show_date(moved.since))


def _undo_fields(look: NightLook) -> Mapping[str, Filter[Any]]:
    options = {name: f"{name} · {show_date(pd.Timestamp(decision.value))}" for name, decision in _mine(look).items()}
    return {"pipeline": Choice(_("Pipeline"), next(iter(options)), options=options, none=_("Choose"))}


def _undo(connection: sa.Connection, look: NightLook, values: Mapping[str, Any]) -> str:
    name = values["pipeline"]
    if name not in _mine(look):
        raise InputInvalid(_("Choose what it is about."))
    decide(connection, What.NORMAL, name, "", "", who=look.person.name, now=look.now)
    return _("Durations of {pipeline} are held against all that came before again.").format(pipeline=name)


SHIFTS: Figure[NightLook] = Figure(
    name="shifts",
    title=N_("Durations at another level"),
    about=About(
        N_(
            "Pipelines whose daily medians stepped to another level that has lasted for seven days: as far from the "
            "thirty days before as a run must be to be unusual, up or down. Once it is the level of half of those "
            "days, it is what is usual. Before that a person may say that it is normal from now on: what is usual then "
            "begins on that day."
        ),
        SOURCE,
    ),
    shape=_shape,
    columns=COLUMNS,
    means=lambda _look, mark: {"pipeline": {"pipeline": mark["pipeline"]}},
    empty=N_("No duration stepped to another level."),
)
NORMAL: Act[NightLook] = Act(
    name="shift-normal",
    label=N_("Normal from now on"),
    icon=":material/task_alt:",
    fields=_fields,
    run=_normal,
    when=lambda look: not look.replay and bool(_offered(look)),
)
SAID_NORMAL: Figure[NightLook] = Figure(
    name="normal",
    title=N_("Durations said to be normal"),
    about=About(N_("What people said of durations that stepped to another level; each is in the audit."), SOURCE),
    shape=_said,
    columns=SAID,
    when=lambda look: bool(_mine(look)),
)
UNDO: Act[NightLook] = Act(
    name="shift-undo",
    label=N_("Undo"),
    icon=":material/undo:",
    fields=_undo_fields,
    run=_undo,
    when=lambda look: not look.replay and bool(_mine(look)),
)
PARTS = (SHIFTS, NORMAL, SAID_NORMAL, UNDO)
