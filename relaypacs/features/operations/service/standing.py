"""How a job stands, told from its last run and its next one."""

from datetime import datetime, timedelta

from relaypacs.core.jobs import JobState
from relaypacs.features.operations.schemas import JobStanding, JobView
from relaypacs.features.operations.service.jobs import next_run

LEAST_PATIENCE = timedelta(minutes=3)  # a row of a job that comes often may be a minute old
MISSED_RUNS = 2
LONGEST_RUN = timedelta(minutes=30)


def job_view(state: JobState, at: datetime) -> JobView:
    """Return how a job stands at a moment. When one runs next that is late, nobody knows."""
    is_late = _is_late(state, at)
    return JobView(
        name=state.name,
        interval_seconds=state.interval_seconds,
        standing=_standing(state),
        is_late=is_late,
        running_since=state.running_since,
        started_at=state.started_at,
        ended_at=state.ended_at,
        milliseconds=state.milliseconds,
        error=state.error,
        failures=state.failures,
        failing_since=state.failing_since,
        succeeded_at=state.succeeded_at,
        next_run_at=None if is_late else next_run(state, at),
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
