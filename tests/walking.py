"""Walks everything that a browser can reach of a screen over the real websocket, and keeps all that comes back: every
frame as it was sent, every file.

Nothing is pressed that would end the walk; of many choices a filter offers, one stands for the others.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
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


@dataclass
class Kept:
    """What came back: where it came from, and its bytes as text can be found in them."""

    of: list[tuple[str, bytes]] = field(default_factory=list)

    def add(self, where: str, data: bytes) -> None:
        self.of.append((where, data))

    def add_file(self, where: str, data: bytes) -> None:
        """A file, with what lies packed in it."""
        self.add(where, data)
        if data.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                for name in packed.namelist():
                    self.add(f"{where} {name}", packed.read(name))
        elif data.startswith(b"%PDF"):
            self.add(f"{where} as text", pdf_text.text_of(data).encode())

    def where(self, word: str) -> list[str]:
        """Where a word stands, with the signs around it."""
        sought = re.compile(b".{0,60}" + re.escape(word.encode()) + b".{0,40}", re.IGNORECASE | re.DOTALL)
        found = ((where, sought.search(data)) for where, data in self.of)
        return [f"{where}: {hit[0]!r}" for where, hit in found if hit]


def walk(browser: Browser, path: str, kept: Kept) -> set[str]:
    """Do everything that the screen at a path offers; gives the names of all acts that were done."""
    done: set[str] = set()
    waiting: list[tuple[Act, ...]] = [()]
    while waiting:
        before = waiting.pop(0)
        tab = _again(browser, path, before, kept)
        for act in list(offered(tab)):
            if act.name in done:
                continue
            done.add(act.name)
            if len(before) < DEEPEST and (act.opens or _reveals(browser, path, (*before, act), kept, done)):
                waiting.append((*before, act))
        _files(browser, tab, path, kept, done)
        tab.close()
    return done


def _again(browser: Browser, path: str, acts: Iterable[Act], kept: Kept) -> Tab:
    """The screen after some acts, in a session of its own."""
    tab = browser.open(path)
    states = []
    for act in acts:
        states.append(act.state)
        tab.run(*states)
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


def offered(tab: Tab) -> Iterator[Act]:
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
            for said, value in _values(kind, drawn):
                yield Act(f"{kind} {key} {said}", WidgetState(id=drawn.id, **value), opens=False)


def _values(kind: str, drawn: Any) -> Iterator[tuple[str, dict[str, Any]]]:
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
        case "Arrow" | "Dataframe":
            rows = {"rows": [0], "columns": [], "cells": []}
            yield "row", {"string_value": json.dumps({"selection": rows})}


def _key(identity: str, label: str) -> str:
    """What names a widget on its screen: the key its page gave it, or its label."""
    key = identity.removeprefix("$$ID-").partition("-")[2]
    return key if key not in ("", "None") else label
