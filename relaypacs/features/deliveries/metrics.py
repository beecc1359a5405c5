"""Metrics of deliveries and destinations. No destination is named: its name is an administrator's word."""

from prometheus_client import Counter, Gauge, Histogram

from relaypacs.core.metrics import LOOKED_UP, OF_STUDIES
from relaypacs.features.deliveries.judgement import Comparison
from relaypacs.features.studies.models import ServiceLevel

LEVELS = tuple(ServiceLevel)
POSTPONED, GAVE_WAY, FAILED = "postponed", "gave_way", "failed"  # beside the states that a delivery can be in

DELIVERIES = Counter(
    "relaypacs_deliveries_total", "Attempts at deliveries, by how they ended", ["service_level", "outcome"]
)
ATTEMPT_SECONDS = Histogram(
    "relaypacs_delivery_attempt_seconds", "How long attempts at deliveries took", ["outcome"], buckets=OF_STUDIES
)
READ_BACK = Counter(
    "relaypacs_instances_read_back_total", "Instances read back in the background, by outcome", ["outcome"]
)
for _comparison in Comparison:
    READ_BACK.labels(_comparison.value)  # there from the start, so that the first one is seen as an increase

WAITING = Gauge(
    "relaypacs_deliveries",
    "Deliveries that are not finished",
    ["state", "service_level"],
    registry=LOOKED_UP,
)
OLDEST = Gauge(
    "relaypacs_delivery_oldest_age_seconds",
    "Since when the oldest of them was planned",
    ["state", "service_level"],
    registry=LOOKED_UP,
)
DESTINATIONS = Gauge(
    "relaypacs_destinations",
    "Destinations by how they do",
    ["health"],
    registry=LOOKED_UP,
)
FAILING = Gauge(
    "relaypacs_destination_failing_seconds",
    "For how long the enabled destination has failed that has failed longest",
    registry=LOOKED_UP,
)


def count_attempt(priority: int, outcome: str, seconds: float) -> None:
    DELIVERIES.labels(LEVELS[priority].value, outcome).inc()
    ATTEMPT_SECONDS.labels(outcome).observe(seconds)
