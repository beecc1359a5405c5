"""Brings the schema up to date from inside the program, and says which schemas the program can work with.

One process migrates at a time. While a version is replaced by the next one, processes of both run on one database: see
docs/adr/0030-rolling-upgrades.md.
"""

import asyncio
from enum import StrEnum
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from relaypacs.core.database import LOCK_NOT_AVAILABLE, Database, sqlstate_of, translated
from relaypacs.core.errors import DatabaseUnavailable
from relaypacs.core.turns import lock_of

TURN = "migrations"
LOCK_SECONDS = 3
"""How long a step waits for a table that somebody uses. Whoever comes after it waits behind it for as long."""
PAUSE_SECONDS = 2.0
ATTEMPTS = 60
log = structlog.get_logger(__name__)


class SchemaTooNew(Exception):
    """The database has been brought to a schema that this program cannot work with. The message says what to do."""


class Standing(StrEnum):
    """How a database's schema stands to this program."""

    EMPTY = "empty"
    BEHIND = "behind"
    CURRENT = "current"
    AHEAD = "ahead"  # and this program can work with it
    TOO_NEW = "too_new"


def alembic_config(connection: Connection | None = None) -> Config:
    """Return a configuration that needs no file; `connection` is what the migrations run on."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


async def migrate(database: Database, revision: str = "head") -> None:
    """Upgrade to `revision` in one transaction, however many processes begin at once.

    A database that is ahead, and that this program can work with, is left as it is. Raises SchemaTooNew,
    DatabaseUnavailable.
    """
    standing = await standing_of(database)
    if standing is Standing.TOO_NEW:
        raise SchemaTooNew(
            f"The database was brought to revision {await revision_of(database)} by a newer version, and this version, "
            f"of revision {newest_revision()}, cannot work with that any more. Start the newer version."
        )
    if standing is Standing.AHEAD:
        log.warning("schema_is_ahead", revision=await revision_of(database), own=newest_revision())
    elif standing is not Standing.CURRENT:
        async with translated():
            await _upgrade(database, revision)


async def _upgrade(database: Database, revision: str) -> None:
    """Wait for tables in small portions: a step that waits has everybody wait who comes after it."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            async with database.migrating() as connection:
                return await connection.run_sync(_upgrade_once, revision)
        except DBAPIError as error:
            if sqlstate_of(error) != LOCK_NOT_AVAILABLE:
                raise
        log.warning("migration_waits", attempt=attempt)
        await asyncio.sleep(PAUSE_SECONDS)
    raise DatabaseUnavailable("The tables are in use all the time: the schema could not be changed.")


def _upgrade_once(connection: Connection, revision: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(lock_of(TURN))))
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
    if _standing(connection) in (Standing.EMPTY, Standing.BEHIND):  # else somebody else's turn has done it
        command.upgrade(alembic_config(connection), revision)


async def standing_of(database: Database) -> Standing:
    """Return how a database stands to this program. Raises DatabaseUnavailable."""
    async with database.read() as session:
        return await (await session.connection()).run_sync(_standing)


async def revision_of(database: Database) -> str | None:
    """Return the revision that a database is at, None for one without tables. Raises DatabaseUnavailable."""
    async with database.read() as session:
        return await (await session.connection()).run_sync(_revision)


def newest_revision() -> str | None:
    """Return the revision that this program works with."""
    return _script().get_current_head()


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config())


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _standing(connection: Connection) -> Standing:
    found, script = _revision(connection), _script()
    newest = script.get_current_head() or ""
    if found is None:
        return Standing.EMPTY
    if found == newest:
        return Standing.CURRENT
    if found in {step.revision for step in script.walk_revisions()}:
        return Standing.BEHIND
    return Standing.AHEAD if newest >= _floor(connection) else Standing.TOO_NEW


def _floor(connection: Connection) -> str:
    """Return the earliest revision whose program can work with the schema. Revisions are numbers of four digits."""
    if not inspect(connection).has_table("schema_floor"):
        return "9999"  # not a schema of ours, or one from before there was such a table: nothing is promised
    return str(connection.scalar(text("SELECT revision FROM schema_floor")))
