"""The share of each type in the requests of each month of creation."""

from core.base.i18n import N_
from core.show.figure import Figure
from pages.jira.figures.by_type import BY_TYPE, TYPE_MONTHS
from pages.jira.figures.stacked import COUNTS, SHARES, columns, stacked
from pages.jira.figures.type_shares import ABOUT
from pages.jira.look import JiraLook

TYPE_SHARES_BY_MONTH: Figure[JiraLook] = Figure(
    name="type-shares-months",
    title=N_("Share of each type by month"),
    about=ABOUT,
    query=TYPE_MONTHS,
    shape=BY_TYPE.shape,
    columns=columns(SHARES, COUNTS),
    chart=lambda frame, look: stacked(frame, look.type_colours, "share"),
    told=N_("Share of each type in the requests of each month. Pick a bar to filter by its type."),
    means=BY_TYPE.means,
)
