"""Lists of values, and who may validate."""

from collections.abc import Mapping

import streamlit as st

from core.base.i18n import N_, _
from core.people.person import Role
from core.records.lists import Value
from core.show.filters import Choice
from core.store.engine import store
from core.ui.forms import done, write
from core.ui.screen import Screen
from core.ui.words import plain
from pages.register import abouts, frames, treatments
from pages.register.lists import load

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


def draw(s: Screen, kind: str) -> None:
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
        frame, title=shown[name], columns=frames.value_columns(), about=abouts.LISTS, name="values", select=keeps
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
