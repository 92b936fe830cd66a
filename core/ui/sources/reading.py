"""Reading sources from a screen, in the background: begin, follow, stop, and say what it did."""

from collections.abc import Sequence

import streamlit as st

from core.base.i18n import _, show_number
from core.mission.discovery import missions
from core.people.rights import require
from core.run import registry
from core.run.jobs import jobs
from core.run.sync import Outcome
from core.store import changes
from core.store.engine import store
from core.ui.forms import write
from core.ui.links import link
from core.ui.screen import Screen
from core.ui.words import plain

_SEEN = "sources.seen"
_NEXT = "sources.next"
_LANDED = "sources.drops"


def begin(s: Screen, names: Sequence[str] | None) -> None:
    """Begin a reading in the background; who asked is in the audit."""
    with write(s) as connection:
        for name in names or ["*"]:
            changes.record(connection, who=s.person.name, entity="source", key=name, action="read")
        jobs().start(names)


def begin_next(name: str) -> None:
    """Read a source as soon as this change stands, and clear what was dropped."""
    st.session_state[_NEXT] = name
    st.session_state[_LANDED] = st.session_state.get(_LANDED, 0) + 1


def landed() -> int:
    """How many dropped files this session landed: uploaders whose key holds it are empty after each."""
    return int(st.session_state.get(_LANDED, 0))


def follow(s: Screen) -> None:
    """The reading that goes on, or what the last one did; one that was to begin after a change does."""
    if following := st.session_state.pop(_NEXT, None):
        begin(s, [following])
    job = jobs().last
    if job and job.running:
        _progress(s)
    else:
        _result()


@st.fragment(run_every=1.0)
def _progress(s: Screen) -> None:
    """The reading that goes on, every second; the whole screen is drawn again at its end."""
    job = jobs().last
    if job is None or not job.running:
        st.rerun()
    for report in job.reports.values():
        text = _("{source}: {landed} landed, {refused} refused").format(
            source=plain(report.source), landed=show_number(report.landed), refused=show_number(report.refused)
        )
        share = min(report.done / report.total, 1.0) if report.total else 0.0
        st.progress(share, text=text)
    if not job.reports:
        st.progress(0.0, text=_("The reading begins…"))
    if s.can_act and st.button(_("Stop the reading"), icon=":material/stop_circle:", key="sources.stop"):
        with store().read() as connection:
            require(connection, s.person.id, s.mission, act=True)
        job.stop()


def _result() -> None:
    """What the last reading did, once a person and reading."""
    job = jobs().last
    if job is None or st.session_state.get(_SEEN) == job.number:
        return
    st.session_state[_SEEN] = job.number
    if job.error:
        st.error(plain(job.error))
    for outcome in job.outcomes:
        text = _("{source}: {landed} landed, {refused} refused").format(
            source=plain(outcome.source), landed=show_number(outcome.landed), refused=show_number(outcome.refused)
        )
        if outcome.error:
            st.error(f"{text}. {plain(outcome.error)}", icon=":material/error:")
        else:
            st.success(f"{text}. {plain(outcome.note)}", icon=":material/check:")
            _lead(outcome)


def _lead(outcome: Outcome) -> None:
    """The way to what landed, on the screen of its mission."""
    with store().read() as connection:
        entry = registry.find(connection, outcome.source)
    mission = missions().get(entry.mission) if entry else None
    if mission is None or outcome.latest is None:
        return
    label, params = mission.when(outcome.latest) if mission.when else (_(mission.title), {})
    link(mission, label, params)


def every(s: Screen) -> None:
    """The button that reads every source."""
    if st.button(_("Read all now"), icon=":material/sync:", key="sources.read_all"):
        begin(s, None)
