"""Rights beside the role: given once, taken back, audited, held by open accounts alone."""

import pytest
import sqlalchemy as sa

from core.base.errors import InputInvalid
from core.people import accounts, grants
from core.people.person import Role
from core.store import schema
from core.store.engine import Store

RIGHT = "register.validate"


def add(made: Store, name: str) -> int:
    with made.write() as connection:
        return accounts.add(connection, who="t", name=name, role=Role.COMPLIANCE).person.id


def holders(made: Store) -> list[str]:
    with made.read() as connection:
        return [person.name for person in grants.holders(connection, RIGHT)]


def test_a_right_is_held_until_it_is_taken_back(made: Store) -> None:
    number = add(made, "ines")
    with made.write() as connection:
        grants.give(connection, who="sofia", name="Ines", right=RIGHT, why="adjointe")
        grants.give(connection, who="sofia", name="ines", right=RIGHT)
        assert grants.of(connection, number) == {RIGHT}
    assert holders(made) == ["ines"]
    with made.write() as connection:
        grants.take(connection, who="sofia", name="ines", right=RIGHT)
        grants.take(connection, who="sofia", name="ines", right=RIGHT)
    assert holders(made) == []
    with made.read() as connection:
        rows = connection.execute(sa.select(schema.audit).order_by(schema.audit.c.id)).mappings().all()
    assert [(row["action"], row["why"]) for row in rows][1:] == [("give", "adjointe"), ("take", None)]


def test_a_closed_account_holds_nothing(made: Store) -> None:
    add(made, "ines")
    with made.write() as connection:
        grants.give(connection, who="sofia", name="ines", right=RIGHT)
        accounts.close(connection, who="sofia", name="ines")
    assert holders(made) == []


def test_a_right_needs_an_account(made: Store) -> None:
    with made.write() as connection, pytest.raises(InputInvalid):
        grants.give(connection, who="sofia", name="nobody", right=RIGHT)
