"""The schema is made by the migrations alone, says what the models say, and loses no row."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from relaypacs.core.clock import new_id
from relaypacs.core.database import Base, Database
from relaypacs.core.errors import DatabaseUnavailable
from relaypacs.features.identity.models import Role, Site, User
from relaypacs.features.notifications.models import Notification, NotificationType
from relaypacs.features.uploads.models import Upload
from relaypacs.migrations.run import alembic_config, migrate
from tests.servers.postgres import Postgres

SPECIFIED_INDEXES = {  # design specification, "Indexing Strategy": table, its first columns
    "idx_users_username": ("users", ["username"]),
    "idx_uploads_user_id": ("uploads", ["user_id"]),
    "idx_uploads_study_hash": ("uploads", ["study_hash"]),
    "idx_uploads_created_at": ("uploads", []),  # an expression: created_at DESC
    "idx_reports_upload_id": ("reports", ["upload_id"]),
    "idx_reports_status": ("reports", ["status"]),
    "idx_notifications_user_id_read": ("notifications", ["user_id", "is_read"]),
}


async def on(database: Database, work: Callable[[Connection], Any]) -> Any:
    async with database.migrating() as connection:
        return await connection.run_sync(work)


def downgrade_to(revision: str) -> Callable[[Connection], None]:
    return lambda connection: command.downgrade(alembic_config(connection), revision)


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database without a schema."""
    if request.param == "sqlite":
        url, server = f"sqlite:///{tmp_path}/empty.db", None
    else:
        server: Postgres = request.getfixturevalue("postgres")
        url = server.create_database()
    database = Database(url)
    yield database
    await database.close()
    if server:
        await asyncio.to_thread(server.drop_database, url)


async def test_migrations_and_models_agree(empty: Database) -> None:
    await migrate(empty)

    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, Base.metadata))

    assert await on(empty, differences) == []


async def test_the_specified_indexes_exist_by_name(empty: Database) -> None:
    await migrate(empty)

    def indexes(connection: Connection) -> dict[str, tuple[str, list[Any]]]:
        inspector = inspect(connection)
        return {
            str(index["name"]): (table, index["column_names"])
            for table in inspector.get_table_names()
            for index in inspector.get_indexes(table)
        }

    found = await on(empty, indexes)
    for name, (table, columns) in SPECIFIED_INDEXES.items():
        assert name in found
        assert found[name][0] == table
        assert found[name][1][: len(columns)] == columns


async def test_the_newest_uploads_are_read_from_an_index(empty: Database) -> None:
    await migrate(empty)

    def plan(connection: Connection) -> str:
        newest = "SELECT id FROM uploads ORDER BY created_at DESC LIMIT 10"
        if empty.is_sqlite:
            return str(connection.execute(text(f"EXPLAIN QUERY PLAN {newest}")).all())
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        connection.execute(text("SET LOCAL enable_sort = off"))
        return str(connection.execute(text(f"EXPLAIN {newest}")).all())

    assert "idx_uploads_created_at" in await on(empty, plan)


async def test_the_way_down_leads_to_an_empty_database_and_up_again(empty: Database) -> None:
    await migrate(empty)
    everything = await on(empty, tables)
    assert everything == set(Base.metadata.tables)
    await on(empty, downgrade_to("base"))
    assert await on(empty, tables) == set()
    await migrate(empty)
    assert await on(empty, tables) == everything


async def test_every_step_can_be_taken_alone(empty: Database) -> None:
    script = ScriptDirectory.from_config(alembic_config())
    revisions = [step.revision for step in reversed(list(script.walk_revisions()))]
    assert len(script.get_heads()) == 1
    for revision in revisions:
        await migrate(empty, revision)
    for revision in [*revisions[-2::-1], "base"]:
        await on(empty, downgrade_to(revision))
    assert await on(empty, tables) == set()


async def test_migrating_again_keeps_every_row(empty: Database) -> None:
    await migrate(empty)
    site = Site(name="Main site")
    async with empty.write() as session:
        session.add(site)
        await session.flush()
        user = User(site_id=site.id, username="rosa", password_hash="x", role=Role.ADMIN)
        session.add(user)
        await session.flush()
        kind = NotificationType.UPLOAD_COMPLETE
        session.add(Notification(user_id=user.id, type=kind, message="news", related_id=new_id()))
    for _ in range(2):
        await migrate(empty)
    async with empty.read() as session:
        (found,) = list(await session.scalars(select(User)))
        assert (found.id, found.role, found.created_at) == (user.id, Role.ADMIN, user.created_at)
        assert len(list(await session.scalars(select(Notification)))) == 1


async def test_a_step_that_fails_leaves_nothing_half_done(empty: Database) -> None:
    await on(empty, lambda connection: connection.execute(text("CREATE TABLE instances (id INTEGER)")))
    with pytest.raises((DBAPIError, DatabaseUnavailable)):
        await migrate(empty)
    assert await on(empty, tables) == {"instances"}


async def test_rows_that_belong_to_nothing_are_refused(database: Database) -> None:
    async def orphan() -> None:
        async with database.write() as session:
            session.add(User(site_id=new_id(), username="nobody", password_hash="x"))

    with pytest.raises(IntegrityError):
        await orphan()


def test_no_column_of_an_upload_is_named_metadata_in_python() -> None:
    assert Upload.study_metadata.property.columns[0].name == "metadata"
