"""All settings, validated together. `docs/configuration.md` explains each; a test holds the two together."""

import os
import re
from collections.abc import Mapping
from email.utils import parseaddr
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from secrets import token_urlsafe
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, StringConstraints, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from relaypacs.core.dicom_peers import DicomPeer, parse_peers
from relaypacs.core.files import make_folder, write_private
from relaypacs.core.outbound import Network, parse_networks
from relaypacs.core.passwords import MIN_SECRET_LENGTH, password_weakness, secret_weakness
from relaypacs.core.redis_address import parse_redis_url
from relaypacs.core.role_map import parse_role_map
from relaypacs.core.s3_address import S3Address, parse_s3_address
from relaypacs.core.setting_files import FOLDER, PREFIX, SettingFiles, problem_with
from relaypacs.core.setting_values import (
    AeTitle,
    Collector,
    Dsn,
    IpAddress,
    Issuer,
    Networks,
    OptionalRateLimit,
    Origins,
    Place,
    RandomToken,
    RateLimit,
    RoleMap,
    Scopes,
    Words,
    listed,
)
from relaypacs.core.web_addresses import is_loopback

MIB = 1024**2
GIB = 1024**3
SECRET_KEY_FILE = "secret.key"  # noqa: S105 - a name

# What an address may begin with, by setting.
SCHEMES: Mapping[str, tuple[str, ...]] = {
    "database_url": ("sqlite", "postgresql"),
    "storage_url": ("file", "s3"),
    "redis_url": ("redis", "rediss"),
    "pacs": ("folder", "dicomweb+http", "dicomweb+https", "dicom", "dicom+tls"),
    "audit_syslog": ("udp", "tcp", "tls"),
    "smtp_url": ("smtp", "smtp+starttls", "smtps"),
}
# What everybody tries first, so that half of a credential would be known.
DEFAULT_ACCOUNTS = frozenset({"admin", "administrator", "root", "sa", "test", "guest"})
Text = TypeVar("Text", str, SecretStr)


class Environment(StrEnum):
    EMBEDDED = "embedded"
    PRODUCTION = "production"


class Registration(StrEnum):
    OPEN = "open"
    APPROVAL = "approval"
    CLOSED = "closed"


