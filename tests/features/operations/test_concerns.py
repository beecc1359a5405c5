"""What counts as needing somebody, at its bounds, and in which order it is said."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from relaypacs.core.settings import Environment, Settings
from relaypacs.features.operations.schemas import (
    CertificateUse,
    CertificateView,
    DatabaseKind,
    DatabaseView,
    JobStanding,
    JobView,
    Part,
    QueueView,
    StorageKind,
    StorageView,
    SystemView,
    Unanswered,
    WaitingChecks,
    WaitingMessages,
    WaitingUploads,
)
from relaypacs.features.operations.service.certificates import certificates_of_settings
from relaypacs.features.operations.service.concerns import concerns_of
from tests.servers.certificates import Authority

AT = datetime.fromisoformat("2026-02-28T12:00:00+00:00")


def ago(**time: float) -> datetime:
    return AT - timedelta(**time)


def view(**members: Any) -> SystemView:
    well = SystemView(
        at=AT,
        version="1",
        environment=Environment.PRODUCTION,
        concerns=[],
        unanswered=[],
        process=None,
        database=DatabaseView(kind=DatabaseKind.SQLITE),
        storage=StorageView(kind=StorageKind.FOLDER, reserve_bytes=0, sealed_by=None),
        redis=None,
        queue=None,
        destinations=[],
        jobs=[],
        certificates=[],
    )
    return well.model_copy(update=members)


def queue(**members: Any) -> QueueView:
    nothing = QueueView(deliveries=[], checks=[], uploads=[], settlements=0, messages=[], parked_webhooks=0)
    return nothing.model_copy(update=members)


def job(name: str, **members: Any) -> JobView:
    facts: dict[str, Any] = dict.fromkeys(JobView.model_fields)
    facts |= {"name": name, "interval_seconds": 5.0, "standing": JobStanding.DONE, "is_late": False}
    return JobView(**(facts | {"error": "", "failures": 0} | members))


def database(**members: Any) -> DatabaseView:
    return DatabaseView(kind=DatabaseKind.POSTGRESQL, **members)


def certificate(ends_at: datetime) -> CertificateView:
    return CertificateView(use=CertificateUse.LISTENER, name="", subject_id=None, ends_at=ends_at)


def checks(oldest: datetime) -> list[WaitingChecks]:
    return [WaitingChecks(service_level="stat", waiting=1, oldest=oldest)]  # type: ignore[arg-type]


def messages(oldest: datetime) -> list[WaitingMessages]:
    return [WaitingMessages(channel="email", waiting=2, oldest=oldest)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("members", "codes"),
    [
        ({}, []),
        ({"database": database(read_milliseconds=500, write_milliseconds=2000, clock_offset_seconds=-5.0)}, []),
        ({"database": database(read_milliseconds=501)}, ["database-slow"]),
        ({"database": database(write_milliseconds=2001)}, ["database-slow"]),
        ({"database": database(clock_offset_seconds=-5.1)}, ["clock-differs"]),
        ({"queue": queue(checks=checks(ago(minutes=10)))}, []),
        ({"queue": queue(checks=checks(ago(minutes=11)))}, ["checks-late"]),
        ({"queue": queue(messages=messages(ago(minutes=60)))}, []),
        ({"queue": queue(messages=messages(ago(minutes=61)))}, ["messages-late"]),
        ({"queue": queue(parked_webhooks=1)}, ["webhooks-parked"]),
        (
            {"queue": queue(uploads=[WaitingUploads(stage="validated", waiting=1, oldest=AT)])},  # type: ignore[arg-type]
            ["no-destination"],
        ),
        ({"certificates": [certificate(AT + timedelta(days=31))]}, []),
        (
            {"certificates": [certificate(AT + timedelta(days=29)), certificate(AT)]},
            ["certificate-ended", "certificate-ending"],
        ),
        ({"jobs": [job("a", is_late=True), job("b", is_late=True)]}, ["worker-silent"]),
        ({"jobs": [job("a", is_late=True), job("b")]}, ["job-late"]),
        ({"jobs": [job("a", is_late=True, running_since=ago(hours=2))]}, ["job-stuck"]),
        ({"jobs": [job("a", failures=3, standing=JobStanding.RUNNING)]}, ["job-failed"]),
        (
            {"unanswered": [Unanswered(part=part, problem="timed-out", asked_at=AT) for part in reversed(Part)]},
            ["database-silent", "writing-silent", "storage-fails", "redis-silent", *["part-silent"] * 4],
        ),
    ],
)
def test_what_needs_somebody(members: dict[str, Any], codes: list[str]) -> None:
    assert [concern.code.value for concern in concerns_of(view(**members))] == codes


async def test_certificates_of_settings_are_known_by_their_end(settings: Settings, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority")
    own, _ = authority.issue()
    given = {"dicom_tls_certificate": str(own), "dicom_tls_ca": str(tmp_path / "not there")}
    (found,) = await certificates_of_settings(settings.model_copy(update=given))
    ends_at = x509.load_pem_x509_certificate(own.read_bytes()).not_valid_after_utc
    assert (found.use, found.ends_at) == (CertificateUse.LISTENER, ends_at)
