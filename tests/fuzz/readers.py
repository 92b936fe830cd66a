"""What every reader of foreign bytes must hold to, whatever they are: it reads, or says in a sentence why not.

The unit tier tries a few examples of each; `make fuzz` goes on for a minute each.
"""

import zipfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import httpx
import openpyxl
import yaml
from hypothesis import strategies as st
from openpyxl.comments import Comment
from pptx import Presentation

from core.base import clock
from core.base.errors import InputInvalid, RulesInvalid, SourceFailed
from core.declared.extracts import Extract
from core.declared.select import SelectRefused, question, tried
from core.mission.discovery import missions
from core.records.importing import imports
from core.rules import document
from core.rules.document import Written
from core.rules.ruleset import checked
from core.show.slides import Deck, Line, Slide, Template, lacking, made
from core.sources import dialects, hosts
from core.sources.formats import delimited, documents, excel, formulas, marks, objects
from core.sources.formats.child import TooLarge
from core.sources.formats.documents import NoJson, NoYaml
from core.sources.formats.workbook import _Tables
from core.sources.http import JsonClient
from pages.checks import workflows
from pages.checks.definitions import Check
from pages.indicators.definitions import Indicator
from pages.jira.sources import saved
from pages.pipelines.sources import adf, airflow, alteryx, databricks, log_analytics, tws
from pages.register.lists import shipped
from tests.fuzz import names
from tests.unit.core.facts import jobs
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
OPEN_XML = _mix(
    "<table:table-row table:number-rows-repeated='1048576'>",
    "</table:table-row>",
    "<table:table-cell table:number-columns-repeated='16384'>",
    "</table:table-cell>",
    "<office:annotation>",
    "</office:annotation>",
    "<table:covered-table-cell/>",
    "<text:p>x</text:p>",
    "<text:s text:c='999999999'/>",
)
SLIDE_XML = _mix(
    "<p:sldLayoutId id='9' r:id='rId99'/>",
    "<p:sp>",
    "</p:sp>",
    "<p:ph type='title'/>",
    "<a:t>",
    "</a:t>",
    "<x/>",
    "&a;",
)
WORKFLOW = _mix(
    "<Node ToolID='1'>",
    "</Node>",
    "<ChildNodes>",
    "</ChildNodes>",
    "<GuiSettings Plugin='AlteryxBasePluginsGui.DbFileInput.DbFileInput'/>",
    "<Properties><Configuration>",
    "</Configuration></Properties>",
    "<File>aka:x|||select * from a.b",
    "</File>",
    "<Query>",
    "</Query>",
    "with a as (select",
    " from b.c",
    ")",
    "<Disabled value='True'/>",
    "<!DOCTYPE a>",
    "&x;",
)
_WORDS = "SELECT FROM jobs WHERE job = team ( ) , ' \" * x AS n WITH t RECURSIVE UNION ALL CASE WHEN END $word $1 ? "
_WORDS += (
    "|| :: [ ] -- /* */ ; repeat lpad regexp_matches list range read_text('/etc/passwd') 1 1000000000 ORDER BY LIMIT "
)
_WORDS += "OVER é struct -> DROP ATTACH PIVOT LATERAL unnest EXISTS INTERVAL {'a':1}"
SELECT = st.lists(st.sampled_from(_WORDS.split()), max_size=40).map(lambda words: " ".join(("SELECT", *words)))
_FIELDS = (
    "extract check indicator title meaning columns name kind key time squad owner treatment retention sources drop "
)
_FIELDS += (
    "path url personal required words rules rule table left right compare schedule after version why select tables "
)
_FIELDS += "period slices published thresholds fails where group unit days months pattern every from by"
_VALUES = st.sampled_from(
    (None, True, 0, -1, 1e300, "", "x", "text", "moment", "jobs", "SELECT 1", "2026-11-20", "(", "*")
)
_NAMES = st.sampled_from(_FIELDS.split())
DECLARATION = st.dictionaries(
    _NAMES,
    st.recursive(
        _VALUES | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
        max_leaves=8,
    ),
    max_size=12,
)
_COMMENTS, _RELATIONS = "xl/comments/comment1.xml", "xl/_rels/workbook.xml.rels"
_SLIDES = ("ppt/presentation.xml", "ppt/slideLayouts/slideLayout6.xml", "ppt/_rels/presentation.xml.rels")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DECK = Deck("x", clock.now(), (Slide("x", words="x", categories=("a",), lines=(Line("x", (1.0,)),)),))
LISTS = shipped()
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


