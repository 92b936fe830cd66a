"""A file that takes long, from a screen: made in a process of its own, followed, stopped, handed to who asked."""

import streamlit as st

from core.base.errors import InputInvalid
from core.base.i18n import _
from core.records.exporting import files, making
from core.records.exporting.files import File, Order
from core.records.exporting.making import Making
from core.ui import download
from core.ui.collection import apart
from core.ui.failures import tell
from core.ui.screen import Screen
from core.ui.words import plain


def draw(s: Screen, file: File, order: Order) -> None:
    """The button that begins it; what is being made, or was, for this session alone."""
    key = f"{s.mission.key}.making.{order.collection.kind}.{file.key}"
    made = _made(s, key)
    if made and made.running:
        apart.progress(key)
        return
    if made and made.error:
        st.error(plain(made.error), icon=":material/error:")
    elif made:
        _hand_over(file, made, key)
    label = _("Make it anew") if made else _("Make the file")
    if st.button(label, icon=":material/folder_zip:", key=f"{key}.begin"):
        _begin(key, file, order)


def _made(s: Screen, key: str) -> Making | None:
    """What this session had made for this person."""
    made: Making | None = st.session_state.get(key)
    return made if made and made.order.person_id == s.person.id else None


def _begin(key: str, file: File, order: Order) -> None:
    """Begin, where not too many are being made."""
    try:
        st.session_state[key] = making.begin(file, order)
    except InputInvalid as error:
        tell(error)
    else:
        st.rerun()


def _hand_over(file: File, made: Making, key: str) -> None:
    """The button that hands it over."""
    download.button(
        f"{_(file.label)} (.{file.suffix}), {files.told(made.order)}",
        made.take,
        file_name=files.name(file, made.order),
        mime=file.mime,
        key=f"{key}.take",
        icon=":material/download:",
    )
