"""Sources that people set up: a form for each kind, made of its connector's options; change, remove, restore."""

import streamlit as st

from core.base.errors import VigieError
from core.base.i18n import _
from core.mission.discovery import missions
from core.run import registry, undo
from core.run.registry import Entry
from core.sources import reach
from core.sources.base import Connector, Source
from core.sources.drops import Shaping
from core.sources.mapping import irrelevant
from core.ui import options as forms_of
from core.ui.forms import done, write
from core.ui.screen import Screen
from core.ui.sources import reading
from core.ui.words import plain


def panel(s: Screen) -> None:
    """The panel that adds a source; its form is built once it is open."""
    opened = st.expander(_("Add a source"), icon=":material/add_circle:", key="sources.adding", on_change="rerun")
    if opened.open:
        with opened:
            _add(s)


def one(s: Screen, entry: Entry) -> None:
    """One source: what whoever may can do with it."""
    st.header(plain(entry.name), anchor=False)
    if s.can_act:
        st.caption(plain(_reach(entry)))
        _buttons(s, entry)
        if entry.enabled:
            _change(s, entry)


def _add(s: Screen) -> None:
    """A form for a source of any kind, made of its connector's options."""
    offered = {
        connector.kind: (mission.key, connector) for mission in missions().values() for connector in mission.connectors
    }
    titles = {kind: _(connector.title) for kind, (_mission, connector) in offered.items()}
    chosen = st.selectbox(
        _("Kind of source"), list(offered), format_func=lambda kind: titles.get(kind, kind), key="sources.add.kind"
    )
    mission, connector = offered[chosen]
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
                sentence = _("Source {name} added. {reach} Read it now to see what it holds.")
                done(sentence, name=name.strip(), reach=" ".join(reach.told(checked)))


def _reach(entry: Entry) -> str:
    """What a source reaches when it is read, or why it may no longer."""
    try:
        return " ".join(reach.told(entry.source().options))
    except VigieError as error:
        return error.sentence


def _unused(connector: Connector) -> tuple[str, ...]:
    """Options that none of the connector's columns makes use of."""
    return irrelevant(connector.options, connector.fields) if isinstance(connector, Shaping) else ()


def _change(s: Screen, entry: Entry) -> None:
    key = f"sources.change.{entry.name}.{entry.version}"
    with st.expander(_("Settings"), icon=":material/settings:"), st.form(key, border=False):
        squad = st.text_input(_("Squad"), entry.squad or "", key=f"{key}.squad")
        given = forms_of.fields(entry.connector().options, entry.options, key=key, without=_unused(entry.connector()))
        st.caption(_("With other settings the source is read from its beginning, in place of what it told before."))
        if st.form_submit_button(_("Save"), type="primary"):
            with write(s) as connection:
                checked = registry.check(entry.connector(), given)
                source = Source(entry.name, entry.mission, entry.kind, checked, squad.strip() or None, entry.enabled)
                registry.change(connection, source, entry.version, who=s.person.name)
                done(_("Source {name} changed. {reach}"), name=entry.name, reach=" ".join(reach.told(checked)))


def _buttons(s: Screen, entry: Entry) -> None:
    """What can be done with one source: read, read anew, remove, restore, forget."""
    with st.container(horizontal=True):
        if not entry.enabled:
            _forget(s, entry)
            if st.button(_("Restore"), icon=":material/undo:", key="sources.restore"):
                with write(s) as connection:
                    registry.enable(connection, entry.name, entry.version, True, who=s.person.name)
                    done(_("Source {name} restored."), name=entry.name)
            return
        if st.button(_("Read now"), icon=":material/sync:", type="primary", key="sources.read"):
            reading.begin(s, [entry.name])
        with st.popover(_("Empty and read again"), icon=":material/restart_alt:"):
            st.write(_("All that the source told goes once it can be read, and it is read from its beginning."))
            if st.button(_("Empty the source and read it again"), type="primary", key="sources.anew"):
                with write(s) as connection:
                    registry.read_anew(connection, entry.name, who=s.person.name)
                    reading.begin_next(entry.name)
        with st.popover(_("Remove"), icon=":material/delete:"):
            st.write(_("The source is not read any more. What it brought stays, and it can be restored here."))
            if st.button(_("Remove the source"), type="primary", key="sources.remove"):
                with write(s) as connection:
                    registry.enable(connection, entry.name, entry.version, False, who=s.person.name)
                    done(_("Source {name} removed; it can be restored."), name=entry.name)
        _forget(s, entry)


def _forget(s: Screen, entry: Entry) -> None:
    """The source goes with all that it brought."""
    with st.popover(_("Forget"), icon=":material/delete_forever:"):
        st.write(_("The source, its facts, its readings and the files dropped for it go for good."))
        if st.button(_("Forget the source and its facts"), type="primary", key="sources.forget"):
            with write(s) as connection:
                undo.forget(connection, entry.name, who=s.person.name)
                done(_("Source {name} forgotten with its facts."), name=entry.name)
