"""Views mailed each month."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "view_mails",
        sa.Column("view_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_view_mails_person_id")),
        sa.ForeignKeyConstraint(["view_id"], ["saved_views.id"], name=op.f("fk_view_mails_view_id")),
        sa.PrimaryKeyConstraint("view_id", "person_id", name=op.f("pk_view_mails")),
    )
