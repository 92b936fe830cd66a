"""The register's screens: its list, a record to fill and what became of it, imports, files, lists of values."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from core import export
from core.about import About
from core.auth.people import Role
from core.errors import Conflict, VigieError
from core.fields import TEXT_LENGTH, Asked, Form
from core.filters import Choice, Choices, Day, Text
from core.i18n import N_, _, language, local, ngettext, show_date, show_moment, show_number, show_percent
from core.related import related
from core.settings import settings
from core.sources import drops
from core.store import diff, drafts, records
from core.store.diff import Clash
from core.store.drafts import Draft
from core.store.engine import store
from core.store.lists import Lists, Value
from core.store.records import Line, Record
from core.ui import figure
from core.ui import records as parts
from core.ui.editing import Work, told_failure
from core.ui.failures import tell
from core.ui.forms import done, told, write
from core.ui.grid import grid
from core.ui.records import SIZE, PageOf, Part, Side
from core.ui.screen import Screen, screen
from core.ui.words import plain
from pages.register import (
    MISSION,
    charts,
    check,
    files,
    frames,
    imports,
    listing,
    mappings,
    plan,
    preview,
    templates,
    treatments,
    words,
)
from pages.register.completeness import Completeness, judge
from pages.register.lists import load
from pages.register.model import FORMS, SECTIONS, TREATMENT, Entry, Treatment
from pages.register.screening import SCREENING_NAMES
from pages.register.screening import screen as screened
from pages.register.workflow import ACTION_NAMES, STATE_NAMES, STEPS, Action, Situation, State, refusal

ABOUT = About(
    N_("Every treatment of personal data of which the organisation is the controller (GDPR, article 30)."),
    N_("The store of Vigie"),
)
ABOUT_HISTORY = About(N_("Every version that was ever saved; none is changed or taken out."), N_("The store of Vigie"))
ABOUT_AUDIT = About(
    N_("Who did what, when and why, in a chain of hashes that shows any later change."), N_("The audit")
)
STATE_COLOURS = {
    State.DRAFT: "gray",
    State.IN_REVIEW: "blue",
    State.VALIDATED: "green",
    State.TO_REVIEW: "orange",
    State.ARCHIVED: "gray",
}
ABOUT_COMPLETE = About(
    N_("What each record answers of what the GDPR asks, in percent; the mean of all. 100 % only when all are whole."),
    N_("The store of Vigie"),
)
ABOUT_OVERDUE = About(N_("Treatments whose day of review has passed."), N_("The store of Vigie"))
ABOUT_CHANGED = About(N_("Treatments saved or moved since the first day of this quarter."), N_("The store of Vigie"))
ABOUT_RUN_OUT = About(
    N_("Data of ended treatments that should be erased by now, counted from the treatment's end."),
    N_("The store of Vigie"),
)
ABOUT_COUNT = About(
    N_("How many treatments have each value, archived ones left out; one may have several."), N_("The store of Vigie")
)
ABOUT_IMPORT = About(
    N_("Each row of the file compared with the register as it is. Nothing is written before you import."),
    N_("The file that you dropped"),
)
ABOUT_LISTS = About(
    N_("Values that records choose from. A retired value is no longer offered, and stays where it is used."),
    N_("The store of Vigie"),
)
LIST_NAMES = {
    "typologies": N_("Typology of personal data"),
    "data_categories": N_("Categories of personal data"),
    "sensitive_data": N_("Sensitive data"),
    "person_types": N_("Categories of persons"),
    "recipient_types": N_("Type of recipient"),
    "measures": N_("Security measures"),
    "legal_bases": N_("Legal basis"),
    "conditions": N_("Condition for sensitive data"),
    "guarantees": N_("Guarantee"),
    "media": N_("Medium"),
    "write_modes": N_("Write mode"),
    "zones": N_("Zone"),
    "rights": N_("Rights that apply"),
    "aipd_criteria": N_("Criteria that are met"),
    "countries": N_("Country"),
    "registers": N_("Registers that are switched on"),
}
IMPORTED = ["xlsx", "xlsm", "xls", "ods", "csv", "tsv", "txt", "json"]
UNKNOWN = 10
FORM, VERSIONS, AUDIT, LINKS = "form", "versions", "audit", "links"
PUBLISHED, EVERY = "published", "every"
NO_TEMPLATE = ""
GRID = ("name", "squad", "typologies", "review_on", "started_on", "ended_on", "jira_component", "notes")
"""Fields that the grid holds."""
KNOWN = {"squad": "squad", "pipelines": "pipeline", "tables": "table", "jira_component": "jira"}
"""Fields that offer what other records say, and the facet that holds it."""
_BACK = "register.back"
_DROPS = "register.drops"


# The list


def _list(s: Screen, kind: str) -> None:
    with store().read() as connection:
        lists = load(connection)
        now = listing.wanted(_said(), s.now)
        facets = {
            name: listing.options(connection, kind, name, now, lists, _said().get(name) or ())
            for name in listing.FILTERED
            if kind == "treatment" or name in ("state", "squad", "pipeline")
        }
    s.filters(words=Text(_("Search")), state=Choices(listing.label("state"), options=facets.pop("state")))
    with st.expander(
        _("More filters"), icon=":material/filter_alt:", expanded=any(_said().get(name) for name in facets)
    ):
        s.filters(
            complete=Choice(_("Completeness"), options={code: _(word) for code, word in listing.COMPLETENESS.items()}),
            look=Choice(_("To look at"), options={code: _(word) for code, word in listing.LOOKS.items()}),
            sort=Choice(_("Sort by"), "ref", options={code: _(one[2]) for code, one in listing.ORDERS.items()}),
            **{name: Choices(listing.label(name), options=found) for name, found in facets.items()},
        )
    wanted = listing.wanted(s.chosen.values, s.now)
    order, descending, _word = listing.ORDERS[s.chosen.sort or "ref"]
    with store().read() as connection:
        total = records.find(connection, kind, wanted, limit=0).total
        page = s.filters(page=PageOf(_("Page"), total=total)).page
        found = records.find(
            connection, kind, wanted, order=order, descending=descending, offset=(page - 1) * SIZE, limit=SIZE
        ).lines
    if not found:
        st.info(_("No treatment passes these filters."), icon=":material/filter_alt_off:")
        return
    picked = s.table(
        frames.lines(found),
        title=ngettext("{n} treatment", "{n} treatments", total).format(n=show_number(total)),
        columns=frames.line_columns(),
        about=ABOUT,
        name="treatments",
        select=s.can_act,
        on_open=_open,
        rows=partial(_all_lines, kind, wanted, order, descending),
    )
    if s.can_act:
        _bulk(s, kind, [found[position] for position in picked], found)


def _said() -> dict[str, Any]:
    """The filters as they were chosen, before they are drawn: each is counted with the others in force."""
    names = (*listing.FILTERED, "words", "complete", "look")
    return {name: st.session_state.get(f"{MISSION.key}.{name}") for name in names}


def _all_lines(kind: str, wanted: records.Wanted, order: records.Order, descending: bool) -> Any:
    with store().read() as connection:
        found = records.find(connection, kind, wanted, order=order, descending=descending).lines
    return export.batches(frames.lines(found))


def _open(ref: str) -> None:
    """Go to a record; its screen leads back to the list as it was left."""
    kind = {"kind": st.query_params["kind"]} if "kind" in st.query_params else {}
    st.session_state[_BACK] = st.query_params.to_dict()
    st.query_params.from_dict({**kind, "record": ref})


def _link(label: str, icon: str, address: Mapping[str, str], *, key: str | None = None) -> None:
    """A button that leads to another address of this screen: Streamlit's own links leave the address as it was."""
    go = st.query_params.from_dict
    st.button(label, key=key, icon=icon or None, type="tertiary", on_click=go, args=(dict(address),))


