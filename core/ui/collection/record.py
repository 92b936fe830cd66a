"""One record: its state, what is not saved yet, two versions that clash, and the parts that show it."""

from functools import partial

import sqlalchemy as sa
import streamlit as st

from core.base.i18n import _, language, show_moment, show_percent
from core.records import acts, check, drafts, records, words
from core.records.collection import Collection
from core.records.completeness import Completeness, judge
from core.records.exporting import files
from core.records.records import Record
from core.records.workflow import Situation, refusal
from core.store.engine import store
from core.ui import figure
from core.ui import records as parts
from core.ui.collection.files import downloads
from core.ui.collection.form import draw as draw_form
from core.ui.collection.history import draw_audit, draw_versions
from core.ui.collection.links import draw as draw_links
from core.ui.collection.unsaved import draw as draw_unsaved
from core.ui.collection.ways import way_back, work_on
from core.ui.editing import Work
from core.ui.forms import done, write
from core.ui.records import Part
from core.ui.screen import Screen
from core.ui.words import plain

FORM, VERSIONS, AUDIT, LINKS = "form", "versions", "audit", "links"


def draw(s: Screen, collection: Collection, ref: str) -> None:
    """A record, by its reference."""
    parts.link(_("The list"), ":material/arrow_back:", way_back())
    with store().read() as connection:
        record = records.named(connection, collection.kind, ref)
        acts.require_seen(s.person, record)
        lists = collection.lists(connection)
        draft = drafts.find(connection, s.person.id, [record.id]).get(record.id) if s.can_act else None
        situation = acts.situation(connection, collection, s.person, record)
        problems = _problems(connection, collection, situation)
        people = acts.people(connection)
        counts = records.version(connection, record.id, record.published) if record.published else None
    author = people.get(record.author, record.author)
    publication = words.published(collection.workflow, counts, people) if counts else ""
    work = work_on(s, collection, record, draft)
    content = check.stored(collection.form, work.content)
    judged = judge(collection.form, content)
    _head(collection, record, author, publication, judged, collection.badges(content))
    for sentence in collection.computed(content):
        st.markdown(plain(sentence))
    if s.can_act:
        _steps(s, collection, record, work, situation)
        for sentence in problems:
            st.caption(plain(sentence))
        draw_unsaved(s, collection, record, work, lists, partial(_save, s, collection, record, work))
    shown = {FORM: _("Record"), VERSIONS: _("Versions"), AUDIT: _("Audit"), LINKS: _("Links")}
    view = s.filters(view=Part(_("What is shown"), FORM, options=shown)).view
    if view == FORM:
        order = files.Order(s.person.id, language(), collection, s.now, False, record.id)
        with s.bar, st.popover(_("Export"), icon=":material/download:", type="tertiary"):
            downloads(s, order, [file for file in files.offered(collection).values() if file.one], record.ref)
        draw_form(s, collection, record, work, judged, lists)
    elif view == VERSIONS:
        draw_versions(s, collection, record, lists)
    elif view == AUDIT:
        draw_audit(s, collection, record)
    else:
        draw_links(s, collection, record, work)


def _problems(connection: sa.Connection, collection: Collection, now: Situation) -> list[str]:
    """Why the person may not take a step from here that needs a right or has a condition, and what keeps it from
    working at all."""
    every = [step for step in collection.workflow.steps if now.state in step.sources]
    guarded = [step for step in every if step.right or step.condition]
    sentences: list[str | None] = []
    for step in guarded:
        sentences += [
            refusal(collection.workflow, step, now, why="asked later"),
            acts.problem(connection, collection, step),
        ]
    return [sentence for sentence in sentences if sentence]


def _head(
    collection: Collection,
    record: Record,
    author: str,
    publication: str,
    judged: Completeness,
    badges: tuple[str, ...],
) -> None:
    """Name, state and completeness, as one piece."""
    state = collection.workflow.state(record.state)
    share = _("complete at {share}").format(share=show_percent(judged.percent / 100))
    drawn = [
        f":{state.colour}-badge[{_(state.name)}]",
        f":{'green' if judged.whole else 'orange'}-badge[{share}]",
    ]
    if record.published is not None:
        drawn.append(f":green-badge[{_('published: version {n}').format(n=record.published)}]")
    drawn += [f":gray-badge[{plain(badge)}]" for badge in badges]
    saved = _("Version {n}, by {who}, {moment}").format(
        n=record.version, who=author, moment=show_moment(record.changed_at)
    )
    st.markdown(f"## {plain(record.ref)} · {plain(record.title)}", anchors=False)
    standing = " · ".join(filter(None, (saved, publication)))
    st.markdown(f"{' '.join(drawn)}  \n{figure.small(standing)}")


def _steps(s: Screen, collection: Collection, record: Record, work: Work, now: Situation) -> None:
    """The steps of the workflow that lead on from here; one that is refused says why."""
    workflow = collection.workflow
    unsaved = _("Save or discard what you entered first.") if work.draft else ""
    offered = [
        parts.Step(
            step.action,
            _(step.label),
            step.reason,
            unsaved or refusal(workflow, step, now, why="asked on the click") or "",
        )
        for step in workflow.steps
        if now.state in step.sources
    ]

    def take(action: str, why: str) -> None:
        unmet = acts.conditions(collection, s.person, [record], action)
        with write(s) as connection:
            acts.step(connection, collection, s.person.id, record.id, record.version, action, unmet=unmet, why=why)
            done(_("{ref}: {done}."), ref=record.ref, done=_(workflow.done[action]))

    parts.steps(offered, take, key=f"{s.mission.key}.step.{record.id}.{record.version}")


def _save(s: Screen, collection: Collection, record: Record, work: Work, connection: sa.Connection) -> None:
    acts.save(connection, collection, s.person.id, record.id, work.base, work.content)
