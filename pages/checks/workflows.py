"""Alteryx workflows (.yxmd, .yxmc, and .yxzp that hold them): which tables each reads and writes. Pure reading.

A connection is kept by its name alone: nothing else of it is taken, so that no password is stored. What is no table (a
sheet, a file) is none; a name that is only known at run time is said to be so.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from xml.etree import ElementTree as ET

from sqlglot import exp
from sqlglot.errors import SqlglotError

from core.base.errors import SourceFailed
from core.base.i18n import _
from core.declared.statements import parsed
from core.sources import limits

SUFFIXES = (".yxmd", ".yxmc")
PACKAGE = ".yxzp"
DIALECTS = ("postgres", "hive")
_SQL = frozenset({"Query", "PreSQL", "PostSQL", "PreSQLOnly", "PostSQLOnly", "SQLStatement"})
_FILE = re.compile(r"(?is)([a-z]:|\\|/|\.|file:|https?:|ftps?:)|(?!\w+:.*=).*\.(xls[xmb]?|xlt[xm]|accdb|mdb|csv|txt)$")
"""A place that is a file: what stands behind it is a sheet or a part of it."""
_SCHEME = re.compile(r"(?i)\s*([a-z][a-z0-9+.\-]{1,30})\s*:")
_NAMED = re.compile(r"(?i)(?:^aka:|\bdsn=)([^|;,&?=:/@]{1,80})(?![^|;,&?=])|^(%[\w.]{1,80}%)$")
"""The name of a connection; a connection that is written out where its name stands is none."""
_WRITTEN_OUT = re.compile(r"://|=")
"""In what SQL takes for a name: a connection written out, and maybe its password."""
LONGEST = 200_000
"""Signs of a statement that is read; a longer one is said to be partial."""
ALL_STATEMENTS = 400_000
"""Signs of all statements of a file that are read; those beyond are said to be partial."""
LARGEST_PACKAGE = 4 * limits.LARGEST_PART
"""Of the workflows of a package, unpacked."""
_BEFORE = r"(?is)(?>--[^\n]*\n|/\*.*?\*/|\s+)*+"
_STATEMENT = re.compile(_BEFORE + r"(select|with|insert|create|update|delete|truncate|merge)\b")
_TABLE = re.compile(_BEFORE + r"""([\w$#@ .\-"`\[\]]{1,300})\s*""")
"""How a table is named where no statement stands: a call or settings are none, and may hold a password."""
_GREENPLUM = re.compile(r"(?is)\b(distributed\s+(by\s*\([^)]{0,1000}\)|randomly)|with\s*\(\s*appendonly[^)]{0,1000}\))")


@dataclass(frozen=True)
class Use:
    """A table that a tool of a workflow reads ("in") or writes ("out"). `evidence`: "table" (named), "sql", "dynamic"
    (a name that may change at run time), "partial" (SQL that could not be read whole; no table then)."""

    workflow: str
    tool: str
    table: str
    direction: str
    evidence: str
    connection: str
    enabled: bool


@dataclass
class _Room:
    """How many signs of statements, and of XML that begin a part, may still be read of a file."""

    left: int = ALL_STATEMENTS
    marks: int = limits.MOST_MARKS

    def takes(self, sql: str) -> bool:
        """Whether a statement still finds room."""
        self.left -= len(sql)
        return self.left >= 0


def uses(path: Path) -> dict[str, list[Use]]:
    """The uses in each workflow of a file, by the workflow's name. Raises SourceFailed with a sentence."""
    room = _Room()
    try:
        if path.suffix.lower() != PACKAGE:
            if path.stat().st_size > limits.LARGEST_PART:
                raise _too_large(path.name)
            return {path.name: list(_of(path.name, path.read_bytes(), room))}
        return {name: list(_of(name, content, room)) for name, content in _packed(path)}
    except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise SourceFailed(_("{file} cannot be read.").format(file=path.name), detail=repr(error)) from error


def _packed(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        parts = [part for part in archive.infolist() if part.filename.lower().endswith(SUFFIXES)]
        if len(archive.infolist()) > limits.MOST_PARTS or sum(one.file_size for one in parts) > LARGEST_PACKAGE:
            raise _too_large(path.name)
        for part in parts:
            with archive.open(part) as file:
                content = file.read(limits.LARGEST_PART + 1)
            if len(content) > limits.LARGEST_PART:
                raise _too_large(part.filename)
            yield f"{path.name}/{part.filename}", content


def _too_large(name: str) -> SourceFailed:
    return SourceFailed(_("{file} is larger than workflows are.").format(file=name))


class _Builder(ET.TreeBuilder):
    """Builds the tree of a document that declares nothing: entities could unfold to anything."""

    def doctype(self, *_told: object) -> NoReturn:
        raise SourceFailed(_("The file declares a document type or entities, which no workflow does."))


def _of(name: str, content: bytes, room: _Room) -> Iterator[Use]:
    room.marks -= limits.marks(content)
    if room.marks < 0:
        raise _too_large(name)
    parser = ET.XMLParser(target=_Builder())  # noqa: S314 - its size is bounded, and it declares nothing
    try:
        parser.feed(content)
        root = parser.close()
    except (ET.ParseError, ValueError, LookupError) as error:  # the latter two for an encoding that it cannot read
        raise SourceFailed(_("{file} is no workflow of Alteryx: it is no XML.").format(file=name)) from error
    if root.tag != "AlteryxDocument":
        raise SourceFailed(_("{file} is no workflow of Alteryx.").format(file=name))
    waiting = [(root, True)]
    while waiting:
        element, enabled = waiting.pop()
        if element.tag == "Node":
            switch = element.find("Properties/Configuration/Disabled")
            enabled = enabled and (switch is None or switch.get("value", "").lower() != "true")
            yield from _of_tool(name, element, enabled, room)
            waiting += [(child, enabled) for child in element.findall("ChildNodes/Node")]
        else:
            waiting += [(child, enabled) for child in element if child.tag in ("Nodes", "Node")]


def _of_tool(workflow: str, node: ET.Element, enabled: bool, room: _Room) -> Iterator[Use]:
    configuration = node.find("Properties/Configuration")
    if configuration is None:
        return
    gui, tool = node.find("GuiSettings"), node.get("ToolID", "")
    plugin = gui.get("Plugin", "") if gui is not None else ""
    direction = "out" if re.search(r"Output|LockInWrite", plugin) else "in"
    dynamic = "DynamicInput" in plugin
    named: dict[tuple[str, str], tuple[str, str]] = {}
    for element in configuration.iter():
        text = (element.text or "").strip()
        if not text:
            continue
        if element.tag == "File" and "|||" in text:
            place, _bars, what = text.partition("|||")
            if not _FILE.match(place.strip()):
                named |= {
                    use: (evidence, _connection(place)) for use, evidence in _named(what, direction, room).items()
                }
        elif element.tag in _SQL and _STATEMENT.match(text):
            named |= {use: (evidence, "") for use, evidence in _named(text, direction, room).items()}
        elif element.tag == "TableName" and (name := _TABLE.fullmatch(text)):
            named[_folded(name[1]), direction] = "table", ""
    for (table, way), (evidence, connection) in named.items():
        proof = "dynamic" if dynamic and evidence != "partial" else evidence
        yield Use(workflow, tool, table, way, proof, connection, enabled)


def _connection(place: str) -> str:
    if named := _NAMED.search(place.strip()):
        return (named[1] or named[2]).strip()
    scheme = _SCHEME.match(place)
    return scheme[1].lower() if scheme else ""


def _named(what: str, direction: str, room: _Room) -> dict[tuple[str, str], str]:
    """Tables and their directions, with the evidence of each, in what stands behind a connection."""
    if not _STATEMENT.match(what):
        name = _TABLE.fullmatch(what)
        named = {(_folded(name[1]), direction): "table"} if name else {("", direction): "partial"}
        return named if what.strip() else {}
    used = tables(what) if room.takes(what) else None
    return {("", direction): "partial"} if used is None else dict.fromkeys(used, "sql")


def tables(sql: str) -> list[tuple[str, str]] | None:
    """The tables that statements read ("in") and write ("out"), in small letters; None where they cannot be read."""
    for dialect in DIALECTS if len(sql) <= LONGEST else ():
        try:
            trees = parsed(_GREENPLUM.sub("", sql), dialect)
        except (SqlglotError, RecursionError, AttributeError, LookupError, TypeError, ValueError):
            continue  # of statements that are none, the reader stumbles over some
        if not any(isinstance(tree, exp.Command) for tree in trees):
            used = list(dict.fromkeys(use for tree in trees for use in _of_statement(tree)))
            return None if any(_WRITTEN_OUT.search(name) for name, _way in used) else used
    return None


def _of_statement(tree: exp.Expr) -> Iterator[tuple[str, str]]:
    own = {table.alias.lower() for table in tree.find_all(exp.CTE)}
    target = tree.this if isinstance(tree, exp.Insert | exp.Create | exp.Update | exp.Delete | exp.Merge) else None
    written = target.find(exp.Table) if isinstance(target, exp.Expr) else None
    for table in tree.find_all(exp.Table):
        name = ".".join(part.name for part in table.parts).lower()
        if table.db or name not in own:
            yield name, "out" if table is written else "in"


def _folded(name: str) -> str:
    return re.sub(r"[\"`\[\]]", "", name).strip().lower()
