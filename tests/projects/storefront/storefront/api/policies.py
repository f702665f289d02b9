"""Who may do what. Each policy asks the database, so each is a coroutine."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storefront.db.models import Customer, Order, OrderState

REFUNDS_PER_CUSTOMER = 3


async def may_refund(session: AsyncSession, customer: Customer, order: Order) -> bool:
    if order.customer_id != customer.id or order.state is not OrderState.paid:
        return False
    cancelled = select(func.count()).where(Order.customer_id == customer.id, Order.state == OrderState.cancelled)
    return (await session.scalar(cancelled) or 0) < REFUNDS_PER_CUSTOMER
