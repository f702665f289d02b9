"""Alembic's environment: migrations run synchronously, on one connection of their own."""

from alembic import context
from sqlalchemy import create_engine, pool

from storefront.db.models import Base
from storefront.settings import get_settings


def run_migrations_online() -> None:
    engine = create_engine(get_settings().reporting_database_url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("SET lock_timeout = '5s'")
        context.configure(connection=connection, target_metadata=Base.metadata)
        with context.begin_transaction():
            context.run_migrations()


run_migrations_online()
