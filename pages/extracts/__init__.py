"""The mission "declared data": tables that the team declares in YAML, what their columns mean, what feeds them."""

from core.base.i18n import N_
from core.mission.contract import EVERYONE, Declaring, Mission, later
from core.people.person import Role
from pages.extracts.declared import with_tables

MISSION = Mission(
    __name__,
    title=N_("Declared data"),
    summary=N_("The tables that the team declares, what their columns mean, and what feeds them"),
    icon=":material/dataset:",
    see=EVERYONE,
    act=frozenset({Role.LEAD, Role.ADMIN}),
    order=60,
    headline=later("pages.extracts.headline", "headline"),
    opening=later("pages.extracts.look", "opening"),
    figures=later("pages.extracts.figures", "screen"),
    declared=with_tables,
    declaring=Declaring(
        later("pages.extracts.trying", "problems"),
        later("pages.extracts.trying", "attempt"),
        later("pages.extracts.declared", "sources"),
    ),
)
