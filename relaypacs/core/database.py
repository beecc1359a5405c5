"""Transactions: one for a request or task, committed by whoever opened it, side effects only afterwards.

    async with database.write() as session:    # BEGIN
        repository.add(...)                    # repositories flush, they never commit
        after_commit(session, wake_up)         # dropped when the block raises
                                               # COMMIT, then wake_up()

SQLite gets one write connection whose transactions are `BEGIN IMMEDIATE` (two writers queue here instead
of failing in the middle), beside a pool of read-only connections. PostgreSQL gets one pool for both.
Nothing may await the network inside a transaction.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit, urlunsplit

import structlog
from sqlalchemy import DateTime, Dialect, Engine, Enum, MetaData, TypeDecorator, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import NullPool, QueuePool

from relaypacs.core.errors import DatabaseFull, DatabaseUnavailable

BUSY_TIMEOUT_SECONDS = 10
STATEMENT_SECONDS = 30
IDLE_SECONDS = 60
SILENCE_SECONDS = 35
# Classes of PostgreSQL's error codes (its manual's appendix A): connection, resources, operator intervention, and what
# took too long, or stood in a circle with others: the same again in a moment may well succeed.
DEADLOCK, STATEMENT_TIMEOUT, LOCK_NOT_AVAILABLE, IDLE_TIMEOUT = "40P01", "57014", "55P03", "25P03"
OUT_OF_REACH = ("08", "53", "57P", DEADLOCK, STATEMENT_TIMEOUT, LOCK_NOT_AVAILABLE, IDLE_TIMEOUT)
DISK_FULL = "53100"
NAMED = {"application_name": "relaypacs"}
# A machine that vanished holds its locks until the server notices.
NOTICED = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}
BOUNDED = {
    **NAMED,
    **NOTICED,
    "statement_timeout": f"{STATEMENT_SECONDS}s",
    "lock_timeout": f"{BUSY_TIMEOUT_SECONDS}s",
    "idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s",
}
T = TypeVar("T")
CommitAction = Callable[[], Awaitable[None]]
log = structlog.get_logger(__name__)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with the UTC zone on both sides, also on SQLite, which forgets zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum_column(kind: type[StrEnum]) -> Enum:
    """Return a column type that stores an enumeration's values as text, so that adding one needs no migration."""
    return Enum(kind, native_enum=False, length=32, values_callable=lambda e: [member.value for member in e])


