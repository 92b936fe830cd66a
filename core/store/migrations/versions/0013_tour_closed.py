"""Who closed the tour of a first visit; whoever was here before needs none."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("people", sa.Column("tour_closed_at", sa.DateTime(timezone=True)))
    people = sa.table("people", sa.column("tour_closed_at"), sa.column("seen_at"))
    op.execute(sa.update(people).values(tour_closed_at=people.c.seen_at))
