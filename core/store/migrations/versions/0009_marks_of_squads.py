"""A marked event may be a squad's."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("marks", sa.Column("squad", sa.String(length=100)))
