"""What keeps history as it was written: triggers refuse any change of the audit and of the versions of records.

They guard against mistakes. Against somebody who may alter the database itself, `core.store.audit verify` does.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

APPEND_ONLY = ("audit", "record_versions")


@contextmanager
def lifted(connection: sa.Connection) -> Iterator[None]:
    """Within the caller's transaction, let history be replaced as a whole: a restore, nothing else."""
    if connection.dialect.name == "postgresql":
        for table in APPEND_ONLY:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in APPEND_ONLY:
            connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        return
    of_ours = "type = 'trigger' AND tbl_name IN ('audit', 'record_versions')"
    triggers = connection.exec_driver_sql(f"SELECT name, sql FROM sqlite_master WHERE {of_ours}").all()  # noqa: S608
    for trigger in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {trigger.name}")
    yield
    for trigger in triggers:
        connection.exec_driver_sql(trigger.sql)
