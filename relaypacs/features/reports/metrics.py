"""Metrics of reading: how long reports take, and what waits for one."""

from datetime import timedelta
from functools import partial

from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.database import after_commit
from relaypacs.core.metrics import LOOKED_UP, OF_PEOPLE
from relaypacs.features.reports.models import Report

TURNAROUND = Histogram(
    "relaypacs_report_turnaround_seconds",
    "From the opening of the first upload of a study to its report",
    ["service_level"],
    buckets=OF_PEOPLE,
)
READY = Counter(
    "relaypacs_reports_total", "Reports that became ready, by whether that was in time", ["service_level", "in_time"]
)
TARGET = Gauge(
    "relaypacs_report_target_seconds",
    "In what time studies should be read",
    ["service_level"],
    registry=LOOKED_UP,
)

OPEN = Gauge(
    "relaypacs_reports_open",
    "Reports that are not ready, counted up to 10,000",
    ["service_level"],
    registry=LOOKED_UP,
)
OVERDUE = Gauge(
    "relaypacs_reports_overdue",
    "Those of them that should be, counted up to 10,000",
    ["service_level"],
    registry=LOOKED_UP,
)
LATEST = Gauge(
    "relaypacs_report_longest_overdue_seconds",
    "For how long the one has been due that should be first",
    ["service_level"],
    registry=LOOKED_UP,
)
CRITICAL = Gauge(
    "relaypacs_critical_results_unacknowledged",
    "Critical results that nobody has acknowledged yet",
    registry=LOOKED_UP,
)
CRITICAL_OLDEST = Gauge(
    "relaypacs_critical_result_oldest_age_seconds",
    "How long the oldest of them waits for that",
    registry=LOOKED_UP,
)
TO_STORE = Gauge(
    "relaypacs_reports_to_store",
    "Reports of which something signed is not on its way to the PACS yet",
    registry=LOOKED_UP,
)


def count_ready(session: AsyncSession, report: Report, target: timedelta) -> None:
    """Count a report that has just become ready for the first time, once the caller's transaction is durable.

    `target` is the time that its service level allows, which `due_at` was made of.
    """
    after_commit(session, partial(_count, report, target))


async def _count(report: Report, target: timedelta) -> None:
    if report.reported_at is None:
        return
    level = report.service_level.value
    late = report.reported_at - report.due_at
    TURNAROUND.labels(level).observe(max(0.0, (late + target).total_seconds()))
    READY.labels(level, "yes" if late <= timedelta() else "no").inc()
