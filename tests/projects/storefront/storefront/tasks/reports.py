"""Numbers for the shop's owners."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

from celery import shared_task
from sqlalchemy import func, select

from storefront.clients import shipping
from storefront.db.engine import ReportingSession
from storefront.db.models import Order, Product

LOW_STOCK = 5
COUNTRIES = ("DE", "FR", "IT", "PL", "SE")


def turnover(since: datetime, until: datetime) -> str:
    with ReportingSession() as session:
        total = session.scalar(select(func.sum(Order.total)).where(Order.placed_at >= since, Order.placed_at < until))
    return str(total or 0)


@shared_task
def daily_report() -> str:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return turnover(today - timedelta(days=1), today)


@shared_task
def weekly_report() -> str:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return turnover(today - timedelta(days=7), today)


@shared_task
def stock_check() -> list[str]:
    with ReportingSession() as session:
        return list(session.scalars(select(Product.sku).where(Product.stock < LOW_STOCK).order_by(Product.sku)))


@shared_task
def compare_shipping(grams: int) -> dict[str, str]:
    with ThreadPoolExecutor(max_workers=len(COUNTRIES)) as pool:
        quotes = {country: pool.submit(shipping.quote, country, grams) for country in COUNTRIES}
        return {country: quote.result(timeout=15)["price"] for country, quote in quotes.items()}


@shared_task
def warm_quotes(grams: int) -> int:
    with ThreadPoolExecutor(max_workers=2) as pool:
        domestic = pool.submit(shipping.quote("DE", grams))
        foreign = pool.submit(shipping.quote, "FR", grams)
        return sum(future.result(timeout=15) is not None for future in (domestic, foreign))


@shared_task
def archive(day: str) -> None:
    subprocess.run(["gzip", f"/var/lib/storefront/reports/{date.fromisoformat(day)}.csv"], check=True, timeout=120)
