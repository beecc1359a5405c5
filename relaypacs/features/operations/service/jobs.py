"""Runs the jobs that come again at an interval, and keeps how the last run of each went.

The process that runs them knows it at once, from its book. A row tells it to every other one, and after a restart: it
is written after each run, of jobs that come often once a minute, and whenever one begins or ceases to fail.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from relaypacs.core.clock import now
from relaypacs.core.errors import DatabaseUnavailable, RelayError
from relaypacs.core.jobs import JobOutcome, JobState
from relaypacs.core.tracing import NOTHING, span
from relaypacs.features.operations.metrics import begin_with, count_run
from relaypacs.features.operations.repository import JobRunRepository
from relaypacs.infrastructure import Infrastructure

WRITE_EVERY_SECONDS = 60.0
MAX_CODE = 64
Work = Callable[[], Awaitable[object]]
log = structlog.get_logger(__name__)


class JobStopped(Exception):
    """The gateway ends, and has stopped the job."""


class JobKeeper:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database
        self._states = infrastructure.jobs.states
        self._written_at: dict[str, float] = {}

    async def begin(self, intervals: Mapping[str, tuple[float, datetime | None]]) -> None:
        """Take over what earlier processes kept of these jobs: each has an interval in seconds, and a next run."""
        async with self._database.write() as session:
            repository = JobRunRepository(session)
            earlier = {state.name: state for state in await repository.all()}
            for name, (seconds, next_run_at) in intervals.items():
                known = earlier.get(name) or JobState(name, seconds)
                self._states[name] = replace(
                    known, interval_seconds=seconds, next_run_at=next_run_at, running_since=None
                )
            await repository.forget_others(intervals)
            await repository.put(*self._states.values())
        for state in self._states.values():
            begin_with(state, now().timestamp())

    async def run(self, name: str, work: Work) -> None:
        """Run a job to its end, however that is: the next run comes all the same. Raises only CancelledError."""
        started_at, began = now(), time.monotonic()
        await self._put(replace(self._states[name], running_since=started_at), in_row=self._is_rare(name))
        error, outcome = "", JobOutcome.STOPPED
        try:
            with span(f"job {name}") if self._is_rare(name) else NOTHING:
                await work()
            outcome = JobOutcome.DONE
        except JobStopped:
            pass
        except Exception as fault:  # whatever it was, the job has failed, and comes again
            log.exception("task_failed", task=name)
            error, outcome = error_code(fault), JobOutcome.FAILED
        finally:
            before = self._states[name]
            seconds = time.monotonic() - began
            ended = _ended(before, started_at, round(seconds * 1000), outcome, error)
            count_run(ended, seconds)
            is_news = ended.outcome is not before.outcome or self._is_rare(name)
            await self._put(ended, in_row=is_news or self._is_old(name))

    def _is_rare(self, name: str) -> bool:
        return self._states[name].interval_seconds >= WRITE_EVERY_SECONDS

    def _is_old(self, name: str) -> bool:
        return time.monotonic() - self._written_at.get(name, float("-inf")) >= WRITE_EVERY_SECONDS

    async def _put(self, state: JobState, *, in_row: bool) -> None:
        self._states[state.name] = state
        if not in_row:
            return
        try:
            async with self._database.write() as session:
                await JobRunRepository(session).put(state)
        except DatabaseUnavailable:
            log.warning("job_not_noted", task=state.name)
        else:
            self._written_at[state.name] = time.monotonic()


def error_code(fault: Exception) -> str:
    """Return the code of an error of ours, the name of another one's kind. What it says may quote anything."""
    return (fault.code if isinstance(fault, RelayError) else type(fault).__name__)[:MAX_CODE]


def _ended(before: JobState, started_at: datetime, milliseconds: int, outcome: JobOutcome, error: str) -> JobState:
    at = now()
    ended = replace(
        before,
        running_since=None,
        started_at=started_at,
        ended_at=at,
        milliseconds=milliseconds,
        outcome=outcome,
        error=error,
        next_run_at=next_run(before, at),
    )
    if outcome is JobOutcome.FAILED:
        return replace(ended, failures=before.failures + 1, failing_since=before.failing_since or at)
    if outcome is JobOutcome.DONE:
        return replace(ended, failures=0, failing_since=None, succeeded_at=at)
    return ended


def next_run(state: JobState, at: datetime) -> datetime | None:
    """Return when a job comes next: runs that it has missed, because the one before took too long, are left out."""
    if state.next_run_at is None or state.next_run_at > at:
        return state.next_run_at
    missed = (at - state.next_run_at).total_seconds() // state.interval_seconds
    return state.next_run_at + timedelta(seconds=(missed + 1) * state.interval_seconds)
