"""One look at the accounts: all of them, and the one that is picked."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.base.i18n import _
from core.facts.query import Reader
from core.people import accounts
from core.people.accounts import Account
from core.people.person import Person
from core.show.filters import Chosen, Filter, Picked
from core.show.look import Look
from core.store.engine import store
from core.store.kept import State, state


@dataclass(frozen=True, kw_only=True)
class AccountsLook(Look):
    """`found`: every account, closed ones too, by name."""

    found: tuple[Account, ...]
    stands: State

    @property
    def source(self) -> State:
        """The figures are made of what the store holds."""
        return self.stands

    @property
    def content(self) -> Hashable:
        """When people were seen, and whose time is over by now: no change of the store tells either."""
        return tuple((one.seen_at, one.active(self.now)) for one in self.found)

    @property
    def account(self) -> Account | None:
        """The account that is picked."""
        picked = self.chosen.account.get("account")
        return next((one for one in self.found if one.person.name == picked), None)


class Opening:
    """The accounts before one is picked."""

    def __init__(self, reader: Reader, person: Person, now: datetime) -> None:
        self._reader, self._person, self._now = reader, person, now

    @property
    def filters(self) -> Mapping[str, Filter[Any]]:
        """The account picked in the list."""
        return {
            "account": Picked(_("Account"), columns={"account": str}, told=lambda pick: str(pick["account"] or "–"))
        }

    def look(self, chosen: Chosen) -> AccountsLook:
        """The look at all of them. Raises StoreFailed."""
        with store().read() as connection:
            found, stands = tuple(accounts.everyone(connection)), state(connection)
        return AccountsLook(
            reader=self._reader, person=self._person, now=self._now, chosen=chosen, found=found, stands=stands
        )
