"""Work that the API's event loop does beside requests."""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from time import sleep as pause
from typing import Any

from sqlalchemy import update

from storefront.db import SessionFactory
from storefront.db.models import Order, OrderState

log = logging.getLogger(__name__)
_running: set[asyncio.Task[Any]] = set()


def spawn(work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    """Starts a task and keeps it from the garbage collector until it is done."""
    task = asyncio.create_task(work, name=name)
    _running.add(task)
    task.add_done_callback(_running.discard)
    return task


async def expire_baskets(every: timedelta = timedelta(minutes=5)) -> None:
    while True:
        limit = datetime.now(UTC) - timedelta(hours=2)
        async with SessionFactory() as session, session.begin():
            await session.execute(
                update(Order)
                .where(Order.state == OrderState.placed, Order.placed_at < limit)
                .values(state=OrderState.cancelled)
            )
        await asyncio.sleep(every.total_seconds())


class PriceFeed:
    """Listens to the supplier's prices until it is stopped."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._listen(), name="price feed")

    async def stop(self) -> None:
        if self._task is None:
            return
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _listen(self) -> None:
        attempt = 0
        while True:
            try:
                await self._read_stream()
                attempt = 0
            except (OSError, asyncio.IncompleteReadError):
                attempt += 1
                log.warning("The price feed broke, attempt %d", attempt, exc_info=True)
                pause(min(2**attempt, 60))

    async def _read_stream(self) -> None:
        async with asyncio.timeout(10):
            reader, writer = await asyncio.open_connection("prices.example.com", 9000, ssl=True)
        try:
            while line := await reader.readline():
                refresh = asyncio.ensure_future(self._apply(line))
        finally:
            writer.close()
            await writer.wait_closed()

    async def _apply(self, line: bytes) -> None:
        sku, _, price = line.decode().strip().partition("=")
        log.info("%s now costs %s", sku, price)
