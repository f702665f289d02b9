"""The parcel service. Its library-less HTTP API is called from workers, which are plain synchronous processes."""

import urllib.request
from urllib.parse import urlencode

import requests
from requests.adapters import HTTPAdapter, Retry

from storefront.settings import get_settings

CONNECT_AND_READ = (2.0, 10.0)

_session = requests.Session()
_session.mount("https://", HTTPAdapter(max_retries=Retry(total=3, backoff_factor=0.5)))


def quote(country: str, grams: int) -> dict[str, str]:
    settings = get_settings()
    response = _session.get(
        f"{settings.shipping_base_url}/quote",
        params={"country": country, "grams": grams},
        timeout=CONNECT_AND_READ,
    )
    response.raise_for_status()
    return response.json()


def book_parcel(order_id: int, address: dict[str, str]) -> str:
    settings = get_settings()
    response = requests.post(
        f"{settings.shipping_base_url}/parcels",
        json={"reference": str(order_id), **address},
    )
    response.raise_for_status()
    return response.json()["tracking"]


def label(tracking: str) -> bytes:
    query = urlencode({"tracking": tracking, "format": "pdf"})
    with urllib.request.urlopen(f"{get_settings().shipping_base_url}/label?{query}") as reply:
        return reply.read()


def ping() -> bool:
    """Used by the workers' readiness probe."""
    with urllib.request.urlopen(f"{get_settings().shipping_base_url}/ping", timeout=1) as reply:
        return reply.status == 200
