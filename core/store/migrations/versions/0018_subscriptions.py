"""Subscriptions, in place of views that are mailed each month; these go on, and none is sent twice."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    made = op.create_table(
        "subscriptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("mission", sa.String(length=50), nullable=False),
        sa.Column("view_id", sa.Integer(), nullable=True),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("part", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("every", sa.String(length=10), nullable=False),
        sa.Column("at_least", sa.Boolean(), nullable=True),
        sa.Column("bound", sa.Float(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", sa.String(length=40), nullable=True),
        sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_subscriptions_person_id")),
        sa.ForeignKeyConstraint(["view_id"], ["saved_views.id"], name=op.f("fk_subscriptions_view_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
    )
    op.create_index(op.f("ix_subscriptions_person_id"), "subscriptions", ["person_id"])
    op.create_index(op.f("ix_subscriptions_view_id"), "subscriptions", ["view_id"])
    _take_over(made)
    op.drop_table("view_mails")


def _take_over(made: sa.Table) -> None:
    """Each mailed view is a subscription; what was told of it keeps its place in the outbox, what was told of one that
    ended is not sent any more."""
    here = op.get_bind()
    views = sa.table("saved_views", *map(sa.column, ("id", "mission", "name")))
    since = sa.column("since", sa.DateTime(timezone=True))
    mails = sa.table("view_mails", sa.column("view_id"), sa.column("person_id"), since)
    outbox = sa.table("outbox", *map(sa.column, ("what", "step", "state", "reason")))
    joined = sa.select(mails, views.c.mission, views.c.name).join_from(mails, views, mails.c.view_id == views.c.id)
    for row in here.execute(joined).all():
        was = f"view:{row.view_id}:{row.person_id}"
        told = here.scalar(sa.select(sa.func.max(outbox.c.step)).where(outbox.c.what == was))
        values = {
            "person_id": row.person_id,
            "mission": row.mission,
            "view_id": row.view_id,
            "query": "",
            "part": "",
            "title": row.name,
            "every": "month",
            "since": row.since,
            "told": told,
        }
        number = here.scalar(made.insert().values(**values).returning(made.c.id))
        here.execute(outbox.update().where(outbox.c.what == was).values(what=f"subscription:{number}"))
    waits = sa.and_(outbox.c.what.startswith("view:"), outbox.c.state.in_(["due", "sending"]))
    here.execute(outbox.update().where(waits).values(state="held", reason="gone"))
