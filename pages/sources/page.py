"""The screen of sources: how the last readings went; read now, add, change, remove; drop a file; refused rows."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from core.base.errors import VigieError
from core.base.i18n import N_, _, ngettext, show_number
from core.mission.discovery import missions
from core.people.rights import require
from core.run import registry
from core.run.jobs import jobs
from core.run.registry import Entry
from core.show.about import About
from core.show.columns import Column
from core.sources import drops, reach, refusals
from core.sources.base import Connector, Source
from core.sources.cells import Cells
from core.sources.drops import Droppable, Shaping
from core.sources.files import Shaped
from core.sources.mapping import Field, irrelevant, known_names
from core.store import changes
from core.store.engine import store
from core.ui import options as forms_of
from core.ui import table as tables
from core.ui.failures import tell
from core.ui.forms import done, told, write
from core.ui.screen import Screen, screen
from core.ui.words import plain
from pages.sources import MISSION, frames, queries

ABOUT = About(
    N_("Each place that facts come from, and how its last reading went, begun by the command or on this screen."),
    N_("The readings that Vigie notes, the sources that the store keeps"),
)
ABOUT_REFUSED = About(
    N_("Rows that could not land, each with its reason. Export them, correct them, drop the file here: they land."),
    N_("The store of Vigie"),
)
FILE_KINDS = ["csv", "txt", "tsv", "log", "xlsx", "xlsm", "xlsb", "xls", "ods"]
FIRST_ROWS = 8
MAIN_FIELDS = 6
ABSENT, CONSTANT = "", "\0"
_SEEN = "sources.seen"
_NEXT = "sources.next"
_DROPS = "sources.drops"


def _read(s: Screen, names: Sequence[str] | None) -> None:
    """Begin a reading in the background; who asked is in the audit."""
    with write(s) as connection:
        for name in names or ["*"]:
            changes.record(connection, who=s.person.name, entity="source", key=name, action="read")
        jobs().start(names)


def _begin_next(name: str) -> None:
    """Read a source as soon as this change stands, and clear what was dropped."""
    st.session_state[_NEXT] = name
    st.session_state[_DROPS] = st.session_state.get(_DROPS, 0) + 1


@st.fragment(run_every=1.0)
def _follow(s: Screen) -> None:
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
            require(connection, s.person.id, MISSION, act=True)
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


def _add(s: Screen) -> None:
    """A form for a source of any kind, made of its connector's options."""
    offered = [(mission.key, one) for mission in missions().values() for one in mission.connectors]
    mission, connector = st.selectbox(
        _("Kind of source"), offered, format_func=lambda pair: _(pair[1].title), key="sources.add.kind"
    )
    with st.form(f"sources.add.{connector.kind}", border=False):
        name = st.text_input(_("Name"), key="sources.add.name")
        squad = st.text_input(_("Squad"), help=_("Whose rows these are; empty: everybody's."), key="sources.add.squad")
        key, unused = f"sources.add.{connector.kind}", _unused(connector)
        given = forms_of.fields(connector.options, {}, key=key, without=unused)
        if st.form_submit_button(_("Add"), type="primary"):
            with write(s) as connection:
                checked = registry.check(connector, given)
                source = Source(name.strip(), mission, connector.kind, checked, squad.strip() or None)
                registry.add(connection, source, who=s.person.name)
                said = _("Source {name} added. {reach} Read it now to see what it holds.")
                done(said, name=name.strip(), reach=" ".join(reach.told(checked)))


def _unused(connector: Connector) -> tuple[str, ...]:
    """Options that none of the connector's columns makes use of."""
    return irrelevant(connector.options, connector.fields) if isinstance(connector, Shaping) else ()


def _change(s: Screen, entry: Entry) -> None:
    key = f"sources.change.{entry.name}.{entry.version}"
    with st.expander(_("Settings"), icon=":material/settings:"), st.form(key, border=False):
        squad = st.text_input(_("Squad"), entry.squad or "", key=f"{key}.squad")
        given = forms_of.fields(entry.connector().options, entry.options, key=key, without=_unused(entry.connector()))
        st.caption(_("With other settings the source is read from its beginning; rows that change identity come anew."))
        if st.form_submit_button(_("Save"), type="primary"):
            with write(s) as connection:
                checked = registry.check(entry.connector(), given)
                source = Source(entry.name, entry.mission, entry.kind, checked, squad.strip() or None, entry.enabled)
                registry.change(connection, source, entry.version, who=s.person.name)
                done(_("Source {name} changed."), name=entry.name)


