"""Lists of values, and who may take the steps that need a right of their own."""

from collections.abc import Mapping

import streamlit as st

from core.base.i18n import _
from core.records import abouts, acts, frames
from core.records.collection import Collection
from core.records.lists import Value
from core.show.filters import Choice
from core.store.engine import store
from core.ui.forms import done, write
from core.ui.screen import Screen
from core.ui.words import plain


def draw(s: Screen, collection: Collection) -> None:
    """Lists of values, and who may take the steps that need a right of their own."""
    with store().read() as connection:
        known = collection.lists(connection)
        guarded = [step for step in collection.workflow.steps if step.right]
        held = {step.label: acts.holders(connection, collection, step) for step in guarded}
        problems = [acts.problem(connection, collection, step) for step in guarded]
    for label, holders in held.items():
        names = ", ".join(person.display_name for person in holders) or "–"
        st.markdown(f"**{_('Who may “{step}”').format(step=_(label))}**  \n{plain(names)}")
    for problem in filter(None, problems):
        st.warning(plain(problem), icon=":material/warning:")
    shown = {name: _(word) for name, word in collection.list_names.items() if name in known.values}
    if not shown:
        return
    name = s.filters(list=Choice(_("List of values"), next(iter(shown)), options=shown)).list or next(iter(shown))
    frame = frames.values(known, name)
    keeps = s.can_act and s.person.role in collection.listers
    picked = s.table(
        frame, title=shown[name], columns=frames.value_columns(), about=abouts.LISTS, name="values", select=keeps
    )
    if not keeps:
        st.caption(_("Your role does not keep lists of values."))
        return
    for position in picked[:1]:
        _change_value(s, collection, name, known.values[name][frame.iloc[position]["code"]])
    with st.expander(_("Add a value"), icon=":material/add:"), st.form(f"{s.mission.key}.value.{name}", border=False):
        labels = _labels(f"{s.mission.key}.value.{name}", {})
        if st.form_submit_button(_("Add"), type="primary"):
            with write(s) as connection:
                acts.add_value(connection, collection, s.person.id, name, labels)
                done(_("{value} added."), value=labels["fr"])


def _labels(key: str, held: Mapping[str, str]) -> dict[str, str]:
    french = st.text_input(_("In French"), held.get("fr", ""), key=f"{key}.fr", max_chars=100)
    english = st.text_input(_("In English"), held.get("en", ""), key=f"{key}.en", max_chars=100)
    return {"fr": french, "en": english or french}


def _change_value(s: Screen, collection: Collection, name: str, value: Value) -> None:
    """Other words for a value; retire it or offer it again."""
    key = f"{s.mission.key}.value.{name}.{value.code}.{value.version}"
    with st.form(key):
        labels = _labels(key, value.labels)
        with st.container(horizontal=True):
            saved = st.form_submit_button(_("Save"), type="primary")
            turned = st.form_submit_button(_("Offer again") if value.retired else _("Retire"))
    if saved or turned:
        with write(s) as connection:
            acts.change_value(
                connection,
                collection,
                s.person.id,
                name,
                value.code,
                version=value.version,
                labels=labels if saved else None,
                retired=not value.retired if turned else None,
            )
            done(_("{value} changed."), value=labels["fr"])
