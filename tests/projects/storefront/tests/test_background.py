import asyncio
import time

from storefront.background import PriceFeed, spawn


async def test_spawned_tasks_finish():
    done = asyncio.Event()

    async def work() -> None:
        done.set()

    await spawn(work(), "work")
    assert done.is_set()


async def test_a_feed_that_never_started_stops():
    await PriceFeed().stop()


async def test_a_stalled_loop_is_noticed():
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.01)

    ticker = asyncio.create_task(tick())
    await asyncio.sleep(0)
    time.sleep(0.1)  # The stall is the point of this test.
    assert ticks == 1
    ticker.cancel()