def _act(s: Screen, entry: Entry) -> None:
    """The buttons of one source."""
    with st.container(horizontal=True):
        if not entry.enabled:
            if st.button(_("Restore"), icon=":material/undo:", key="sources.restore"):
                with write(s) as connection:
                    registry.enable(connection, entry.name, entry.version, True, who=s.person.name)
                    done(_("Source {name} restored."), name=entry.name)
            return
        if st.button(_("Read now"), icon=":material/sync:", type="primary", key="sources.read"):
            _read(s, [entry.name])
        with st.popover(_("Remove"), icon=":material/delete:"):
            st.write(_("The source is not read any more. What it brought stays, and it can be restored here."))
            if st.button(_("Remove the source"), type="primary", key="sources.remove"):
                with write(s) as connection:
                    registry.enable(connection, entry.name, entry.version, False, who=s.person.name)
                    done(_("Source {name} removed; it can be restored."), name=entry.name)


def _dropped(label: str, told_how: str, key: str) -> Path | None:
    """A file that somebody dropped, laid where it can be looked at."""
    file = st.file_uploader(label, type=FILE_KINDS, help=told_how, key=f"{key}.{st.session_state.get(_DROPS, 0)}")
    return drops.stage(file.name, file.getvalue()) if file else None


def _first_rows(cells: Cells, key: str) -> None:
    frame = cells.table.slice(0, FIRST_ROWS).to_pandas()
    columns = [Column(name, name) for name in cells.table.column_names]
    st.caption(_("The first rows of the file"))
    tables.draw(frame, columns, key=f"{key}.rows", alt=_("The first rows of the file"))