def _bulk(s: Screen, kind: str, picked: Sequence[Line], found: Sequence[Line]) -> None:
    """What can be done to several records at once."""
    if picked:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(ngettext("{n} picked", "{n} picked", len(picked)).format(n=len(picked)))
            if st.button(_("Duplicate"), icon=":material/content_copy:"):
                with write(s) as connection:
                    made = [treatments.duplicate(connection, s.person.id, one.id, kind=kind).ref for one in picked]
                    done(_("Added as drafts: {refs}"), refs=", ".join(made))
            archive = STEPS[Action.ARCHIVE]
            parts.steps(
                [parts.Step(Action.ARCHIVE, _(archive.label), reason=True)],
                partial(_take_all, s, kind, picked),
                key="register.bulk",
            )
    if st.toggle(_("Edit in a grid"), key="register.grid", help=_("The treatments picked, else those of this page.")):
        _grid(s, kind, picked or found)


def _take_all(s: Screen, kind: str, picked: Sequence[Line], action: str, why: str) -> None:
    with write(s) as connection:
        for one in picked:
            treatments.step(connection, s.person.id, one.id, one.version, Action(action), why=why, kind=kind)
        done(_("Archived: {refs}"), refs=", ".join(one.ref for one in picked))


def _grid(s: Screen, kind: str, found: Sequence[Line]) -> None:
    """Some fields of several records in a grid: each entry is kept as a draft, then all are saved together."""
    form = FORMS[kind]
    with store().read() as connection:
        held = records.several(connection, kind, [one.id for one in found])
        mine = drafts.find(connection, s.person.id, list(held))
        lists = load(connection)
    works = [_work(s, held[one.id], mine.get(one.id)) for one in found if held[one.id].state != State.ARCHIVED]
    grid(works, [form.field(name) for name in GRID if name in form.model.model_fields], lists, key="register.cells")
    begun = [work for work in works if work.draft]
    ready = [work for work in begun if not work.outdated]
    for work in begun:
        if work.outdated:
            ref = held[work.record_id].ref
            st.warning(_("{ref} was saved by somebody else meanwhile: open it to merge.").format(ref=ref))
            _link(_("Open {ref}").format(ref=ref), ":material/merge:", {"record": ref})
    if ready and st.button(
        ngettext("Save {n} treatment", "Save {n} treatments", len(ready)).format(n=len(ready)), type="primary"
    ):
        with write(s) as connection:
            changes = [(work.record_id, work.base, work.content) for work in ready]
            treatments.save_many(connection, s.person.id, changes, kind=kind)
            drafts.drop(connection, s.person.id, [work.record_id for work in ready])
            done(_("Saved: {refs}"), refs=", ".join(held[work.record_id].ref for work in ready))


