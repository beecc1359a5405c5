"""Jobs of several processes on one database: one of them runs a job, and another one when that dies."""

import asyncio
import multiprocessing
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update
from taskiq import InMemoryBroker

from relaypacs import worker
from relaypacs.adapters.wakeups.broker import BrokerWakeups
from relaypacs.app import prepare
from relaypacs.core import leases
from relaypacs.core.clock import now
from relaypacs.core.database import Database
from relaypacs.core.files import make_folder
from relaypacs.core.jobs import JobOutcome
from relaypacs.core.leases import LEASE_SECONDS, PROCESS
from relaypacs.core.settings import Settings
from relaypacs.features.operations.models import JobRun
from relaypacs.features.operations.service.jobs import Interval, JobStopped
from relaypacs.features.operations.service.shared_jobs import SharedJobKeeper
from relaypacs.infrastructure import Infrastructure, build_infrastructure
from relaypacs.worker import Worker
from tests.builders.waiting import until
from tests.servers.postgres import Postgres

SECRET = "of all of them, and long enough for it"
OFTEN = 0.1
NAME = "summarise"
OTHER = "another process"
Begin = Callable[[str], Awaitable[Infrastructure]]


async def built(url: str, folder: Path, broker: InMemoryBroker) -> Infrastructure:
    make_folder(folder)
    settings = Settings(
        database_url=url, data_dir=folder, secret_key=SecretStr(SECRET), admin_password=SecretStr(SECRET)
    )
    return await prepare(build_infrastructure(settings, BrokerWakeups(broker)))


@pytest.fixture
async def process(database_url: str, tmp_path: Path) -> AsyncIterator[Infrastructure]:
    infrastructure = await built(database_url, tmp_path / "one", InMemoryBroker())
    yield infrastructure
    await infrastructure.close()


@pytest.fixture
async def keeper(process: Infrastructure) -> SharedJobKeeper:
    """A keeper that knows of one job, whose run has come."""
    keeper = SharedJobKeeper(process)
    await keeper.begin({NAME: Interval(60, at_start=True)})
    return keeper


async def row_of(database: Database) -> JobRun:
    async with database.read() as session:
        return await session.get_one(JobRun, NAME)


async def test_of_two_workers_one_runs_a_job_and_the_other_one_goes_on_alone(
    postgres: Postgres, postgres_template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.create_database(template=postgres_template)
    ran: Counter[int] = Counter()
    at_it: list[int] = []

    async def job(infrastructure: Infrastructure) -> None:
        at_it.append(id(infrastructure))
        assert len(at_it) == 1
        await asyncio.sleep(OFTEN / 3)
        at_it.remove(id(infrastructure))
        ran[id(infrastructure)] += 1

    monkeypatch.setitem(worker.SLOW_JOBS, NAME, job)
    monkeypatch.setattr(worker, "SUMMARISE_EVERY_SECONDS", OFTEN)
    began = now()
    brokers = [InMemoryBroker(), InMemoryBroker()]
    processes = [await built(url, tmp_path / str(number), broker) for number, broker in enumerate(brokers)]
    first, second = workers = [
        Worker(each, broker, is_alone=False) for each, broker in zip(processes, brokers, strict=True)
    ]
    for each in workers:
        await each.start()

    async def several() -> bool:
        return sum(ran.values()) >= 5

    await until(several)
    assert sum(ran.values()) <= (now() - began).total_seconds() / OFTEN + 1
    await first.stop()
    ran.clear()
    await until(several)
    assert set(ran) == {id(processes[1])}
    await second.stop()
    assert (await row_of(processes[1].database)).lease_owner is None
    for process in processes:
        await process.close()


def hold(url: str, folder: Path) -> None:
    """Run a job without end, in a process that somebody kills."""

    async def begin() -> None:
        keeper = SharedJobKeeper(await built(url, folder, InMemoryBroker()))
        await keeper.begin({NAME: Interval(60, at_start=True)})
        await keeper.run(NAME, asyncio.Event().wait)

    asyncio.run(begin())


async def test_a_job_whose_process_is_killed_is_run_by_another_one_within_its_lease(
    postgres: Postgres, postgres_template: str, tmp_path: Path
) -> None:
    url = postgres.create_database(template=postgres_template)
    process = await built(url, tmp_path / "one", InMemoryBroker())
    killed = multiprocessing.get_context("spawn").Process(target=hold, args=(url, tmp_path / "other"))
    killed.start()

    async def is_held() -> bool:
        async with process.database.read() as session:
            return await session.scalar(select(JobRun.lease_owner).where(JobRun.name == NAME)) is not None

    await until(is_held, 20)
    keeper = SharedJobKeeper(process)
    await keeper.begin({NAME: Interval(60, at_start=True)})
    ran = []

    async def job() -> None:
        ran.append(True)

    killed.kill()
    await asyncio.to_thread(killed.join)
    await keeper.run(NAME, job)
    row = await row_of(process.database)
    assert row.lease_until
    assert (ran, row.lease_until - now() < timedelta(seconds=LEASE_SECONDS)) == ([], True)
    async with process.database.write() as session:  # as many seconds pass
        await session.execute(update(JobRun).values(lease_until=row.lease_until - timedelta(seconds=LEASE_SECONDS)))
    await keeper.run(NAME, job)
    await keeper.run(NAME, job)
    assert ran == [True]
    await process.close()


async def test_a_run_says_how_it_went_and_when_the_next_one_comes(
    keeper: SharedJobKeeper, process: Infrastructure
) -> None:
    async def fail() -> None:
        row = await row_of(process.database)
        assert (row.lease_owner, row.running_since is not None) == (PROCESS, True)
        raise KeyError

    await keeper.run(NAME, fail)
    row = await row_of(process.database)
    assert (row.outcome, row.error, row.failures) == (JobOutcome.FAILED, "KeyError", 1)
    assert (row.lease_owner, row.running_since) == (None, None)
    assert row.next_run_at
    assert timedelta(seconds=50) < row.next_run_at - now() <= timedelta(seconds=60)


async def test_a_run_that_a_stop_has_ended_is_still_due(keeper: SharedJobKeeper, process: Infrastructure) -> None:
    async def stop() -> None:
        raise JobStopped

    ran = []

    async def job() -> None:
        ran.append(True)

    await keeper.run(NAME, stop)
    other = SharedJobKeeper(process)
    await other.begin({NAME: Interval(60)})
    await other.run(NAME, job)
    assert (ran, (await row_of(process.database)).outcome) == ([True], JobOutcome.DONE)


async def test_a_process_that_was_silent_for_too_long_stops_its_run_and_says_nothing(
    keeper: SharedJobKeeper, process: Infrastructure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "HEARTBEAT_SECONDS", 0.01)
    ended = []

    async def job() -> None:
        async with process.database.write() as session:
            await session.execute(update(JobRun).values(lease_owner=OTHER))
        async with asyncio.timeout(5):
            await asyncio.Event().wait()
        ended.append(True)

    await keeper.run(NAME, job)
    row = await row_of(process.database)
    assert (ended, row.lease_owner, row.outcome) == ([], OTHER, None)


async def test_what_a_newer_version_runs_is_not_forgotten(process: Infrastructure) -> None:
    keeper = SharedJobKeeper(process)
    await keeper.begin({NAME: Interval(60), "of a newer version": Interval(60)})
    await keeper.begin({NAME: Interval(60)})
    async with process.database.read() as session:
        assert set(await session.scalars(select(JobRun.name))) == {NAME, "of a newer version"}
