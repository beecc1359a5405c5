"""What `relaypacs migrate` does."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn, TypeVar

import typer

from relaypacs.cli.settings_report import load_settings
from relaypacs.core.database import Database, sqlite_file
from relaypacs.core.errors import DatabaseUnavailable
from relaypacs.core.files import make_folder
from relaypacs.core.logging import configure_logging
from relaypacs.core.settings import Settings
from relaypacs.migrations.run import SchemaTooNew, Standing, newest_revision, revision_of, standing_of
from relaypacs.migrations.run import migrate as migrate_database

EXIT_BEHIND = 1
EXIT_TOO_NEW = 3
EXIT_UNREACHABLE = 9
T = TypeVar("T")


def bring_up_to_date() -> None:
    """Migrate; end with EXIT_TOO_NEW where this program is too old for the database."""
    settings = load_settings()
    configure_logging(settings.log_level)
    make_folder(settings.data_dir)
    typer.echo(_on_the_database(settings, _migrated))


def look() -> None:
    """Say how the database stands; end with EXIT_BEHIND where there is something to migrate."""
    settings = load_settings()
    file = sqlite_file(settings.effective_database_url)
    if file and not file.exists():
        _end("There is no database yet.", EXIT_BEHIND)
    standing, revision = _on_the_database(settings, _looked)
    newest = newest_revision()
    match standing:
        case Standing.EMPTY:
            _end("The database has no tables yet.", EXIT_BEHIND)
        case Standing.BEHIND:
            _end(f"The database is at revision {revision}, this program at {newest}.", EXIT_BEHIND)
        case Standing.TOO_NEW:
            _end(f"The database, at revision {revision}, is too new for this program, at {newest}.", EXIT_TOO_NEW)
        case Standing.AHEAD:
            typer.echo(f"The database is at revision {revision}; this program, at {newest}, can work with that.")
        case Standing.CURRENT:
            typer.echo(f"The database is at revision {revision}, as this program is.")


async def _migrated(database: Database) -> str:
    before = await revision_of(database)
    await migrate_database(database)
    after = await revision_of(database)
    if before == after:
        return f"The database is at revision {after} already."
    return f"The database was at revision {before or 'none'}, and is at {after} now."


async def _looked(database: Database) -> tuple[Standing, str | None]:
    return await standing_of(database), await revision_of(database)


def _on_the_database(settings: Settings, work: Callable[[Database], Coroutine[Any, Any, T]]) -> T:
    async def run() -> T:
        database = Database(settings.effective_database_url, pool=1)
        try:
            return await work(database)
        finally:
            await database.close()

    try:
        return asyncio.run(run())
    except SchemaTooNew as fault:
        _end(str(fault), EXIT_TOO_NEW)
    except DatabaseUnavailable as error:
        _end(error.detail, EXIT_UNREACHABLE)


def _end(sentence: str, code: int) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(code)
