"""Transactions: what is durable when, what happens afterwards, and what happens without a database."""

import asyncio
import random
import sqlite3
import traceback
from collections.abc import AsyncIterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import bindparam, column, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core import database as core_database
from relaypacs.core.database import Database, UtcDateTime, after_commit
from relaypacs.core.errors import DatabaseUnavailable
from tests.servers import postgres as postgres_server
from tests.servers import require
from tests.servers.postgres import Postgres, running_postgres

PATIENT = "CANARY^PATIENT"


@pytest.fixture
async def numbers(database: Database) -> Database:
    """A database with a table of ours in it."""
    async with database.write() as session:
        await session.execute(text("CREATE TABLE numbers (n INTEGER PRIMARY KEY)"))
    return database


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(f"sqlite:///{tmp_path}/plain.db", pool=5)
    async with opened.write() as session:
        await session.execute(text("CREATE TABLE numbers (n INTEGER PRIMARY KEY)"))
    yield opened
    await opened.close()


async def add(session: AsyncSession, number: int) -> None:
    await session.execute(text("INSERT INTO numbers VALUES (:n)"), {"n": number})


async def write_all(database: Database, *numbers: int, action: core_database.CommitAction | None = None) -> None:
    """Write the numbers in one transaction, with something to do after it."""
    async with database.write() as session:
        if action:
            after_commit(session, action)
        for number in numbers:
            await add(session, number)


async def stored(database: Database) -> list[int]:
    async with database.read() as session:
        return list(await session.scalars(text("SELECT n FROM numbers ORDER BY n")))


async def test_a_block_that_ends_is_committed_and_one_that_raises_is_not(numbers: Database) -> None:
    async with numbers.write() as session:
        await add(session, 1)
    with pytest.raises(IntegrityError):
        await write_all(numbers, 2, 1)
    assert await stored(numbers) == [1]


async def test_an_action_runs_when_the_rows_are_committed_and_in_the_order_given(numbers: Database) -> None:
    seen: list[tuple[str, list[int]]] = []

    def look(name: str) -> core_database.CommitAction:
        async def action() -> None:
            seen.append((name, await stored(numbers)))

        return action

    async with numbers.write() as session:
        after_commit(session, look("first"))
        await add(session, 1)
        after_commit(session, look("second"))
        assert seen == []
    assert seen == [("first", [1]), ("second", [1])]


async def test_an_action_is_dropped_when_the_block_raises(numbers: Database) -> None:
    ran = []

    async def action() -> None:
        ran.append(True)

    await write_all(numbers, 1)
    with pytest.raises(IntegrityError):
        await write_all(numbers, 2, 1, action=action)
    await write_all(numbers, 3)
    assert ran == []
    await write_all(numbers, 4, action=action)
    assert ran == [True]


async def test_an_action_is_dropped_when_the_commit_itself_fails(numbers: Database) -> None:
    ran = []

    async def action() -> None:
        ran.append(True)

    deferred = "CREATE TABLE later (n INTEGER REFERENCES numbers (n) DEFERRABLE INITIALLY DEFERRED)"
    async with numbers.write() as session:
        await session.execute(text(deferred))

    async def insert() -> None:
        async with numbers.write() as session:
            after_commit(session, action)
            await session.execute(text("INSERT INTO later VALUES (7)"))

    with pytest.raises(IntegrityError):
        await insert()
    assert ran == []


async def test_an_action_that_fails_changes_nothing(numbers: Database) -> None:
    ran = []

    async def broken() -> None:
        raise OSError("nobody listens")

    async def action() -> None:
        ran.append(True)

    async with numbers.write() as session:
        await add(session, 1)
        after_commit(session, broken)
        after_commit(session, action)
    assert (await stored(numbers), ran) == ([1], [True])


async def test_a_cancelled_block_is_rolled_back_and_frees_its_connection(numbers: Database) -> None:
    inside = asyncio.Event()

    async def hold() -> None:
        async with numbers.write() as session:
            await add(session, 1)
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(hold())
    await inside.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(5), numbers.write() as session:
        await add(session, 2)
    assert await stored(numbers) == [2]


async def test_writers_of_sqlite_queue_and_lose_no_update(sqlite: Database) -> None:
    async with sqlite.write() as session:
        await add(session, 0)

    async def increment() -> None:
        async with sqlite.write() as session:
            n = await session.scalar(text("SELECT n FROM numbers"))
            await asyncio.sleep(0)
            await session.execute(text("UPDATE numbers SET n = :n"), {"n": n + 1})

    await asyncio.gather(*(increment() for _ in range(30)))
    assert await stored(sqlite) == [30]


async def test_readers_of_sqlite_do_not_wait_for_a_writer(sqlite: Database) -> None:
    async with sqlite.write() as session:
        await add(session, 1)
        async with asyncio.timeout(2):
            assert await stored(sqlite) == []


