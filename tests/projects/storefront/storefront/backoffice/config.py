import os


class Config:
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_SAMESITE = "Lax"
    MAX_CONTENT_LENGTH = 8 * 1024 * 1024
    SECRET_KEY = os.environ.get("SECRET_KEY", "change-me")


class DevelopmentConfig(Config):
    DEBUG = True
    SESSION_COOKIE_SECURE = False


class TestingConfig(Config):
    TESTING = True
    SECRET_KEY = "only-for-tests"


class ProductionConfig(Config):
    SECRET_KEY = os.environ["SECRET_KEY"]
    DEBUG = os.environ.get("BACKOFFICE_DEBUG") == "1"


class DemoConfig(ProductionConfig):
    """What trade fairs are shown."""

    DEBUG = True
    JWT_SECRET_KEY = os.environ["JWT_SECRET_KEY"]


config_by_name = {
    "development": DevelopmentConfig,
    "testing": TestingConfig,
    "production": ProductionConfig,
    "demo": DemoConfig,
}
