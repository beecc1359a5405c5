"""Audit records, as the audit log will hold them."""

from datetime import UTC, datetime
from typing import Any

from relaypacs.adapters.syslog.base import AuditRecord

ORDINARY = AuditRecord(
    position=17,
    at=datetime(2026, 3, 4, 5, 6, 7, 89, tzinfo=UTC),
    action="upload.completed",
    outcome="success",
    actor_id="0199a0c4-0000-7000-8000-000000000001",
    actor_name="radiographer-2",
    actor_role="radiographer",
    address="192.0.2.7",
    object_type="upload",
    object_id="0199a0c4-0000-7000-8000-000000000002",
    trace_id="4bf92f3577b34da6a3ce929d0e0e4736",
)


def make_record(**facts: Any) -> AuditRecord:
    """Return an ordinary record with some facts of its own."""
    return AuditRecord(**{**{name: getattr(ORDINARY, name) for name in AuditRecord.__slots__}, **facts})
