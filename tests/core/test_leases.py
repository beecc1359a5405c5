"""The heartbeat of a claim."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from relaypacs.core import leases
from relaypacs.core.clock import now
from relaypacs.core.database import Database
from relaypacs.core.errors import DatabaseUnavailable
from relaypacs.core.leases import (
    HEARTBEAT_SECONDS,
    LEASE_SECONDS,
    PROCESS,
    LeaseLost,
    LeaseNow,
    heartbeat,
    is_free,
    is_taken,
)
from relaypacs.features.operations.models import JobRun


@pytest.fixture
def beats(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    monkeypatch.setattr(leases, "HEARTBEAT_SECONDS", 0.01)
    return []


def test_a_lease_outlives_two_beats_that_are_missed() -> None:
    assert 3 * HEARTBEAT_SECONDS <= LEASE_SECONDS


async def test_a_lease_names_this_process_and_ends_by_itself(database: Database) -> None:
    async with database.write() as session:
        session.add(row := JobRun(name="a job", interval_seconds=1.0))
        row.take()
        assert row.is_mine
        await session.flush()
        await session.refresh(row)
        assert row.lease_owner == PROCESS
        assert row.lease_until is not None
        assert timedelta(seconds=LEASE_SECONDS - 1) < row.lease_until - now() <= timedelta(seconds=LEASE_SECONDS + 1)
        row.release()
        await session.flush()
        assert list(await session.scalars(select(JobRun.lease_until).where(JobRun.lease_owner.is_(None)))) == [None]


async def test_a_claim_is_free_when_its_deadline_has_passed_by_the_databases_clock(database: Database) -> None:
    async with database.write() as session:
        moment = await session.scalar(select(LeaseNow()))
        assert moment is not None
        for number, seconds in enumerate((None, -0.5, 5)):
            until = None if seconds is None else moment + timedelta(seconds=seconds)
            session.add(JobRun(name=str(number), interval_seconds=1.0, lease_until=until))
        await session.flush()
        assert set(await session.scalars(select(JobRun.name).where(is_free(JobRun)))) == {"0", "1"}
        assert list(await session.scalars(select(JobRun.name).where(is_taken(JobRun)))) == ["2"]


async def test_a_block_whose_claim_was_taken_by_somebody_else_is_ended(beats: list[int]) -> None:
    async def renew() -> bool:
        beats.append(1)
        return len(beats) < 3

    with pytest.raises(LeaseLost):
        async with asyncio.timeout(5), heartbeat(renew):
            await asyncio.Event().wait()
    assert len(beats) == 3


async def test_a_time_out_of_the_block_is_its_own(beats: list[int]) -> None:
    async def renew() -> bool:
        beats.append(1)
        return True

    with pytest.raises(TimeoutError):
        async with heartbeat(renew), asyncio.timeout(0):
            await asyncio.Event().wait()


async def test_it_beats_while_the_block_runs_and_not_after(beats: list[int]) -> None:
    async def renew() -> bool:
        beats.append(1)
        return True

    async with heartbeat(renew):
        await asyncio.sleep(0.1)
    counted = len(beats)
    await asyncio.sleep(0.05)
    assert counted >= 3
    assert len(beats) == counted


async def test_a_database_that_is_away_for_a_moment_stops_neither_the_beat_nor_the_work(beats: list[int]) -> None:
    async def renew() -> bool:
        beats.append(1)
        if len(beats) < 3:
            raise DatabaseUnavailable("away")
        return True

    async with heartbeat(renew):
        await asyncio.sleep(0.1)
    assert len(beats) > 3


async def test_what_the_block_raises_comes_out_of_it(beats: list[int]) -> None:
    async def renew() -> bool:
        beats.append(1)
        raise DatabaseUnavailable("away")

    async def fail() -> None:
        async with heartbeat(renew):
            await asyncio.sleep(0.05)
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    assert beats
