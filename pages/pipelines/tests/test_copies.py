"""Copies of schedulers' own tables land by mapping alone: those of Alteryx Server, and the job history of TWS."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.base.i18n import speaking
from core.sources.base import Source
from pages.pipelines.sources import LOG
from pages.pipelines.tests.schedulers import rows

RUN_TABLE = LOG.connectors[1]


def read(path: Path, script: str, **options: Any) -> list[Any]:
    with sqlite3.connect(path) as connection:
        connection.executescript(script)
    told = RUN_TABLE.options(**{"url": f"sqlite:///{path}", **options})
    with speaking("en"):
        return list(RUN_TABLE.pull(Source("copy", "pipelines", "sql", told), {}))


def test_the_jobs_of_alteryx_server_are_read_with_their_schedule(tmp_path: Path) -> None:
    batches = read(
        tmp_path / "alteryx.db",
        """
        CREATE TABLE AS_Schedules (ID TEXT, Name TEXT, WorkflowName TEXT);
        CREATE TABLE AS_Queue
            (ID TEXT, AS_ScheduleID TEXT, Status TEXT, CreationDateTime TEXT, CompletionDateTime TEXT);
        CREATE TABLE AS_Results (AS_QueueID TEXT, Result TEXT);
        INSERT INTO AS_Schedules VALUES ('s1', 'Nightly', 'claims.yxmd');
        INSERT INTO AS_Queue VALUES
            ('q1', 's1', 'Completed', '2026-11-20T00:12:00', '2026-11-20T00:22:00'),
            ('q2', 's1', 'Completed', '2026-11-20T01:12:00', '2026-11-20T01:13:00'),
            ('q3', 's1', 'Running', '2026-11-20T02:12:00', NULL);
        INSERT INTO AS_Results VALUES ('q1', 'Success'), ('q2', 'Error');
        """,
        query="SELECT q.ID, s.WorkflowName, s.Name AS Schedule, q.Status, r.Result, q.CreationDateTime, "
        "q.CompletionDateTime FROM AS_Queue q JOIN AS_Schedules s ON s.ID = q.AS_ScheduleID "
        "LEFT JOIN AS_Results r ON r.AS_QueueID = q.ID ORDER BY q.ID",
        columns={
            "pipeline": "WorkflowName",
            "run_id": "ID",
            "status": "Result | Status",
            "started_at": "CreationDateTime",
            "ended_at": "CompletionDateTime",
            "trigger": "Schedule",
        },
        timezone="UTC",
    )
    assert rows(batches, "pipeline", "run_id", "status", "duration_s", "trigger") == [
        ("claims.yxmd", "q1", "SUCCEEDED", 600.0, "Nightly"),
        ("claims.yxmd", "q2", "FAILED", 60.0, "Nightly"),
        ("claims.yxmd", "q3", "RUNNING", None, "Nightly"),
    ]


def test_the_job_history_of_tws_is_read_with_its_reruns(tmp_path: Path) -> None:
    batches = read(
        tmp_path / "tws.db",
        """
        CREATE TABLE JOB_HISTORY_V (JOB_STREAM_NAME TEXT, JOB_NAME TEXT, JOB_RUN_DATE_TIME TEXT, JOB_STATUS TEXT,
            TOTAL_ELAPSED_TIME INTEGER, RERUN_NUMBER INTEGER, RETURN_CODE INTEGER);
        INSERT INTO JOB_HISTORY_V VALUES
            ('NIGHT_CLM', 'CLEAN', '2026-11-20 00:14:00', 'A', 3, 1, 12),
            ('NIGHT_CLM', 'CLEAN', '2026-11-20 00:30:00', 'S', 5, 2, 0);
        """,
        table="JOB_HISTORY_V",
        columns={
            "pipeline": "JOB_STREAM_NAME / JOB_NAME",
            "started_at": "JOB_RUN_DATE_TIME",
            "status": "JOB_STATUS",
            "duration_s": "TOTAL_ELAPSED_TIME",
            "attempt": "RERUN_NUMBER",
            "error_code": "RETURN_CODE",
        },
        statuses={"S": "SUCCEEDED", "A": "FAILED"},
        duration_unit="min",
        since="JOB_RUN_DATE_TIME",
    )
    assert rows(batches, "pipeline", "status", "ended_at", "attempt") == [
        ("NIGHT_CLM/CLEAN", "FAILED", datetime(2026, 11, 19, 23, 17, tzinfo=UTC), 1),
        ("NIGHT_CLM/CLEAN", "SUCCEEDED", datetime(2026, 11, 19, 23, 35, tzinfo=UTC), 2),
    ]
