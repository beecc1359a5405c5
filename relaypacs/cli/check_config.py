"""`relaypacs check-config`: says everything that is wrong with the settings, or what they amount to."""

from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import typer

from relaypacs.cli.settings_report import EXIT_CONFIGURATION, load_settings
from relaypacs.core.redis_address import parse_redis_url
from relaypacs.core.settings import Environment, Settings


def check_config() -> None:
    """Check all RELAYPACS_ settings together; print every problem at once."""
    settings = load_settings()
    try:
        warnings = warnings_of(settings)
    except ValueError as error:
        typer.echo(f"RELAYPACS_PACS: {error}", err=True)
        raise typer.Exit(EXIT_CONFIGURATION) from None
    shown = {
        "environment": settings.environment.value,
        "data folder": settings.data_dir.absolute(),
        "database": "PostgreSQL" if settings.database_url.startswith("postgresql") else "SQLite",
        "processes": _processes(settings),
        "storage": _storage(settings),
        "new files": "sealed" if settings.encrypt_files else "as they come",
        "first destination": "as RELAYPACS_PACS says" if settings.pacs.get_secret_value() else "archive folder",
        "registration": settings.effective_registration.value,
        "DICOM listener": _listener(settings),
    }
    for name, value in shown.items():
        typer.echo(f"{name}: {value}")
    for warning in warnings:
        typer.echo(f"Warning: {warning}", err=True)
    typer.echo("The settings are good.")


def _storage(settings: Settings) -> str:
    place = settings.storage_place
    if isinstance(place, Path):
        return str(place.absolute())
    from relaypacs.adapters.storage.s3_objects import open_bucket  # noqa: PLC0415 - needs the server's libraries

    try:
        open_bucket(place)
    except ValueError as error:
        typer.echo(f"RELAYPACS_STORAGE_URL: {error}", err=True)
        raise typer.Exit(EXIT_CONFIGURATION) from None
    return place.shown


def _processes(settings: Settings) -> str:
    if not settings.redis_url:
        return "one"
    redis = parse_redis_url(settings.redis_url)
    return f"any number, by Redis at {redis.host}:{redis.port}, keys beginning with {redis.prefix}:"


def _listener(settings: Settings) -> str:
    if not settings.dicom_port:
        return "off"
    secured = "with TLS" if settings.dicom_tls_certificate else "without TLS"
    callers = ", ".join(sorted({peer.ae_title for peer in settings.allowed_peers}))
    return f"{settings.dicom_ae_title} on {settings.dicom_host}:{settings.dicom_port}, {secured}; calls from {callers}"


def warnings_of(settings: Settings) -> list[str]:
    """Return what is allowed in production and should not stay so. Raises ValueError when the PACS has no address."""
    return [*_of_the_pacs(settings), *_of_the_listener(settings), *_of_the_storage(settings), *_of_redis(settings)]


def _of_the_storage(settings: Settings) -> list[str]:
    place = settings.storage_place
    endpoint = urlsplit("" if isinstance(place, Path) else place.endpoint or "")
    is_open = endpoint.scheme == "http" and not _is_this_machine(endpoint.hostname or "")
    if settings.environment is not Environment.PRODUCTION or not is_open:
        return []
    return ["RELAYPACS_STORAGE_URL: the way to the object store is not encrypted; use an https:// endpoint."]


def _of_redis(settings: Settings) -> list[str]:
    is_open = settings.redis_url.startswith("redis:") and not _is_this_machine(parse_redis_url(settings.redis_url).host)
    if settings.environment is not Environment.PRODUCTION or not is_open:
        return []
    return ["RELAYPACS_REDIS_URL: the way to Redis is not encrypted; use rediss:// where you can."]


def _of_the_listener(settings: Settings) -> list[str]:
    is_open = settings.dicom_port and not settings.dicom_tls_certificate and not _is_this_machine(settings.dicom_host)
    if settings.environment is not Environment.PRODUCTION or not is_open:
        return []
    return ["RELAYPACS_DICOM_PORT: the way from the modalities is not encrypted; see RELAYPACS_DICOM_TLS_CERTIFICATE."]


def _of_the_pacs(settings: Settings) -> list[str]:
    from relaypacs.adapters.pacs.factory import parse_pacs_url  # noqa: PLC0415 - needs the server's libraries

    url = settings.pacs.get_secret_value()
    address = urlsplit(parse_pacs_url(url).address if url else "")
    better = {"http": "dicomweb+https://", "dicom": "dicom+tls://"}.get(address.scheme)
    if settings.environment is not Environment.PRODUCTION or not better:
        return []
    if _is_this_machine(address.hostname or ""):
        return []
    return [f"RELAYPACS_PACS: the way to the PACS is not encrypted; use {better} where you can."]


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False  # a name
