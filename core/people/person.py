"""Who a person is and what their role lets them do: plain values, no storage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.base.i18n import N_


class Role(StrEnum):
    """The six roles. A person has exactly one."""

    SQUAD = "squad"
    DUTY = "duty"
    LEAD = "lead"
    COMPLIANCE = "compliance"
    INSPECTOR = "inspector"
    ADMIN = "admin"


ROLE_NAMES: dict[Role, str] = {
    Role.SQUAD: N_("Squad member"),
    Role.DUTY: N_("On duty"),
    Role.LEAD: N_("Team lead"),
    Role.COMPLIANCE: N_("Compliance officer"),
    Role.INSPECTOR: N_("Inspector"),
    Role.ADMIN: N_("Administrator"),
}


@dataclass(frozen=True)
class Scope:
    """Which rows a person sees where facts carry a squad: all of them, or those of some squads and nobody's; and the
    fact tables in which they are told the people that rows name: none, some, or all of them (None)."""

    squads: frozenset[str] | None
    people: frozenset[str] | None = frozenset()

    @property
    def everything(self) -> bool:
        return self.squads is None

    def sees(self, other: "Scope") -> bool:
        """Whether whoever has this scope sees every row that one of the other scope does."""
        return self.squads is None or (other.squads is not None and other.squads <= self.squads)


EVERYTHING = Scope(None, None)
"""What commands read with. No person does: see `core.records.naming`."""


@dataclass(frozen=True)
class Person:
    """Somebody signed in. `name` is the account name, `expires_at` (UTC) ends an inspector's access."""

    id: int
    name: str
    display_name: str
    role: Role
    squads: frozenset[str]
    language: str | None = None
    email: str | None = None
    expires_at: datetime | None = None
    demo: bool = False
    toured: bool = False
    """Whether the tour of the first visit was closed."""
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict, hash=False)
    """The columns that the person chose to see of a table, in their order, by the table's key."""
    first_password: bool = False
    """Whether the password is one that somebody else made: until it is changed, nothing else may be done."""

    @property
    def scope(self) -> Scope:
        """A squad's people see their squads' rows; every other role sees all rows of the missions it may see. Nobody
        is told people by the role alone: `core.records.naming.scope_of` adds that."""
        return Scope(self.squads if self.role is Role.SQUAD else None)
