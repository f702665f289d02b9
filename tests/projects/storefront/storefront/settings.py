"""Settings of the public API and of the workers, read from the environment once."""

from functools import lru_cache

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="STOREFRONT_", env_file=".env")

    database_url: str
    reporting_database_url: str
    redis_url: str = "redis://localhost:6379/0"
    payment_base_url: str = "https://payments.example.com"
    payment_api_key: SecretStr
    shipping_base_url: str = "https://shipping.example.com"
    smtp_host: str = "localhost"
    smtp_port: int = Field(default=587, ge=1, le=65535)
    invoice_sender: str = "invoices@storefront.example"
    pool_size: int = 10


@lru_cache
def get_settings() -> Settings:
    return Settings()
