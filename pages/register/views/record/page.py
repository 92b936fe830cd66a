"""One record: its state, what is not saved yet, two versions that clash, and the parts that show it."""

from functools import partial

import sqlalchemy as sa
import streamlit as st

from core.base.i18n import _, language, show_moment, show_percent
from core.records import drafts, records
from core.records.records import Record
from core.store.engine import store
from core.ui import figure
from core.ui import records as parts
from core.ui.editing import Work
from core.ui.forms import done, write
from core.ui.records import Part
from core.ui.screen import Screen
from core.ui.words import plain
from pages.register import check, files, treatments
from pages.register.completeness import Completeness, judge
from pages.register.lists import load
from pages.register.model import FORMS, Entry, Treatment
from pages.register.screening import SCREENING_NAMES, screen
from pages.register.views.files.page import downloads
from pages.register.views.form.page import draw as draw_form
from pages.register.views.history.page import draw_audit, draw_versions
from pages.register.views.links.page import draw as draw_links
from pages.register.views.page import way_back, work_on
from pages.register.views.unsaved.page import draw as draw_unsaved
from pages.register.workflow import ACTION_NAMES, STATE_NAMES, STEPS, Action, Situation, State, refusal

STATE_COLOURS = {
    State.DRAFT: "gray",
    State.IN_REVIEW: "blue",
    State.VALIDATED: "green",
    State.TO_REVIEW: "orange",
    State.ARCHIVED: "gray",
}
FORM, VERSIONS, AUDIT, LINKS = "form", "versions", "audit", "links"


def draw(s: Screen, kind: str, ref: str) -> None:
    """A record, by its reference."""
    parts.link(_("The list"), ":material/arrow_back:", way_back())
    with store().read() as connection:
        record = records.named(connection, kind, ref)
        lists = load(connection)
        draft = drafts.find(connection, s.person.id, [record.id]).get(record.id) if s.can_act else None
        situation = treatments.situation(connection, s.person, record)
        problem = treatments.validation_problem(connection)
        author = treatments.people(connection).get(record.author, record.author)
    work = work_on(s, record, draft)
    form = FORMS[kind]
    content = check.stored(form, work.content)
    judged = judge(form, content)
    _head(record, author, judged, content)
    if s.can_act:
        _steps(s, record, work, situation, problem)
        draw_unsaved(s, record, work, lists, partial(_save, s, record, work))
    shown = {FORM: _("Record"), VERSIONS: _("Versions"), AUDIT: _("Audit"), LINKS: _("Links")}
    view = s.filters(view=Part(_("What is shown"), FORM, options=shown)).view
    if view == FORM:
        order = files.Order(s.person.id, language(), kind, s.now, False, record.id)
        with st.popover(_("Export"), icon=":material/download:", type="tertiary"):
            downloads(order, files.OF_RECORD[kind], record.ref)
        draw_form(s, record, work, judged, lists)
    elif view == VERSIONS:
        draw_versions(s, record, lists)
    elif view == AUDIT:
        draw_audit(s, record)
    else:
        draw_links(s, work)


def _head(record: Record, author: str, judged: Completeness, content: Entry) -> None:
    """Name, state and completeness, as one piece."""
    state = State(record.state)
    share = _("complete at {share}").format(share=show_percent(judged.percent / 100))
    badges = [
        f":{STATE_COLOURS[state]}-badge[{_(STATE_NAMES[state])}]",
        f":{'green' if judged.whole else 'orange'}-badge[{share}]",
    ]
    if record.published is not None:
        badges.append(f":green-badge[{_('published: version {n}').format(n=record.published)}]")
    if isinstance(content, Treatment):
        badges.append(f":gray-badge[{_('AIPD: {state}').format(state=_(SCREENING_NAMES[screen(content)]))}]")
    saved = _("Version {n}, by {who}, {moment}").format(
        n=record.version, who=author, moment=show_moment(record.changed_at)
    )
    st.markdown(f"## {plain(record.ref)} · {plain(record.title)}", anchors=False)
    st.markdown(f"{' '.join(badges)}  \n{figure.small(saved)}")


def _steps(s: Screen, record: Record, work: Work, now: Situation, problem: str | None) -> None:
    """The steps of the workflow that lead on from here; one that is refused says why."""
    unsaved = _("Save or discard what you entered first.") if work.draft else ""
    offered = [
        parts.Step(
            step.action, _(step.label), step.reason, unsaved or refusal(step, now, why="asked on the click") or ""
        )
        for step in STEPS.values()
        if now.state in step.sources
    ]

    def take(action: str, why: str) -> None:
        with write(s) as connection:
            treatments.step(
                connection, s.person.id, record.id, record.version, Action(action), why=why, kind=record.kind
            )
            done(_("{ref}: {done}."), ref=record.ref, done=_(ACTION_NAMES[Action(action)]))

    parts.steps(offered, take, key=f"register.step.{record.id}.{record.version}")
    refused = refusal(STEPS[Action.VALIDATE], now) if now.state is State.IN_REVIEW else None
    for sentence in filter(None, [refused, problem if now.state is State.IN_REVIEW else None]):
        st.caption(plain(sentence))


def _save(s: Screen, record: Record, work: Work, connection: sa.Connection) -> None:
    treatments.save(connection, s.person.id, record.id, work.base, work.content, kind=record.kind)
