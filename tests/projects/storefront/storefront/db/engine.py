"""Engines and session factories. The API talks to PostgreSQL asynchronously; reports read a replica synchronously."""

from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import sessionmaker

from storefront.settings import get_settings

settings = get_settings()

# The load balancer in front of the database drops idle connections after five minutes.
engine = create_async_engine(
    settings.database_url,
    pool_size=settings.pool_size,
    max_overflow=5,
)

SessionFactory = async_sessionmaker(engine)

# Reports run in worker processes, which may rest for hours between two of them.
reporting_engine = create_engine(
    settings.reporting_database_url,
    pool_pre_ping=True,
    pool_recycle=1800,
)
ReportingSession = sessionmaker(reporting_engine)

# The tests and the demo data live in one file.
demo_engine = create_engine("sqlite:///demo.db")


def audit_session() -> AsyncSession:
    """A session of its own for the audit trail, which must outlive the request's transaction."""
    return AsyncSession(engine, expire_on_commit=False)


async def dispose_engines() -> None:
    await engine.dispose()
    reporting_engine.dispose()
    demo_engine.dispose()
