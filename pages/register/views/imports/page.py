"""A file, how its columns are understood, what it would change, then all or nothing."""

import streamlit as st

from core.base.i18n import _, ngettext, show_number
from core.records.fields import Form
from core.records.lists import Lists
from core.sources import drops
from core.store.engine import store
from core.ui.forms import done, write
from core.ui.screen import Screen
from core.ui.words import plain
from pages.register import abouts, imports, mappings, plan, preview
from pages.register.lists import load
from pages.register.model import FORMS

IMPORTED = ["xlsx", "xlsm", "xls", "ods", "csv", "tsv", "txt", "json"]
UNKNOWN = 10
_DROPS = "register.drops"


def draw(s: Screen, kind: str) -> None:
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
    opened = preview.look(path, form, lists)
    if len(opened.sheets) > 1:
        sheet = st.selectbox(
            _("Sheet"), opened.sheets, index=opened.sheets.index(opened.sheet), key=f"register.sheet.{path.parent.name}"
        )
        if sheet != opened.sheet:
            opened = preview.look(path, form, lists, sheet=sheet)
    mapping = _mapping(opened, form, lists) if opened.kind is imports.FileKind.TABLE else None
    with store().read() as connection:
        shown = preview.make(connection, form, lists, opened, mapping)
    found = shown.plan
    counted = [
        plan.counted(fate, found.count(fate)) for fate in plan.Fate if fate is plan.Fate.NEW or found.count(fate)
    ]
    st.markdown(f"**{' · '.join(counted)}**")
    if found.count(plan.Fate.NEW):
        st.caption(_("What is new comes as a draft, whatever its state where the file was made."))
    if found.unknown:
        words_ = ", ".join(f"{word} ({n})" for (_list_, word), n in list(found.unknown.items())[:UNKNOWN])
        st.warning(
            _("Words that no list has, kept beside: {words}").format(words=plain(words_)), icon=":material/help:"
        )
    s.table(
        shown.frame,
        title=_("What the import would do"),
        columns=preview.planned_columns(),
        about=abouts.IMPORT,
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
                _("Imported. Treatments added: {added}, changed: {changed}."),
                added=show_number(len(applied.added)),
                changed=show_number(len(applied.changed)),
            )


def _mapping(opened: imports.Opened, form: Form, lists: Lists) -> dict[str, str]:
    """Which column fills which field: the guess or what was chosen before, corrected by the person."""
    with store().read() as connection:
        known = mappings.remembered(connection, form, opened.columns) or dict(opened.mapping or {})
    targets = {"": _("left out"), **mappings.targets(form, lists)}
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