def _altered(whole: bytes, garbage: bytes, part: str, xml: bytes) -> bytes:
    """A packed file one of whose parts says more than it did, or whose bytes are others."""
    changed = BytesIO()
    with zipfile.ZipFile(BytesIO(whole)) as before, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            at = content.rfind(b"</") if name == part else -1
            after.writestr(name, content[:at] + xml + content[at:] if at >= 0 else content)
    content = changed.getvalue()
    at = len(garbage) * 31 % len(content)
    return content[:at] + garbage + content[at + len(garbage) :]


def _book() -> bytes:
    made, plain = BytesIO(), openpyxl.Workbook()
    plain.active.append([HIDDEN, "=1+"])
    plain.active["A1"].comment = Comment(HIDDEN, "x")
    plain.save(made)
    return made.getvalue()


def _document() -> bytes:
    """A sheet of LibreOffice with one cell."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        spaces = " ".join(
            f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
        )
        cell = f"<table:table-cell office:value-type='string'><text:p>{HIDDEN}</text:p></table:table-cell>"
        rows = f"<table:table table:name='a'><table:table-row>{cell}</table:table-row></table:table>"
        body = f"<office:body><office:spreadsheet>{rows}</office:spreadsheet></office:body>"
        archive.writestr("content.xml", f"<office:document-content {spaces}>{body}</office:document-content>")
    return made.getvalue()


def _deck() -> bytes:
    made = BytesIO()
    Presentation().save(made)
    return made.getvalue()


def _packed(whole: bytes, parts: tuple[str, ...], xml: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    altered = partial(_altered, whole)
    return st.tuples(st.binary(max_size=8), st.sampled_from(("", *parts)), xml).map(lambda given: altered(*given))


def _sheets(suffix: str, content: bytes) -> None:
    for read in (lambda path: excel.read(path, lambda _name: False), formulas.broken, marks.of):
        _in_file(f"a{suffix}", content, read)


def _template(content: bytes) -> None:
    template = Template(content, "Title Only", {"title": "Title 1", "chart": "x"})
    with suppress(InputInvalid):
        lacking(template)
    with suppress(InputInvalid):
        made(_DECK, template)


def _workflow(content: bytes) -> None:
    whole = b"<AlteryxDocument><Nodes>" + content + b"</Nodes></AlteryxDocument>"
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.yxmd", whole)
    for name, one in (("a.yxmd", content), ("a.yxmd", whole), ("a.yxzp", packed.getvalue())):
        _in_file(name, one, workflows.uses)


def _statement(text: str) -> None:
    """A declared SELECT is refused, or understood by DuckDB, which ends alone what takes too much."""
    with suppress(SelectRefused):
        tried([question("asked", text, {"jobs": jobs.JOBS}, {"word": str})], [jobs.JOBS], {("select",): text})


def _declaration(values: dict[str, Any]) -> None:
    """A declaration stands, or is refused with its line and field: it is the team's own, and may be repeated."""
    for model in (Extract, Check, Indicator):
        with suppress(RulesInvalid):
            checked(model, document.read(Written("x.yml", yaml.safe_dump(values))))


def _form(content: bytes) -> None:
    """A file that somebody brings into the register."""
    collection = missions()["register"].collections[0]

    def read(path: Path) -> list[object]:
        opened = imports.look(path, collection, LISTS)
        return list(imports.rows(opened, collection, LISTS, opened.mapping))

    for name in ("a.csv", "a.json"):
        _in_file(name, content, read)


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
        _packed(_book(), ("xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml", _COMMENTS, _RELATIONS), XML),
        partial(_sheets, ".xlsx"),
    ),
    "ods": (_packed(_document(), ("content.xml", "mimetype"), OPEN_XML), partial(_sheets, ".ods")),
    "xls": (st.one_of(PAGE, _mix(_OLE, "\x09\x08", "\0" * 64, "Workbook", b"\xff" * 16)), partial(_sheets, ".xls")),
    "template": (_packed(_deck(), _SLIDES, SLIDE_XML), _template),
    "workflow": (WORKFLOW, _workflow),
    "select": (SELECT, _statement),
    "declaration": (DECLARATION, _declaration),
    "form": (st.one_of(JSON, TEXT), _form),
    "names": (names.NAME, names.inert),
}
