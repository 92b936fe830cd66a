"""Passwords that somebody else made end."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("people", sa.Column("password_until", sa.DateTime(timezone=True)))
