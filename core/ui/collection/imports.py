"""A file, how its columns are understood, what it would change, then all or nothing."""

from pathlib import Path

import streamlit as st

from core.base.i18n import _, language, ngettext, show_moment, show_number
from core.records import abouts, acts
from core.records.collection import Collection
from core.records.importing import back, imports, mappings, plan, preview
from core.records.importing.bringing import Brought, is_large
from core.records.lists import Lists
from core.sources import drops
from core.store.engine import store
from core.store.kept import until_changed
from core.ui.collection import bringing
from core.ui.forms import done, write
from core.ui.screen import Screen
from core.ui.words import plain

IMPORTED = ["xlsx", "xlsm", "xls", "ods", "csv", "tsv", "txt", "json"]
UNKNOWN = 10


def draw(s: Screen, collection: Collection) -> None:
    """A file, how its columns are understood, what it would change, then all or nothing."""
    if not (s.can_act and s.person.scope.everything):
        st.info(_("Your role reads these records; it does not import."))
        return
    key, drops_key = s.mission.key, f"{s.mission.key}.drops"
    dropped = st.file_uploader(
        _(collection.brings),
        type=IMPORTED,
        key=f"{key}.file.{st.session_state.get(drops_key, 0)}",
    )
    if dropped is None:
        _take_back(s, collection)
        return
    path = drops.stage(dropped.name, dropped.getvalue())
    with store().read() as connection:
        lists = collection.lists(connection)
    opened = _look(collection, lists, path)
    mapping = _mapping(opened, collection, lists) if opened.kind is imports.FileKind.TABLE else None
    shown = _compared(s, collection, lists, opened, mapping)
    if shown is None:
        return
    planned = shown.plan
    counted = [
        plan.counted(fate, planned.count(fate)) for fate in plan.Fate if fate is plan.Fate.NEW or planned.count(fate)
    ]
    if planned.absent:
        counted.append(_("{n} not in the file").format(n=show_number(len(planned.absent))))
    st.markdown(f"**{' · '.join(counted)}**")
    for remark in shown.remarks:
        st.caption(plain(remark))
    if planned.count(plan.Fate.NEW):
        _new(collection)
    if planned.unknown:
        words_ = ", ".join(f"{word} ({n})" for (_list_, word), n in list(planned.unknown.items())[:UNKNOWN])
        st.warning(
            _("Words that no list has, kept beside: {words}").format(words=plain(words_)), icon=":material/help:"
        )
    s.table(
        shown.frame,
        title=_("What the import would do"),
        columns=preview.planned_columns(collection),
        about=abouts.IMPORT,
        name="import",
    )
    label = _("Import {records}").format(records=collection.counted(planned.writes))
    agreed = not planned.removals or st.checkbox(_removed(planned.removals), key=f"{key}.removals.{path.parent.name}")
    if st.button(label, type="primary", disabled=not (planned.writes and agreed), key=f"{key}.import"):
        if is_large(path):
            bringing.write(s)
            return
        with write(s) as connection:
            applied = plan.carry_out(connection, s.person.id, planned)
            if mapping:
                mappings.remember(connection, collection, s.person.id, mapping)
            st.session_state[drops_key] = st.session_state.get(drops_key, 0) + 1
            done(
                _("Imported. Added: {added}, changed: {changed}."),
                added=show_number(len(applied.added)),
                changed=show_number(len(applied.changed)),
            )


def _take_back(s: Screen, collection: Collection) -> None:
    """The last imports, of which one can be taken back; what it would do is said before."""
    with store().read() as connection:
        listed = back.imports(connection, collection)
        names = acts.people(connection)
    if not listed:
        return
    pattern = _("{moment}, {who}: {added} added, {changed} changed")
    words = {
        (done_then.at, done_then.who): pattern.format(
            moment=show_moment(done_then.at),
            who=names.get(done_then.who, done_then.who),
            added=show_number(done_then.added),
            changed=show_number(done_then.changed),
        )
        for done_then in listed
    }
    key = f"{s.mission.key}.back"
    chosen = st.selectbox(_("Take an import back"), list(words), None, format_func=words.__getitem__, key=key)
    if chosen is None:
        return
    with store().read() as connection:
        kept = ("back", collection.kind, *chosen, language())
        sentence, stay, nothing = until_changed(
            connection, kept, lambda: _told(collection, back.look(connection, collection, *chosen))
        )
    st.markdown(sentence)
    if stay:
        st.warning(stay)
    if st.button(_("Take it back"), type="primary", disabled=nothing, key=f"{key}.do"):
        with write(s) as connection:
            back.take_back(connection, collection, s.person.id, *chosen)
            st.session_state.pop(key, None)
            done(_("The import was taken back."))


