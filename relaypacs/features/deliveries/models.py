"""Where studies go, what is under way there, and the proof that it arrived."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from relaypacs.adapters.pacs.causes import Cause
from relaypacs.core.clock import new_id, now
from relaypacs.core.database import Base, enum_column
from relaypacs.core.leases import Leased
from relaypacs.core.security import SEALED_FOR


class DestinationKind(StrEnum):
    FOLDER = "folder"
    DICOMWEB = "dicomweb"
    DIMSE = "dimse"


class EarlyDelivery(StrEnum):
    """Whether a destination is sent instances while later ones of their upload still arrive."""

    NEVER = "never"
    URGENT = "urgent"  # of STAT and emergency uploads
    ALWAYS = "always"


class Destination(Base):
    """A PACS, or a folder. A required one must have verified a study before its upload is completed."""

    __tablename__ = "destinations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[DestinationKind] = mapped_column(enum_column(DestinationKind))
    address: Mapped[str] = mapped_column(String(500))  # without credentials
    username: Mapped[str | None] = mapped_column(String(200))
    password: Mapped[str | None] = mapped_column(Text, info={SEALED_FOR: "destination:{id}"})
    calling_ae_title: Mapped[str] = mapped_column(String(16), default="RELAYPACS")
    tls_ca: Mapped[str] = mapped_column(Text, default="")  # PEM; empty: what the system trusts
    tls_certificate: Mapped[str] = mapped_column(Text, default="")  # PEM
    tls_key: Mapped[str | None] = mapped_column(Text, info={SEALED_FOR: "destination-tls-key:{id}"})  # PEM
    required: Mapped[bool] = mapped_column(default=True)
    enabled: Mapped[bool] = mapped_column(default=True)
    concurrency: Mapped[int] = mapped_column(default=2)  # deliveries at once, over all processes
    early: Mapped[EarlyDelivery] = mapped_column(enum_column(EarlyDelivery), default=EarlyDelivery.URGENT)
    rule: Mapped[dict[str, list[str]]] = mapped_column(
        JSON, default=dict
    )  # see service.routing; empty takes everything
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())
    removed_at: Mapped[datetime | None]  # what was delivered there stays on record

    # Its health, as the last conversations with it have shown.
    failures: Mapped[int] = mapped_column(default=0)  # in a row; not 0: one delivery at a time tries
    retry_at: Mapped[datetime | None]  # until then nobody tries
    failing_since: Mapped[datetime | None]
    alerted_at: Mapped[datetime | None]  # the administrators have been told
    last_error: Mapped[str] = mapped_column(String(500), default="")
    last_cause: Mapped[Cause | None] = mapped_column(enum_column(Cause))
    last_success_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "idx_destinations_name",
            "name",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )


class DeliveryState(StrEnum):
    WAITING = "waiting"  # something is still to be sent or verified
    VERIFIED = "verified"
    ATTENTION = "attention"  # the destination will never take some instance: a person must look
    PAUSED = "paused"  # begun early; its upload is held, was cancelled, or has expired
    CANCELLED = "cancelled"  # by an administrator


# Of these the last cause still holds.
STUCK = (DeliveryState.WAITING, DeliveryState.ATTENTION)


class Delivery(Leased, Base):
    """One upload, or what was signed once of a report, on its way to one destination."""

    __tablename__ = "deliveries"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    upload_id: Mapped[UUID | None] = mapped_column(ForeignKey("uploads.id"))
    report_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("report_versions.id"))
    destination_id: Mapped[UUID] = mapped_column(ForeignKey("destinations.id"))
    state: Mapped[DeliveryState] = mapped_column(enum_column(DeliveryState), default=DeliveryState.WAITING)
    priority: Mapped[int]  # 0 goes first
    is_open: Mapped[bool] = mapped_column(default=False)  # more instances may come: its upload is not complete
    attempts: Mapped[int] = mapped_column(default=0)  # failed ones in a row
    failing_since: Mapped[datetime | None]
    next_attempt_at: Mapped[datetime] = mapped_column(default=now)
    last_reason: Mapped[str] = mapped_column(String(500), default="")  # in the destination's own words
    last_cause: Mapped[Cause | None] = mapped_column(enum_column(Cause))  # None: nothing is the matter
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())
    verified_at: Mapped[datetime | None]
    read_back_at: Mapped[datetime | None]  # the background has compared, or tried to, what was only listed

    __table_args__ = (
        UniqueConstraint("upload_id", "destination_id"),
        UniqueConstraint("report_version_id", "destination_id"),
        CheckConstraint("(upload_id IS NULL) <> (report_version_id IS NULL)", name="ck_deliveries_origin"),
        Index("idx_deliveries_state", "state", "read_back_at"),
        Index("idx_deliveries_queue", "destination_id", "state", "priority", "created_at"),
        # Lists are by id, the newest first, whatever they are narrowed by.
        Index("idx_deliveries_destination", "destination_id", "id"),
        Index(
            "idx_deliveries_cause",
            "last_cause",
            "id",
            sqlite_where=text("last_cause IS NOT NULL"),
            postgresql_where=text("last_cause IS NOT NULL"),
        ),
    )


class Outcome(StrEnum):
    """How far one instance has come at one destination. Only the last three are proof of anything."""

    WAITING = "waiting"
    DELIVERED = "delivered"  # the destination said so
    LISTED = "listed"  # the destination lists it
    READ_BACK = "read_back"  # what the destination holds was compared with what we sent
    REFUSED = "refused"


class DeliveryInstance(Base):
    __tablename__ = "delivery_instances"

    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("deliveries.id"), primary_key=True)
    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instances.id"), primary_key=True, index=True)
    outcome: Mapped[Outcome] = mapped_column(enum_column(Outcome), default=Outcome.WAITING)
    reason: Mapped[str] = mapped_column(String(500), default="")
    cause: Mapped[Cause | None] = mapped_column(enum_column(Cause))  # of what is refused, or waits again
    changed_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)

    __table_args__ = (Index("idx_delivery_instances_outcomes", "delivery_id", "outcome"),)  # lists count from it alone


class Receipt(Base):
    """A custody receipt of an upload, signed once and never changed; when more is known there is a later revision."""

    __tablename__ = "receipts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    upload_id: Mapped[UUID] = mapped_column(ForeignKey("uploads.id"))
    revision: Mapped[int] = mapped_column(default=1)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(default=now, server_default=func.now())

    __table_args__ = (UniqueConstraint("upload_id", "revision"),)
