"""Promise R9: PostgreSQL goes away while an upload runs, and comes back."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from relaypacs.core.settings import Settings
from tests.builders.dicom import make_dicom
from tests.builders.gateway import ADMIN, GatewayClient, OpenUpload
from tests.builders.problems import is_problem
from tests.conftest import running_gateway
from tests.servers import postgres as postgres_server
from tests.servers import require
from tests.servers.postgres import Postgres, running_postgres

ANSWERED_WITHIN = 15.0
FILES = [(f"{number}.dcm", make_dicom(rows=700, columns=800, instance_number=number)) for number in range(1, 9)]
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def server() -> Iterator[Postgres]:
    """A server of this test's own."""
    require(postgres_server)
    with running_postgres() as running:
        yield running


async def send_until_acknowledged(gateway: GatewayClient, upload: OpenUpload, number: int, seen: set[int]) -> None:
    """Send a file's chunks as a client does: again and again after a 503."""
    plan, (_, content) = upload.files[number], FILES[number]
    for index in range(plan["chunk_count"]):
        body = content[index * upload.chunk_size : (index + 1) * upload.chunk_size]
        while True:
            began = time.monotonic()
            answer = await gateway.put(upload, plan["file_id"], index, body)
            assert time.monotonic() - began < ANSWERED_WITHIN
            seen.add(answer.status_code)
            if answer.status_code == 200:
                break
            is_problem(answer, 503, "database-unavailable")
            await asyncio.sleep(0.05)


@sqlite_only  # the gateway's database is the one below
async def test_what_was_acknowledged_outlives_a_database_that_stops_and_nobody_has_to_help(
    settings: Settings, server: Postgres
) -> None:
    own = settings.model_copy(update={"database_url": server.create_database(), "wake_interval": 0.2})
    async with running_gateway(own) as gateway:
        await gateway.sign_in(ADMIN)
        upload = await gateway.open(FILES)
        await send_until_acknowledged(gateway, upload, 0, set())
        await asyncio.to_thread(server.stop)
        is_problem(await gateway.http.get("http://gateway/health/ready"), 503, "database-unavailable")
        seen: set[int] = set()
        sending = [
            asyncio.create_task(send_until_acknowledged(gateway, upload, number, seen))
            for number in range(1, len(FILES))
        ]
        async with asyncio.timeout(ANSWERED_WITHIN):
            while not seen:  # noqa: ASYNC110 - it is a set
                await asyncio.sleep(0.02)
        assert seen == {503}
        await asyncio.to_thread(server.start_again)
        await asyncio.gather(*sending)
        assert (await gateway.complete(upload)).raise_for_status()
        assert (await gateway.until(upload, "verified"))["counts"]["verified"] == len(FILES)
    archived = {path.read_bytes() for path in (own.data_dir / "archive").rglob("*.dcm")}
    assert archived == {content for _, content in FILES}
