"""What several parts of a collection's screen need: the way to a record and back, a day and the versions of then, a
person's work on a record."""

from datetime import date
from typing import Any

import streamlit as st

from core.base.i18n import _, local
from core.records.collection import Collection
from core.records.drafts import Draft
from core.records.exporting.files import PUBLISHED, which
from core.records.records import Record
from core.show.filters import Choice, Day, Filter
from core.ui.editing import Work
from core.ui.screen import Screen

_BACK = "collection.back"


def go_to(ref: str) -> None:
    """Go to a record; its screen leads back to the list as it was left."""
    st.session_state[_BACK] = st.query_params.to_dict()
    st.query_params.from_dict(address(record=ref))


def address(**parts: str) -> dict[str, str]:
    """An address within the collection that is shown."""
    kind = {"kind": st.query_params["kind"]} if "kind" in st.query_params else {}
    return {**kind, **parts}


def way_back() -> dict[str, str]:
    """The address that a record was opened from."""
    back: dict[str, str] = st.session_state.get(_BACK) or address()
    return back


def as_of(s: Screen, collection: Collection, first: str) -> tuple[date, bool]:
    """The day whose end is asked for, and whether what was published by then, by filters; `first` says which versions
    are shown first where the collection publishes (`core.records.exporting.files.which`)."""
    today = local(s.now).date()
    asked: dict[str, Filter[Any]] = {"on": Day(_("At the end of"), today, last=today)}
    if collection.workflow.publishes:
        asked["which"] = Choice(_("Versions"), first, options=which())
    chosen = s.filters(**asked)
    return chosen.on, collection.workflow.publishes and chosen.which == PUBLISHED


def work_on(s: Screen, collection: Collection, record: Record, draft: Draft | None) -> Work:
    """A record as the person works on it."""
    saved = collection.entry(record).model_dump(mode="json")
    return Work(collection.mission, s.person.id, record.id, record.version, saved, draft)
