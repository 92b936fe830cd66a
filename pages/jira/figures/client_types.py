"""The share of each type in each client's requests; those without a client come last."""

import pandas as pd

from core.base.i18n import N_
from core.facts.conditions import NO_VALUE
from core.show.columns import Column, Kind
from core.show.figure import Figure
from pages.jira.behind import Behind
from pages.jira.choices import type_name
from pages.jira.colours import is_none
from pages.jira.conditions import TYPE
from pages.jira.figures.by_client import counts_by
from pages.jira.figures.by_type import ABOUT
from pages.jira.figures.notes import shows
from pages.jira.look import JiraLook

CLIENT_TYPES = counts_by("types", "type", TYPE)


def _shape(look: JiraLook, rows: pd.DataFrame) -> pd.DataFrame:
    n = rows[look.counting.column].astype(float)
    cells = pd.DataFrame(
        {
            "client": [look.clients.get(code, code) for code in rows["client"]],
            "client_code": rows["client"],
            "type": [type_name(code) for code in rows["type"]],
            "type_code": [code or NO_VALUE for code in rows["type"]],
            "n": n,
            "share": n / n.groupby(rows["client"]).transform("sum"),
        }
    )
    nobody = rows["client"].map(is_none)
    return cells.assign(nobody=nobody).sort_values(["nobody", "client", "n"], ascending=[True, True, False])


TYPES_OF_CLIENTS: Figure[JiraLook] = Figure(
    name="client-types",
    title=N_("Types of each client"),
    about=ABOUT,
    query=CLIENT_TYPES,
    shape=_shape,
    columns=lambda look: (
        Column("client", N_("Client")),
        Column("type", N_("Request type")),
        Column("n", N_("Requests"), Kind.NUMBER, digits=look.counting.digits),
        Column("share", N_("Share"), Kind.PERCENT),
    ),
    height=320,
    means=lambda _look, mark: shows(Behind(), clients=[mark["client_code"]], types=[mark["type_code"]]),
)
