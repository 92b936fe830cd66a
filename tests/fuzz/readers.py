"""What every reader of foreign bytes must hold to, whatever they are: it reads, or says in a sentence why not.

The unit tier tries a few examples of each; `make fuzz` goes on for a minute each.
"""

import zipfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import httpx
import openpyxl
from hypothesis import strategies as st

from core.base import clock
from core.base.errors import RulesInvalid, SourceFailed
from core.rules import document
from core.rules.document import Written
from core.sources import delimited, dialects, documents, excel, formulas, hosts, objects
from core.sources.child import TooLarge
from core.sources.documents import NoJson, NoYaml
from core.sources.http import JsonClient
from core.sources.workbook import _Tables
from pages.jira.sources import saved
from pages.pipelines.sources import adf, airflow, alteryx, databricks, log_analytics, tws
from tests.unit.core.sources.service import Answer, in_turn, serving

HIDDEN = "s3cr3t-of-the-file"
"""Stands in what is read; no message may repeat it."""


def _mix(*tokens: str | bytes, most: int = 60) -> st.SearchStrategy[bytes]:
    """Bytes made of some words of a notation, its hidden text, and any bytes besides."""
    words = [token.encode() if isinstance(token, str) else token for token in (*tokens, HIDDEN)]
    part = st.one_of(st.sampled_from(words), st.binary(max_size=6))
    return st.lists(part, max_size=most).map(b"".join)


TEXT = _mix(
    '"', '"', ";", ",", "\t", "\n", "\n", "\r\n", "\r", "\0", "a", "é", "Pipeline;Statut\n", b"\xff\xfe", "\ufeff"
)
JSON = _mix("[", "]", "{", "}", ":", ",", '"a"', '"', "1", "-", "1e999", r'"\ud800"', "null", '"issues":', '{"id": 1}')
YAML = _mix(
    "a: ", "- ", "\n", "\n  ", "&a ", "*a", "<<: ", "[", "]", "{", "}", "!!int ", "!!python/name:os ", "| ", '"', "? "
)
PAGE = _mix(
    "<table>", "</table>", "<tr>", "<td>", "<td colspan=99999>", "</td>", "<th>", "<script>", "<!--", "&#0;", "<![", "x"
)
XML = _mix(
    "<sheets>",
    "<sheet name='a' r:id='rId1'/>",
    "<row r='2'>",
    "</row>",
    "<c r='XFD1048576'>",
    "<v>1</v>",
    "<f>",
    "<x/>",
)
_SIGNS = "https:// http:// sqlite:/// postgresql:// mssql+pyodbc:// @ : / \\ ? # ; & = % [ ] :: . 127.0.0.1 localhost "
_SIGNS += "jira.example password ${VIGIE_SECRET_X} %40 %2f 0x7f u x é"
JOBS = _mix(
    "A#B",
    " ",
    "  ",
    "2300",
    "11/19",
    "02/30",
    "SUCC",
    "(",
    "23:01",
    ")",
    "10",
    "\n",
    "\n",
    ">> rerun as",
    "JOB",
    "#",
    "*",
)
_KEYS = "run_id state status termination_details result_state life_cycle_state code start_time run_duration "
_KEYS += (
    "setup_duration attempt_number repair_history type TimeGenerated RunId Status AdditionalFields ErrorMessage id "
)
_KEYS += "createDate disposition messages invokedBy runGroupId runId runStart dag_id dag_run_id"
_LEAF = st.sampled_from((None, True, 3, -1.5, "", "TERMINATED", "Failed", "2026-11-20T00:00:00Z", "{", '{"a": 1}'))
RECORDS = st.lists(
    st.recursive(
        _LEAF,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS.split()), inner, max_size=6),
        max_leaves=12,
    ),
    max_size=4,
)
ADDRESS = st.lists(st.sampled_from(_SIGNS.split(" ")), max_size=12).map("".join)


