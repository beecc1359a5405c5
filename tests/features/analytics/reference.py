"""The same numbers in another way: every row is looked at, one by one, and nothing is kept."""

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from relaypacs.core.database import Database
from relaypacs.features.deliveries.models import Delivery, DeliveryInstance
from relaypacs.features.reports.models import Report, ReportSender
from relaypacs.features.studies.models import Instance
from relaypacs.features.uploads.models import Upload

LEVELS = ("stat", "emergency", "routine", "subspecialty")
Belongs = Callable[[Any], bool]


@dataclass
class Rows:
    uploads: list[Upload]
    instances: list[Instance]
    reports: list[Report]
    senders: list[ReportSender]
    deliveries: list[Delivery]
    outcomes: list[DeliveryInstance]

    @classmethod
    async def read(cls, database: Database) -> "Rows":
        kinds = (Upload, Instance, Report, ReportSender, Delivery, DeliveryInstance)
        async with database.read() as session:
            return cls(*[list(await session.scalars(select(kind))) for kind in kinds])

    def of_site(self, site_id: UUID) -> tuple[Belongs, Belongs]:
        return (lambda upload: upload.site_id == site_id), (lambda report: report.site_id == site_id)

    def of_sender(self, user_id: UUID) -> tuple[Belongs, Belongs]:
        sent = {row.report_id for row in self.senders if row.user_id == user_id}
        return (lambda upload: upload.user_id == user_id), (lambda report: report.id in sent)

    def of_reader(self, user_id: UUID) -> tuple[Belongs, Belongs]:
        read = {report.id for report in self.reports if report.radiologist_id == user_id}
        brought = {row.upload_id for row in self.senders if row.report_id in read}
        return (lambda upload: upload.id in brought), (lambda report: report.id in read)

    def figures(self, whose: tuple[Belongs, Belongs], start: datetime, end: datetime) -> dict[str, Any]:
        uploads = [row for row in self.uploads if start <= row.created_at < end and whose[0](row)]
        reports = [row for row in self.reports if whose[1](row)]
        status = Counter(row.status.value for row in uploads)
        completed, failed = status["completed"], status["failed"]
        ids = {row.id for row in uploads}
        instances = [row for row in self.instances if row.upload_id in ids]
        durations = [
            whole(row.completed_at) - whole(row.first_byte_at or row.created_at)
            for row in uploads
            if row.status == "completed"
        ]
        return {
            "uploads": len(uploads),
            "instances": sum(row.verdict != "rejected" for row in instances),
            "bytes": sum(row.received_bytes for row in uploads if row.split_from is None),
            "bytes_saved": sum(row.saved_bytes for row in uploads),
            "completed": completed,
            "failed": failed,
            "under_way": len(uploads) - completed - failed,
            "success_rate": completed / (completed + failed) if completed + failed else None,
            "by_modality": Counter(row.modality_group.value for row in uploads),
            "by_service_level": Counter(LEVELS[row.priority] for row in uploads),
            "failures": {
                **{
                    ("upload", row): n
                    for row, n in Counter(u.stage.value for u in uploads if u.status == "failed").items()
                },
                **{
                    ("instance", code): n
                    for code, n in Counter(
                        row.reasons[-1]["code"] for row in instances if row.verdict == "rejected"
                    ).items()
                },
                **{("delivery", code): n for code, n in self._refusals(ids).items()},
            },
            "to_verified": spread(durations),
            "reports_ready": sum(row.reported_at is not None and start <= row.reported_at < end for row in reports),
            "reports_open": sum(row.status != "ready" and start <= row.created_at < end for row in reports),
        }

    def _refusals(self, uploads: set[UUID]) -> Counter[str]:
        counted: Counter[str] = Counter()
        for delivery in self.deliveries:
            if delivery.upload_id in uploads and delivery.state == "attention":
                said = {
                    row.cause
                    for row in self.outcomes
                    if row.delivery_id == delivery.id and row.outcome in ("refused", "waiting") and row.cause
                }
                counted.update(said or {delivery.last_cause or "other"})
        return counted

    def turnaround(self, whose: Belongs, start: datetime, end: datetime, targets: list[int]) -> list[dict[str, Any]]:
        found = []
        for number, level in enumerate(LEVELS):
            waited = [
                whole(row.reported_at) - whole(row.created_at)
                for row in self.reports
                if row.urgency == number and row.reported_at and start <= row.reported_at < end and whose(row)
            ]
            within = sum(seconds <= targets[number] for seconds in waited)
            level_of = {"service_level": level, "target_seconds": targets[number], "within_target": within}
            found.append(level_of | spread(waited))
        return found


def whole(moment: datetime | None) -> int:
    assert moment
    return math.floor(moment.timestamp())


def spread(durations: Iterable[int]) -> dict[str, int | None]:
    ordered = sorted(durations)

    def rank(share: float) -> int | None:
        return ordered[math.ceil(share * len(ordered)) - 1] if ordered else None

    return {"count": len(ordered), "p50_seconds": rank(0.5), "p95_seconds": rank(0.95)}
