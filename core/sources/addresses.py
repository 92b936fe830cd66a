"""Sources that are one address of a service, whose JSON is mapped by its paths: every page, at each reading."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Annotated, Any

import pyarrow as pa
from pydantic import AfterValidator, field_validator
from pydantic import Field as Option

from core.base import clock
from core.base.i18n import N_, _
from core.sources import files, hosts
from core.sources.asking import same_page
from core.sources.base import Batch, Cursor, Options
from core.sources.cells import Cells, Known
from core.sources.files import Rows, Shaper
from core.sources.formats import objects
from core.sources.http import JsonClient
from core.sources.reach import Secret, Service
from core.sources.secrets import resolve

BEARER = "Authorization"
_HEADER = re.compile(r"[A-Za-z0-9-]{1,60}")


class AddressOptions(Options):
    """An address that answers JSON; to be joined to a mapping of its paths."""

    url: Service = Option(
        title=N_("Address"),
        description=N_("Without parameters, e.g. https://api.github.com/repos/team/flows/actions/runs"),
    )
    params: Annotated[dict[str, str], AfterValidator(hosts.check_parameters)] = Option(
        default_factory=dict, title=N_("Parameters"), description=N_("E.g. per_page = 100")
    )
    rows: Rows = ""
    page: str = Option(
        default="",
        title=N_("Parameter of pages"),
        description=N_("Counts them from 1, e.g. page; empty: one answer is all"),
    )
    most_pages: int = Option(
        default=100, ge=1, le=10_000, title=N_("Pages at most"), description=N_("The first ones, where there are more")
    )
    token: Secret = Option(
        default="", title=N_("Token"), description=N_("As ${NAME}, e.g. ${VIGIE_SECRET_FORGE}; empty: none is sent")
    )
    header: str = Option(
        default=BEARER,
        title=N_("Header of the token"),
        description=N_("Authorization: after the word Bearer; others: alone"),
    )

    @field_validator("header")
    @classmethod
    def _is_a_header(cls, value: str) -> str:
        if not _HEADER.fullmatch(value):
            raise ValueError(_("“{name}” is no header.").format(name=value))
        return value


def pull(
    options: AddressOptions, source: str, cursor: Cursor, *, known: Known, shaper: Callable[[], Shaper]
) -> Iterator[Batch]:
    """Batches of the rows of every page until one is empty, then of the corrections that people dropped.

    What was read is complete up to now. Raises SourceFailed.
    """
    now = clock.now()
    reading = f"@{now.isoformat()}"
    shaping = shaper()
    done = 0
    for cells in _pages(options, source, known):
        shaped = shaping.shape(replace(cells, lines=range(done + 1, done + 1 + len(cells.lines))), now)
        done += len(cells.lines)
        yield Batch(
            shaped.rows,
            refused=[replace(refused, reading=reading) for refused in (*cells.refused, *shaped.refused)],
            done=done,
            notes=shaped.notes,
            settles=shaped.settles,
        )
    yield Batch(pa.table({}), cursor=cursor, covers_until=now, done=done, replaces=reading)
    yield from files.pull_corrections(source, cursor, known=known, shaper=shaper)


def _pages(options: AddressOptions, source: str, known: Known) -> Iterator[Cells]:
    """The rows of each page, until one has none."""
    token = resolve(options.token)
    headers = {options.header: f"Bearer {token}" if options.header == BEARER else token} if token else {}
    before: pa.Table | None = None
    with JsonClient(source, secrets=(token,)) as client:
        for number in range(1, options.most_pages + 1 if options.page else 2):
            page: dict[str, Any] = {options.page: number} if options.page else {}
            answer = client.ask_json("GET", options.url, params={**options.params, **page}, headers=headers)
            cells = objects.cells(answer, source, known, options.rows)
            if not cells.lines and not cells.refused:
                return
            if before is not None and cells.table.equals(before):
                raise same_page(source)
            before = cells.table
            yield cells
