"""Files that people drop: looked at, their columns told, tried, and landed once somebody says so."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.base.errors import VigieError
from core.base.i18n import Own, _, ngettext, show_number
from core.mission.discovery import missions
from core.people.person import ROLE_NAMES, Role
from core.people.rights import may_act
from core.records.importing import mappings
from core.run import registry
from core.run.registry import Entry
from core.show import refused
from core.show.columns import Column
from core.sources import drops, reach
from core.sources.base import Source
from core.sources.cells import Cells, Known
from core.sources.drops import Droppable, Shaping, is_droppable
from core.sources.files import Shaped
from core.sources.mapping import Field, irrelevant, known_names
from core.sources.samples import sample
from core.store import changes
from core.store.engine import store
from core.ui import options as forms_of
from core.ui import table as tables
from core.ui.failures import tell
from core.ui.forms import write
from core.ui.links import link
from core.ui.screen import Screen
from core.ui.sources import reading, samples
from core.ui.words import plain

FILE_KINDS = ["csv", "txt", "tsv", "log", "xlsx", "xlsm", "xlsb", "xls", "ods", "json", "jsonl", "ndjson"]
FIRST_ROWS = 8
MAIN_FIELDS = 6
ABSENT, CONSTANT = "", "\0"
_KIND = "sources.drop.kind"
Notes = dict[str, DeltaGenerator]
"""By field, the place below it."""


def panel(s: Screen) -> None:
    """The panel in which a file becomes a source; open while there is none, and while a file lies in it."""
    with store().read() as connection:
        first = s.reader.fresh() is None and not registry.entries(connection)
    lying = st.session_state.get(_uploader("sources.drop")) is not None
    with st.expander(_("Drop a file"), icon=":material/upload_file:", expanded=first or lying):
        _new(s)


def _uploader(key: str) -> str:
    """The key of an uploader: another one after each file that landed, so that it is empty then."""
    return f"{key}.{reading.landed()}"


def _dropped(label: str, told_how: str, key: str) -> Path | None:
    """A file that somebody dropped, laid where it can be looked at."""
    file = st.file_uploader(label, type=FILE_KINDS, help=told_how, key=_uploader(key))
    return drops.stage(file.name, file.getvalue()) if file else None


def _first_rows(cells: Cells, key: str) -> None:
    frame = cells.table.slice(0, FIRST_ROWS).to_pandas()
    columns = [Column(name, Own(name)) for name in cells.table.column_names]
    st.caption(_("The first rows of the file"))
    tables.draw(frame, columns, key=f"{key}.rows", alt=_("The first rows of the file"))


def _rows(staged: Path, connector: Shaping, key: str) -> tuple[Cells, dict[str, str]]:
    """The rows of a file, of the list that somebody picked where JSON has several, and that list as an option."""
    known = known_names(connector.fields)
    cells = drops.looked(staged, known)
    if len(cells.lists) < 2:
        return cells, {}
    picked = st.selectbox(_("List of the rows"), cells.lists, index=cells.lists.index(cells.rows), key=f"{key}.lists")
    return (cells if picked == cells.rows else drops.looked(staged, known, picked)), {"rows": picked}


def _columns(
    fields: Sequence[Field], cells: Cells, guessed: dict[str, str], key: str
) -> tuple[dict[str, str], dict[str, str], Notes]:
    """Which column fills which field, or which constant does: the guess, corrected by the person; and below each field
    the place for what is to be said of it."""
    names = cells.table.column_names
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    words = {ABSENT: _("not in the file"), CONSTANT: _("one value for all")}
    main = [field for at, field in enumerate(fields) if at < MAIN_FIELDS or field.name in guessed]
    rare = [field for field in fields if field not in main]
    places = [place for _row in range(0, len(main), 3) for place in st.columns(3)]
    more = st.expander(_("Further fields"))
    notes: Notes = {}
    for field, place in [*zip(main, places, strict=False), *((field, more) for field in rare)]:
        with place:
            guess = guessed.get(field.name, ABSENT)
            offered = [ABSENT, CONSTANT, *names, *({guess} - {ABSENT, *names})]  # a guess may name two columns
            chosen = st.selectbox(
                _(field.title),
                offered,
                index=offered.index(guess),
                format_func=lambda name: words.get(name, name),
                key=f"{key}.column.{field.name}",
            )
            if chosen == CONSTANT:
                value = st.text_input(_("{field}: value").format(field=_(field.title)), key=f"{key}.value.{field.name}")
                if value.strip():
                    constants[field.name] = value.strip()
            elif chosen != ABSENT:
                columns[field.name] = chosen
            notes[field.name] = st.empty()
    return columns, constants, notes


def _explain(connector: Shaping, source: Source, cells: Cells, notes: Notes) -> bool:
    """Say below each field what it makes of its column, and what is wrong with it. Whether every field that a row
    cannot do without is told."""
    mapping = connector.mapping(source)
    complete = True
    for field in connector.fields:
        if field.name in mapping.columns:
            notes[field.name].caption(samples.told(field, sample(cells, field, mapping)))
        elif field.needed and field.name not in mapping.constants:
            notes[field.name].caption(f":red[{_('Needed: pick the column that says it, or give one value for all.')}]")
            complete = False
    if asked := samples.order_asked(cells, connector.fields, mapping):
        st.warning(asked, icon=":material/help:")
    return complete


def _preview(s: Screen, connector: Shaping, source: Source, cells: Cells, key: str) -> Shaped | None:
    """How the rows will land: how many are new, which are refused and why. None when the file does not fit."""
    try:
        shaped = drops.preview(connector, source, cells)
    except VigieError as error:
        st.warning(plain(error.sentence), icon=":material/rule:")
        return None
    known = s.reader.run(drops.known_keys(connector.table), source=source.name).table
    new = drops.new_keys(shaped.rows, known, connector.table.key)
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
    if shaped.refused and not len(shaped.rows):
        reason = plain(shaped.refused[0].reason)
        st.warning(_("None of these rows can land. The first: {reason}").format(reason=reason), icon=":material/rule:")
        return None
    if shaped.refused:
        with st.expander(_("Refused rows")):
            frame, columns = refused.frame(shaped.refused), refused.columns(shaped.refused)
            tables.draw(frame, columns[:-1], key=f"{key}.refused", alt=_("Refused rows"))
    return shaped


def _offer(s: Screen, staged: Path, kinds: Mapping[str, Droppable], chosen: str, key: str) -> None:
    """Say that a file looks like one of another kind, or like the records of a collection: a click takes it as that,
    or leads to where they are imported, and whoever may not do so reads who may.

    The head of the file is looked for by what every kind knows: by the chosen one's words alone a row of data may pass
    for it.
    """
    every = known_names(field for kind in kinds.values() for field in kind.fields)
    kept = {f"{m.key}.{kept_in.kind}": (m, kept_in) for m in missions().values() for kept_in in m.collections}
    known: dict[str, Known] = {kind: known_names(kind_of.fields) for kind, kind_of in kinds.items()}
    known |= {name: partial(mappings.known, kept_in) for name, (_m, kept_in) in kept.items()}
    likely = drops.likely(known, chosen, drops.looked(staged, every).table.column_names)
    if not likely:
        return
    mission, collection = kept.get(likely, (None, None))
    title = _(mission.title if mission else kinds[likely].title)
    st.warning(
        _("By its columns this file looks like another kind: “{title}”.").format(title=title), icon=":material/help:"
    )
    if mission and collection:
        if may_act(s.person, mission):
            link(mission, _("Import it there"), {"kind": collection.kind, "part": "import"})
        else:
            st.caption(
                _("Who imports it there: {roles}.").format(
                    roles=", ".join(_(ROLE_NAMES[role]) for role in Role if role in mission.act)
                )
            )
        return

    def take() -> None:
        st.session_state[_KIND] = likely

    st.button(_("Take it as “{title}”").format(title=title), key=f"{key}.kind", on_click=take)


def _new(s: Screen) -> None:
    """A file that becomes a source: columns guessed, corrected, tried, remembered."""
    kinds = {
        kind_of.kind: (m.key, kind_of) for m in missions().values() for kind_of in m.connectors if is_droppable(kind_of)
    }
    titles = {kind: _(kind_of.title) for kind, (_mission, kind_of) in kinds.items()}
    chosen = st.selectbox(_("What it holds"), list(kinds), format_func=lambda kind: titles.get(kind, kind), key=_KIND)
    mission, connector = kinds[chosen]
    staged = _dropped(_("CSV, Excel or JSON file"), _("Nothing lands before you say so."), "sources.drop")
    if staged is None:
        return
    key = f"sources.drop.{staged.parent.name}"
    try:
        _offer(s, staged, {kind: kind_of for kind, (_m, kind_of) in kinds.items()}, chosen, key)
        cells, rows = _rows(staged, connector, key)
        proposed = {**connector.propose(cells), **rows}
    except VigieError as error:
        tell(error)
        return
    _first_rows(cells, key)
    columns, constants, notes = _columns(connector.fields, cells, proposed["columns"], key)
    start = {"complete_until": "last_row", **proposed}
    with st.expander(_("Settings"), icon=":material/settings:"):
        given = forms_of.fields(
            connector.options,
            start,
            key=key,
            without=("path", "rows", "columns", "constants", *irrelevant(connector.options, connector.fields)),
            choices={"key": cells.table.column_names},
        )
    name = st.text_input(_("Name of the source"), staged.stem, key=f"{key}.name").strip()
    squad = st.text_input(_("Squad"), help=_("Whose rows these are; empty: everybody's."), key=f"{key}.whose").strip()
    values = {**given, **rows, "path": drops.pattern(name), "columns": columns, "constants": constants}
    try:
        source = Source(name, mission, connector.kind, registry.check(connector, values), squad or None)
    except VigieError as error:
        st.warning(plain(error.sentence), icon=":material/rule:")
        return
    st.caption(plain(" ".join(reach.told(source.options))))
    if not _explain(connector, source, cells, notes):
        st.warning(_("A field that is needed has no column: see above."), icon=":material/rule:")
    elif _preview(s, connector, source, cells, key) and st.button(
        _("Land the rows"), type="primary", key=f"{key}.land"
    ):
        with write(s) as connection:
            registry.add(connection, source, who=s.person.name)
            drops.keep(staged, name, drops.pattern(name))
            reading.begin_next(name)


def more(s: Screen, entry: Entry) -> None:
    """A further file of a source, or its refused rows put right; nothing of a kind that files cannot feed."""
    connector = entry.connector()
    if not isinstance(connector, Shaping):
        return
    how = _("Of the same columns: a further file, or the exported refused rows after you corrected them.")
    staged = _dropped(_("Corrected rows, or a further file"), how, f"sources.more.{entry.name}")
    if staged is None:
        return
    key = f"sources.more.{entry.name}.{staged.parent.name}"
    source = entry.source()
    rows = getattr(source.options, "rows", "")
    try:
        cells = drops.looked(staged, known_names(connector.fields, connector.mapping(source)), rows)
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
            reading.begin_next(entry.name)
