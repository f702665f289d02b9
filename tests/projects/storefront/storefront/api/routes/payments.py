from typing import Annotated

import requests
from fastapi import APIRouter, Depends, HTTPException, Request, status

from storefront.api.dependencies import CustomerDep, OrdersDep, PaymentsDep, SessionDep
from storefront.api.policies import may_refund
from storefront.api.schemas import PaymentIn, RefundIn
from storefront.clients.payments import PaymentError
from storefront.db.models import OrderState
from storefront.settings import Settings, get_settings

router = APIRouter(prefix="/payments", tags=["payments"])


def webhook_secret(settings: Annotated[Settings, Depends(get_settings)]) -> str:
    return settings.payment_api_key.get_secret_value()


@router.post("/orders/{order_id}")
async def pay(
    order_id: int,
    body: PaymentIn,
    customer: CustomerDep,
    orders: OrdersDep,
    payments: PaymentsDep,
    session: SessionDep,
) -> dict[str, str]:
    order = await orders.get(order_id)
    if order is None or order.customer_id != customer.id:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "No such order")
    try:
        charge = await payments.charge(order.id, order.total, body.token)
    except PaymentError as error:
        raise HTTPException(status.HTTP_402_PAYMENT_REQUIRED, str(error)) from error
    order.state = OrderState.paid
    await session.commit()
    return {"charge": charge}


@router.post("/orders/{order_id}/refund")
async def refund(
    order_id: int,
    body: RefundIn,
    customer: CustomerDep,
    orders: OrdersDep,
    payments: PaymentsDep,
    session: SessionDep,
) -> dict[str, str]:
    order = await orders.get(order_id)
    if order is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "No such order")
    if not may_refund(session, customer, order):
        raise HTTPException(status.HTTP_403_FORBIDDEN, "Not yours to refund")
    await payments.refund(body.charge)
    order.state = OrderState.cancelled
    await session.commit()
    return {"state": "refunded"}


@router.post("/webhook")
async def payment_webhook(request: Request, secret: str = Depends(webhook_secret())) -> dict[str, str]:
    if request.headers.get("X-Webhook-Secret") != secret:
        raise HTTPException(status.HTTP_403_FORBIDDEN, "Bad signature")
    event = await request.json()
    return {"received": event["id"]}


@router.get("/exchange-rate/{currency}")
async def exchange_rate(currency: str, settings: Annotated[Settings, Depends(get_settings)]) -> dict[str, str]:
    reply = requests.get(f"{settings.payment_base_url}/rates/{currency}", timeout=3)
    if reply.status_code == requests.codes.not_found:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"No rate for {currency}")
    return {"currency": currency, "rate": reply.json()["rate"]}


@router.get("/provider-status")
def provider_status(settings: Annotated[Settings, Depends(get_settings)]) -> dict[str, bool]:
    """A plain `def`: Starlette runs it in its thread pool, so waiting here stalls nobody."""
    reply = requests.get(f"{settings.payment_base_url}/status", timeout=3)
    return {"up": reply.ok}
