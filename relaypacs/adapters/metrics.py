"""Metrics of what the gateway stands on: disks, child processes, Redis, and the PACS."""

import math

from prometheus_client import Counter, Gauge, Histogram

from relaypacs.core.metrics import OF_WORK

FREE_BYTES = Gauge("relaypacs_storage_free_bytes", "Bytes that the storage can still take, the reserve included")
DATABASE_FREE_BYTES = Gauge("relaypacs_database_disk_free_bytes", "Free bytes of the disk that the database is on")
for _free in (FREE_BYTES, DATABASE_FREE_BYTES):
    _free.set(math.nan)  # not yet known, which is not the same as full
RESERVE_BYTES = Gauge("relaypacs_storage_reserve_bytes", "Free bytes below which uploads are refused")

REDIS_UP = Gauge("relaypacs_redis_up", "Whether Redis answered when it was last asked; NaN where there is none")
REDIS_UP.set(math.nan)
WAKEUPS_LOST = Counter("relaypacs_wakeups_lost_total", "Wake-ups that no worker got; the interval job sends them again")

CHILDREN_ENDED = Counter(
    "relaypacs_child_processes_ended_total",
    "Child processes that died at work, were ended because they took too long, or did not start",
    ["work", "reason"],
)

# The kind of a destination, and never its name: that is an administrator's word.
PACS_SECONDS = Histogram(
    "relaypacs_pacs_call_seconds", "How long calls of destinations took", ["kind", "operation"], buckets=OF_WORK
)
PACS_FAILURES = Counter(
    "relaypacs_pacs_call_failures_total", "Calls of destinations that failed", ["kind", "operation", "reason"]
)
PACS_BYTES = Counter("relaypacs_pacs_sent_bytes_total", "Bytes of instances that destinations took", ["kind"])
PACS_INSTANCES = Counter("relaypacs_pacs_instances_total", "Instances that were sent, by outcome", ["kind", "outcome"])
