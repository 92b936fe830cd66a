"""A real PostgreSQL server for a test, from Debian's package, as long as a block lasts."""

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.servers import free_port

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def _run(*command: str | Path) -> None:
    """PostgreSQL refuses to be root: then it runs as the user of Debian's package."""
    ahead = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*ahead, *map(str, command)], check=True, stdout=subprocess.DEVNULL, cwd="/")


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of an empty database. Needs the package `postgresql`."""
    programs, port = BINARIES[-1], free_port()
    with TemporaryDirectory(prefix="vigie-postgres-") as folder:
        if os.geteuid() == 0:
            os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
        data = Path(folder) / "data"
        _run(programs / "initdb", "-D", data, "-A", "trust", "-U", "vigie", "--no-sync")
        options = f"-p {port} -k {folder} -c fsync=off"
        _run(programs / "pg_ctl", "-D", data, "-o", options, "-l", f"{folder}/log", "-w", "start")
        try:
            yield f"postgresql+psycopg://vigie@127.0.0.1:{port}/postgres"
        finally:
            _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
