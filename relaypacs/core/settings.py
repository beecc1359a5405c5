"""All settings, validated together. `docs/configuration.md` explains each; a test holds the two together."""

from enum import StrEnum
from functools import cached_property
from pathlib import Path
from secrets import token_urlsafe
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, StringConstraints, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1024**2
GIB = 1024**3
MIN_SECRET_LENGTH = 32

RateLimit = Annotated[str, StringConstraints(pattern=r"^\d+/(second|minute|hour|day)$")]


class Environment(StrEnum):
    EMBEDDED = "embedded"
    PRODUCTION = "production"


class Registration(StrEnum):
    OPEN = "open"
    APPROVAL = "approval"
    CLOSED = "closed"


class Settings(BaseSettings):
    """What the administrator decides. Each field is the environment variable `RELAYPACS_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="RELAYPACS_", extra="ignore", frozen=True)

    # Where things are
    environment: Environment = Environment.EMBEDDED
    data_dir: Path = Path("data")
    database_url: str = ""
    storage_url: str = ""
    redis_url: str = ""
    pacs: SecretStr = SecretStr("")
    web_dir: Path = Path(__file__).parents[2] / "web" / "dist"

    # Who may come in
    secret_key: SecretStr = SecretStr("")
    admin_username: str = "admin"
    admin_password: SecretStr = SecretStr("")
    registration: Registration | None = None
    login_rate_limit: RateLimit = "5/minute"
    access_token_minutes: int = Field(60, ge=1, le=24 * 60)
    refresh_token_days: int = Field(7, ge=1, le=90)
    trusted_proxies: str = ""

    # What an upload may be
    max_files: int = Field(100, ge=1, le=10_000)
    max_upload_bytes: int = Field(2 * GIB, ge=MIB)
    upload_ttl_hours: int = Field(24, ge=1, le=24 * 30)
    max_open_uploads: int = Field(50, ge=1)
    max_reserved_bytes: int = Field(50 * GIB, ge=MIB)
    complete_wait: float = Field(20.0, ge=0, le=300)

    # How work is done
    check_processes: int = Field(1, ge=1, le=64)
    delivery_concurrency: int = Field(2, ge=1, le=64)
    wake_interval: float = Field(5.0, gt=0, le=60)
    database_pool: int = Field(10, ge=1, le=200)
    log_level: Annotated[str, StringConstraints(pattern="^(debug|info|warning|error)$")] = "info"

    @model_validator(mode="after")
    def _complete(self) -> Self:
        problems = [*self._address_problems(), *self._production_problems()]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _address_problems(self) -> list[str]:
        """Return a sentence for each address that no adapter understands."""
        problems = []
        if self.database_url and urlsplit(self.database_url).scheme not in ("sqlite", "postgresql"):
            problems.append("RELAYPACS_DATABASE_URL must start with sqlite:/// or postgresql://")
        if self.storage_url and urlsplit(self.storage_url).scheme != "file":
            problems.append("RELAYPACS_STORAGE_URL must start with file:///")
        if self.redis_url:
            problems.append("RELAYPACS_REDIS_URL is not supported by this version")
        pacs = self.pacs.get_secret_value()
        if pacs and urlsplit(pacs).scheme not in ("folder", "dicomweb+http", "dicomweb+https"):
            problems.append("RELAYPACS_PACS must start with folder:///, dicomweb+http:// or dicomweb+https://")
        return problems

    def _production_problems(self) -> list[str]:
        """Return a sentence for each development default that production must not run with."""
        secret = self.secret_key.get_secret_value()
        problems = []
        if secret and len(secret) < MIN_SECRET_LENGTH:
            problems.append(f"RELAYPACS_SECRET_KEY must have at least {MIN_SECRET_LENGTH} characters")
        if self.environment is not Environment.PRODUCTION:
            return problems
        if not secret:
            problems.append("RELAYPACS_SECRET_KEY is required in production")
        if not self.database_url:
            problems.append("RELAYPACS_DATABASE_URL is required in production")
        if not self.pacs.get_secret_value():
            problems.append("RELAYPACS_PACS is required in production")
        return problems

    @property
    def effective_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir.absolute()}/relaypacs.db"

    @property
    def storage_dir(self) -> Path:
        return Path(urlsplit(self.storage_url).path) if self.storage_url else self.data_dir / "uploads"

    @property
    def effective_registration(self) -> Registration:
        default = Registration.OPEN if self.environment is Environment.EMBEDDED else Registration.APPROVAL
        return self.registration or default

    @cached_property
    def effective_secret_key(self) -> str:
        """Return the secret key; the embedded set-up makes one, readable by its owner alone, and keeps it."""
        if given := self.secret_key.get_secret_value():
            return given
        path = self.data_dir / "secret.key"
        if not path.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            made = path.with_suffix(".new")
            made.touch(mode=0o600)
            made.write_text(token_urlsafe(48))
            made.rename(path)
        return path.read_text().strip()
