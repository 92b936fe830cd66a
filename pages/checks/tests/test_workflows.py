"""Workflows of Alteryx: the tables that they read and write are found, secrets are not kept, bombs are refused."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

from core.base.errors import SourceFailed
from core.base.i18n import speaking
from core.mission.discovery import missions
from core.sources.base import Source
from pages.checks.sources import WorkflowOptions, Workflows
from pages.checks.workflows import Use, tables, uses

TOOL = """<Node ToolID="{id}"><GuiSettings Plugin="{plugin}"/><Properties><Configuration>{said}</Configuration>
</Properties>{inside}</Node>"""
READS = "AlteryxBasePluginsGui.DbFileInput.DbFileInput"
WRITES = "AlteryxBasePluginsGui.DbFileOutput.DbFileOutput"


def tool(number: int, plugin: str, said: str, inside: str = "") -> str:
    return TOOL.format(id=number, plugin=plugin, said=said, inside=inside)


def workflow(*nodes: str, before: str = "") -> str:
    return f'<?xml version="1.0"?>{before}<AlteryxDocument><Nodes>{"".join(nodes)}</Nodes></AlteryxDocument>'


def written(folder: Path, text: str | bytes, name: str = "a.yxmd") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def found(folder: Path, *nodes: str) -> list[Use]:
    (told,) = uses(written(folder, workflow(*nodes))).values()
    return told


def test_tables_of_connections_are_found_and_nothing_of_a_connection_but_its_name_is_kept(tmp_path: Path) -> None:
    said = "<File>odbc:DSN=GP_ZM;UID=robot;PWD=s3cret|||select * from zm.Contrats c join zm.clients using (id)</File>"
    told = found(tmp_path, tool(1, READS, said), tool(2, WRITES, "<File>aka:ZM|||ZM.Sortie</File>"))
    assert {(one.tool, one.table, one.direction, one.evidence, one.connection) for one in told} == {
        ("1", "zm.contrats", "in", "sql", "GP_ZM"),
        ("1", "zm.clients", "in", "sql", "GP_ZM"),
        ("2", "zm.sortie", "out", "table", "ZM"),
    }
    assert "s3cret" not in repr(told)
    assert "robot" not in repr(told)


@pytest.mark.parametrize(
    "said",
    [
        "jdbc:hive2://h:1/db?dsn=x&amp;password=s3cret|||c.d",
        "odbc:DSN=gp,PWD=s3cret|||a.b",
        "odbc:DSN=gp PASSWORD=s3cret|||a.b",
        "odbc:DSN=gp|||a.b|||PWD=s3cret",
        "odbc:DSN=gp|||exec load 's3cret'",
        "odbc:DSN={GP;x};password={s3cret;x}|||a.b",
        "oci:robot/s3cret@TNS|||a.b",
        "odbc:DSN=gp|||select * from dblink('host=h password=s3cret', 'select 1') as t(a int)",
        "odbc:DSN=mongodb://robot:s3cret@h:27017/db|||a.b",
        "odbc:DSN=robot/s3cret@h|||a.b",
        "aka:mongodb+srv://robot:s3cret@h/db|||a.b",
        "mongodb://robot:s3cret@h:27017/db|||a.b",
        "odbc:DSN=gp|||mongodb://robot:s3cret@h/db",
        'odbc:DSN=gp|||select * from "mongodb://robot:s3cret@h/db"',
        "odbc:DSN=gp|||select * from `Server=h;Password=s3cret`.t",
        "Driver={PostgreSQL};Server=h;Uid=robot;Pwd=s3cret|||a.b",
    ],
)
def test_a_password_is_kept_and_logged_nowhere_however_it_is_written(
    tmp_path: Path, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    told = found(tmp_path, tool(1, READS, f"<File>{said}</File>"))
    assert len(told) == 1
    assert "s3cret" not in repr(told) + caplog.text


@pytest.mark.parametrize(
    ("place", "connection"),
    [
        ("odbc:DSN=GP_ZM;UID=robot", "GP_ZM"),
        ("odbc:DRIVER={PostgreSQL Unicode};SERVER=h", "odbc"),
        ("DSN=GP_ZM;UID=robot", "GP_ZM"),
        ("Driver={PostgreSQL};Server=h", ""),
        ("aka:Greenplum ZM", "Greenplum ZM"),
        ("oci:robot@TNS", "oci"),
        ("oledb:Provider=SQLOLEDB.1;Data Source=h", "oledb"),
        ("ssvb:DSN=SQL_ZM", "SQL_ZM"),
        ("gpbl:DSN=GP_ZM", "GP_ZM"),
        ("mongodb://h:27017/db", "mongodb"),
        ("postgresql://h/db", "postgresql"),
        ("jdbc:hive2://h:10000/db", "jdbc"),
        ("%User.Connexion%", "%User.Connexion%"),
    ],
)
def test_every_way_to_name_a_database_gives_its_table(tmp_path: Path, place: str, connection: str) -> None:
    (use,) = found(tmp_path, tool(1, READS, f"<File>{place}|||zm.contrats</File>"))
    assert (use.table, use.direction, use.connection) == ("zm.contrats", "in", connection)


@pytest.mark.parametrize(
    "said",
    [
        "<File>C:\\a.xlsx|||`Sheet1$`</File>",
        "<File>\\\\srv\\part\\a.xlsx|||Sheet1</File>",
        "<File>.\\a.xlsb|||Sheet1</File>",
        "<File>a.xlsx|||Sheet1</File>",
        "<File>https://h/a.xlsx|||Sheet1</File>",
        "<File>%Engine.WorkflowDirectory%a.xlsx|||Sheet1</File>",
        "<File>a.csv</File>",
        "<File/>",
    ],
)
def test_a_sheet_and_a_file_are_no_tables(tmp_path: Path, said: str) -> None:
    assert found(tmp_path, tool(1, READS, said)) == []


def test_what_a_disabled_container_holds_does_not_run_and_in_database_tools_are_read(tmp_path: Path) -> None:
    inside = tool(2, "LockInGui.LockInInput", "<Query>SELECT 1 FROM a</Query>")
    box = tool(1, "ToolContainer", '<Disabled value="True"/>', f"<ChildNodes>{inside}</ChildNodes>")
    told = found(tmp_path, box, tool(3, "LockInGui.LockInWrite", "<TableName>B</TableName>"))
    assert {(one.table, one.direction, one.enabled) for one in told} == {("a", "in", False), ("b", "out", True)}


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("with c as (select * from t) select * from c", [("t", "in")]),
        ("create table x.y as select * from z distributed by (id)", [("x.y", "out"), ("z", "in")]),
        ("insert into a select * from `b`", [("a", "out"), ("b", "in")]),
        ("select from where ((", None),
        ("select " + "array[" * 40 + "1" + "]" * 40 + " from t", None),
        ("select " + "struct(" * 40 + "1" + ")" * 40 + " from t", None),
        ("select " + "f(" * 40 + "1" + ")" * 40 + " from t", [("t", "in")]),
        ("merge t using s on map ( order", None),
        ("select a from t" + " " * 200_000, None),
    ],
)
def test_statements_tell_what_they_read_and_write(sql: str, said: list[tuple[str, str]] | None) -> None:
    assert tables(sql) == said


def test_a_name_behind_many_comments_is_read_at_once(tmp_path: Path) -> None:
    (told,) = found(tmp_path, tool(1, READS, "<File>aka:ZM|||" + "/**/" * 5000 + "t</File>"))
    assert (told.direction, told.evidence) == ("in", "table")


def test_statements_are_read_up_to_so_much_of_a_file(tmp_path: Path) -> None:
    sql = f"<Query>select a from t {'-' * 180_000}</Query>"
    told = found(tmp_path, *(tool(number, READS, sql) for number in range(7)))
    assert [one.evidence for one in told] == ["sql"] * 2 + ["partial"] * 5


def test_a_package_that_unfolds_to_far_more_than_workflows_are_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p.yxzp", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"{number}.yxmd", b" " * 16_000_000)
    with speaking("en"), pytest.raises(SourceFailed) as said:
        uses(tmp_path / "p.yxzp")
    assert said.value.sentence == "p.yxzp is larger than workflows are."


def test_workflows_of_more_elements_than_such_files_have_are_refused_before_a_tree_is_made(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p.yxzp", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"{number}.yxmd", b"<AlteryxDocument>" + b"<x/>" * 200_000 + b"</AlteryxDocument>")
    with speaking("en"), pytest.raises(SourceFailed) as said:
        uses(tmp_path / "p.yxzp")
    assert said.value.sentence == "p.yxzp/2.yxmd is larger than workflows are."


def test_a_package_holds_workflows_in_utf_16_too(tmp_path: Path) -> None:
    text = workflow(tool(1, READS, "<File>aka:ZM|||t</File>"))
    with zipfile.ZipFile(tmp_path / "p.yxzp", "w") as archive:
        archive.writestr("in/w.yxmd", text.encode("utf-16"))
        archive.writestr("data.csv", "a")
    assert {name: [one.table for one in told] for name, told in uses(tmp_path / "p.yxzp").items()} == {
        "p.yxzp/in/w.yxmd": ["t"]
    }


BOMB = '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>'


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (workflow(before=BOMB), "a.yxmd"),
        ("no xml", "a.yxmd"),
        ("<Other/>", "a.yxmd"),
        ('<?xml version="1.0" encoding="utf-7"?><AlteryxDocument/>', "a.yxmd"),
        ('<?xml version="1.0" encoding="none"?><AlteryxDocument/>', "a.yxmd"),
        (b"PK\x03\x04 no zip", "a.yxzp"),
    ],
)
def test_what_is_no_workflow_is_refused_in_a_sentence(tmp_path: Path, content: str | bytes, name: str) -> None:
    with pytest.raises(SourceFailed) as said:
        uses(written(tmp_path, content, name))
    assert said.value.sentence.endswith(".")


def test_a_source_tells_every_workflow_that_it_read_and_refuses_the_others(data: Path) -> None:
    folder = data / "incoming"
    folder.mkdir(parents=True)
    written(folder, workflow(tool(1, READS, "<File>aka:ZM|||t</File>")))
    written(folder, workflow(), "b.yxmd")
    written(folder, "no xml", "c.yxmd")
    source = Source("flows", "checks", "alteryx_workflows", WorkflowOptions(path="incoming/*.yxmd"))
    (batch,) = Workflows().pull(source, {})
    rows: list[dict[str, Any]] = batch.rows.to_pylist()
    assert [(row["workflow"], row["used_table"], row["evidence"]) for row in rows] == [
        ("a.yxmd", "", "read"), ("a.yxmd", "t", "table"), ("b.yxmd", "", "read"),
    ]  # fmt: skip
    assert [one.position for one in batch.refused] == ["c.yxmd"]
    (again,) = Workflows().pull(source, batch.cursor or {})
    assert len(again.rows) == 0
    assert "table_uses" in {one.name for one in missions()["checks"].tables}