def _columns(
    fields: Sequence[Field], cells: Cells, guessed: dict[str, str], key: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Which column fills which field, or which constant does: the guess, corrected by the person."""
    names = cells.table.column_names
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    words = {ABSENT: _("not in the file"), CONSTANT: _("one value for all")}
    main = [field for at, field in enumerate(fields) if at < MAIN_FIELDS or field.name in guessed]
    rare = [field for field in fields if field not in main]
    places = [place for _row in range(0, len(main), 3) for place in st.columns(3)]
    more = st.expander(_("Further fields"))
    for field, place in [*zip(main, places, strict=False), *((field, more) for field in rare)]:
        with place:
            chosen = st.selectbox(
                _(field.title),
                [ABSENT, CONSTANT, *names],
                index=names.index(guessed[field.name]) + 2 if field.name in guessed else 0,
                format_func=lambda name: words.get(name, name),
                key=f"{key}.column.{field.name}",
            )
            if chosen == CONSTANT:
                value = st.text_input(_("{field}: value").format(field=_(field.title)), key=f"{key}.value.{field.name}")
                if value.strip():
                    constants[field.name] = value.strip()
            elif chosen != ABSENT:
                columns[field.name] = chosen
    return columns, constants


def _preview(s: Screen, connector: Shaping, source: Source, cells: Cells, key: str) -> Shaped | None:
    """How the rows will land: how many are new, which are refused and why. None when the file does not fit."""
    try:
        shaped = drops.preview(connector, source, cells)
    except VigieError as error:
        st.warning(plain(error.sentence), icon=":material/rule:")
        return None
    known = s.reader.run(queries.known_keys(connector.table), source=source.name).table
    new = frames.new_keys(shaped.rows, known, connector.table.key)
    all_new, all_known = show_number(new), show_number(len(shaped.rows) - new)
    st.write(
        _("Of the first {n} rows: {new} new, {known} known already, {refused} refused.").format(
            n=show_number(len(cells.lines) + len(cells.refused)),
            new=all_new,
            known=all_known,
            refused=show_number(len(shaped.refused)),
        )
    )
    for sentence, count in shaped.notes.items():
        st.warning(f"{plain(sentence)} ({show_number(count)})", icon=":material/help:")
    if shaped.refused:
        frame, columns = frames.refused(shaped.refused)
        tables.draw(frame, columns[:-1], key=f"{key}.refused", alt=_("Refused rows"))
    return shaped


def _drop_new(s: Screen) -> None:
    """A file that becomes a source: columns guessed, corrected, tried, remembered."""
    kinds = [(m.key, one) for m in missions().values() for one in m.connectors if isinstance(one, Droppable)]
    mission, connector = kinds[0]
    if len(kinds) > 1:
        mission, connector = st.selectbox(
            _("What it holds"), kinds, format_func=lambda pair: _(pair[1].title), key="sources.drop.kind"
        )
    staged = _dropped(_("CSV or Excel file"), _("Nothing lands before you say so."), "sources.drop")
    if staged is None:
        return
    key = f"sources.drop.{staged.parent.name}"
    try:
        cells = drops.look(staged, known_names(connector.fields))
    except VigieError as error:
        tell(error)
        return
    _first_rows(cells, key)
    proposed = connector.propose(cells)
    columns, constants = _columns(connector.fields, cells, proposed["columns"], key)
    start = {"complete_until": "last_row", "key": proposed.get("key", [])}
    with st.expander(_("Settings"), icon=":material/settings:"):
        given = forms_of.fields(
            connector.options,
            start,
            key=key,
            without=("path", "columns", "constants", *irrelevant(connector.options, connector.fields)),
            choices={"key": cells.table.column_names},
        )
    name = st.text_input(_("Name of the source"), staged.stem, key=f"{key}.name").strip()
    squad = st.text_input(_("Squad"), help=_("Whose rows these are; empty: everybody's."), key=f"{key}.whose").strip()
    values = {**given, "path": drops.pattern(name), "columns": columns, "constants": constants}
    try:
        source = Source(name, mission, connector.kind, registry.check(connector, values), squad or None)
    except VigieError as error:
        st.warning(plain(error.sentence), icon=":material/rule:")
        return
    st.caption(plain(" ".join(reach.told(source.options))))
    if _preview(s, connector, source, cells, key) and st.button(_("Land the rows"), type="primary", key=f"{key}.land"):
        with write(s) as connection:
            registry.add(connection, source, who=s.person.name)
            drops.keep(staged, name, drops.pattern(name))
            _begin_next(name)


def _drop_more(s: Screen, entry: Entry, connector: Shaping) -> None:
    """A further file of a source, or its refused rows put right."""
    how = _("Of the same columns: a further file, or the exported refused rows after you corrected them.")
    staged = _dropped(_("Corrected rows, or a further file"), how, f"sources.more.{entry.name}")
    if staged is None:
        return
    key = f"sources.more.{entry.name}.{staged.parent.name}"
    source = entry.source()
    try:
        cells = drops.look(staged, known_names(connector.fields, connector.mapping(source)))
    except VigieError as error:
        tell(error)
        return
    shaped = _preview(s, connector, source, cells, key)
    if shaped is None:
        return
    if shaped.settles:
        n = len(shaped.settles)
        st.write(ngettext("{n} refused row is put right.", "{n} refused rows are put right.", n).format(n=n))
    if st.button(_("Land the rows"), type="primary", key=f"{key}.land"):
        with write(s) as connection:
            path = str(entry.options.get("path", ""))
            kept = drops.keep(staged, entry.name, path)
            changes.record(
                connection, who=s.person.name, entity="source", key=entry.name, action="drop", after={"file": kept.name}
            )
            _begin_next(entry.name)


def _one(s: Screen, entry: Entry) -> None:
    """One source: what can be done with it, and the rows it could not land."""
    st.header(plain(entry.name), anchor=False)
    if s.can_act:
        _act(s, entry)
        if entry.enabled:
            _change(s, entry)
    with store().read() as connection:
        rows = refusals.open_rows(connection, entry.name)
    if rows:
        frame, columns = frames.refused(rows)
        s.table(frame, title=_("Refused rows"), columns=columns, about=ABOUT_REFUSED, name="refused")
    connector = entry.connector()
    if s.can_act and entry.enabled and isinstance(connector, Shaping):
        _drop_more(s, entry, connector)


with screen(MISSION) as s:
    told()
    if following := st.session_state.pop(_NEXT, None):
        _read(s, [following])
    job = jobs().last
    if job and job.running:
        _follow(s)
    else:
        _result()
    with store().read() as connection:
        entries = registry.entries(connection)
        refused = refusals.counts(connection)
    if s.can_act:
        with st.expander(_("Drop a file"), icon=":material/upload_file:", expanded=not entries):
            _drop_new(s)
        with st.expander(_("Add a source"), icon=":material/add_circle:"):
            _add(s)
    readings = s.load(queries.LAST_READINGS).table.to_pylist()
    if not entries and not readings:
        s.empty(
            _("There is no source yet."),
            hint=_("Drop a log file here, or add a database or a service; the board fills after the first reading."),
        )
    picked = s.table(
        frames.sources(entries, readings, refused),
        title=_("Sources"),
        columns=frames.source_columns(),
        about=ABOUT,
        name="list",
        select=True,
    )
    if entries and s.can_act and st.button(_("Read all now"), icon=":material/sync:", key="sources.read_all"):
        _read(s, None)
    if not picked:
        st.caption(_("Pick a source in the list to see its refused rows and what can be done."))
    elif picked[0] < len(entries):
        _one(s, entries[picked[0]])
    else:
        st.caption(_("Its facts came without a source that can be read again, as demo data do."))
