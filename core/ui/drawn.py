"""What a screen shows is drawn once: texts, cards, links, boxes, tables and charts in which nothing is picked.

Streamlit builds each element anew at every act of everybody, mostly as it was. Here an element is kept by what it
shows and by where it stands, and sent again as it was: what is kept says no more than whoever asks for it has given.
Nothing is kept by who looks, by a version or by a time, so nothing can be stale or somebody else's.

What is used of Streamlit beside what it documents, a test holds to be there.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import streamlit as st
from streamlit.cursor import Cursor
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.lib.form_utils import FormData, current_form_id
from streamlit.elements.lib.utils import _register_element_id
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext, ThreadState
from streamlit.runtime.state.common import WidgetMetadata, user_key_from_element_id

from core.base.cache import Cache

MOST, MOST_BYTES = 5_000, 32 * 1024 * 1024


@dataclass(frozen=True, eq=False)
class The:
    """A thing that others keep and nobody writes into: the same one as long as it is itself."""

    thing: Any

    def __hash__(self) -> int:
        return id(self.thing)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, The) and self.thing is other.thing


@dataclass
class _Drawing:
    """What was sent and registered while something was drawn, and how many places it takes where it stands. Shared once
    it is whole: nobody writes into it."""

    messages: list[ForwardMsg] = field(default_factory=list)
    widgets: list[WidgetMetadata[Any]] = field(default_factory=list)
    ids: frozenset[str] = frozenset()
    places: int = 0
    made: type[DeltaGenerator] = DeltaGenerator
    block: str | None = None


def _bytes(drawing: _Drawing) -> int:
    return sum(message.ByteSize() for message in drawing.messages)


_kept: Cache[_Drawing] = Cache(entries=MOST, bytes_=MOST_BYTES, size=_bytes, failures_kept=0)


def once(draw: Callable[..., object], *given: Hashable, **how: Hashable) -> None:
    """Draw something that hangs on nothing but what it is given, e.g. `once(st.markdown, text)`: no widget, nothing
    with a key, no file, no word that is translated inside. Large things are given as `The` one.

    Raises TypeError where a widget or a key is drawn.
    """
    context, place, cursor = _here()
    if context is None or cursor is None:
        draw(*given, **how)
        return
    start = cursor.index

    def check(drawing: _Drawing, _made: object) -> None:
        drawing.places = cursor.index - start
        if drawing.ids:
            raise TypeError(f"what is drawn once has no widget and no key: {sorted(drawing.ids)}")
        around = [cursor.root_container, *cursor.parent_path]
        paths = (list(message.metadata.delta_path) for message in drawing.messages if message.HasField("delta"))
        if any(path[: len(around)] != around for path in paths):  # e.g. a style sheet, which stands beside dialogs
            raise TypeError("what is drawn once stands where it is drawn")

    key = draw, given, tuple(how.items()), place
    drawing, new, _made = _first_or_kept(context, key, partial(draw, *given, **how), check)
    if not new:
        for message in drawing.messages:
            context.enqueue(message)
        for _place in range(drawing.places):
            cursor.lock_element()


def picked(draw: Callable[..., object], changed: Callable[[], None], *given: Hashable, **how: Hashable) -> None:
    """A chart or a table in which something can be picked, drawn as `once`; `changed` is called when it is. What is
    picked stands in the session's state under its key."""
    _widget(draw, "on_select", changed, given, how)


def button(label: str, clicked: Callable[[], None] | None = None, **how: Hashable) -> bool:
    """A button, drawn as `once`, and whether it was pressed; `clicked` is called when it is."""
    return bool(_widget(st.button, "on_click", clicked, (label,), how))


def _widget(
    draw: Callable[..., object],
    event: str,
    heard: Callable[[], None] | None,
    given: tuple[Hashable, ...],
    how: dict[str, Hashable],
) -> Any:
    """One element that somebody acts on, and the value it has in this session: of its callback, the parameter `event`,
    nothing is kept."""
    context, place, cursor = _here()
    call = partial(draw, *given, **how, **{event: heard})
    if context is None or cursor is None:
        return call()

    def forget(drawing: _Drawing, _made: object) -> None:
        drawing.widgets = [replace(widget, callback=None) for widget in drawing.widgets]

    key = draw, given, tuple(how.items()), place, current_form_id(st._main._active_dg)
    drawing, new, value = _first_or_kept(context, key, call, forget)
    if new:
        return value
    value = _register(context, drawing, draw.__name__, heard)
    context.enqueue(drawing.messages[0])
    cursor.lock_element()
    return value


