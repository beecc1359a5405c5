"""What the whole suite shares: real servers, a migrated database of each kind, and a gateway in this process."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from relaypacs.adapters.redis import link
from relaypacs.app import create_app
from relaypacs.core import security
from relaypacs.core.database import Database
from relaypacs.core.settings import Settings
from relaypacs.infrastructure import Infrastructure
from relaypacs.migrations.run import migrate
from tests.builders.gateway import ADMIN, PASSWORD, GatewayClient
from tests.builders.processes import lifespan_of, worker_beside
from tests.compiled import share_compiled_statements
from tests.servers.fixtures import (
    flaky_dicomweb,
    flaky_dimse,
    orthanc,
    orthanc_process,
    own_redis,
    postgres,
    postgres_url,
    redis,
    redis_process,
    s3,
    s3_process,
)
from tests.servers.postgres import Postgres
from tests.servers.redis import RedisServer
from tests.servers.s3 import Part

__all__ = [
    "flaky_dicomweb",
    "flaky_dimse",
    "orthanc",
    "orthanc_process",
    "own_redis",
    "postgres",
    "postgres_url",
    "redis",
    "redis_process",
    "s3",
    "s3_process",
]

# By how long they take, the longest first: of the rest each process gets what it has time for.
LONG = (
    "tests/docs/test_blocks.py",
    "tests/api/test_schemathesis.py",
    "tests/features/deliveries",
    "tests/fuzz",
    "tests/features/uploads/test_c",
    "tests/features/reports",
    "tests/features/inbound",
    "tests/cli",
    "tests/deploy",
    "tests/docs",
    "tests/features",
    "tests/migrations",
)

share_compiled_statements()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no process is left alone with it in the end."""

    def turn(item: pytest.Item) -> int:
        return next((number for number, begin in enumerate(LONG) if item.nodeid.startswith(begin)), len(LONG))

    items.sort(key=turn)


SECRET = "a secret key that only the tests know, long enough"


@pytest.fixture(autouse=True)
def cheap_bcrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with the fewest rounds bcrypt has: every test signs in, and none measures the cost."""
    monkeypatch.setattr(security, "BCRYPT_ROUNDS", 4)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, copied for each test instead of migrating again."""
    path = tmp_path_factory.mktemp("template") / "relaypacs.db"

    async def make() -> None:
        database = Database(f"sqlite:///{path}")
        await migrate(database)
        await database.close()

    asyncio.run(make())
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> Iterator[str]:
    """The name of a migrated PostgreSQL database that fresh ones are copied from."""
    url = postgres.create_database()

    async def make() -> None:
        database = Database(url)
        await migrate(database)
        await database.close()

    asyncio.run(make())
    yield url.rpartition("/")[2]
    postgres.drop_database(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database with the schema that the migrations make."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        shutil.copy(template, tmp_path / "relaypacs.db")
        yield f"sqlite:///{tmp_path}/relaypacs.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.create_database(template=request.getfixturevalue("postgres_template"))
    yield url
    server.drop_database(url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, pool=5)
    yield opened
    await opened.close()


@pytest.fixture
def storage_url(request: pytest.FixtureRequest, database_url: str) -> str:
    """Where files are kept: beside SQLite on this machine's disk, beside PostgreSQL in an object store."""
    if database_url.startswith("sqlite"):
        return ""
    part: Part = request.getfixturevalue("s3")
    return part.url()


@pytest.fixture
def redis_url(request: pytest.FixtureRequest, database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Redis beside PostgreSQL; beside SQLite everything is in this process."""
    if database_url.startswith("sqlite"):
        return ""
    # API, worker and test share one loop: what keeps it busy is not Redis that does not answer.
    monkeypatch.setattr(link, "ANSWER_SECONDS", 5.0)
    server: RedisServer = request.getfixturevalue("redis")
    return server.fresh_url()


@pytest.fixture
def settings(database_url: str, storage_url: str, redis_url: str, tmp_path: Path) -> Settings:
    """Settings for a gateway of this test's own; change them with `settings.model_copy(update=…)`."""
    return Settings(
        data_dir=tmp_path / "data",
        database_url=database_url,
        storage_url=storage_url,
        redis_url=redis_url,
        secret_key=SecretStr(SECRET),
        admin_username=ADMIN,
        admin_password=SecretStr(PASSWORD),
        login_rate_limit="1000/minute",
        wake_interval=1.0,
        storage_reserve=0,
        web_dir=tmp_path / "web",
    )


@pytest.fixture
async def gateway(settings: Settings) -> AsyncIterator[GatewayClient]:
    """A gateway in this process, spoken to over HTTP, with its admin signed in."""
    async with running_gateway(settings) as client:
        await client.sign_in(ADMIN)
        yield client


class running_gateway:  # noqa: N801 - used as a context manager
    """Start the application as the server would, and with Redis a worker beside it."""

    def __init__(self, settings: Settings) -> None:
        self.app = create_app(settings)
        self._running = AsyncExitStack()

    async def __aenter__(self) -> GatewayClient:
        async with AsyncExitStack() as started:
            await started.enter_async_context(lifespan_of(self.app))
            await started.enter_async_context(worker_beside(self.app))
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            self.client = GatewayClient(transport, self.infrastructure)
            started.push_async_callback(self.client.http.aclose)
            self._running = started.pop_all()
        return self.client

    async def __aexit__(self, *error: object) -> None:
        await self._running.aclose()

    @property
    def infrastructure(self) -> Infrastructure:
        return self.app.state.infrastructure
