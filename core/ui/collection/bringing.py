"""A large file that is brought in, from a screen: compared and written in processes of their own, followed, stopped."""

import streamlit as st

from core.base.errors import InputInvalid
from core.base.i18n import _, show_number
from core.records.collection import Collection
from core.records.importing import bringing
from core.records.importing.bringing import Brought, Comparing, Writing
from core.records.importing.preview import Preview
from core.ui.collection import apart
from core.ui.failures import tell
from core.ui.forms import done
from core.ui.screen import Screen
from core.ui.words import plain


def compared(s: Screen, collection: Collection, brought: Brought) -> Preview | None:
    """What a file would do; None while that is not known, or while it is being written."""
    comparing, writing = _key(s, "comparing"), _key(s, "writing")
    if writing in st.session_state:
        _written(s, writing)
        return None
    work: Comparing | None = st.session_state.get(comparing)
    if work is None or (work.brought, work.collection.kind) != (brought, collection.kind):
        if not _begin(comparing, collection, brought):
            return None
        work = st.session_state[comparing]
    if work.running:
        apart.progress(comparing)
        return None
    if work.error:
        st.error(plain(work.error), icon=":material/error:")
        _again(comparing)
        return None
    return work.preview()


def write(s: Screen) -> None:
    """Begin to write what was compared."""
    try:
        st.session_state[_key(s, "writing")] = bringing.write(st.session_state[_key(s, "comparing")], s.person.id)
    except InputInvalid as error:
        tell(error)
    else:
        st.rerun()


def _key(s: Screen, what: str) -> str:
    """Where the session holds a person's work."""
    return f"{s.mission.key}.{what}.{s.person.id}"


def _begin(key: str, collection: Collection, brought: Brought) -> bool:
    """Begin to compare, where not too much goes on; what was compared before ends."""
    st.session_state.pop(key, None)
    try:
        st.session_state[key] = bringing.compare(collection, brought)
    except InputInvalid as error:
        tell(error)
        _again(key)
        return False
    return True


def _again(*keys: str) -> None:
    """The button to compare once more, forgetting works."""
    if st.button(_("Compare again"), icon=":material/refresh:", key=f"{keys[0]}.again"):
        for key in keys:
            st.session_state.pop(key, None)
        st.rerun()


def _written(s: Screen, key: str) -> None:
    """How the writing goes; at its end what it did, or why it did nothing and a way to look at the file once more."""
    work: Writing = st.session_state[key]
    comparing = _key(s, "comparing")
    if work.running:
        apart.progress(key)
    elif work.error:
        st.error(plain(work.error), icon=":material/error:")
        _again(key, comparing)
    else:
        del st.session_state[key], st.session_state[comparing]
        drops = f"{s.mission.key}.drops"
        st.session_state[drops] = st.session_state.get(drops, 0) + 1
        added, changed = map(show_number, work.counts())
        done(_("Imported. Added: {added}, changed: {changed}."), added=added, changed=changed)
        st.rerun()
