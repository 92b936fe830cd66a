"""The register as files."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.base.calendar import end_of
from core.base.i18n import _, language, local
from core.show.filters import Choice, Day
from core.ui import download
from core.ui.screen import Screen
from pages.register import files
from pages.register.files import EVERY, PUBLISHED, which


def draw(s: Screen, kind: str) -> None:
    """The register as files."""
    today = local(s.now).date()
    chosen = s.filters(
        on=Day(_("At the end of"), today, last=today),
        which=Choice(_("Versions"), EVERY, options=which()),
    )
    order = files.Order(s.person.id, language(), kind, min(end_of(chosen.on), s.now), chosen.which == PUBLISHED)
    with st.container(border=True):
        st.markdown(f"**{_('The register, {which}').format(which=files.told(order))}**")
        downloads(order, files.EXPORTS[kind])
    if files.may_inspect(s.person):
        with st.container(border=True):
            st.markdown(
                f"**{_('Inspection file')}**  \n"
                + _("One archive: the register on that day, every version, the audit, and whether its chain holds.")
            )
            downloads(order, [files.File.INSPECTION])
    if files.may_verify(s.person):
        _verification(s)


def _verification(s: Screen) -> None:
    """Whether the audit holds, asked on the spot."""
    with st.container(border=True):
        told = _("Who did what to each record, in a chain of hashes: any later change would break it.")
        st.markdown(f"**{_('Proof')}**  \n{told}")
        if st.button(_("Verify the audit"), icon=":material/verified:", key="register.verify"):
            st.text(files.verified(s.person.id))


def downloads(order: files.Order, offered: Sequence[files.File], ref: str = "") -> None:
    """A button for each kind of file, which is made on the click."""
    with st.container(horizontal=True, gap="small"):
        for file in offered:
            shape = files.SHAPES[file]
            download.button(
                f"{_(shape.label)} (.{shape.suffix})",
                partial(files.make, file, order),
                file_name=files.name(file, order, ref),
                mime=shape.mime,
                key=f"register.file.{file}.{ref}",
                icon=":material/download:",
            )