def _add(s: Screen, kind: str) -> None:
    """Begin a record, from nothing or from a template."""
    offered = {
        NO_TEMPLATE: _("Nothing filled in"),
        **{key: said["name"] for key, said in templates.templates().items()},
    }
    with (
        st.popover(_("Add"), icon=":material/add:", type="primary", key="register.adding"),
        st.form("register.add", border=False),
    ):
        name = st.text_input(_("Name of the treatment"), key="register.add.name", max_chars=TEXT_LENGTH)
        template = NO_TEMPLATE
        if kind == TREATMENT.kind:
            template = st.selectbox(
                _("Template"), list(offered), format_func=offered.__getitem__, key="register.add.template"
            )
        if st.form_submit_button(_("Add"), type="primary"):
            with write(s) as connection:
                content = templates.templates().get(template, {})
                record = treatments.add(
                    connection, s.person.id, {**content, "name": name or content.get("name", "")}, kind=kind
                )
                done(_("{ref} added as a draft."), ref=record.ref)
                _open(record.ref)


# A record


def _work(s: Screen, record: Record, draft: Draft | None) -> Work:
    saved = treatments.entry(record, record.kind).model_dump(mode="json")
    return Work(MISSION.key, s.person.id, record.id, record.version, saved, draft)


def _record(s: Screen, kind: str, ref: str) -> None:
    _link(_("The list"), ":material/arrow_back:", st.session_state.get(_BACK, {}))
    with store().read() as connection:
        record = records.named(connection, kind, ref)
        lists = load(connection)
        draft = drafts.find(connection, s.person.id, [record.id]).get(record.id) if s.can_act else None
        situation = treatments.situation(connection, s.person, record)
        problem = treatments.validation_problem(connection)
    work = _work(s, record, draft)
    form = FORMS[kind]
    content = check.stored(form, work.content)
    judged = judge(form, content)
    _head(record, judged, content)
    if s.can_act:
        _steps(s, record, work, situation, problem)
        if work.outdated:
            _conflict(s, record, work, lists)
        elif work.draft:
            _unsaved(s, record, work, lists)
    shown = {FORM: _("Record"), VERSIONS: _("Versions"), AUDIT: _("Audit"), LINKS: _("Links")}
    view = s.filters(view=Part(_("What is shown"), FORM, options=shown)).view
    if view == FORM:
        order = files.Order(s.person.id, language(), kind, s.now, False, record.id)
        with st.popover(_("Export"), icon=":material/download:", type="tertiary"):
            _downloads(order, files.OF_RECORD[kind], record.ref)
        _form(s, record, work, judged, lists)
    elif view == VERSIONS:
        _versions(s, record, lists)
    elif view == AUDIT:
        with store().read() as connection:
            found = frames.audit(connection, kind, record.id)
        s.table(found, title=_("Audit"), columns=frames.audit_columns(), about=ABOUT_AUDIT, name="audit")
    else:
        _links(s, work)