def _in_file(name: str, content: bytes, read: Callable[[Path], Any]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        held(lambda: read(path))


def held(read: Callable[[], Any]) -> None:
    """It reads, or ends in a sentence that repeats nothing of what it read."""
    said = "read"
    try:
        found = read()
        if isinstance(found, Iterable):
            list(found)
    except SourceFailed as failed:
        said = failed.sentence and f"{failed.sentence} {failed.detail}"
    except (NoJson, NoYaml) as error:
        said = repr(error)
    assert said
    assert HIDDEN not in said


def _delimited(content: bytes) -> None:
    def read(path: Path) -> None:
        layout = delimited.find_layout(path, lambda name: name in ("Pipeline", "Statut"))
        for cells in delimited.read(path, layout):
            assert len(cells.lines) == len(cells.table)
            assert cells.mark is not None
            assert delimited.holds(path, layout, cells.mark)

    _in_file("a.csv", content, read)


def _workbook(parts: tuple[bytes, str, bytes]) -> None:
    """A workbook one of whose parts is another, or whose bytes are."""
    garbage, part, xml = parts
    made, plain = BytesIO(), openpyxl.Workbook()
    plain.active.append([HIDDEN, "=1+"])
    plain.save(made)
    changed = BytesIO()
    with zipfile.ZipFile(made) as before, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            at = content.rfind(b"</") if name == part else -1
            after.writestr(name, content[:at] + xml + content[at:] if at >= 0 else content)
    content = changed.getvalue()
    at = len(garbage) * 31 % len(content)
    content = content[:at] + garbage + content[at + len(garbage) :]
    _in_file("a.xlsx", content, lambda path: (excel.read(path, lambda _name: False), formulas.broken(path)))


def _rules(content: bytes) -> None:
    """Rules are the team's own: a mistake repeats what it is about."""
    with suppress(RulesInvalid):
        document.read(Written("rules.yml", content.decode("utf-8", "replace")))


def _page(content: bytes) -> None:
    """In its own process whatever it raises is told by its kind alone."""
    with suppress(ValueError, AssertionError, TooLarge):
        _Tables.of(content)


def _saved(content: bytes) -> None:
    for name in ("a.json", "a.jsonl", "a.json.gz", "a.csv"):
        _in_file(name, content, saved.issues)
    _in_file("a.json", content, adf.saved)
    _in_file("a.json", content, objects.read)


def _jobs(content: bytes) -> None:
    """A list of jobs: whatever stands below the headings is a job, or refused."""
    head = b"CPU Schedule SchedTime Job State Pr Start Elapse RetCode Deps\n"
    for text in (content, head + content):
        held(lambda text=text: tws.Jobs("a.txt", clock.now(), False).read(text.decode("utf-8", "replace")))


def _records(records: list[Any]) -> None:
    """Whatever a scheduler answers becomes cells, or is refused."""
    objects.cells([databricks._row(one) for one in records], "x", rows=objects.ALL)
    objects.cells(adf.rows(records, adf.attempts(records, lambda first: adf.group_of(records, first))), "x")
    found = [log_analytics._complete(dict(one)) for one in records if isinstance(one, dict)]
    objects.cells(log_analytics._newest(found), "x", rows=objects.ALL)
    for one in records:
        assert airflow._name(one)
        assert alteryx._id(one)
        assert not isinstance(one, dict) or alteryx._made(one)


def _answer(said: tuple[int, str, bytes]) -> None:
    code, coding, body = said
    answer = Answer(code, body, {"Content-Encoding": coding} if coding else {})
    with serving(in_turn(answer)) as service, JsonClient("x", sleep=lambda _seconds: None) as client:
        held(lambda: client.ask("GET", service.url))


def _address(text: str) -> None:
    with suppress(ValueError):
        hosts.check_service(text)
        assert urlsplit(text).hostname == httpx.URL(text).host
        assert not any(sign in text for sign in "@?#;\\%=")
    with suppress(ValueError):
        dialects.check_url(text)
        assert dialects.place(text)


READERS: dict[str, tuple[st.SearchStrategy[Any], Callable[[Any], None]]] = {
    "delimited": (TEXT, _delimited),
    "json": (JSON, lambda raw: held(lambda: documents.json_value(raw, "x"))),
    "yaml": (YAML, lambda raw: held(lambda: documents.yaml_value(raw, "x"))),
    "rules": (YAML, _rules),
    "page": (PAGE, _page),
    "saved": (st.one_of(JSON, TEXT), _saved),
    "jobs": (JOBS, _jobs),
    "records": (RECORDS, _records),
    "address": (ADDRESS, _address),
    "answer": (st.tuples(st.sampled_from((200, 201)), st.sampled_from(("", "gzip", "br")), JSON), _answer),
    "workbook": (
        st.tuples(
            st.binary(max_size=8),
            st.sampled_from(("", "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels")),
            XML,
        ),
        _workbook,
    ),
}
