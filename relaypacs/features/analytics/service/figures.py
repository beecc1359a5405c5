"""Turns what was counted into answers."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from relaypacs.core.settings import Settings
from relaypacs.features.analytics.schemas import (
    Durations,
    FailureCount,
    FailureKind,
    Figures,
    LevelCount,
    LevelTurnaround,
    ModalityCount,
    TrendPoint,
)
from relaypacs.features.analytics.service.counting import ByDay
from relaypacs.features.analytics.subjects import midnight
from relaypacs.features.analytics.tally import READY, VERIFIED, Seconds, Tally, percentile, total
from relaypacs.features.reports.service.assign import turnaround
from relaypacs.features.studies.models import ModalityGroup, ServiceLevel


def figures(uploads: Tally, reports: Tally) -> Figures:
    counts = uploads.counts
    completed, failed = counts["completed"], counts["failed"]
    return Figures(
        uploads=counts["uploads"],
        instances=counts["instances"],
        bytes=counts["bytes"],
        bytes_saved=counts["saved"],
        completed=completed,
        failed=failed,
        under_way=counts["uploads"] - completed - failed,
        success_rate=completed / (completed + failed) if completed + failed else None,
        by_modality=[ModalityCount(key=ModalityGroup(key), count=count) for key, count in _named(counts, "modality")],
        by_service_level=[
            LevelCount(key=level, count=count) for level in ServiceLevel if (count := counts[f"level:{level.value}"])
        ],
        failures=[
            FailureCount(kind=kind, reason=reason, count=count)
            for kind in FailureKind
            for reason, count in _named(counts, kind.value)
        ],
        to_verified=durations(uploads.seconds(VERIFIED)),
        reports_ready=ready(reports),
        reports_open=reports.counts["open"],
    )


def durations(seconds: Seconds) -> Durations:
    return Durations(count=len(seconds), p50_seconds=percentile(seconds, 50), p95_seconds=percentile(seconds, 95))


def levels(reports: Tally, settings: Settings) -> list[LevelTurnaround]:
    return [_level(reports.seconds(READY[level]), level, settings) for level in ServiceLevel]


def _level(seconds: Seconds, level: ServiceLevel, settings: Settings) -> LevelTurnaround:
    target = int(turnaround(settings, level).total_seconds())
    within = int((seconds <= target).sum())
    return LevelTurnaround(
        service_level=level, target_seconds=target, within_target=within, **durations(seconds).model_dump()
    )


def point(first: date, last: date, uploads: ByDay, reports: ByDay) -> TrendPoint:
    sent = total(tally for day, tally in uploads.items() if first <= day <= last)
    read = total(tally for day, tally in reports.items() if first <= day <= last)
    return TrendPoint(
        start=midnight(first),
        uploads=sent.counts["uploads"],
        completed=sent.counts["completed"],
        failed=sent.counts["failed"],
        bytes=sent.counts["bytes"],
        reports_ready=ready(read),
    )


def ready(reports: Tally) -> int:
    return sum(reports.counts[name] for name in READY.values())


def _named(counts: Counter[str], prefix: str) -> Iterator[tuple[str, int]]:
    """Return what is counted under names with this beginning, the most frequent first."""
    found = [
        (name.removeprefix(f"{prefix}:"), count) for name, count in counts.items() if name.startswith(f"{prefix}:")
    ]
    yield from sorted(((name, count) for name, count in found if count), key=lambda each: (-each[1], each[0]))
