"""PostgreSQL that is slow, busy, silent or gone costs a bounded time, and comes back by itself."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from relaypacs.core import database as core_database
from relaypacs.core.database import Database
from relaypacs.core.errors import DatabaseUnavailable

SOON = 5.0


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_database, "BUSY_TIMEOUT_SECONDS", 0.3)
    monkeypatch.setattr(core_database, "SILENCE_SECONDS", 0.5)
    short = {"statement_timeout": "200ms", "lock_timeout": "100ms"}
    monkeypatch.setattr(core_database, "BOUNDED", core_database.BOUNDED | short)


@pytest.fixture
async def impatient(hasty: None, postgres_url: str) -> AsyncIterator[Database]:  # noqa: ARG001 - before it is opened
    opened = Database(postgres_url, pool=3)
    async with opened.write() as session:
        await session.execute(text("CREATE TABLE numbers (n INTEGER PRIMARY KEY)"))
        await session.execute(text("INSERT INTO numbers VALUES (1), (2)"))
    yield opened
    await opened.close()


async def refused(work: Callable[[], Awaitable[None]]) -> None:
    """Await that the database is said to be unavailable, and soon."""
    began = time.monotonic()
    with pytest.raises(DatabaseUnavailable):
        await work()
    assert time.monotonic() - began < SOON


async def lock(session: AsyncSession, number: int) -> None:
    await session.execute(text("SELECT n FROM numbers WHERE n = :n FOR UPDATE"), {"n": number})


async def works(database: Database) -> bool:
    async with database.write() as session:
        return bool(await session.scalar(text("SELECT count(*) = 2 FROM numbers")))


async def test_a_statement_that_takes_too_long_is_ended(impatient: Database) -> None:
    async def work() -> None:
        async with impatient.read() as session:
            await session.execute(text("SELECT pg_sleep(60)"))

    await refused(work)
    assert await works(impatient)


async def test_a_lock_that_nobody_lets_go_of_is_not_waited_for(impatient: Database) -> None:
    async def work() -> None:
        async with impatient.write() as other:
            await lock(other, 1)

    async with impatient.write() as session:
        await lock(session, 1)
        await refused(work)
    assert await works(impatient)


async def test_of_two_that_wait_for_each_other_one_is_told_and_it_is_an_error_in_the_log(
    impatient: Database,
) -> None:
    have_first = asyncio.Barrier(2)

    async def work(first: int, second: int) -> None:
        async with impatient.write() as session:
            await session.execute(text("SET LOCAL deadlock_timeout = '20ms'"))
            await session.execute(text("SET LOCAL lock_timeout = 0"))
            await lock(session, first)
            await have_first.wait()
            await lock(session, second)

    with capture_logs() as said:
        outcomes = await asyncio.gather(work(1, 2), work(2, 1), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DatabaseUnavailable", "NoneType"]
    assert [line["log_level"] for line in said if line["event"] == "database_deadlock"] == ["error"]


async def test_a_transaction_in_which_nothing_happens_lets_go_of_its_locks(impatient: Database) -> None:
    async def work() -> None:
        async with impatient.write() as session:
            await session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '100ms'"))
            await lock(session, 1)
            await asyncio.sleep(0.3)
            await lock(session, 2)

    await refused(work)
    assert await works(impatient)


async def test_who_finds_no_connection_is_told_so_after_a_while(impatient: Database) -> None:
    async def work() -> None:
        async with impatient.read() as session:
            await session.execute(text("SELECT 1"))

    holding = [impatient.read() for _ in range(3)]
    sessions = [await each.__aenter__() for each in holding]
    for session in sessions:
        await session.execute(text("SELECT 1"))
    assert impatient.connections == {"all": (3, 3)}
    await refused(work)
    for each in holding:
        await each.__aexit__(None, None, None)
    await work()


async def test_a_server_that_is_silent_holds_nobody_up_and_goes_on(impatient: Database) -> None:
    """As when its machine hangs: connections are there, and nothing comes over them; others are not answered."""
    async with impatient.read() as session:
        backend = await session.scalar(text("SELECT pg_backend_pid()"))
    assert backend
    stat = await asyncio.to_thread(Path(f"/proc/{backend}/stat").read_text)
    server = int(stat.rpartition(")")[2].split()[1])

    async def work() -> None:
        assert await works(impatient)

    for process in (server, backend):
        os.kill(process, signal.SIGSTOP)
    try:
        for _ in range(5):
            await refused(work)
    finally:
        for process in (server, backend):
            os.kill(process, signal.SIGCONT)
    async with asyncio.timeout(SOON):
        await work()
    assert impatient.connections == {"all": (0, 3)}