class Base(DeclarativeBase):
    """Base of all models; the naming convention gives every constraint a name that migrations can use."""

    metadata = MetaData(
        naming_convention={
            "ix": "idx_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012 - SQLAlchemy reads it from the class


def driver_url(url: str) -> str:
    """Return the URL with the asynchronous driver we use in it."""
    parts = urlsplit(url)
    driver = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}.get(parts.scheme, parts.scheme)
    if parts.scheme == "sqlite":
        return f"{driver}://{url.removeprefix('sqlite://')}"
    return urlunsplit(parts._replace(scheme=driver))


def sqlite_file(url: str) -> Path | None:
    """Return the file that the URL names, None for a database that is none."""
    parsed = make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


class FinishingSession(AsyncSession):
    """A session that ends what it has begun before it lets a cancellation through.

    SQLAlchemy gives up a connection whose call is cancelled. On SQLite nobody closes it then: it would hold the write
    lock until the process ends, and every later transaction would fail.
    """

    async def __aexit__(self, kind: Any, error: Any, traceback: Any) -> None:
        await self.close()


def _finishing(call: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Coroutine[Any, Any, Any]]:
    @wraps(call)
    async def finish(*arguments: Any, **named: Any) -> Any:
        return await finished(call(*arguments, **named))

    return finish


for _name in (
    "execute",
    "scalar",
    "scalars",
    "get",
    "get_one",
    "flush",
    "commit",
    "rollback",
    "refresh",
    "connection",
    "close",
):
    setattr(FinishingSession, _name, _finishing(getattr(AsyncSession, _name)))


async def finished(work: Coroutine[Any, Any, T]) -> T:
    """Await `work` to its end. A cancellation that comes meanwhile is raised afterwards, instead of the outcome."""
    running = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not running.done():
        try:
            await asyncio.wait([running])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled and not running.cancelled():
        running.exception()  # asked for, so that nobody complains that it was not
        raise cancelled
    return running.result()


class Database:
    """Opens transactions. Raises DatabaseUnavailable when the database cannot be reached; DatabaseFull is one of those.

    Parameters stay out of every error, and so of the log: they are what is said about patients.
    """

    def __init__(self, url: str, *, pool: int = 10) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self._url = driver_url(url)
        if self.is_sqlite:
            self._writer = self._sqlite(url, pool=1, read_only=False)
            self._reader = self._sqlite(url, pool=pool, read_only=True)
        else:
            self._writer = self._reader = create_async_engine(
                self._url,
                pool_size=pool,
                max_overflow=0,
                pool_timeout=BUSY_TIMEOUT_SECONDS,
                pool_pre_ping=True,
                hide_parameters=True,
                # The server bounds what a statement takes; where the server itself is silent, nobody else does.
                connect_args={
                    "timeout": BUSY_TIMEOUT_SECONDS,
                    "command_timeout": SILENCE_SECONDS,
                    "server_settings": BOUNDED,
                },
            )
        self._write_session = async_sessionmaker(self._writer, class_=FinishingSession, expire_on_commit=False)
        self._read_session = async_sessionmaker(self._reader, class_=FinishingSession, expire_on_commit=False)

    @staticmethod
    def _sqlite(url: str, *, pool: int, read_only: bool) -> AsyncEngine:
        engine = create_async_engine(
            driver_url(url),
            pool_size=pool,
            max_overflow=0,
            pool_timeout=BUSY_TIMEOUT_SECONDS,
            hide_parameters=True,
        )
        configure_sqlite(engine.sync_engine, read_only=read_only)
        return engine

    @property
    def engine(self) -> AsyncEngine:
        """The engine that may write, for migrations."""
        return self._writer

    @property
    def connections(self) -> Mapping[str, tuple[int, int]]:
        """How many connections are in use, and how many there may be, by the name of their pool."""
        engines = {"write": self._writer, "read": self._reader} if self.is_sqlite else {"all": self._writer}
        pools = {name: cast("QueuePool", engine.pool) for name, engine in engines.items()}
        return {name: (pool.checkedout(), pool.size()) for name, pool in pools.items()}

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction that only reads, and end it without committing."""
        async with translated(), self._read_session() as session:
            yield session

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction that only reads, and in which every query sees the database as the first one did."""
        async with self.read() as session:
            if not self.is_sqlite:  # whose transactions are all like that
                await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction; commit when the block ends, with what was registered before and after that."""
        async with translated():
            async with self._write_session() as session:
                yield session
                for action in session.info.pop("before_commit", ()):
                    await action()
                await session.commit()
            for action in session.info.get("after_commit", ()):
                await _run(action)

    @asynccontextmanager
    async def write_rows(self) -> AsyncIterator[AsyncConnection]:
        """Open a write transaction without a session, for statements that were built beforehand."""
        async with translated(), self._write_session() as session:
            yield await session.connection()
            await session.commit()

    @asynccontextmanager
    async def migrating(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that changes the schema, and may take long. Raises what the driver raises."""
        if self.is_sqlite:
            async with self._writer.connect() as connection, _references_later(connection):
                yield connection
            return
        settings = {"timeout": BUSY_TIMEOUT_SECONDS, "server_settings": NAMED | NOTICED}
        engine = create_async_engine(self._url, poolclass=NullPool, hide_parameters=True, connect_args=settings)
        try:
            async with engine.begin() as connection:
                yield connection
        finally:
            await engine.dispose()

    async def close(self) -> None:
        """Close every connection."""
        await self._writer.dispose()
        await self._reader.dispose()


@asynccontextmanager
async def _references_later(connection: AsyncConnection) -> AsyncIterator[None]:
    """Open a transaction of SQLite in which tables are replaced; before its end every row must still have its parents.

    A table that others refer to cannot be replaced otherwise, and the setting cannot be changed inside a transaction.
    """
    driver = cast("Any", (await connection.get_raw_connection()).driver_connection)
    await driver.execute("PRAGMA foreign_keys = OFF")
    try:
        async with connection.begin():
            yield
            orphans = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).mappings().first()
            if orphans:
                raise RuntimeError(f"Rows of {orphans['table']} would be left without their {orphans['parent']}.")
    finally:
        await driver.execute("PRAGMA foreign_keys = ON")


def before_commit(session: AsyncSession, action: CommitAction, *, is_first: bool = False) -> None:
    """Run `action` as the last thing of the transaction; when it raises, all of the transaction is rolled back.

    Actions that wait for locks must always come in the same order. One that `is_first` comes before all that are not.
    """
    actions = session.info.setdefault("before_commit", [])
    actions.insert(0 if is_first else len(actions), action)


def after_commit(session: AsyncSession, action: CommitAction) -> None:
    """Run `action` once the transaction is durable; never when it is rolled back.

    What must not be lost belongs into a row. An action only announces it, so its failure is logged and
    changes nothing for the caller, whose transaction has been committed.
    """
    session.info.setdefault("after_commit", []).append(action)


async def _run(action: CommitAction) -> None:
    try:
        await action()
    except Exception:
        log.warning("after_commit_failed", exc_info=True)


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """Name the errors that mean "no database right now"."""
    try:
        yield
    except (DBAPIError, PoolTimeout, ConnectionError, TimeoutError) as error:
        if isinstance(error, DBAPIError) and not _is_out_of_reach(error):
            raise
        if isinstance(error, DBAPIError) and _is_full(error):
            raise DatabaseFull("The database's disk is full. What has been acknowledged is safe.") from error
        if isinstance(error, DBAPIError) and sqlstate_of(error) == DEADLOCK:
            log.exception("database_deadlock")  # a fault of ours, whatever it is to whoever tries again
        raise DatabaseUnavailable("The database does not answer. Try again in a moment.") from error


def _is_out_of_reach(error: DBAPIError) -> bool:
    """Tell a database that is away, starting, stopping or overloaded from a statement that is wrong."""
    if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
        return True
    return sqlstate_of(error).startswith(OUT_OF_REACH)


def sqlstate_of(error: DBAPIError) -> str:
    """Return PostgreSQL's code of an error; empty where there is none."""
    return str(getattr(error.orig, "sqlstate", None) or "")


def _is_full(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL or sqlstate_of(error) == DISK_FULL


def configure_sqlite(engine: Engine, *, read_only: bool) -> None:
    """Set the pragmas that durability and concurrency rest on, and take over BEGIN from the driver."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself; on_begin does
        cursor = connection.cursor()
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            f"busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}",
            f"query_only = {int(read_only)}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