def _told(collection: Collection, would: back.Back) -> tuple[str, str, bool]:
    """What taking an import back would do, what would stay, "" for nothing, and whether there is nothing to do."""
    sentence = _("{withdrawn} would be withdrawn, {restored} would stand as before.").format(
        withdrawn=collection.counted(len(would.withdrawn)), restored=collection.counted(len(would.restored))
    )
    if would.restored and collection.workflow.edited:
        sentence += " " + _("What was validated is then to be validated anew.")
    stay = ""
    if would.kept:
        named = _("{ref}, {name} ({why})")
        lines = "; ".join(named.format(ref=line.ref, name=line.title, why=why) for line, why in would.kept[:UNKNOWN])
        more = f" + {show_number(len(would.kept) - UNKNOWN)}" if len(would.kept) > UNKNOWN else ""
        stay = _("These stay as they are: {records}").format(records=plain(lines)) + more
    return sentence, stay, not (would.withdrawn or would.restored)


def _compared(
    s: Screen, collection: Collection, lists: Lists, opened: imports.Opened, mapping: dict[str, str] | None
) -> preview.Preview | None:
    """What the file would do, a small one's at once; None while that of a large one is not known."""
    if is_large(opened.path):
        return bringing.compared(s, collection, Brought(opened.path, opened.sheet, opened.without_aside, mapping))
    with store().read() as connection:
        return preview.make(connection, collection, lists, opened, mapping)


def _removed(n: int) -> str:
    """What a person agrees to where a file takes answers back."""
    words = ngettext(
        "Take back {n} answer that the file no longer gives", "Take back {n} answers that the file no longer gives", n
    )
    return words.format(n=show_number(n))


def _look(collection: Collection, lists: Lists, path: Path) -> imports.Opened:
    """The file as the person wants it read: which sheet of a workbook, with or without the rows put aside in it."""
    key, name = collection.mission, path.parent.name
    opened = preview.look(path, collection, lists)
    sheet = ""
    if len(opened.sheets) > 1:
        alike = _("All sheets of one head ({n})").format(n=show_number(len(opened.pieces)))
        sheet = st.selectbox(
            _("Sheet"),
            ["", *opened.sheets],
            format_func=lambda sheet_name: sheet_name or alike,
            key=f"{key}.sheet.{name}",
        )
    aside = False
    if opened.aside:
        words = ngettext(
            "Leave out {n} row that is hidden or struck out",
            "Leave out {n} rows that are hidden or struck out",
            opened.aside,
        )
        aside = st.checkbox(words.format(n=show_number(opened.aside)), key=f"{key}.aside.{name}")
    return preview.look(path, collection, lists, sheet=sheet, without_aside=aside) if sheet or aside else opened


def _new(collection: Collection) -> None:
    """In which state new records come."""
    if not collection.workflow.held:
        state = _(collection.workflow.state(collection.workflow.begins).name)
        st.caption(_("What is new comes as “{state}”, whatever its state where the file was made.").format(state=state))


def _mapping(opened: imports.Opened, collection: Collection, lists: Lists) -> dict[str, str]:
    """Which column fills which field: the guess or what was chosen before, corrected by the person."""
    with store().read() as connection:
        known = mappings.remembered(connection, collection, opened.columns) or dict(opened.mapping or {})
    targets = {"": _("left out"), **mappings.targets(collection.form, lists)}
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
                key=f"{collection.mission}.column.{opened.path.parent.name}.{opened.sheet}.{column}",
            )
    return chosen
