"""Tables that landed otherwise than they are declared now: what holds of them, what will happen, who empties them."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
import sqlalchemy as sa

from core.base.errors import InputInvalid
from core.base.i18n import N_, _, show_number
from core.declared.extracts import Standing
from core.run import undo
from core.show.about import About
from core.show.columns import Column, Kind, framed
from core.show.figure import Act, Figure
from core.show.filters import Choice
from pages.extracts.figures.tables import SOURCE, counted
from pages.extracts.look import ExtractsLook


def _told(look: ExtractsLook) -> Iterator[tuple[Standing, str]]:
    """The tables of which something else landed than is declared, with what that is."""
    wrong = {name for name, _sentence in look.found.wrong}
    for one in look.found.gone:
        yield one, _("It is no longer declared.")
    for thing in look.found.things:
        said = [_("Its declaration is wrong: it goes on as it landed.")] if thing.extract in wrong else []
        if thing.former:
            names = ", ".join(column.name for column in thing.former)
            said.append(_("No longer declared, and filled no more: {names}.").format(names=names))
        if protected := look.found.protected.get(thing.extract):
            names = ", ".join(protected)
            said.append(
                _("No longer declared as personal, and still held to be, as it landed: {names}.").format(names=names)
            )
        if said:
            yield thing, " ".join(said)


def _next(one: Standing) -> str:
    """What will happen to what landed."""
    if not one.people:
        return _("Its rows stay until somebody empties it.")
    said = _("Its people are erased after the retention of {treatments}; its rows stay until somebody empties it.")
    if one.retention:
        said = _(
            "Its people are erased after the retention of {treatments}, at the latest after {n} days; its rows stay "
            "until somebody empties it."
        )
    days = show_number(one.retention.span.days) if one.retention else ""
    return said.format(treatments=", ".join(one.treatments), n=days)


def _shape(look: ExtractsLook) -> pd.DataFrame:
    rows = [
        {"title": one.title, "name": one.extract, "said": said, "next": _next(one), "rows": counted(look, one)["rows"]}
        for one, said in _told(look)
    ]
    return framed(rows, COLUMNS)


def _empty(connection: sa.Connection, look: ExtractsLook, values: Mapping[str, Any]) -> str:
    one = next((one for one, _said in _told(look) if one.extract == values["table"]), None)
    if one is None:
        raise InputInvalid(_("Choose the table to empty."))
    kinds = [connector.kind for connector in one.tabular.connectors]
    undo.empty(connection, "extracts", one.whole, kinds, who=look.person.name)
    return _("The table {name} is empty; its sources are read from their beginning.").format(name=one.extract)


COLUMNS = (
    Column("title", N_("Table")),
    Column("name", N_("Name in SQL")),
    Column("said", N_("What landed otherwise"), width="large"),
    Column("next", N_("What will happen"), width="large"),
    Column("rows", N_("Rows"), Kind.NUMBER),
)
LANDED: Figure[ExtractsLook] = Figure(
    name="landed",
    title=N_("Landed otherwise than declared"),
    about=About(N_("What landed keeps what it was promised, whatever becomes of its declaration."), SOURCE),
    shape=_shape,
    columns=COLUMNS,
    when=lambda look: any(True for _one in _told(look)),
)
EMPTY: Act[ExtractsLook] = Act(
    name="empty",
    label=N_("Empty this table for good"),
    icon=":material/delete_forever:",
    help=N_("Its rows go, older versions too. Then it stands as it is declared, and its sources are read once more."),
    fields=lambda look: {
        "table": Choice(
            _("Table to empty"), options={one.extract: one.title for one, _said in _told(look)}, none=_("choose")
        )
    },
    run=_empty,
    when=LANDED.when,
)
