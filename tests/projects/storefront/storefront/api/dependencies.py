from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Header, HTTPException, Request, status
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storefront.clients.payments import PaymentClient
from storefront.db import Customer, SessionFactory
from storefront.db.repositories import OrderRepository


async def get_session() -> AsyncIterator[AsyncSession]:
    async with SessionFactory() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]


async def get_orders(session: SessionDep) -> OrderRepository:
    return OrderRepository(session)


async def get_payments(request: Request) -> PaymentClient:
    return request.app.state.payments


async def current_customer(session: SessionDep, x_customer: Annotated[str, Header()]) -> Customer:
    customer = await session.scalar(select(Customer).where(Customer.email == x_customer))
    if customer is None:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "Unknown customer")
    return customer


OrdersDep = Annotated[OrderRepository, Depends(get_orders)]
PaymentsDep = Annotated[PaymentClient, Depends(get_payments)]
CustomerDep = Annotated[Customer, Depends(current_customer)]
