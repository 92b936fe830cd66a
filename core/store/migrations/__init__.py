"""How a store of any age becomes today's: one numbered migration after the other."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory


def config(connection: sa.Connection | None = None) -> Config:
    """Alembic's configuration of the migrations, run on a connection whose transaction the caller holds."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.attributes["connection"] = connection
    return made


def write_next(connection: sa.Connection, message: str) -> Path:
    """Write the migration from the connection's store (upgraded to the newest) to `core/store/schema.py`."""
    settings = config(connection)
    count = len(list(ScriptDirectory.from_config(settings).walk_revisions()))
    script = command.revision(settings, message, autogenerate=True, rev_id=f"{count + 1:04}")
    return Path(script.path)  # type: ignore[union-attr]  # one revision asked, one answered
