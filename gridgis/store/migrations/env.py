"""Run the revisions on the connection that was handed over, in its transaction."""

from __future__ import annotations

from alembic import context

from gridgis.store.migrating import options
from gridgis.store.schema import metadata


def run() -> None:
    """Run what Alembic asked for."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata, **options(connection))
    with context.begin_transaction():
        context.run_migrations()


# whoever only looks for doctests imports this without Alembic at work
if hasattr(context, "config"):
    run()
