"""What every `relaypacs admin` command does around its work: opens the gateway's database, and says what is wrong.

Nothing is made by it, no key and no database: a command that was given other settings than the gateway must not
look as if it had worked.
"""

import asyncio
import os
import pwd
from collections.abc import Awaitable, Callable
from typing import NoReturn, TypeVar
from uuid import UUID

import typer
from pydantic import ValidationError

from relaypacs.adapters.wakeups.base import Task
from relaypacs.cli.settings_report import EXIT_CONFIGURATION, load_settings
from relaypacs.core.database import Database, sqlite_file
from relaypacs.core.errors import RelayError
from relaypacs.core.settings import Settings
from relaypacs.features.admin.service.keys import SecretKeyWrong, open_keys
from relaypacs.features.audit.service.trail import Actor
from relaypacs.features.audit.service.verify import is_sealed_by
from relaypacs.infrastructure import Infrastructure, build_infrastructure
from relaypacs.migrations.run import Standing, newest_revision, revision_of, standing_of

EXIT_REFUSED = 1
AS_THE_GATEWAY = "Give RELAYPACS_SECRET_KEY and RELAYPACS_DATA_DIR as the gateway has them."
T = TypeVar("T")


class NotReady(Exception):
    """The command cannot do its work here; the message says why, and what to do."""


class NoWakeups:
    """Wakes nobody: the gateway looks for what is due by itself."""

    async def wake(self, task: Task, key: UUID) -> None:
        """Do nothing."""


def run(work: Callable[[Infrastructure], Awaitable[T]], *, with_any_key: bool = False) -> T:
    """Do the work on the settings' database, or end the command with the sentence that says why not.

    `with_any_key`: the work seals nothing, and shall also be done with a key that may not be the gateway's.
    """
    settings = load_settings()
    try:
        _check_files(settings)
        return asyncio.run(_open(settings, work, with_any_key=with_any_key))
    except (RelayError, NotReady) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_REFUSED) from None


def actor() -> Actor:
    """Return who runs the command: the operating system's user, who may do everything here."""
    return Actor(None, f"cli:{_user_name()}", "admin")


def wrong_command_line(error: ValidationError) -> NoReturn:
    """End the command with a sentence for each argument that is wrong; the values are not repeated."""
    for problem in error.errors():
        name = str(problem["loc"][0]).replace("_", "-")
        typer.echo(f"{name}: {problem['msg']}", err=True)
    raise typer.Exit(EXIT_CONFIGURATION)


async def _open(settings: Settings, work: Callable[[Infrastructure], Awaitable[T]], *, with_any_key: bool) -> T:
    infrastructure = build_infrastructure(settings, NoWakeups())
    try:
        await _check_schema(infrastructure.database)
        return await work(await _with_its_keys(infrastructure, with_any_key=with_any_key))
    finally:
        await infrastructure.close()


async def _with_its_keys(infrastructure: Infrastructure, *, with_any_key: bool) -> Infrastructure:
    """Return the infrastructure with the database's keys. Raises NotReady where the secret key is not the gateway's."""
    try:
        opened = await open_keys(infrastructure)
    except SecretKeyWrong as fault:
        if with_any_key:
            return infrastructure
        raise NotReady(f"{fault} {AS_THE_GATEWAY}") from None
    if not with_any_key and not await is_sealed_by(opened.database, opened.keys.trail):
        raise NotReady(f"The audit trail was written with another secret key. {AS_THE_GATEWAY}")
    return opened


async def _check_schema(database: Database) -> None:
    """Raise NotReady unless this program can work with the database as it is. The gateway migrates, not a command."""
    standing = await standing_of(database)
    if standing is Standing.EMPTY:
        raise NotReady("The database has no tables yet. Start the gateway once: it makes them.")
    if standing not in (Standing.CURRENT, Standing.AHEAD):
        found, newest = await revision_of(database), newest_revision()
        raise NotReady(
            f"The database is at revision {found}, and this program works with {newest}. "
            "Start the gateway of this version once: it migrates. A newer database needs the newer program."
        )


def _check_files(settings: Settings) -> None:
    """Raise NotReady unless secret key and database are there; made here, they would not be the gateway's."""
    key, database = settings.data_dir.absolute() / "secret.key", sqlite_file(settings.effective_database_url)
    try:
        if not settings.secret_key.get_secret_value() and not key.exists():
            raise NotReady(f"There is no secret key at {key}. Check RELAYPACS_DATA_DIR and RELAYPACS_SECRET_KEY.")
        if database and not database.exists():
            raise NotReady(f"There is no database at {database}. Check RELAYPACS_DATA_DIR and RELAYPACS_DATABASE_URL.")
        if database and not os.access(database, os.W_OK):
            raise NotReady(f"{database} can't be written. Run this as the gateway's user.")
        _ = settings.effective_secret_key
    except OSError as error:
        raise NotReady(f"{error.filename} can't be read: {error.strerror}. Run this as the gateway's user.") from None
    except ValueError as error:
        raise NotReady(str(error)) from None


def _user_name() -> str:
    """Return the name that the process runs under, or its number where it has none, as in some containers."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
