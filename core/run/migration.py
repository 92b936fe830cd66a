"""`python -m core.run.migration "Why the tables change"`: write the migration that a change of schema.py needs."""

import sys
import tempfile
from pathlib import Path

from core.store.engine import Store
from core.store.migrations import write_next


def main(message: str) -> Path:
    """Compare schema.py with what the migrations make of an empty store; write the difference as a new one."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Store(f"sqlite:///{folder}/scratch.db")
        scratch.upgrade()
        with scratch.write() as connection:
            path = write_next(connection, message)
        scratch.close()
    return path


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('usage: python -m core.run.migration "Why the tables change"')
    main(sys.argv[1])
