"""The records of a collection as files."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from core.base.calendar import end_of
from core.base.i18n import _, language
from core.records import records
from core.records.collection import Collection
from core.records.exporting import files
from core.records.exporting.files import EVERY
from core.store.engine import store
from core.ui import download
from core.ui.collection import making
from core.ui.collection.ways import as_of
from core.ui.screen import Screen


def draw(s: Screen, collection: Collection) -> None:
    """The records as files: as they were on a day, or as they were published."""
    on, published = as_of(s, collection, EVERY)
    order = files.Order(s.person.id, language(), collection, min(end_of(on), s.now), published)
    open_ = [file for file in files.offered(collection).values() if file.may(s.person)]
    with st.container(border=True):
        st.markdown(f"**{_('{title}, {which}').format(title=_(collection.form.title), which=files.told(order))}**")
        downloads(s, order, [file for file in open_ if not file.about])
    for file in open_:
        if file.about:
            with st.container(border=True):
                st.markdown(f"**{_(file.label)}**  \n{_(file.about)}")
                making.draw(s, file, order)
    if files.may_verify(s.person, collection):
        _verification(s, collection)


def _verification(s: Screen, collection: Collection) -> None:
    """Whether the audit holds, asked on the spot."""
    with st.container(border=True):
        sentence = _(
            "Who did what to each record stands in a chain of hashes. Verifying compares every record with it; heads "
            "of the chain that left this machine show whether the chain itself was made anew."
        )
        st.markdown(f"**{_('Proof')}**  \n{sentence}")
        if st.button(_("Verify the audit"), icon=":material/verified:", key=f"{s.mission.key}.verify"):
            st.text(files.verified(s.person.id, collection))


def downloads(s: Screen, order: files.Order, offered: Sequence[files.File], ref: str = "") -> None:
    """A button for each kind of file, which is made on the click."""
    count = 1 if order.record_id is not None else _count(order)
    with st.container(horizontal=True, gap="small"):
        for file in offered:
            parts = files.parts_of(file, count)
            for part in range(1, parts + 1):
                ordered = replace(order, part=part if parts > 1 else 0)
                label = f"{_(file.label)} (.{file.suffix})"
                if parts > 1:
                    label = _("{label}, part {n} of {total}").format(label=label, n=part, total=parts)
                download.button(
                    label,
                    partial(files.make, file, ordered),
                    file_name=files.name(file, ordered, ref),
                    mime=file.mime,
                    key=f"{s.mission.key}.file.{file.key}.{ref}.{part}",
                    icon=":material/download:",
                )


def _count(order: files.Order) -> int:
    """How many records the collection holds, at most as many as are asked for."""
    with store().read() as connection:
        return records.find(connection, order.collection.kind, limit=1).total
