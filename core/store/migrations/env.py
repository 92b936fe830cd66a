"""What Alembic runs: the migrations, in the transaction that `Store.upgrade` opened."""

from typing import Any, Literal

from alembic import context

from core.store.schema import METADATA, Moment


def _render(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """A migration stands alone for ever: it names the database's type, not a class of today's code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
