"""`relaypacs check-config`: says everything that is wrong with the settings, or what they amount to."""

import typer

from relaypacs.cli.settings_report import load_settings


def check_config() -> None:
    """Check all RELAYPACS_ settings together; print every problem at once."""
    settings = load_settings()
    shown = {
        "environment": settings.environment.value,
        "data folder": settings.data_dir.absolute(),
        "database": "PostgreSQL" if settings.database_url.startswith("postgresql") else "SQLite",
        "storage": settings.storage_dir.absolute(),
        "first destination": "as RELAYPACS_PACS says" if settings.pacs.get_secret_value() else "archive folder",
        "registration": settings.effective_registration.value,
    }
    for name, value in shown.items():
        typer.echo(f"{name}: {value}")
    typer.echo("The settings are good.")
