"""How a job stands, told from its last run and its next one."""

from datetime import datetime, timedelta

from relaypacs.core.jobs import JobState
from relaypacs.features.operations.schemas import JobStanding, JobView

LEAST_PATIENCE = timedelta(minutes=3)  # a row of a job that comes often may be a minute old
MISSED_RUNS = 2
LONGEST_RUN = timedelta(minutes=30)


def job_view(state: JobState, at: datetime) -> JobView:
    return JobView(
        name=state.name,
        interval_seconds=state.interval_seconds,
        standing=_standing(state),
        is_late=_is_late(state, at),
        running_since=state.running_since,
        started_at=state.started_at,
        ended_at=state.ended_at,
        milliseconds=state.milliseconds,
        error=state.error,
        failures=state.failures,
        failing_since=state.failing_since,
        succeeded_at=state.succeeded_at,
        next_run_at=_next_run_at(state, at),
    )


def _standing(state: JobState) -> JobStanding:
    if state.running_since:
        return JobStanding.RUNNING
    return JobStanding(state.outcome.value) if state.outcome else JobStanding.NEVER


def _is_late(state: JobState, at: datetime) -> bool:
    interval = timedelta(seconds=state.interval_seconds)
    if state.running_since:
        return at - state.running_since > max(LONGEST_RUN, interval * MISSED_RUNS)
    return state.next_run_at is not None and at - state.next_run_at > max(LEAST_PATIENCE, interval * MISSED_RUNS)


def _next_run_at(state: JobState, at: datetime) -> datetime | None:
    """Return None for what is late, or has been running beyond its next turn: nobody knows when that comes."""
    return state.next_run_at if state.next_run_at and state.next_run_at >= at else None
