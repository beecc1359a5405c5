"""`relaypacs admin system`, on a database of each kind, without a gateway."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest

from relaypacs.core.clock import now
from relaypacs.core.database import Database
from relaypacs.core.jobs import JobOutcome, JobState
from relaypacs.features.operations.repository import JobRunRepository
from tests.cli.admin import done
from tests.conftest import SECRET


@pytest.fixture(autouse=True)
def settings(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RELAYPACS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("RELAYPACS_DATABASE_URL", database_url)
    monkeypatch.setenv("RELAYPACS_SECRET_KEY", SECRET)
    monkeypatch.setenv("RELAYPACS_STORAGE_RESERVE", "0")


async def _leave_a_run_behind(database_url: str) -> None:
    long_ago = now() - timedelta(hours=1)
    database = Database(database_url)
    async with database.write() as session:
        run = JobState("wake_due", 5.0, long_ago, started_at=long_ago, ended_at=long_ago, outcome=JobOutcome.DONE)
        await JobRunRepository(session).put(run)
    await database.close()


def test_it_says_how_the_gateway_is_and_that_it_does_not_run(database_url: str) -> None:
    assert done("system").startswith("Nothing needs attention.")
    asyncio.run(_leave_a_run_behind(database_url))
    said = done("system")
    assert "no job runs: is the gateway running?" in said.splitlines()[1]
    assert "wake_due" in said
    view = json.loads(done("system", "--json"))
    assert [concern["code"] for concern in view["concerns"]] == ["worker-silent"]
    assert (view["process"], view["unanswered"]) == (None, [])
