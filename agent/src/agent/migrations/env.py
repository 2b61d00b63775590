"""Alembic's environment: the database is the one of the pod's environment."""

from alembic import context

from agent.database import engine_of, metadata
from agent.settings import Settings

engine = engine_of(Settings())
if engine is None:
    message = (
        "DATABASE_URL is not set: there is no database to migrate. Set config.DATABASE_URL, or migration.enabled: false"
    )
    raise SystemExit(message)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
