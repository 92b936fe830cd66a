"""In which place of a group a person wants to be told of the night; "": by mail."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("alert_choices", sa.Column("place", sa.String(200), nullable=False, server_default=""))
