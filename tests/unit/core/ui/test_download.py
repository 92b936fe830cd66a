"""A file that leaves is told in the log, with who took it and from where."""

import io
import json
import logging
import re
from collections.abc import Iterator
from threading import Thread

import pytest
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from core.base import log
from core.base.settings import ROOT
from core.ui import download


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(log.JsonLines(set()))
    download.log.addHandler(handler)
    before, download.log.level = download.log.level, logging.INFO
    yield written
    download.log.removeHandler(handler)
    download.log.setLevel(before)


def test_the_click_is_told_as_the_person_for_whom_the_button_was_drawn(lines: io.StringIO) -> None:
    log.person.set("ana")
    log.address.set("10.0.0.1")
    made = download.logged(lambda: b"abc", "vigie-runs.csv")
    log.person.set("bob")
    click = Thread(target=made)
    click.start()
    click.join()
    line = json.loads(lines.getvalue())
    assert (line["message"], line["person"], line["address"]) == ("export", "ana", "10.0.0.1")
    assert (line["file"], line["bytes"]) == ("vigie-runs.csv", 3)


def test_every_file_leaves_by_the_one_button() -> None:
    code = {
        path: path.read_text(encoding="utf-8") for room in ("core", "pages") for path in (ROOT / room).rglob("*.py")
    }
    assert [path.name for path, text in code.items() if re.search(r"\bst\.download_button\(", text)] == ["download.py"]


def test_a_file_stays_for_its_browser_while_others_act(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MediaFileManager, "remove_orphaned_files", None)
    download.begin()
    storage = MemoryMediaFileStorage("/media")
    files = MediaFileManager(storage)
    made = files.execute_deferred(files.add_deferred(lambda: b"x", "text/csv", "1", "a.csv"))
    for _run in range(5):
        files.remove_orphaned_files()
    assert storage.get_file(made.rpartition("/")[2]).content == b"x"
    monkeypatch.setattr(download, "KEPT", 0)
    for _run in range(2):
        files.remove_orphaned_files()
    with pytest.raises(MediaFileStorageError):
        storage.get_file(made.rpartition("/")[2])
