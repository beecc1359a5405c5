"""Jobs: how their runs went is known at once, to everybody, and after a restart."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from relaypacs import worker
from relaypacs.core.clock import now
from relaypacs.core.database import Database
from relaypacs.core.jobs import JobOutcome, JobState
from relaypacs.core.settings import Settings
from relaypacs.features.operations.models import JobRun
from relaypacs.features.operations.repository import JobRunRepository
from relaypacs.features.operations.service.jobs import next_run
from relaypacs.features.operations.service.standing import job_view
from tests.builders.gateway import ADMIN, GatewayClient
from tests.builders.waiting import until
from tests.conftest import running_gateway
from tests.servers.s3 import BUCKET

AT = datetime.fromisoformat("2026-02-28T12:00:00+00:00")


async def jobs(gateway: GatewayClient) -> dict[str, dict[str, Any]]:
    view = (await gateway.http.get("/system")).raise_for_status().json()
    return {job["name"]: job for job in view["jobs"]}


async def rows(settings: Settings) -> dict[str, JobState]:
    database = Database(settings.effective_database_url)
    try:
        async with database.read() as session:
            return {state.name: state for state in await JobRunRepository(session).all()}
    finally:
        await database.close()


async def set_next_run(settings: Settings, name: str, after: timedelta) -> datetime:
    database = Database(settings.effective_database_url)
    moment = now() + after
    async with database.write() as session:
        await session.execute(update(JobRun).where(JobRun.name == name).values(next_run_at=moment))
    await database.close()
    return moment


async def test_runs_survive_a_restart(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as hasty:
        hasty.setattr(worker, "REMOVE_EVERY_SECONDS", 0.1)
        async with running_gateway(settings) as gateway:
            await gateway.sign_in(ADMIN)

            async def has_run() -> bool:
                return (await jobs(gateway))["remove_kept_files"]["standing"] == "done"

            await until(has_run)
            assert (await jobs(gateway))["synchronise"]["standing"] == "never"
    kept = await rows(settings)
    outcome = kept["remove_kept_files"].outcome
    assert outcome in (JobOutcome.DONE, JobOutcome.STOPPED)  # as it was when the gateway ended
    soon = await set_next_run(settings, "remove_kept_files", timedelta(minutes=2))
    await set_next_run(settings, "synchronise", timedelta(minutes=-2))
    async with running_gateway(settings) as gateway:
        await gateway.sign_in(ADMIN)

        async def has_made_up_for_what_was_missed() -> bool:
            return (await jobs(gateway))["synchronise"]["standing"] == "done"

        await until(has_made_up_for_what_was_missed)
        job = (await jobs(gateway))["remove_kept_files"]
        assert (job["standing"], job["interval_seconds"]) == (outcome.value, worker.REMOVE_EVERY_SECONDS)
        assert datetime.fromisoformat(job["ended_at"]) == kept["remove_kept_files"].ended_at
        assert datetime.fromisoformat(job["next_run_at"]) == soon


@pytest.fixture
def broken(settings: Settings, tmp_path: Path) -> Settings:
    """The same with a file for a folder, or a bucket that is not there."""
    file = tmp_path / "no folder"
    file.touch()
    url = settings.storage_url.replace(f"@{BUCKET}/", "@nowhere/") or f"file://{file}"
    return settings.model_copy(update={"storage_url": url})


async def test_a_job_that_fails_says_why_until_it_succeeds(settings: Settings, broken: Settings) -> None:
    async with running_gateway(broken) as gateway:
        await gateway.sign_in(ADMIN)

        async def has_failed() -> bool:
            return (await jobs(gateway))["clean_up"]["standing"] == "failed"

        await until(has_failed)
        view = (await gateway.http.get("/system")).json()
        said = {(each["code"], each["name"]): each for each in view["concerns"]}
        assert said["job-failed", "clean_up"]["detail"] == "storage-unavailable"
        assert said["job-failed", "clean_up"]["count"] == 1
        assert said["storage-fails", "storage"]["detail"] == "storage-unavailable"
    failed = (await rows(settings))["clean_up"]
    assert (failed.outcome, failed.error, failed.failures) == (JobOutcome.FAILED, "storage-unavailable", 1)
    if settings.redis_url:  # where a process may start beside others, that alone makes no job due
        await set_next_run(settings, "clean_up", timedelta(0))
    async with running_gateway(settings) as gateway:
        await gateway.sign_in(ADMIN)

        async def is_done() -> bool:
            return (await jobs(gateway))["clean_up"]["standing"] == "done"

        await until(is_done)
        job = (await jobs(gateway))["clean_up"]
        assert (job["error"], job["failures"], job["failing_since"]) == ("", 0, None)


def test_runs_that_were_missed_are_not_made_up_for() -> None:
    state = JobState("a", 300.0, next_run_at=AT)
    assert next_run(state, AT - timedelta(seconds=1)) == AT
    assert next_run(state, AT + timedelta(seconds=700)) == AT + timedelta(seconds=900)


@pytest.mark.parametrize(
    ("state", "standing", "is_late"),
    [
        (JobState("a", 5.0), "never", False),
        (JobState("a", 5.0, next_run_at=AT - timedelta(minutes=2)), "never", False),
        (JobState("a", 5.0, next_run_at=AT - timedelta(minutes=4)), "never", True),
        (JobState("a", 300.0, next_run_at=AT - timedelta(minutes=9)), "never", False),
        (JobState("a", 300.0, running_since=AT - timedelta(minutes=29)), "running", False),
        (JobState("a", 300.0, running_since=AT - timedelta(minutes=31)), "running", True),
        (JobState("a", 300.0, outcome=JobOutcome.STOPPED, next_run_at=AT), "stopped", False),
    ],
)
def test_what_should_have_run_long_ago_is_late(state: JobState, standing: str, is_late: bool) -> None:  # noqa: FBT001
    view = job_view(state, AT)
    assert (view.standing.value, view.is_late) == (standing, is_late)
    assert (view.next_run_at is None) == (is_late or state.next_run_at is None)