def _head(record: Record, judged: Completeness, content: Entry) -> None:
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
        badges.append(f":gray-badge[{_('AIPD: {state}').format(state=_(SCREENING_NAMES[screened(content)]))}]")
    saved = _("Version {n}, by {who}, {moment}").format(
        n=record.version, who=record.author, moment=show_moment(record.changed_at)
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


def _unsaved(s: Screen, record: Record, work: Work, lists: Lists) -> None:
    """What the person entered and did not save yet."""
    form = FORMS[record.kind]
    found = diff.differences(work.saved, work.content, form.keys)
    named = ", ".join(dict.fromkeys(words.tell(form, one, lists).where for one in found))
    with st.container(border=True, key="register-unsaved"):
        count = ngettext("{n} change is not saved yet", "{n} changes are not saved yet", len(found))
        st.markdown(f":orange-badge[{count.format(n=len(found))}] {plain(named)}")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if st.button(_("Save"), type="primary", icon=":material/save:", key="register.save"):
                _save(s, record, work)
            if st.button(_("Discard"), icon=":material/undo:", key="register.discard"):
                with write(s) as connection:
                    drafts.drop(connection, s.person.id, [record.id])


def _save(s: Screen, record: Record, work: Work) -> None:
    """Save a draft; where somebody was faster, the screen shows both sides."""
    try:
        with store().write() as connection:
            treatments.save(connection, s.person.id, record.id, work.base, work.content, kind=record.kind)
            drafts.drop(connection, s.person.id, [record.id])
        done(_("{ref} is saved."), ref=record.ref)
    except Conflict:
        pass
    except VigieError as error:
        tell(error)
        return
    st.rerun()


def _conflict(s: Screen, record: Record, work: Work, lists: Lists) -> None:
    """Somebody saved the record meanwhile: both sides field by field, and how they are merged."""
    form = FORMS[record.kind]
    with store().read() as connection:
        base = records.version(connection, record.id, work.base).data
        who = records.version(connection, record.id, record.version).who
        merged = treatments.reconcile(connection, record.id, work.base, work.content, kind=record.kind)
    with st.container(border=True, key="register-conflict"):
        sentence = _("{who} saved this record while you worked on it. Nothing of yours is lost: merge, then save.")
        st.warning(plain(sentence.format(who=who)), icon=":material/merge:")
        s.table(
            frames.both_sides(base, work.saved, work.content, form, lists),
            title=_("Both versions"),
            columns=frames.both_columns(who),
            about=ABOUT_HISTORY,
            name="conflict",
        )
        if merged.clashes:
            st.markdown(_("You both changed these: choose. Everything else is taken from whoever changed it."))

        def side(clash: Clash) -> Side:
            return Side(*frames.side(form, lists, clash.path, clash.base, clash.theirs, clash.mine))

        key = f"register.clash.{record.id}.{record.version}"
        chosen = parts.settled(merged.clashes, side, who, key=key)
        if st.button(
            _("Merge"), type="primary", disabled=chosen is None, icon=":material/merge:", key="register.merge"
        ):
            with write(s) as connection:
                whole = treatments.reconcile(
                    connection, record.id, work.base, work.content, kind=record.kind, prefer=chosen or ()
                )
                drafts.keep(connection, s.person.id, record.id, record.version, whole.data)
                done(_("Merged. Look at it once more, then save."))


def _form(s: Screen, record: Record, work: Work, judged: Completeness, lists: Lists) -> None:
    form = FORMS[record.kind]
    missing: dict[str, list[str]] = {}
    for one in judged.missing:
        missing.setdefault(form.field(one.path.partition("[")[0]).section, []).append(one.path)
    sections = {field.section: _(SECTIONS[field.section]) for field in form.fields}
    named = {key: f"{name} ({len(missing[key])})" if key in missing else name for key, name in sections.items()}
    if judged.missing:
        _missing(record, judged, form, sections)
    section = s.filters(section=Part(_("Section"), next(iter(sections)), options=named)).section
    st.subheader(sections[section], anchor=False)
    if not s.can_act or record.state == State.ARCHIVED:
        _read(form, section, work.saved, lists)
        return
    content = check.stored(form, work.content)
    shown = [field for field in form.fields if field.section == section and _asked(field, content)]
    locked = {"ref"} if record.published is not None else set()
    work.fields(shown, lists, missing=missing.get(section, ()), locked=locked, known=_known(s, record.kind))


def _asked(field: Asked, content: Entry) -> bool:
    """Whether a field is asked: one that another answer calls for only then, or while it holds something."""
    return not field.under or field.required(content, None) or field.filled(getattr(content, field.name))


def _known(s: Screen, kind: str) -> Mapping[str, Sequence[str]]:
    """Names that are in use, to choose from while typing."""
    with store().read() as connection:
        return {
            path: list(listing.counts(connection, kind, facet, records.NOTHING))[: listing.OFFERED]
            for path, facet in KNOWN.items()
        }


def _missing(record: Record, judged: Completeness, form: Form, sections: Mapping[str, str]) -> None:
    """Each missing item with the article that asks for it, as a link to its field."""
    n = len(judged.missing)
    count = ngettext("{n} answer is missing", "{n} answers are missing", n).format(n=n)
    opened = st.expander(count, icon=":material/checklist:", key="register.missing", on_change="rerun")
    if not opened.open:
        return
    with opened, st.container(gap="xxsmall"):
        for one in judged.missing:
            field = form.field(one.path.partition("[")[0])
            row = one.path.partition("[")[2].partition("]")[0]
            where = [sections[field.section], _(field.label), *([str(int(row) + 1), _(one.field.label)] if row else [])]
            told = _("GDPR, article {article}").format(article=one.article)
            label = f"{plain(' › '.join(dict.fromkeys(where)))} {figure.small(told)}"
            _link(label, "", {"record": record.ref, "section": field.section}, key=f"register.missing.{one.path}")


def _read(form: Form, section: str, content: Mapping[str, Any], lists: Lists) -> None:
    """A section as one reads it."""
    parts.answers(
        [
            (
                _(one.field.label),
                _("GDPR, article {article}").format(article=one.field.article) if one.field.article else "",
                one.answers,
            )
            for one in words.read(form, section, content, lists)
        ]
    )


def _versions(s: Screen, record: Record, lists: Lists) -> None:
    form = FORMS[record.kind]
    with store().read() as connection:
        found = records.history(connection, record.id)
    s.table(
        frames.versions(found),
        title=_("Versions"),
        columns=frames.version_columns(),
        about=ABOUT_HISTORY,
        name="versions",
    )
    named = {
        one.version: f"{one.version} · {show_moment(one.at)} · {one.who}, {_(ACTION_NAMES[Action(one.action)])}"
        for one in found
    }
    if len(found) > 1:
        earlier, later = parts.two_of(list(named), named.__getitem__, key=f"register.versions.{record.id}")
        with store().read() as connection:
            told_ = treatments.differences(connection, record.id, earlier, later, kind=record.kind)
        if told_:
            s.table(
                frames.differences(told_, form, lists),
                title=_("From version {earlier} to version {later}").format(earlier=earlier, later=later),
                columns=frames.difference_columns(),
                about=ABOUT_HISTORY,
                name="differences",
            )
        else:
            st.info(_("The content of both versions is the same: only the state changed."))
    on = s.filters(on=Day(_("As it was at the end of"), local(s.now).date(), last=local(s.now).date())).on
    then = next((one for one in found if one.at <= _end_of(on)), None)
    if then is None:
        st.info(_("This record did not exist yet."))
        return
    st.subheader(_("Version {n}, on {day}").format(n=then.version, day=show_date(on)), anchor=False)
    content = check.stored(form, then.data).model_dump(mode="json")
    for section in dict.fromkeys(field.section for field in form.fields):
        with st.expander(_(SECTIONS[section])):
            _read(form, section, content, lists)


def _end_of(day: date) -> datetime:
    """The last moment of a day on the screens' clock."""
    return datetime.combine(day, time.max, ZoneInfo(settings().timezone))


def _links(s: Screen, work: Work) -> None:
    """The things that the treatment names, and what other missions know of them."""
    content = work.content
    named = {
        "pipeline": (_("Pipelines"), content.get("pipelines") or []),
        "table": (_("Tables of the warehouse"), content.get("tables") or []),
        "jira_component": (_("Jira component"), [content["jira_component"]] if content.get("jira_component") else []),
        "squad": (_("Squad"), [content["squad"]] if content.get("squad") else []),
    }
    things = [(kind, name) for kind, (_label, names) in named.items() for name in names]
    if not things:
        st.info(_("This record names no pipeline, table, Jira component or squad yet."))
        return
    known = related(MISSION, s.reader, s.person, s.now, things)
    for kind, (label, names) in named.items():
        if names:
            said = [figure.related(name, known.get((kind, name), ())) for name in names]
            st.markdown(f"**{label}**\n" + "".join(f"\n- {one}" for one in said))


# The register as a whole


def _figures(s: Screen, kind: str) -> None:
    with store().read() as connection:
        found = listing.figures(connection, kind, s.now)
        lists = load(connection)
        counted = {
            facet: listing.counts(connection, kind, facet, listing.LIVE_ONLY)
            for facet in listing.COUNTED
            if kind == TREATMENT.kind or facet in ("state", "squad")
        }
    whole = found.completeness
    with st.container(horizontal=True):
        s.figure(
            _("Treatments"),
            show_number(whole.records),
            ABOUT,
            detail=_("{n} published").format(n=show_number(found.published)),
        )
        s.figure(
            _("Completeness"),
            show_percent(whole.percent / 100),
            ABOUT_COMPLETE,
            detail=_("{n} complete").format(n=show_number(whole.whole)),
        )
        s.figure(_("Overdue reviews"), show_number(found.overdue), ABOUT_OVERDUE)
        s.figure(_("Changed this quarter"), show_number(found.changed), ABOUT_CHANGED)
        s.figure(_("Retention run out"), show_number(len(found.run_out)), ABOUT_RUN_OUT)
    if found.run_out:
        s.table(
            frames.run_out(found.run_out, lists),
            title=_("Retention run out"),
            columns=frames.run_out_columns(),
            about=ABOUT_RUN_OUT,
            name="run-out",
            on_open=_open,
        )
    with st.grid(2, min_column_width=340, gap="medium") as cells:
        for facet, numbers in counted.items():
            with cells.cell():
                frame = frames.counted(numbers, {code: listing.words(facet, lists, code) for code in numbers})
                if not frame.empty:
                    s.chart(
                        charts.bars(frame),
                        title=listing.label(facet),
                        about=ABOUT_COUNT,
                        frame=frame,
                        columns=frames.counted_columns(listing.label(facet)),
                        name=f"by-{facet}",
                    )


def _which() -> dict[str, str]:
    return {PUBLISHED: _("what the register published"), EVERY: _("every record")}


def _past(s: Screen, kind: str) -> None:
    """The register as it was on a day."""
    today = local(s.now).date()
    chosen = s.filters(
        on=Day(_("At the end of"), today, last=today),
        which=Choice(_("Versions"), PUBLISHED, options=_which()),
    )
    with store().read() as connection:
        published = chosen.which != EVERY
        found = [
            version
            for version, _entry in treatments.register_as_of(
                connection, _end_of(chosen.on), published=published, kind=kind
            )
        ]
    if not found:
        st.info(_("The register was empty on that day."))
        return
    s.table(
        frames.past(found, kind),
        title=ngettext("{n} treatment", "{n} treatments", len(found)).format(n=show_number(len(found))),
        columns=frames.past_columns(),
        about=ABOUT_HISTORY,
        name="past",
        on_open=_open,
    )


def _files(s: Screen, kind: str) -> None:
    """The register as files."""
    today = local(s.now).date()
    chosen = s.filters(
        on=Day(_("At the end of"), today, last=today),
        which=Choice(_("Versions"), EVERY, options=_which()),
    )
    order = files.Order(s.person.id, language(), kind, min(_end_of(chosen.on), s.now), chosen.which == PUBLISHED)
    with st.container(border=True):
        st.markdown(f"**{_('The register, {which}').format(which=files.told(order))}**")
        _downloads(order, files.EXPORTS[kind])
    if files.may_inspect(s.person):
        with st.container(border=True):
            st.markdown(
                f"**{_('Inspection file')}**  \n"
                + _("One archive: the register on that day, every version, the audit, and whether its chain holds.")
            )
            _downloads(order, [files.File.INSPECTION])


def _downloads(order: files.Order, offered: Sequence[files.File], ref: str = "") -> None:
    """A button for each kind of file, which is made on the click."""
    with st.container(horizontal=True, gap="small"):
        for file in offered:
            shape = files.SHAPES[file]
            st.download_button(
                f"{_(shape.label)} (.{shape.suffix})",
                partial(files.make, file, order),
                file_name=files.name(file, order, ref),
                mime=shape.mime,
                key=f"register.file.{file}.{ref}",
                on_click="ignore",
                icon=":material/download:",
            )


def _import(s: Screen, kind: str) -> None:
    """A file, how its columns are understood, what it would change, then all or nothing."""
    if not s.can_act:
        st.info(_("Your role reads the register; it does not import."))
        return
    form = FORMS[kind]
    dropped = st.file_uploader(
        _("A workbook of the CNIL, a table (.xlsx, .ods, .csv) or a file of Vigie (.json)"),
        type=IMPORTED,
        key=f"register.file.{st.session_state.get(_DROPS, 0)}",
    )
    if dropped is None:
        return
    path = drops.stage(dropped.name, dropped.getvalue())
    with store().read() as connection:
        lists = load(connection)
    opened = imports.look(path, form, lists)
    if len(opened.sheets) > 1:
        sheet = st.selectbox(
            _("Sheet"), opened.sheets, index=opened.sheets.index(opened.sheet), key=f"register.sheet.{path.parent.name}"
        )
        if sheet != opened.sheet:
            opened = imports.look(path, form, lists, sheet=sheet)
    mapping = _mapping(opened, form) if opened.kind is imports.FileKind.TABLE else None
    with store().read() as connection:
        found = plan.make(connection, form, lists, imports.rows(opened, form, lists, mapping))
    counted = [f"{found.count(fate)} {_(word)}" for fate, word in plan.FATE_NAMES.items()]
    st.markdown(f"**{' · '.join(counted)}**")
    if found.unknown:
        words_ = ", ".join(f"{word} ({n})" for (_list_, word), n in list(found.unknown.items())[:UNKNOWN])
        st.warning(
            _("Words that no list has, kept beside: {words}").format(words=plain(words_)), icon=":material/help:"
        )
    s.table(
        preview.planned(found, form, lists),
        title=_("What the import would do"),
        columns=preview.planned_columns(),
        about=ABOUT_IMPORT,
        name="import",
    )
    label = ngettext("Import {n} treatment", "Import {n} treatments", found.writes).format(n=show_number(found.writes))
    if st.button(label, type="primary", disabled=not found.writes, key="register.import"):
        with write(s) as connection:
            applied = plan.carry_out(connection, s.person.id, found)
            if mapping:
                mappings.remember(connection, s.person.id, form, mapping)
            st.session_state[_DROPS] = st.session_state.get(_DROPS, 0) + 1
            done(
                _("Imported: {added} added, {changed} changed."),
                added=show_number(len(applied.added)),
                changed=show_number(len(applied.changed)),
            )


def _mapping(opened: imports.Opened, form: Form) -> dict[str, str]:
    """Which column fills which field: the guess or what was chosen before, corrected by the person."""
    with store().read() as connection:
        known = mappings.remembered(connection, form, opened.columns) or dict(opened.mapping or {})
    targets = {"": _("left out"), **mappings.targets(form)}
    chosen = {}
    with (
        st.expander(_("Columns"), icon=":material/table_chart:", expanded=True),
        st.grid(3, min_column_width=240) as cells,
    ):
        for column in opened.columns:
            example = next((row[column] for row in opened.sample if row.get(column)), "")
            chosen[column] = cells.cell().selectbox(
                column,
                list(targets),
                index=list(targets).index(known.get(column, "")),
                format_func=targets.__getitem__,
                help=plain(example[:200]) or None,
                key=f"register.column.{opened.path.parent.name}.{opened.sheet}.{column}",
            )
    return chosen


def _lists(s: Screen, kind: str) -> None:
    """Lists of values, and who may validate."""
    with store().read() as connection:
        known = load(connection)
        holders = treatments.validators(connection)
        problem = treatments.validation_problem(connection)
    names = ", ".join(person.display_name for person in holders) or "–"
    st.markdown(f"**{_('Who may validate')}**  \n{plain(names)}")
    if problem:
        st.warning(plain(problem), icon=":material/warning:")
    shown = {name: _(word) for name, word in LIST_NAMES.items() if name in known.values}
    name = s.filters(list=Choice(_("List of values"), next(iter(shown)), options=shown)).list or next(iter(shown))
    frame = frames.values(known, name)
    keeps = s.can_act and s.person.role is Role.COMPLIANCE
    picked = s.table(
        frame, title=shown[name], columns=frames.value_columns(), about=ABOUT_LISTS, name="values", select=keeps
    )
    if not keeps:
        st.caption(_("Lists of values are kept by compliance officers."))
        return
    for position in picked[:1]:
        _change_value(s, name, known.values[name][frame.iloc[position]["code"]])
    with st.expander(_("Add a value"), icon=":material/add:"), st.form(f"register.value.{name}", border=False):
        labels = _labels(f"register.value.{name}", {})
        if st.form_submit_button(_("Add"), type="primary"):
            with write(s) as connection:
                treatments.add_value(connection, s.person.id, name, labels)
                done(_("{value} added."), value=labels["fr"])


def _labels(key: str, held: Mapping[str, str]) -> dict[str, str]:
    french = st.text_input(_("In French"), held.get("fr", ""), key=f"{key}.fr", max_chars=100)
    english = st.text_input(_("In English"), held.get("en", ""), key=f"{key}.en", max_chars=100)
    return {"fr": french, "en": english or french}


def _change_value(s: Screen, name: str, value: Value) -> None:
    """Other words for a value; retire it or offer it again."""
    key = f"register.value.{name}.{value.code}.{value.version}"
    with st.form(key):
        labels = _labels(key, value.labels)
        with st.container(horizontal=True):
            saved = st.form_submit_button(_("Save"), type="primary")
            turned = st.form_submit_button(_("Offer again") if value.retired else _("Retire"))
    if saved or turned:
        with write(s) as connection:
            treatments.change_value(
                connection,
                s.person.id,
                name,
                value.code,
                version=value.version,
                labels=labels if saved else None,
                retired=not value.retired if turned else None,
            )
            done(_("{value} changed."), value=labels["fr"])


PARTS: dict[str, tuple[str, Callable[[Screen, str], None]]] = {
    "list": (N_("Treatments"), _list),
    "figures": (N_("Figures"), _figures),
    "past": (N_("On a past day"), _past),
    "import": (N_("Import"), _import),
    "files": (N_("Files"), _files),
    "lists": (N_("Lists and rights"), _lists),
}

with screen(MISSION) as s:
    told()
    told_failure()
    with store().read() as connection:
        switched_on = treatments.kinds(connection)
        unsaved = drafts.unsaved(connection, s.person.id, "treatment") if s.can_act else {}
    kind = TREATMENT.kind
    if len(switched_on) > 1:
        kind = s.filters(kind=Part(_("Register"), kind, options={key: _(FORMS[key].title) for key in switched_on})).kind
    if ref := st.query_params.get("record"):
        _record(s, kind, ref)
    else:
        part = s.filters(
            part=Part(_("Part"), "list", options={key: _(name) for key, (name, _draw) in PARTS.items()})
        ).part
        if s.can_act and part == "list":
            _add(s, kind)
        PARTS[part][1](s, kind)
