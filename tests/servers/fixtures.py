"""The servers as fixtures; `tests/conftest.py` imports those that the whole suite shares."""

from collections.abc import Iterator

import pytest

from tests.servers import orthanc as orthanc_server
from tests.servers import postgres as postgres_server
from tests.servers import redis as redis_server
from tests.servers import require
from tests.servers import s3 as s3_server
from tests.servers.flaky_dicomweb import FlakyDicomweb, running_flaky_dicomweb
from tests.servers.flaky_dimse import FlakyDimse, running_flaky_dimse


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgres_server.Postgres]:
    """One cluster for the whole session."""
    require(postgres_server)
    with postgres_server.running_postgres() as running:
        yield running


@pytest.fixture
def postgres_url(postgres: postgres_server.Postgres) -> Iterator[str]:
    """A fresh, empty database."""
    url = postgres.create_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture(scope="session")
def s3_process() -> Iterator[s3_server.S3]:
    """One object store for the whole session; tests ask for `s3`."""
    require(s3_server)
    with s3_server.running_s3() as running:
        yield running


@pytest.fixture
def s3(s3_process: s3_server.S3) -> s3_server.Part:
    """An empty part of the session's object store; a test that stops it finds it running again next time."""
    s3_process.ensure_running()
    return s3_process.part()


@pytest.fixture(scope="session")
def redis_process() -> Iterator[redis_server.RedisServer]:
    """One Redis for the whole session; tests ask for `redis`."""
    require(redis_server)
    with redis_server.running_redis() as running:
        yield running


@pytest.fixture
def redis(redis_process: redis_server.RedisServer) -> redis_server.RedisServer:
    """The session's Redis; a test that stops it finds it running again next time. Each takes a `fresh_url`."""
    redis_process.ensure_running()
    return redis_process


@pytest.fixture(scope="module")
def own_redis() -> Iterator[redis_server.RedisServer]:
    """A Redis of the module's own, which may be stopped while others use the session's."""
    require(redis_server)
    with redis_server.running_redis() as running:
        yield running


@pytest.fixture(scope="session")
def orthanc_process() -> Iterator[orthanc_server.Orthanc]:
    """One Orthanc for the whole session; tests ask for `orthanc`."""
    require(orthanc_server)
    with orthanc_server.running_orthanc() as running:
        yield running


@pytest.fixture
def orthanc(orthanc_process: orthanc_server.Orthanc) -> orthanc_server.Orthanc:
    """The session's Orthanc, empty; a test that stops it finds it running again next time."""
    orthanc_process.ensure_running()
    orthanc_process.clear()
    return orthanc_process


@pytest.fixture
def flaky_dicomweb() -> Iterator[FlakyDicomweb]:
    """A scripted DICOMweb peer of this test's own."""
    with running_flaky_dicomweb() as peer:
        yield peer


@pytest.fixture
def flaky_dimse() -> Iterator[FlakyDimse]:
    """A scripted DICOM node of this test's own."""
    with running_flaky_dimse() as node:
        yield node
