from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class LineIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sku: str = Field(min_length=1, max_length=40)
    quantity: int = Field(ge=1, le=99)


class OrderIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    lines: list[LineIn] = Field(min_length=1, max_length=50)


class OrderOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    state: str
    placed_at: datetime
    total: Decimal


class PaymentIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: str


class RefundIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    charge: str


class ProductOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    sku: str
    title: str
    price: Decimal
