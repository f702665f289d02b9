import asyncio
import time

from fastapi import APIRouter, HTTPException, status

from storefront.api.dependencies import CustomerDep, OrdersDep, SessionDep
from storefront.api.schemas import OrderIn, OrderOut
from storefront.db.models import Order, OrderState
from storefront.db.repositories import OutOfStock
from storefront.delivery import DeliveryDesk
from storefront.tasks.fulfilment import book_shipment

router = APIRouter(prefix="/orders", tags=["orders"])


@router.post("", status_code=status.HTTP_201_CREATED, response_model=OrderOut)
async def place_order(body: OrderIn, customer: CustomerDep, orders: OrdersDep, session: SessionDep) -> Order:
    wanted = {line.sku: line.quantity for line in body.lines}
    try:
        order = await orders.place(customer, wanted)
    except OutOfStock as error:
        raise HTTPException(status.HTTP_409_CONFLICT, str(error)) from error
    await session.commit()
    return order


@router.get("", response_model=list[OrderOut])
async def list_orders(customer: CustomerDep, orders: OrdersDep, limit: int = 20) -> list[Order]:
    return await orders.recent(customer, min(limit, 100))


@router.get("/{order_id}", response_model=OrderOut)
async def show_order(order_id: int, customer: CustomerDep, orders: OrdersDep) -> Order:
    order = await orders.get(order_id)
    if order is None or order.customer_id != customer.id:
        return HTTPException(status.HTTP_404_NOT_FOUND, "No such order")
    return order


@router.post("/{order_id}/ship", status_code=status.HTTP_202_ACCEPTED)
async def ship_order(order_id: int, customer: CustomerDep, orders: OrdersDep, session: SessionDep) -> dict[str, str]:
    order = await orders.get(order_id)
    if order is None or order.customer_id != customer.id:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "No such order")
    if order.state is not OrderState.paid:
        raise HTTPException(status.HTTP_409_CONFLICT, f"The order is {order.state}")
    order.state = OrderState.shipped
    await session.commit()
    await asyncio.to_thread(book_shipment.delay, order_id)
    return {"state": "accepted"}


@router.get("/{order_id}/delivery")
async def delivery_options(
    order_id: int, customer: CustomerDep, orders: OrdersDep, country: str = "DE"
) -> list[dict[str, str]]:
    order = await orders.get(order_id)
    if order is None or order.customer_id != customer.id:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "No such order")
    return DeliveryDesk(country).options(order)


@router.get("/{order_id}/wait", response_model=OrderOut)
async def wait_until_paid(order_id: int, customer: CustomerDep, orders: OrdersDep, session: SessionDep) -> Order:
    """Long polling for clients that cannot hold a WebSocket."""
    deadline = time.monotonic() + 25
    while time.monotonic() < deadline:
        order = await orders.get(order_id)
        if order is not None and order.customer_id == customer.id and order.state is OrderState.paid:
            return order
        await session.rollback()
        time.sleep(0.5)
    raise HTTPException(status.HTTP_408_REQUEST_TIMEOUT, "Not paid yet")
