"""Brings the schema up to date from inside the program."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from relaypacs.core.database import Database, translated


def alembic_config(connection: Connection | None = None) -> Config:
    """Return a configuration that needs no file; `connection` is what the migrations run on."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


async def migrate(database: Database, revision: str = "head") -> None:
    """Upgrade to `revision` in one transaction. Raises DatabaseUnavailable."""

    def upgrade(connection: Connection) -> None:
        command.upgrade(alembic_config(connection), revision)

    async with translated(), database.engine.begin() as connection:
        await connection.run_sync(upgrade)


async def revision_of(database: Database) -> str | None:
    """Return the revision that a database is at, None for one without tables. Raises DatabaseUnavailable."""

    def revision(connection: Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    async with database.read() as session:
        return await (await session.connection()).run_sync(revision)


def newest_revision() -> str | None:
    """Return the revision that this program works with."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()
