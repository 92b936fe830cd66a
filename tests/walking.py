"""Walks everything that a browser can reach of a screen over the real websocket, and keeps all that comes back: every
frame as it was sent, every file.

Nothing is pressed that would end the walk; of many choices a filter offers, one stands for the others.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests import pdf_text
from tests.client import Browser, Tab

DEEPEST = 4
"""Acts one after the other: a tab, a picked row, a menu, a choice."""
LEFT = re.compile(r"Sign out|Change my password|vigie\.language")
"""What would end the walk, or change its language."""
_OPENS = ("popover", "expandable")


@dataclass(frozen=True)
class Act:
    """One thing a person can do: what names it on its screen, and what a browser sends for it."""

    name: str
    state: WidgetState
    opens: bool

    def __hash__(self) -> int:
        return hash(self.name)


class Kept:
    """What came back: each thing once, and where it came from first."""

    def __init__(self) -> None:
        self._of: dict[bytes, str] = {}

    def add(self, where: str, data: bytes) -> None:
        self._of.setdefault(data, where)

    def add_file(self, where: str, data: bytes) -> None:
        """A file, with what lies packed in it."""
        self.add(where, data)
        if data.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                for name in packed.namelist():
                    self.add(f"{where} {name}", packed.read(name))
        elif data.startswith(b"%PDF"):
            self.add(f"{where} as text", pdf_text.text_of(data).encode())

    def where(self, word: str, but: Sequence[str] = ()) -> list[str]:
        """Where a word stands, with the signs around it; `but` are words that were typed, and come back for that."""
        spelled = (rb"\\*".join(re.escape(bytes([sign])) for sign in one.encode()) for one in but)
        typed = re.compile(b"|".join(spelled) or b"(?!)", re.IGNORECASE)  # with what keeps Markdown from reading it
        sought, found = word.lower().encode(), []
        for data, where in self._of.items():
            rest = typed.sub(b"", data).lower() if sought in data.lower() else b""
            at = rest.find(sought)
            if at >= 0:
                found.append(f"{where}: {rest[max(at - 60, 0) : at + 60]!r}")
        return found


def walk(browser: Browser, path: str, kept: Kept, typed: Sequence[str] = (), deepest: int = DEEPEST) -> set[str]:
    """Do everything that the screen at a path offers, and type some words into every field; gives the names of all
    acts that were done."""
    done: set[str] = set()
    waiting: list[tuple[Act, ...]] = [()]
    while waiting:
        before = waiting.pop(0)
        tab = _again(browser, path, before, kept)
        for act in list(offered(tab, typed)):
            if act.name in done:
                continue
            done.add(act.name)
            if len(before) < deepest and (act.opens or _reveals(browser, path, (*before, act), kept, done)):
                waiting.append((*before, act))
        _files(browser, tab, path, kept, done)
        tab.close()
    return done


def _again(browser: Browser, path: str, acts: Sequence[Act], kept: Kept) -> Tab:
    """The screen after some acts, in a session of its own. What opens something may be asked for at once; what changes
    something is done on a screen that stands."""
    tab = Tab(browser, path)
    opening = [act.state for act in acts if act.opens]
    tab.run(*opening)
    if len(opening) < len(acts):
        tab.run(*(act.state for act in acts))
    where = f"{path} {' > '.join(act.name for act in acts)}"
    for message in tab.messages:
        kept.add(where, message.SerializeToString())
    return tab


def _reveals(browser: Browser, path: str, acts: tuple[Act, ...], kept: Kept, done: set[str]) -> bool:
    """Whether there is something to do after some acts that could not be done before."""
    tab = _again(browser, path, acts, kept)
    new = {act.name for act in offered(tab)} - done
    tab.close()
    return bool(new)


def _files(browser: Browser, tab: Tab, path: str, kept: Kept, done: set[str]) -> None:
    """Every file that a screen offers, once each."""
    for button in (one.download_button for one in tab.elements if one.HasField("download_button")):
        name = f"file {_key(button.id, button.label)}"
        if name not in done:
            done.add(name)
            address = button.url or tab.asked(button.deferred_file_id)
            answer = browser.http.get(urljoin(browser.url, address)).raise_for_status()
            kept.add_file(f"{path} {name}", answer.content)


def offered(tab: Tab, typed: Sequence[str] = ()) -> Iterator[Act]:
    """What can be done on a screen as it stands."""
    tabs: list[str] = []
    for block in tab.blocks:
        kind = block.WhichOneof("type") or ""
        drawn = getattr(block, kind, None)
        key = _key(block.id or getattr(drawn, "id", ""), getattr(drawn, "label", ""))
        if kind == "tab_container":
            tabs = [block.id or drawn.id] if block.id or drawn.id else []
        elif kind == "tab" and tabs:
            yield Act(f"tab {drawn.label}", WidgetState(id=tabs[0], string_value=drawn.label), opens=True)
        elif kind in _OPENS and (block.id or drawn.id):
            yield Act(f"open {key}", WidgetState(id=block.id or drawn.id, bool_value=True), opens=True)
    for drawn in tab.widgets():
        kind = type(drawn).__name__
        key = _key(drawn.id, getattr(drawn, "label", ""))
        if not LEFT.search(key) and not getattr(drawn, "disabled", False):
            for said, value in _values(kind, drawn, typed):
                yield Act(f"{kind} {key} {said}", WidgetState(id=drawn.id, **value), opens=False)


def _values(kind: str, drawn: Any, typed: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a browser may send for a widget; `said` tells values apart that lead elsewhere."""
    match kind:
        case "Button":
            yield "", {"trigger_value": True}
        case "Checkbox":
            yield "", {"bool_value": not drawn.default}
        case "Selectbox" | "Radio":
            for option in list(drawn.options)[-2:]:
                yield str(option), {"string_value": str(option)}
        case "MultiSelect":
            for option in list(drawn.options)[:1]:
                yield "", {"string_array_value": {"data": [str(option)]}}
        case "ButtonGroup":
            for option in list(drawn.options)[-1:]:
                yield "", {"string_array_value": {"data": [option.content]}}
        case "DateInput":
            days = [drawn.min, drawn.max] if drawn.is_range else [drawn.min]
            yield "", {"string_array_value": {"data": days}}
        case "TextInput":
            for word in typed:
                yield word, {"string_value": word}
        case "Dataframe":
            first = drawn.column_order[0] if drawn.column_order else ""
            for said, picked in (("row", {"rows": [0]}), ("cell", {"cells": [[0, first]]})):
                selection = {"rows": [], "columns": [], "cells": [], **picked}
                yield said, {"string_value": json.dumps({"selection": selection})}


def _key(identity: str, label: str) -> str:
    """What names a widget on its screen: the key its page gave it, or its label."""
    key = identity.removeprefix("$$ID-").partition("-")[2]
    return key if key not in ("", "None") else label
