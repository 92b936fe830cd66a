"""The screens of a mission's collections: the list, one record, and the parts beside the list.

with screen(MISSION) as s:
    collection(s, TREATMENTS)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from core.base.i18n import N_, _
from core.records.collection import Collection
from core.store.engine import store
from core.ui.collection import figures, files, imports, listing, lists, past, record
from core.ui.editing import told_failure
from core.ui.forms import told
from core.ui.records import Part
from core.ui.screen import Screen

Draw = Callable[[Screen, Collection], None]


@dataclass(frozen=True)
class View:
    """A part beside the list: what it is called (source string), how it is drawn, whether it is only there to act."""

    name: str
    draw: Draw
    acts: bool = False


LIST = "list"
VIEWS: Mapping[str, View] = {
    LIST: View(N_("Records"), listing.draw),
    "figures": View(N_("Figures"), figures.draw),
    "past": View(N_("On a past day"), past.draw),
    "import": View(N_("Import"), imports.draw, acts=True),
    "files": View(N_("Files"), files.draw),
    "lists": View(N_("Lists and rights"), lists.draw),
}


def collection(s: Screen, *kept: Collection, views: Mapping[str, View] | None = None) -> None:
    """Draw the collections of a mission: of several, those that are switched on can be chosen.

    `views` are those of the mission's own, by key, and stand after the list; one with the key of a common one takes its
    place, as another name of the list does.
    """
    with st.bottom:  # in sight wherever somebody pressed something, and nothing moves for it
        st.empty()  # an act draws there later only where the whole run drew
        told()
        told_failure()
    with store().read() as connection:
        open_ = {here.kind: here for here in kept if here.opened(here.lists(connection))}
    own = views or {}
    every = {LIST: VIEWS[LIST], **own, **{key: view for key, view in VIEWS.items() if key not in own}}
    offered = {key: _(view.name) for key, view in every.items() if s.can_act or not view.acts}
    titles = {kind: _(here.form.title) for kind, here in open_.items()}
    parts: dict[str, Part] = {}
    if len(open_) > 1:
        parts["kind"] = Part(_("Collection"), next(iter(open_)), options=titles)
    ref = st.query_params.get("record")
    if not ref:
        parts["part"] = Part(_("Part of the screen"), LIST, options=offered)
    asked = s.filters(**parts).values if parts else {}
    chosen = open_[asked.get("kind", next(iter(open_)))]
    if ref:
        record.draw(s, chosen, ref)
    else:
        every[asked["part"]].draw(s, chosen)
