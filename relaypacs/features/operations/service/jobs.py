"""Runs the jobs that come again at an interval, and keeps how the last run of each went.

A process that is alone knows it at once, from its book. A row tells it to every other one, and after a restart: it
is written after each run, of jobs that come often once a minute, and whenever one begins or ceases to fail.

Of several processes that share a database, one runs a job at a time: `shared_jobs.py`.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

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


@dataclass(frozen=True, slots=True)
class Interval:
    """After how many seconds a job comes again, and whether it also comes at the start of a process that is alone."""

    seconds: float
    at_start: bool = False


class Keeper(Protocol):
    """Sees to it that jobs run when they are due, and that it is known how they went."""

    async def begin(self, intervals: Mapping[str, Interval]) -> Mapping[str, tuple[datetime, float]]:
        """Take over what earlier processes kept of these jobs.

        Returns when `run` is to be called first for each, and after how many seconds again.
        """
        ...

    async def run(self, name: str, work: Work) -> None:
        """Run a job, if it is due, to its end, however that is. Raises only CancelledError."""
        ...


class JobKeeper:
    """For the only process: every call is a run."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database
        self._states = infrastructure.jobs.states
        self._written_at: dict[str, float] = {}

    async def begin(self, intervals: Mapping[str, Interval]) -> Mapping[str, tuple[datetime, float]]:
        """A run that was missed meanwhile comes at once, and one that was not yet due when it would have come."""
        at = now()
        async with self._database.write() as session:
            repository = JobRunRepository(session)
            earlier = {state.name: state for state in await repository.all()}
            for name, interval in intervals.items():
                known = earlier.get(name) or JobState(name, interval.seconds)
                self._states[name] = replace(
                    known,
                    interval_seconds=interval.seconds,
                    next_run_at=at if interval.at_start else first_run(known, interval, at),
                    running_since=None,
                )
            await repository.forget_others(intervals)
            await repository.put(*self._states.values())
        for state in self._states.values():
            begin_with(state, at.timestamp())
        return {name: (state.next_run_at or at, state.interval_seconds) for name, state in self._states.items()}

    async def run(self, name: str, work: Work) -> None:
        """Run a job to its end, however that is: the next run comes all the same. Raises only CancelledError."""
        started_at, began = now(), time.monotonic()
        await self._put(replace(self._states[name], running_since=started_at), in_row=is_rare(self._states[name]))
        error, outcome = "", JobOutcome.STOPPED
        try:
            with traced(self._states[name]):
                await work()
            outcome = JobOutcome.DONE
        except JobStopped:
            pass
        except Exception as fault:  # whatever it was, the job has failed, and comes again
            log.exception("task_failed", task=name)
            error, outcome = error_code(fault), JobOutcome.FAILED
        finally:
            before = self._states[name]
            ended = state_after(before, started_at, time.monotonic() - began, outcome, error)
            count_run(ended, time.monotonic() - began)
            is_news = ended.outcome is not before.outcome or is_rare(before)
            await self._put(ended, in_row=is_news or self._is_old(name))

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


def is_rare(state: JobState) -> bool:
    return state.interval_seconds >= WRITE_EVERY_SECONDS


def traced(state: JobState) -> Any:
    """Return the span of a job that is rare enough to be looked at."""
    return span(f"job {state.name}") if is_rare(state) else NOTHING


def error_code(fault: Exception) -> str:
    """Return the code of an error of ours, the name of another one's kind. What it says may quote anything."""
    return (fault.code if isinstance(fault, RelayError) else type(fault).__name__)[:MAX_CODE]


def state_after(before: JobState, started_at: datetime, seconds: float, outcome: JobOutcome, error: str) -> JobState:
    """Return how a job stands after a run."""
    at = now()
    ended = replace(
        before,
        running_since=None,
        started_at=started_at,
        ended_at=at,
        milliseconds=round(seconds * 1000),
        outcome=outcome,
        error=error,
        next_run_at=next_run(before, at),
    )
    if outcome is JobOutcome.FAILED:
        return replace(ended, failures=before.failures + 1, failing_since=before.failing_since or at)
    if outcome is JobOutcome.DONE:
        return replace(ended, failures=0, failing_since=None, succeeded_at=at)
    return ended


def first_run(state: JobState, interval: Interval, at: datetime) -> datetime:
    """Return when a job comes first in a process that begins now."""
    latest = at + timedelta(seconds=interval.seconds)
    if state.next_run_at is None:
        return at if interval.at_start else latest
    return max(at, min(state.next_run_at, latest))


def next_run(state: JobState, at: datetime) -> datetime | None:
    """Return when a job comes next: runs that it has missed, because the one before took too long, are left out."""
    if state.next_run_at is None or state.next_run_at > at:
        return state.next_run_at
    missed = (at - state.next_run_at).total_seconds() // state.interval_seconds
    return state.next_run_at + timedelta(seconds=(missed + 1) * state.interval_seconds)
