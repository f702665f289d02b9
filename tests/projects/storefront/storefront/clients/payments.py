"""The payment provider. One client for the life of the process, made and closed by the API's lifespan."""

from decimal import Decimal

import httpx

from storefront.settings import Settings


class PaymentError(Exception):
    pass


class PaymentClient:
    def __init__(self, settings: Settings) -> None:
        self._http = httpx.AsyncClient(
            base_url=settings.payment_base_url,
            headers={"Authorization": f"Bearer {settings.payment_api_key.get_secret_value()}"},
            timeout=httpx.Timeout(5.0, connect=2.0),
        )

    async def charge(self, order_id: int, amount: Decimal, token: str) -> str:
        response = await self._http.post(
            "/v1/charges",
            json={"amount": str(amount), "source": token},
            headers={"Idempotency-Key": f"order-{order_id}"},
        )
        if response.status_code == httpx.codes.PAYMENT_REQUIRED:
            raise PaymentError(response.json()["message"])
        response.raise_for_status()
        return response.json()["id"]

    async def refund(self, charge_id: str) -> None:
        response = await self._http.post(f"/v1/charges/{charge_id}/refund")
        response.raise_for_status()

    async def aclose(self) -> None:
        await self._http.aclose()
