"""The things that a record names, and what other missions know of them."""

import streamlit as st

from core.base.i18n import _
from core.mission.contract import Related
from core.mission.related import related
from core.records import check, listing
from core.records.collection import Collection
from core.records.records import Record
from core.ui import figure
from core.ui.editing import Work
from core.ui.screen import Screen


def _is(related: Related, collection: Collection, record: Record) -> bool:
    """Whether what is told is the record itself."""
    return (
        related.address is not None
        and related.address[0] == collection.mission
        and related.address[1]["record"] == record.ref
    )


def draw(s: Screen, collection: Collection, record: Record, work: Work) -> None:
    """The things that the record names and the record itself, each with what other missions know of it."""
    entry = check.stored(collection.form, work.content)
    named = {
        facet.thing: (listing.label(collection, name), list(dict.fromkeys(filter(None, facet.values(entry)))))
        for name, facet in collection.facets.items()
        if facet.thing
    }
    if squad := getattr(entry, "squad", ""):
        named["squad"] = (_("Squad"), [squad])
    own = (collection.kind, record.ref)
    things = [(kind, name) for kind, (_label, names) in named.items() for name in names]
    known = related(collection.home, s.reader, s.person, s.now, [*things, own])
    others = [(home, related) for home, related in known.pop(own, ()) if not _is(related, collection, record)]
    if others:
        known[own] = others
    if not things and own not in known:
        st.info(_("This record names nothing that other missions know, and none of them names it."))
        return
    if own in known:
        st.markdown(figure.related(record.ref, known[own]))
    for kind, (label, names) in named.items():
        if names:
            lines = [figure.related(name, known.get((kind, name), ())) for name in names]
            st.markdown(f"**{label}**\n" + "".join(f"\n- {line}" for line in lines))
