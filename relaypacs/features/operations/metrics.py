"""Metrics of the jobs that come again at an interval. The label `job` is Prometheus' own, for what it scrapes."""

from prometheus_client import Counter, Gauge, Histogram

from relaypacs.core.jobs import JobOutcome, JobState
from relaypacs.core.metrics import OF_WORK

RUNS = Counter("relaypacs_job_runs_total", "Runs of jobs, by how they ended", ["name", "outcome"])
SECONDS = Histogram("relaypacs_job_seconds", "How long runs of jobs took", ["name"], buckets=OF_WORK)
INTERVAL = Gauge("relaypacs_job_interval_seconds", "After how long a job comes again", ["name"])
SUCCEEDED_AT = Gauge(
    "relaypacs_job_success_timestamp_seconds",
    "When a job last ended well; before that, since when it is waited for",
    ["name"],
)


def begin_with(state: JobState, at: float) -> None:
    """Say what is known of a job when the process begins, at so many seconds since 1970."""
    for outcome in JobOutcome:
        RUNS.labels(state.name, outcome.value)  # there from the start, so that the first one is seen as an increase
    INTERVAL.labels(state.name).set(state.interval_seconds)
    SUCCEEDED_AT.labels(state.name).set(state.succeeded_at.timestamp() if state.succeeded_at else at)


def count_run(state: JobState, seconds: float) -> None:
    if state.outcome:
        RUNS.labels(state.name, state.outcome.value).inc()
    SECONDS.labels(state.name).observe(seconds)
    note_success(state)


def note_success(state: JobState) -> None:
    """Say when a job last ended well, in whichever process."""
    if state.succeeded_at:
        SUCCEEDED_AT.labels(state.name).set(state.succeeded_at.timestamp())