async def test_sqlite_is_set_up_to_survive_a_power_failure(sqlite: Database) -> None:
    async with sqlite.write() as session:
        pragmas = [await session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")]
        assert pragmas == ["wal", 2]
        assert await session.scalar(text("PRAGMA foreign_keys")) == 1


async def test_a_reading_connection_of_sqlite_cannot_write(sqlite: Database) -> None:
    with pytest.raises(DatabaseUnavailable):
        async with sqlite.read() as session:
            await add(session, 1)


async def test_a_writer_that_waits_too_long_is_told_so(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite.engine.sync_engine.pool, "_timeout", 0.2)
    async with sqlite.write() as session:
        await add(session, 1)
        with pytest.raises(DatabaseUnavailable):
            async with sqlite.write() as late:
                await add(late, 2)


async def test_a_file_locked_by_another_process_is_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_database, "BUSY_TIMEOUT_SECONDS", 0)
    database = Database(f"sqlite:///{tmp_path}/locked.db")
    other = sqlite3.connect(tmp_path / "locked.db", isolation_level=None)
    other.execute("PRAGMA journal_mode = WAL")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnavailable):
        async with database.write() as session:
            await session.execute(text("SELECT 1"))
    other.execute("ROLLBACK")
    other.close()
    async with database.write() as session:
        await session.execute(text("CREATE TABLE numbers (n INTEGER)"))
    await database.close()


async def test_a_moment_keeps_its_zone(database: Database) -> None:
    elsewhere = datetime(2026, 1, 14, 23, 30, 0, 123456, tzinfo=timezone(timedelta(hours=-5)))
    async with database.write() as session:
        kind = "TIMESTAMP" if database.is_sqlite else "TIMESTAMP WITH TIME ZONE"
        await session.execute(text(f"CREATE TABLE moments (at {kind})"))
        put = text("INSERT INTO moments VALUES (:at)").bindparams(bindparam("at", type_=UtcDateTime()))
        await session.execute(put, {"at": elsewhere})
        await session.execute(put, {"at": None})
    async with database.read() as session:
        query = text("SELECT at FROM moments ORDER BY at IS NULL").columns(column("at", UtcDateTime()))
        moment, nothing = list(await session.scalars(query))
    assert moment == elsewhere
    assert moment.tzinfo is UTC
    assert nothing is None


async def test_an_error_of_the_database_holds_no_values(numbers: Database) -> None:
    with pytest.raises((DBAPIError, DatabaseUnavailable)) as caught:
        async with numbers.write() as session:
            await session.execute(text("INSERT INTO no_such_table VALUES (:name)"), {"name": PATIENT})
    shown = "".join(traceback.format_exception(caught.value))
    assert "no_such_table" in shown
    assert PATIENT not in shown


async def test_a_backend_that_is_ended_in_a_transaction_is_no_database(postgres: Postgres, postgres_url: str) -> None:
    database = Database(postgres_url)

    async def ask_again_after_the_end() -> None:
        async with database.write() as session:
            pid = await session.scalar(text("SELECT pg_backend_pid()"))
            await asyncio.to_thread(postgres.execute, f"SELECT pg_terminate_backend({pid})")
            await session.execute(text("SELECT 1"))

    with pytest.raises(DatabaseUnavailable):
        await ask_again_after_the_end()
    async with database.read() as session:
        assert await session.scalar(text("SELECT 1")) == 1
    await database.close()


async def test_a_server_that_is_stopped_is_no_database_until_it_is_back() -> None:
    require(postgres_server)
    with ExitStack() as stack:
        database = Database(stack.enter_context(running_postgres()).create_database())
        async with database.read() as session:
            await session.execute(text("SELECT 1"))
        stack.close()
        for opened in (database.read, database.write):
            with pytest.raises(DatabaseUnavailable):
                async with asyncio.timeout(5), opened() as session:
                    await session.execute(text("SELECT 1"))
        await database.close()


async def test_a_writer_that_is_cancelled_at_any_moment_stands_in_nobodys_way(numbers: Database) -> None:
    """A connection that was given up in the middle of a transaction would keep the write lock for ever."""

    async def write(number: int) -> None:
        async with numbers.write() as session:
            await add(session, number)
            await session.execute(text("SELECT n FROM numbers"))

    moments = random.Random(7)  # noqa: S311
    for number in range(60):
        begin = 1000 + number * 4
        writers = [asyncio.create_task(write(begin + i)) for i in range(4)]
        await asyncio.sleep(moments.uniform(0, 0.01))
        for writer in writers:
            writer.cancel()
        await asyncio.gather(*writers, return_exceptions=True)
        await write(number)
    assert [n for n in await stored(numbers) if n < 1000] == list(range(60))
