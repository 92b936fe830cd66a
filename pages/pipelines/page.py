"""The screen of last night: families, incidents, the pipelines in order of execution, the data they fill."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

import streamlit as st

from core.base.calendar import Night
from core.base.i18n import _, ngettext, show_date, show_duration, show_moment, show_time
from core.base.status import LOOKS, word
from core.mission.contract import Mission, Related, Thing
from core.mission.related import related
from core.show.filters import Choices, Chosen, Day
from core.ui import figure
from core.ui.night_filters import WHOLE_NIGHT, KnownAt, NightHours, moment_at
from core.ui.screen import Screen, screen
from core.ui.words import plain
from pages.pipelines import MISSION, charts, columns, frames, rules
from pages.pipelines.board import Board, Incident
from pages.pipelines.families import FamilyBoard, MemberBoard
from pages.pipelines.headline import counts, last_night, to_the_minute
from pages.pipelines.night import board_of
from pages.pipelines.shown import Hours, Shown, shown
from pages.pipelines.why import sentence

Known = Mapping[Thing, Sequence[tuple[Mission, Related]]]
"""What other missions say of pipelines (`core.mission.related`)."""
INCIDENTS_SHOWN = 8
HISTORY_NIGHTS = 30


def _chosen(s: Screen, told: rules.Rules) -> Chosen:
    """The filters: night, families, verdicts, hours, and the moment of knowing."""
    seen = [f for f in told.families if s.person.scope.everything or f.squad is None or f.squad in s.person.squads]
    turn = told.night.turns_at
    return s.filters(
        night=Day(_("Night"), default=last_night(s.now), last=told.night.at(s.now).day),
        family=Choices(_("Family"), options={family.key: family.name for family in seen}),
        status=Choices(_("Status"), options={verdict.value: word(verdict) for verdict in LOOKS}),
        hours=NightHours(_("Hours"), turn=turn),
        known=KnownAt(_("What was known at"), turn=turn),
    )


def _hours(chosen: Chosen, night: Night) -> Hours | None:
    """The hours filtered by, as UTC moments; None for the whole night."""
    first, last = chosen.hours
    return None if (first, last) == (0, WHOLE_NIGHT) else (moment_at(night, first), moment_at(night, last))


def _only(family: str) -> None:
    """Filter by one family; once more, by none."""
    key = f"{MISSION.key}.family"
    st.session_state[key] = [] if st.session_state.get(key) == [family] else [family]


def _card(board: FamilyBoard) -> None:
    family = board.family
    with st.container(border=True, height="stretch", gap="xxsmall", key=f"family-{family.key}"):
        st.button(
            f"**{plain(family.name)}**",
            key=f"only-{family.key}",
            type="tertiary",
            icon=":material/filter_alt:",
            help=_("Show this family alone"),
            on_click=_only,
            args=(family.key,),
        )
        st.markdown(
            "  \n".join([figure.badge(board.verdict), plain(sentence(board.why)), *map(figure.small, _times(board))])
        )


def _times(board: FamilyBoard) -> list[str]:
    """Start, end and duration of a family, and its steps while they are to be confirmed."""
    told = []
    if board.start:
        end = show_time(board.end) if board.end else "…"
        took = show_duration((board.end - board.start).total_seconds()) if board.end else "…"
        told += [
            _("Start {start}, end {end}").format(start=show_time(board.start), end=end),
            _("Duration {took}").format(took=took),
        ]
    if any(not step.confirmed for step in board.family.steps):
        steps = [frames.marked(step.name, step.confirmed) for step in board.family.steps]
        told.append(_("Steps: {steps}").format(steps=" → ".join(steps)))
    return told


def _pipelines_of(incident: Incident) -> list[str]:
    return [incident.pipeline] if incident.pipeline else [member.pipeline for member in incident.family.members]


def _incident(incident: Incident, known: Known) -> None:
    family = incident.family
    failed = incident.judged.failed if incident.judged else None
    run = failed or (incident.judged.decisive if incident.judged else None)
    criticality = figure.small(frames.marked(_("Criticality {n}").format(n=family.criticality), family.confirmed))
    name = f"{family.name} · {incident.pipeline}" if incident.pipeline else family.name
    links = (
        (_("Open the run"), ":material/open_in_new:", frames.url_of(run) if run else None),
        (_("Runbook"), ":material/menu_book:", family.runbook),
    )
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(
            f"{figure.badge(incident.verdict)} {criticality}  \n**{plain(name)}**  \n{plain(sentence(incident.why))}"
        )
        if failed and failed.error_message:
            st.code(frames.error_of(failed), language=None, wrap_lines=True)
        owners = dict.fromkeys(data_set.owner for data_set in incident.data_sets if data_set.owner)
        told = (
            (_("Data: {names}"), [frames.data_set_names(incident.data_sets)] if incident.data_sets else []),
            (_("Awaited by: {names}"), incident.consumers),
            (_("Ask: {names}"), [*owners, *([family.contact] if family.contact else [])]),
        )
        lines = [plain(text.format(names=", ".join(names))) for text, names in told if names]
        if touched := [one for name in _pipelines_of(incident) for one in known.get(("pipeline", name), ())]:
            lines.append(figure.touched(touched))
        if any(url for _label, _icon, url in links):
            lines.append(" · ".join(figure.link(label, url, icon) for label, icon, url in links if url))
        if lines:
            st.markdown("  \n".join(lines))


def _summary(s: Screen, board: Board, replay: bool) -> None:
    night = _("Night of {day}: {counts}").format(day=show_date(board.night.day, "full"), counts=counts(board))
    st.markdown(
        f"{figure.badge(board.verdict)} **{plain(night)}**", help=figure.explained(columns.ABOUT_NIGHT, s.freshness)
    )
    if replay:
        st.info(_("As it was known on {moment}.").format(moment=show_moment(board.as_of)), icon=":material/history:")


def _families(s: Screen, boards: Sequence[FamilyBoard]) -> None:
    s.heading(
        title=_("Families"),
        about=columns.ABOUT_NIGHT,
        frame=partial(frames.families, boards),
        columns=columns.families(),
        name="families",
    )
    with st.grid(4, min_column_width=225, gap="small"):
        for board in boards:
            _card(board)


def _incidents(s: Screen, found: Sequence[Incident]) -> None:
    s.heading(
        title=_("Incidents"),
        about=columns.ABOUT_INCIDENTS,
        frame=partial(frames.incidents, found),
        columns=columns.incidents(),
        name="incidents",
    )
    drawn = found[:INCIDENTS_SHOWN]
    things = {("pipeline", name) for incident in drawn for name in _pipelines_of(incident)}
    known = related(MISSION, s.reader, s.person, s.now, things)
    with st.grid(2, min_column_width=340, gap="small"):
        for incident in drawn:
            _incident(incident, known)
    if len(found) > INCIDENTS_SHOWN:
        more = len(found) - INCIDENTS_SHOWN
        st.caption(
            ngettext("{n} more incident in the export.", "{n} more incidents in the export.", more).format(n=more)
        )


def _pipelines(s: Screen, board: Board, members: Sequence[MemberBoard], hours: Hours | None) -> None:
    """The night in order of execution: time line, table, and every run of the pipelines picked in it."""
    runs = frames.runs(members, min(board.as_of, board.night.end))
    if not runs.empty:
        s.chart(
            charts.timeline(runs, *(hours or charts.bounds(runs))),
            title=_("Order of execution"),
            about=columns.ABOUT_TIMELINE,
            frame=runs,
            columns=columns.timeline(),
            name="timeline",
            told=_("Runs of the night on a time line; the table below says the same."),
        )
    ordered = sorted(members, key=frames.began)
    picked = s.table(
        frames.pipelines(ordered),
        title=_("Pipelines"),
        columns=columns.pipelines(),
        about=columns.ABOUT_PIPELINES,
        name="pipelines",
        select=True,
    )
    for member in [ordered[position] for position in picked]:
        _detail(s, member)


def _detail(s: Screen, member: MemberBoard) -> None:
    """Every run of a pipeline, and what its last failure said."""
    name = member.member.pipeline
    frame = frames.one_pipeline(member)
    if frame.empty:
        st.text(f"{name} · {sentence(member.judged.told)}")
        return
    s.table(
        frame,
        title=_("Runs of {pipeline}").format(pipeline=name),
        columns=columns.runs(),
        about=columns.ABOUT_PIPELINES,
        name=f"runs-{name}",
    )
    if error := frames.error_of(member.judged.failed):
        st.code(error, language=None, wrap_lines=True)


def _nothing(sentence: str) -> None:
    st.info(sentence, icon=":material/filter_alt_off:")


def _data_sets(s: Screen, board: Board, passed: Shown) -> None:
    if not board.data_sets:
        st.info(_("No data set is declared for the families you see."))
        return
    if not passed.data_sets:
        _nothing(_("No data set passes these filters."))
        return
    s.table(
        frames.data_sets(passed.data_sets),
        title=_("Data sets"),
        columns=columns.data_sets(),
        about=columns.ABOUT_DATA_SETS,
        name="data-sets",
    )


def _unassigned(s: Screen, board: Board, passed: Shown) -> None:
    if not board.unassigned:
        st.success(_("Every pipeline that ran is in a family."))
        return
    if not passed.unassigned:
        _nothing(_("No pipeline passes these filters."))
        return
    s.table(
        frames.unassigned(passed.unassigned),
        title=_("Pipelines in no family"),
        columns=columns.runs(),
        about=columns.ABOUT_UNASSIGNED,
        name="unassigned",
    )


def _history(s: Screen, told: rules.Rules, night: Night, families: Sequence[str]) -> None:
    """The nights before this one, with all that is known of them by now; of some families or of all."""
    boards = [
        board_of(s.reader, told, past, to_the_minute(min(s.now, past.end)), replay=False)
        for age in range(HISTORY_NIGHTS - 1, -1, -1)
        for past in [told.night.of(night.day - timedelta(days=age))]
    ]
    frame = frames.history(boards, families)
    s.chart(
        charts.nights(frame),
        title=_("Last {n} nights").format(n=HISTORY_NIGHTS),
        about=columns.ABOUT_HISTORY,
        frame=frame,
        columns=columns.history(),
        name="history",
        told=_("Verdict of each family in the last nights; the export holds the same."),
    )


with screen(MISSION) as s:
    told = rules.in_force()
    if s.freshness is None:
        s.empty(
            _("No source of runs has been read yet."),
            hint=_("Once a source is added and read, this screen says whether last night's pipelines ran."),
        )
    chosen = _chosen(s, told)
    night = told.night.of(chosen.night)
    replay = chosen.known is not None
    as_of = min(moment_at(night, chosen.known), s.now) if replay else s.now
    board = board_of(s.reader, told, night, to_the_minute(as_of), replay=replay, ask=s.load)
    passed = shown(board, chosen.family, chosen.status, _hours(chosen, night))
    _summary(s, board, replay)
    if passed.incidents:
        _incidents(s, passed.incidents)
    if passed.families:
        _families(s, passed.families)
    else:
        _nothing(_("No pipeline passes these filters."))
    pipelines, data, alone, history = st.tabs(
        [
            _("Pipelines"),
            _("Data sets"),
            _("In no family ({n})").format(n=len({run.pipeline for run in passed.unassigned})),
            _("Last {n} nights").format(n=HISTORY_NIGHTS),
        ],
        on_change="rerun",
        key="pipelines.part",
    )
    with pipelines:
        if pipelines.open and passed.members:
            _pipelines(s, board, passed.members, _hours(chosen, night))
    with data:
        if data.open:
            _data_sets(s, board, passed)
    with alone:
        if alone.open:
            _unassigned(s, board, passed)
    with history:
        if history.open:
            _history(s, told, night, chosen.family)
