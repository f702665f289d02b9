"""The public API. Served by `uvicorn storefront.api.main:app`."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response

from storefront.api.routes import exports, orders, payments, products
from storefront.background import PriceFeed, expire_baskets
from storefront.clients.payments import PaymentClient
from storefront.db.engine import dispose_engines
from storefront.settings import get_settings


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.payments = PaymentClient(get_settings())
    app.state.price_feed = PriceFeed()
    app.state.price_feed.start()
    asyncio.create_task(expire_baskets())
    try:
        yield
    finally:
        await app.state.price_feed.stop()
        await app.state.payments.aclose()
        await dispose_engines()


app = FastAPI(title="Storefront", lifespan=lifespan)
app.include_router(orders.router)
app.include_router(payments.router)
app.include_router(products.router)
app.include_router(exports.router)


@app.middleware("http")
async def report_duration(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    started = time.perf_counter()
    response = await call_next(request)
    response.headers["Server-Timing"] = f"app;dur={(time.perf_counter() - started) * 1000:.1f}"
    return response
