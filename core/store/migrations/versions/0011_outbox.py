"""One outbox for every way of telling people; what was told by mail moves into it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    outbox = op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("step", sa.String(length=100), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("recipient", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("unsure", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("what", "step", "channel", "recipient", name=op.f("uq_outbox_what")),
    )
    op.create_index("ix_outbox_state", "outbox", ["state", "channel", "due_at"])
    texts = (sa.column(name, sa.Text) for name in ("key", "to", "subject", "text", "error"))
    moments = (sa.column(name, sa.DateTime(timezone=True)) for name in ("due_at", "claimed_at", "sent_at"))
    notices = sa.table("notices", *texts, *moments)
    for row in op.get_bind().execute(sa.select(notices)).mappings().all():
        what, _colon, step = row["key"].removesuffix(f":{row['to']}").rpartition(":")
        op.get_bind().execute(
            sa.insert(outbox).values(
                what=what,
                step=step,
                channel="mail",
                recipient=row["to"],
                subject=row["subject"],
                text=row["text"],
                created_at=row["due_at"],
                due_at=row["due_at"],
                state="sent" if row["sent_at"] else "due",
                claimed_at=row["claimed_at"],
                attempts=1 if row["claimed_at"] else 0,
                unsure=0,
                sent_at=row["sent_at"],
                last_error=row["error"],
            )
        )
    op.drop_table("notices")
