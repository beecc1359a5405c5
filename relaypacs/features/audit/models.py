"""Who did what to what, in rows that are only ever added, each sealed together with the one before it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from relaypacs.core.database import Base, enum_column

NOTHING_BEFORE = "0" * 64
"""Stands for the seal of the row before the first one."""


class Action(StrEnum):
    """Everything that is written down. The first word is the kind of thing it was done to."""

    SERVICE_STARTED = "service.started"
    SERVICE_STOPPED = "service.stopped"
    BACKUP_MADE = "backup.made"
    KEYS_CHANGED = "keys.changed"

    SESSION_OPENED = "session.opened"
    SESSION_REFUSED = "session.refused"
    SESSION_ENDED = "session.ended"

    USER_CREATED = "user.created"
    USER_CHANGED = "user.changed"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - a name
    PASSWORD_RESET_ISSUED = "password.reset-issued"  # noqa: S105 - a name
    SECOND_FACTOR_CHANGED = "second-factor.changed"
    INVITATION_CREATED = "invitation.created"
    INVITATION_REVOKED = "invitation.revoked"
    SITE_CREATED = "site.created"
    SITE_CHANGED = "site.changed"
    USERS_LISTED = "users.listed"

    UPLOAD_OPENED = "upload.opened"
    UPLOAD_VIEWED = "upload.viewed"
    UPLOAD_COMPLETED = "upload.completed"
    UPLOAD_CANCELLED = "upload.cancelled"
    UPLOAD_EXPIRED = "upload.expired"
    UPLOAD_DECIDED = "upload.decided"
    UPLOAD_SETTLED = "upload.settled"
    UPLOAD_CONTRADICTED = "upload.contradicted"
    UPLOAD_FILES_REMOVED = "upload.files-removed"
    UPLOADS_LISTED = "uploads.listed"
    INSTANCES_LISTED = "instances.listed"
    RECEIPT_DOWNLOADED = "receipt.downloaded"

    REPORT_ASSIGNED = "report.assigned"
    REPORT_FOUND = "report.found"
    REPORT_VIEWED = "report.viewed"
    REPORT_PRIORS_VIEWED = "report.priors-viewed"
    REPORTS_LISTED = "reports.listed"
    REPORT_CLAIMED = "report.claimed"
    REPORT_RELEASED = "report.released"
    REPORT_SIGNED = "report.signed"
    REPORT_DATA_REQUESTED = "report.data-requested"
    REPORT_DATA_PROVIDED = "report.data-provided"
    REPORT_ACKNOWLEDGED = "report.acknowledged"
    REPORT_ESCALATED = "report.escalated"
    TEMPLATE_SHARED = "template.shared"
    TEMPLATE_CHANGED = "template.changed"
    TEMPLATE_WITHDRAWN = "template.withdrawn"
    DESTINATION_CREATED = "destination.created"
    DESTINATION_CHANGED = "destination.changed"
    DESTINATION_REMOVED = "destination.removed"
    DESTINATION_TESTED = "destination.tested"
    DELIVERY_RETRIED = "delivery.retried"
    DELIVERY_CANCELLED = "delivery.cancelled"
    WEBHOOK_CREATED = "webhook.created"
    WEBHOOK_CHANGED = "webhook.changed"
    WEBHOOK_REMOVED = "webhook.removed"
    WEBHOOK_TESTED = "webhook.tested"

    AUDIT_VIEWED = "audit.viewed"
    AUDIT_EXPORTED = "audit.exported"


class AuditOutcome(StrEnum):
    SUCCESS = "success"
    FAILURE = "failure"


class AuditEvent(Base):
    """One row of the trail. Holds identifiers and codes; never what a study says about a patient."""

    __tablename__ = "audit_events"

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)  # 1, 2, 3, … no gaps
    at: Mapped[datetime]
    action: Mapped[Action] = mapped_column(enum_column(Action))
    outcome: Mapped[AuditOutcome] = mapped_column(enum_column(AuditOutcome))
    # No foreign keys: the trail outlives what it speaks of.
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(String(50))
    actor_role: Mapped[str] = mapped_column(String(32))
    address: Mapped[str] = mapped_column(String(64))
    trace_id: Mapped[str] = mapped_column(String(36))
    object_kind: Mapped[str] = mapped_column(String(32))
    object_id: Mapped[str] = mapped_column(String(64))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    seal: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        Index("idx_audit_events_at", "at"),
        Index("idx_audit_events_actor_id", "actor_id", "position"),
        Index("idx_audit_events_actor_name", "actor_name", "position"),
        Index("idx_audit_events_address", "address", "position"),
        Index("idx_audit_events_object_id", "object_id", "position"),
        Index("idx_audit_events_action", "action", "position"),
    )


class AuditHead(Base):
    """The one row that says where the trail ends; whoever adds to the trail holds its lock until the commit."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger)
    seal: Mapped[str] = mapped_column(String(64))
    forwarded: Mapped[int] = mapped_column(BigInteger)  # position of the last row that was sent on to syslog
    generation: Mapped[int] = mapped_column(default=0, server_default="0")  # of the keys that seal the next row
