"""How a store of any age becomes today's: one numbered migration after the other."""

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.config import Config

# Alembic is loaded where there is something to migrate: a store that is up to date is told by two questions.


def is_newest(connection: sa.Connection) -> bool:
    """Whether no migration is left to run on a store: its number is that of the last one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return False
    last = max(path.name[:4] for path in (Path(__file__).parent / "versions").glob("[0-9]*.py"))
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == last


def config(connection: sa.Connection | None = None) -> "Config":
    """Alembic's configuration of the migrations, run on a connection whose transaction the caller holds."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.attributes["connection"] = connection
    return made


def write_next(connection: sa.Connection, message: str) -> Path:
    """Write the migration from the connection's store (upgraded to the newest) to `core/store/schema.py`."""
    from alembic import command
    from alembic.script import ScriptDirectory

    settings = config(connection)
    count = len(list(ScriptDirectory.from_config(settings).walk_revisions()))
    script = command.revision(settings, message, autogenerate=True, rev_id=f"{count + 1:04}")
    return Path(script.path)  # type: ignore[union-attr]  # one revision asked, one answered