def block(draw: Callable[..., Any], *given: Hashable, **how: Hashable) -> Any:
    """A container or a popover, e.g. `block(st.popover, label, key=key, on_change="rerun")`: the box is kept, what
    stands in it and whether it is open are not. No callback."""
    context, place, cursor = _here()
    if context is None or cursor is None:
        return draw(*given, **how)

    def note(drawing: _Drawing, new: Any) -> None:
        drawing.made, drawing.block = type(new), new._block_type

    form = current_form_id(st._main._active_dg)
    key = draw, given, tuple(how.items()), place, form
    drawing, new, made = _first_or_kept(context, key, partial(draw, *given, **how), note)
    if new:
        return made
    message, opened = drawing.messages[0], _register(context, drawing, draw.__name__)
    if opened is not None and opened != message.delta.add_block.popover.open:
        other = ForwardMsg()
        other.CopyFrom(message)
        other.ClearField("hash")
        other.delta.add_block.popover.open = opened
        message = other
    made = _box(drawing.made, drawing.block, cursor, st._main._active_dg)
    if opened is not None:
        made.open = opened
    context.enqueue(message)
    return made


def tabs(labels: tuple[str, ...], key: str) -> list[Any]:
    """Tabs, which stand as they were sent while they are called the same and the same one is open: the session's state
    says under `key` which, but at the first run, when a browser that comes back alone knows."""
    context, place, cursor = _here()
    opened = st.session_state.get(key)
    call = partial(st.tabs, labels, key=key, on_change="rerun")
    if context is None or cursor is None or opened not in labels:
        return list(call())

    def note(drawing: _Drawing, new: Any) -> None:
        drawing.made, drawing.block = type(new[0]), new[0]._block_type

    drawing, new, made = _first_or_kept(context, (st.tabs, labels, key, opened, place), call, note)
    if new:
        return list(made)
    _register(context, drawing, "tabs")
    around = _box(DeltaGenerator, "tab_container", cursor, st._main._active_dg)
    for message in drawing.messages:
        context.enqueue(message)
    drawn = [_box(drawing.made, drawing.block, around._cursor, around) for _label in labels]
    for label, tab in zip(labels, drawn, strict=True):
        tab.open = label == opened
    return drawn


def _box(made: type[DeltaGenerator], block_type: str | None, cursor: Cursor, parent: DeltaGenerator) -> Any:
    """A box as Streamlit makes it where its next one stands, without its message."""
    box: Any = made(
        root_container=cursor.root_container, cursor=cursor.open_block(), parent=parent, block_type=block_type
    )
    box._form_data, box._creating_fragment_id = FormData(current_form_id(parent)), ThreadState.get().fragment_id
    return box


def menu(label: str, icon: str, key: str) -> Any:
    """A quiet button of a line that opens a panel: what it holds is drawn where its `open` is true."""
    return block(st.popover, label, icon=icon, key=key, type="tertiary", on_change="rerun")


def _register(
    context: ScriptRunContext, drawing: _Drawing, kind: str, changed: Callable[[], None] | None = None
) -> Any:
    """Tell the session of what is drawn again; the value it holds there. Raises Streamlit's error on a second one."""
    for known in drawing.ids:
        _register_element_id(context, kind, known)
    value = None
    for widget in drawing.widgets:
        its = replace(widget, callback=changed) if changed else widget
        value = context.session_state.register_widget(its, user_key_from_element_id(its.id)).value
    return value


def _first_or_kept(
    context: ScriptRunContext, key: Hashable, call: Callable[[], Any], finish: Callable[[_Drawing, Any], None]
) -> tuple[_Drawing, bool, Any]:
    """What is kept under a key; else what `call` draws, `finish`ed, that it is new, and what it gave."""
    new, made = False, None

    def first() -> _Drawing:
        nonlocal new, made
        new = True
        with _noted(context) as drawing:
            made = call()
        finish(drawing, made)
        return drawing

    return _kept.get(key, first), new, made


def _here() -> tuple[ScriptRunContext | None, Hashable, Cursor | None]:
    """The run, and where in it the next thing stands; no place where nothing can be kept."""
    context, cursor = get_script_run_ctx(), st._main._active_dg._cursor
    if context is None or cursor is None or cursor.is_locked:
        return None, (), None
    run = ThreadState.get()
    place = cursor.root_container, cursor.parent_path, cursor.index, run.fragment_id, run.active_script_hash
    return context, place, cursor


@contextmanager
def _noted(context: ScriptRunContext) -> Iterator[_Drawing]:
    """What is drawn in the block; a drawing within a drawing is noted in both."""
    drawing, before = _Drawing(), context.shared.widget_ids_this_run.snapshot()
    run, state = vars(context), vars(context.session_state)
    around = run.get("enqueue"), state.get("register_widget")
    enqueue, register = context.enqueue, context.session_state.register_widget

    def sent(msg: ForwardMsg) -> None:
        enqueue(msg)
        drawing.messages.append(msg)

    def registered(metadata: WidgetMetadata[Any], user_key: str | None) -> Any:
        drawing.widgets.append(metadata)
        return register(metadata, user_key)

    run["enqueue"], state["register_widget"] = sent, registered
    try:
        yield drawing
    finally:
        for own, name, outer in ((run, "enqueue", around[0]), (state, "register_widget", around[1])):
            if outer is None:
                del own[name]
            else:
                own[name] = outer
    drawing.ids = context.shared.widget_ids_this_run.snapshot() - before
