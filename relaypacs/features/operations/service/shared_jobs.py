"""Runs the jobs that come again at an interval in one of the processes that share a database.

The row of a job says when its next run comes, and who is at it. Every process looks when a run has come; one takes it
by a lease (`core/leases.py`), and says afterwards when the next one comes. A run whose process dies is still due:
another one takes it as soon as the lease is over. So no run is forgotten, and none is done twice.
"""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from relaypacs.core.clock import now
from relaypacs.core.errors import DatabaseUnavailable
from relaypacs.core.jobs import JobOutcome, JobState
from relaypacs.core.leases import LEASE_SECONDS, LeaseLost, heartbeat
from relaypacs.core.turns import take_turns
from relaypacs.features.operations.metrics import begin_with, count_run, note_success
from relaypacs.features.operations.repository import JobRunRepository
from relaypacs.features.operations.service.jobs import (
    Interval,
    JobStopped,
    Work,
    error_code,
    first_run,
    state_after,
    traced,
)
from relaypacs.infrastructure import Infrastructure

FORGOTTEN_AFTER = timedelta(days=2)  # processes of the version before may still run their jobs
log = structlog.get_logger(__name__)


class SharedJobKeeper:
    """A `Keeper` for one of several processes. Their book is the rows: what this one has seen of them may be old."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database
        self._seen: dict[str, JobState] = {}

    async def begin(self, intervals: Mapping[str, Interval]) -> Mapping[str, tuple[datetime, float]]:
        """Runs are looked for every few seconds: also one that somebody else has begun may have to be taken over."""
        at = now()
        async with self._database.write() as session:
            await take_turns(session, "jobs")
            repository = JobRunRepository(session)
            for name, interval in intervals.items():
                known = await repository.get(name)
                if known is None or known.interval_seconds != interval.seconds:
                    next_run_at = first_run(known or JobState(name, interval.seconds), interval, at)
                    known = replace(
                        known or JobState(name, interval.seconds),
                        interval_seconds=interval.seconds,
                        next_run_at=next_run_at,
                    )
                    await repository.put(known)
                self._seen[name] = known
            await repository.forget_others(intervals, before=at - FORGOTTEN_AFTER)
        for state in self._seen.values():
            begin_with(state, at.timestamp())
        return {name: _looks(state, at) for name, state in self._seen.items()}

    async def run(self, name: str, work: Work) -> None:
        """Run a job if it is due and nobody else runs it."""
        started_at = now()
        next_run_at = self._seen[name].next_run_at
        if next_run_at and next_run_at > started_at:
            return  # it can only have become later
        try:
            if not await self._claim(name, started_at):
                return
        except DatabaseUnavailable:
            log.warning("job_not_claimed", task=name)
            return
        began = time.monotonic()
        error, outcome = "", JobOutcome.STOPPED
        try:
            async with heartbeat(lambda: self._renew(name)):
                with traced(self._seen[name]):
                    await work()
            outcome = JobOutcome.DONE
        except (JobStopped, LeaseLost):
            pass
        except Exception as fault:  # whatever it was, the job has failed, and comes again
            log.exception("task_failed", task=name)
            error, outcome = error_code(fault), JobOutcome.FAILED
        finally:
            await self._end(name, state_after(self._seen[name], started_at, time.monotonic() - began, outcome, error))

    async def _claim(self, name: str, at: datetime) -> bool:
        async with self._database.write() as session:
            repository = JobRunRepository(session)
            is_mine = await repository.claim(name, at)
            self._seen[name] = await repository.get(name) or self._seen[name]
        note_success(self._seen[name])
        return is_mine

    async def _renew(self, name: str) -> bool:
        async with self._database.write() as session:
            return await JobRunRepository(session).renew_lease(name)

    async def _end(self, name: str, ended: JobState) -> None:
        """Say how it ended. A run that was stopped is still due: somebody else may go on with it at once."""
        if ended.outcome is JobOutcome.STOPPED:
            ended = replace(ended, next_run_at=self._seen[name].next_run_at)
        count_run(ended, (ended.milliseconds or 0) / 1000)
        try:
            async with self._database.write() as session:
                if await JobRunRepository(session).end(ended):
                    self._seen[name] = ended
        except DatabaseUnavailable:
            log.warning("job_not_noted", task=name)  # when the lease is over it runs once more


def _looks(state: JobState, at: datetime) -> tuple[datetime, float]:
    """Return when to look for a run first, and how often: at the moment at which it comes, and in between.

    For one that was missed that is now.
    """
    every = min(state.interval_seconds, LEASE_SECONDS)
    ahead = max(0.0, ((state.next_run_at or at) - at).total_seconds())
    return at + timedelta(seconds=ahead % every), every
