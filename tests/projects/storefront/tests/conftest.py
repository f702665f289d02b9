import os
import time

import pytest

os.environ.setdefault("STOREFRONT_DATABASE_URL", "sqlite+aiosqlite:///test.db")
os.environ.setdefault("STOREFRONT_REPORTING_DATABASE_URL", "sqlite:///test.db")
os.environ.setdefault("STOREFRONT_PAYMENT_API_KEY", "test")


@pytest.fixture
def backoffice(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "from the environment")
    from storefront.backoffice import create_app

    app = create_app("testing")
    app.config.update(SECRET_KEY="a literal is fine in a test", TESTING=True)
    return app.test_client()


@pytest.fixture
def slow_clock():
    started = time.monotonic()
    yield lambda: time.monotonic() - started