class Settings(BaseSettings):
    """What the administrator decides. Each field is the environment variable `RELAYPACS_<FIELD>`, or a file."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True, hide_input_in_errors=True)

    # Where things are
    environment: Environment = Environment.EMBEDDED
    secrets_dir: str = ""
    data_dir: Path = Path("data")
    database_url: str = Field("", repr=False)  # these three may hold a password
    storage_url: str = Field("", repr=False)
    redis_url: str = Field("", repr=False)
    pacs: SecretStr = SecretStr("")
    web_dir: Path = Path(__file__).parents[2] / "web" / "dist"

    # Who may come in
    secret_key: SecretStr = SecretStr("")
    admin_username: str = "admin"
    admin_password: SecretStr = SecretStr("")
    registration: Registration | None = None
    login_rate_limit: RateLimit = "5/minute"
    registration_rate_limit: OptionalRateLimit = ""
    api_rate_limit: OptionalRateLimit = ""
    access_token_minutes: int = Field(60, ge=1, le=24 * 60)
    refresh_token_days: int = Field(7, ge=1, le=90)
    trusted_proxies: str = ""
    cors_origins: Origins = ""

    # Signing in with accounts that somebody else keeps (OpenID Connect); off without an issuer, which comes first
    oidc_issuer: Issuer = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_scopes: Scopes = "openid profile email"
    oidc_role_claim: Words = "roles"
    oidc_role_map: RoleMap = ""
    oidc_name: Words = "single sign-on"
    public_url: Place = ""

    # What an upload may be
    max_files: int = Field(100, ge=1, le=10_000)
    max_upload_bytes: int = Field(2 * GIB, ge=MIB)
    upload_ttl_hours: int = Field(24, ge=1, le=24 * 30)
    max_open_uploads: int = Field(50, ge=1)
    max_reserved_bytes: int = Field(50 * GIB, ge=MIB)
    storage_reserve: int = Field(GIB, ge=0)
    retention_hours: int = Field(168, ge=0, le=24 * 365 * 10)
    complete_wait: float = Field(20.0, ge=0, le=300)
    encrypt_files: bool = False

    # What comes in by DICOM
    dicom_port: int = Field(0, ge=0, le=65535)
    dicom_host: IpAddress = "127.0.0.1"
    dicom_ae_title: AeTitle = "RELAYPACS"
    dicom_peers: str = ""
    dicom_tls_certificate: str = ""
    dicom_tls_key: str = ""
    dicom_tls_ca: str = ""
    dicom_associations: int = Field(20, ge=1, le=500)
    dicom_pdu_bytes: int = Field(128 * 1024, ge=4096, le=MIB)
    dicom_timeout: float = Field(60.0, ge=1, le=3600)
    dicom_study_idle: float = Field(15.0, ge=1, le=3600)
    dicom_max_instances: int = Field(20_000, ge=1, le=1_000_000)

    # How work is done
    check_processes: int = Field(1, ge=1, le=64)
    delivery_concurrency: int = Field(2, ge=1, le=64)
    wake_interval: float = Field(5.0, gt=0, le=60)
    database_pool: int = Field(10, ge=1, le=200)
    log_level: Annotated[str, StringConstraints(pattern="^(debug|info|warning|error)$")] = "info"

    # How studies are read, in minutes: by when, and how long a study stays with whoever has opened it
    turnaround_stat: int = Field(60, ge=1, le=525_600)
    turnaround_emergency: int = Field(240, ge=1, le=525_600)
    turnaround_routine: int = Field(1440, ge=1, le=525_600)
    turnaround_subspecialty: int = Field(4320, ge=1, le=525_600)
    font_dir: Path = Path("/usr/share/fonts")
    report_lock: int = Field(30, ge=1, le=1440)
    critical_escalation: int = Field(30, ge=1, le=1440)

    # How people are told beside the app
    smtp_url: SecretStr = SecretStr("")
    mail_from: str = ""
    outbound_networks: Networks = ""

    # Who sees how it runs
    metrics_token: RandomToken = SecretStr("")
    sentry_dsn: Dsn = SecretStr("")
    otel_endpoint: Collector = ""

    # Who is told what happened
    audit_syslog: str = ""
    audit_syslog_ca: str = ""
    audit_source: str = Field("relaypacs", min_length=1, max_length=255)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - neither is used
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take the files before the environment, where an empty variable often stands for none."""
        return init_settings, SettingFiles(settings_cls, os.environ.get(FOLDER, "")), env_settings

    # Each check belongs to one field, so that all of them run and every problem is reported at once.

    @field_validator("secrets_dir")
    @classmethod
    def _readable(cls, value: str) -> str:
        known = frozenset(f"{PREFIX}{name.upper()}" for name in cls.model_fields)
        if value and (problem := problem_with(value, known)):
            raise ValueError(problem)
        return value

    @field_validator("database_url", "storage_url", "redis_url", "pacs", "audit_syslog", "smtp_url")
    @classmethod
    def _understood(cls, value: Text, info: ValidationInfo) -> Text:
        """Refuse an address that no adapter understands."""
        address = value.get_secret_value() if isinstance(value, SecretStr) else value
        schemes = SCHEMES[info.field_name or ""]
        if address and address.partition(":")[0] not in schemes:
            raise ValueError(f"must start with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        return value

    @field_validator("storage_url")
    @classmethod
    def _a_bucket(cls, value: str) -> str:
        if value.startswith("s3:"):
            parse_s3_address(value)
        return value

    @field_validator("redis_url")
    @classmethod
    def _beside_a_shared_database(cls, value: str, info: ValidationInfo) -> str:
        """Refuse what names no Redis, and processes that would share a database which lies in one of them."""
        if not value:
            return value
        parse_redis_url(value)
        if info.data.get("database_url", "postgresql").partition(":")[0] != "postgresql":
            raise ValueError("is for several processes, which share a database: RELAYPACS_DATABASE_URL=postgresql://…")
        return value

    @field_validator("audit_syslog")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        """Refuse an address that has no host, a port that is none, or more than the two."""
        problem = "must be a host and perhaps a port, as in tls://logs.example:6514"
        try:
            parts = urlsplit(value)
            port = parts.port
        except ValueError:
            # `from None`: the original quotes parts of the address.
            raise ValueError(problem) from None
        rest = parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None
        if value and (not parts.hostname or port == 0 or rest):
            raise ValueError(problem)
        return value

    @field_validator("smtp_url")
    @classmethod
    def _a_mail_server(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        """Refuse what names no server, would show a password to the network, or leaves letters without a link."""
        url = value.get_secret_value()
        if not url:
            return value
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            # `from None`: the original quotes parts of the address.
            raise ValueError("must be an address as in smtp+starttls://user:password@mail.example:587") from None
        if not parts.hostname or port == 0 or parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("must be an address as in smtp+starttls://user:password@mail.example:587")
        if bool(parts.username) != bool(parts.password):
            raise ValueError("must have both a user and a password, or neither")
        if parts.scheme == "smtp" and parts.password and not is_loopback(parts.hostname):
            raise ValueError("must start with smtp+starttls:// or smtps:// where there is a password")
        if not info.data.get("public_url", "wrong"):
            raise ValueError("is of no use without RELAYPACS_PUBLIC_URL, which the links in e-mails begin with")
        return value

    @field_validator("mail_from")
    @classmethod
    def _a_sender(cls, value: str, info: ValidationInfo) -> str:
        """Refuse what is no e-mail address, and half a set-up."""
        if not value and info.data.get("smtp_url", "wrong"):
            raise ValueError("is required with RELAYPACS_SMTP_URL")
        name, address = parseaddr(value)
        well_formed = re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", address) and value.isprintable() and "," not in value
        if value and not (well_formed and value in (address, f"{name} <{address}>", f'"{name}" <{address}>')):
            raise ValueError("must be an e-mail address, as in RelayPACS <relaypacs@hospital.example>")
        return value

    @field_validator("secret_key")
    @classmethod
    def _hard_to_guess(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        secret = value.get_secret_value()
        if 0 < len(secret) < MIN_SECRET_LENGTH:
            raise ValueError(f"must have at least {MIN_SECRET_LENGTH} characters")
        in_production = info.data.get("environment") is Environment.PRODUCTION
        if secret and in_production and (weakness := secret_weakness(secret)):
            raise ValueError(weakness)
        return value

    @field_validator("admin_username")
    @classmethod
    def _not_what_everybody_tries(cls, value: str, info: ValidationInfo) -> str:
        if value.strip().lower() in DEFAULT_ACCOUNTS and info.data.get("environment") is Environment.PRODUCTION:
            raise ValueError(f"must be none of {', '.join(sorted(DEFAULT_ACCOUNTS))} in production")
        return value

    @field_validator("admin_password")
    @classmethod
    def _as_good_as_every_password(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        username = info.data.get("admin_username", "")  # absent when it was refused itself
        if value and (weakness := password_weakness(value.get_secret_value(), username)):
            raise ValueError(weakness)
        return value

    @field_validator("database_url")
    @classmethod
    def _a_server_in_production(cls, value: str, info: ValidationInfo) -> str:
        if value.startswith("sqlite") and info.data.get("environment") is Environment.PRODUCTION:
            raise ValueError("must start with postgresql:// in production")
        return value

    @field_validator("secret_key", "database_url", "pacs")
    @classmethod
    def _given_in_production(cls, value: Text, info: ValidationInfo) -> Text:
        """Refuse the development default that stands for an empty setting."""
        if not value and info.data.get("environment") is Environment.PRODUCTION:
            raise ValueError("is required in production")
        return value

    @field_validator("dicom_peers")
    @classmethod
    def _peers(cls, value: str, info: ValidationInfo) -> str:
        """Refuse a list that can't be read, and a listener that nobody may speak to."""
        if not parse_peers(value) and info.data.get("dicom_port"):
            raise ValueError("is required with RELAYPACS_DICOM_PORT, as in CT1=anna, MR1@10.0.0.5=bert")
        return value

    @field_validator("dicom_tls_key", "dicom_tls_ca")
    @classmethod
    def _with_a_certificate(cls, value: str, info: ValidationInfo) -> str:
        """Refuse half a set-up. A certificate that is wrong is absent from the data, and was given all the same."""
        certificate = info.data.get("dicom_tls_certificate", "wrong")
        if value and not certificate:
            raise ValueError("is of no use without RELAYPACS_DICOM_TLS_CERTIFICATE")
        if not value and certificate and info.field_name == "dicom_tls_key":
            raise ValueError("is required with RELAYPACS_DICOM_TLS_CERTIFICATE")
        return value

    @field_validator("oidc_client_id", "oidc_role_map", "public_url")
    @classmethod
    def _given_with_an_issuer(cls, value: str, info: ValidationInfo) -> str:
        """Refuse half a set-up. An issuer that is wrong is absent from the data, and was given all the same."""
        if not value and info.data.get("oidc_issuer", "wrong"):
            raise ValueError("is required with RELAYPACS_OIDC_ISSUER")
        return value

    @property
    def oidc_roles(self) -> Mapping[str, str]:
        """Return the role for each value of the role claim."""
        return parse_role_map(self.oidc_role_map)

    @property
    def oidc_redirect_uri(self) -> str:
        """Return where the provider sends the browser back to; exactly this is registered there."""
        return f"{self.public_url}/sign-in/oidc"

    @property
    def open_networks(self) -> tuple[Network, ...]:
        return parse_networks(self.outbound_networks)

    @property
    def allowed_peers(self) -> tuple[DicomPeer, ...]:
        return parse_peers(self.dicom_peers)

    @property
    def effective_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir.absolute()}/relaypacs.db"

    @property
    def storage_place(self) -> Path | S3Address:
        if self.storage_url.startswith("s3:"):
            return parse_s3_address(self.storage_url)
        return Path(urlsplit(self.storage_url).path) if self.storage_url else self.data_dir / "uploads"

    @property
    def storage_dir(self) -> Path | None:
        """Return the folder of received files, None where they are in an object store."""
        place = self.storage_place
        return place if isinstance(place, Path) else None

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        return listed(self.cors_origins)

    @property
    def effective_registration(self) -> Registration:
        default = Registration.OPEN if self.environment is Environment.EMBEDDED else Registration.APPROVAL
        return self.registration or default

    @cached_property
    def effective_secret_key(self) -> str:
        """Return the secret key; the embedded set-up makes one, readable by its owner alone, and keeps it."""
        if given := self.secret_key.get_secret_value():
            return given
        path = self.data_dir / SECRET_KEY_FILE
        if not path.exists():
            make_folder(self.data_dir)
            write_private(path, token_urlsafe(48))
        secret = path.read_text().strip()
        if len(secret) < MIN_SECRET_LENGTH:
            raise ValueError(f"{path} does not hold a secret key any more. Put it back from your backup.")
        return secret
