"""The heartbeat of a claim."""

import asyncio
from datetime import timedelta

import pytest

from relaypacs.core import leases
from relaypacs.core.clock import now
from relaypacs.core.errors import DatabaseUnavailable
from relaypacs.core.leases import HEARTBEAT_SECONDS, LEASE_SECONDS, PROCESS, Leased, heartbeat


@pytest.fixture
def beats(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    monkeypatch.setattr(leases, "HEARTBEAT_SECONDS", 0.01)
    return []


def test_a_lease_outlives_two_beats_that_are_missed() -> None:
    assert 3 * HEARTBEAT_SECONDS <= LEASE_SECONDS


def test_a_lease_names_this_process_and_ends_by_itself() -> None:
    row = Leased()
    row.take()
    assert row.lease_owner == PROCESS
    assert row.lease_until is not None
    assert timedelta(seconds=LEASE_SECONDS - 1) < row.lease_until - now() <= timedelta(seconds=LEASE_SECONDS)
    row.release()
    assert (row.lease_owner, row.lease_until) == (None, None)


async def test_it_beats_while_the_block_runs_and_not_after(beats: list[int]) -> None:
    async def renew() -> None:
        beats.append(1)

    async with heartbeat(renew):
        await asyncio.sleep(0.1)
    counted = len(beats)
    await asyncio.sleep(0.05)
    assert counted >= 3
    assert len(beats) == counted


async def test_a_database_that_is_away_for_a_moment_stops_neither_the_beat_nor_the_work(beats: list[int]) -> None:
    async def renew() -> None:
        beats.append(1)
        if len(beats) < 3:
            raise DatabaseUnavailable("away")

    async with heartbeat(renew):
        await asyncio.sleep(0.1)
    assert len(beats) > 3


async def test_what_the_block_raises_comes_out_of_it(beats: list[int]) -> None:
    async def renew() -> None:
        beats.append(1)
        raise DatabaseUnavailable("away")

    async def fail() -> None:
        async with heartbeat(renew):
            await asyncio.sleep(0.05)
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    assert beats
