"""Metrics of the process, and what those of all layers share. `docs/metrics.md` explains every one.

Each layer and feature has its own in a `metrics.py`. A label has few values, all known beforehand: never an identifier,
a name, an address, or anything of a study. What happens (`_total`, histograms) is counted where it happens. What waits
(gauges of rows) is looked up when somebody scrapes: see `monitoring.py`.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from relaypacs import __version__

# Seconds. Work of the gateway, from a query to a study over a bad link; and what waits for people.
OF_WORK = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)
OF_STUDIES = (1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600, 4 * 3600, 24 * 3600)
OF_PEOPLE = (300, 900, 1800, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 24 * 3600, 72 * 3600, 7 * 24 * 3600)

LOOKED_UP = CollectorRegistry()
"""Of the gauges that are looked up in the rows. While those cannot be read, nothing is said of them."""

BUILD_INFO = Gauge("relaypacs_build_info", "Always 1; the version is in the label", ["version"])
BUILD_INFO.labels(__version__).set(1)

DATABASE_UP = Gauge("relaypacs_database_up", "Whether the database answered when it was last asked for the metrics")
DATABASE_CONNECTIONS = Gauge("relaypacs_database_connections_in_use", "Database connections that are in use", ["pool"])
DATABASE_POOL_SIZE = Gauge("relaypacs_database_connections_limit", "Database connections there may be", ["pool"])

OBSERVED_AT = Gauge("relaypacs_observed_timestamp_seconds", "When what waits in the rows was last counted")
OBSERVATION_SECONDS = Gauge("relaypacs_observation_seconds", "How long it took to count what waits in the rows")
OBSERVATIONS_FAILED = Counter("relaypacs_observation_failures_total", "Times that it could not be counted")

TASK_SECONDS = Histogram("relaypacs_task_seconds", "How long tasks of the worker took", ["task"], buckets=OF_WORK)
TASK_FAILURES = Counter("relaypacs_task_failures_total", "Tasks that ended with a fault of the gateway's own", ["task"])
STOOD_IN = Counter(
    "relaypacs_tasks_without_broker_total", "Tasks that a worker began by itself, without Redis", ["task"]
)
