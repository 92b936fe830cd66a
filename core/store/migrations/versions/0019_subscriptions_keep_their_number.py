"""The number of a subscription that ended is never another one's: the outbox tells them apart by it."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    here = op.get_bind()
    if here.dialect.name != "sqlite":
        return  # a sequence of PostgreSQL gives no number twice
    with op.batch_alter_table("subscriptions", recreate="always", table_kwargs={"sqlite_autoincrement": True}):
        pass
    subscriptions, outbox = sa.table("subscriptions", sa.column("id")), sa.table("outbox", sa.column("what"))
    told = here.scalars(sa.select(outbox.c.what).where(outbox.c.what.startswith("subscription"))).all()
    numbers = [int(what.rpartition(":")[2]) for what in told]
    last = max([*numbers, here.scalar(sa.select(sa.func.max(subscriptions.c.id))) or 0])
    sequences = sa.table("sqlite_sequence", sa.column("name"), sa.column("seq"))
    here.execute(sequences.delete().where(sequences.c.name == "subscriptions"))
    here.execute(sequences.insert().values(name="subscriptions", seq=last))
