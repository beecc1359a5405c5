"""What the worklist is ordered and narrowed by, and who has a study open."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from relaypacs.features.studies.models import ModalityGroup, ServiceLevel

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

AT_ONCE = 500
FACETS = ("status", "urgency", "modality_group")
# The defaults of the settings: what was sent before there were any is measured by them.
DUE_AFTER = {
    ServiceLevel.STAT: timedelta(minutes=60),
    ServiceLevel.EMERGENCY: timedelta(minutes=240),
    ServiceLevel.ROUTINE: timedelta(minutes=1440),
    ServiceLevel.SUBSPECIALTY: timedelta(minutes=4320),
}
MOMENT = sa.DateTime(timezone=True)
REPORTS = sa.table(
    "reports",
    *(sa.column(name, sa.Uuid()) for name in ("id", "upload_id", "study_id", "site_id")),
    *(sa.column(name, sa.Integer()) for name in ("urgency", "images_expected", "images_verified")),
    *(sa.column(name, MOMENT) for name in ("due_at", "reported_at", "updated_at")),
    *(sa.column(name, sa.String()) for name in ("status", "modality_group")),
    sa.column("form", sa.JSON()),
)
UPLOADS = sa.table(
    "uploads",
    *(sa.column(name, sa.Uuid()) for name in ("id", "site_id")),
    *(sa.column(name, sa.String()) for name in ("stage", "modality_group")),
    sa.column("metadata", sa.JSON()),
    sa.column("created_at", MOMENT),
)
INSTANCES = sa.table(
    "instances",
    *(sa.column(name, sa.Uuid()) for name in ("upload_id", "study_id")),
    *(sa.column(name, sa.String()) for name in ("sop_instance_uid", "verdict")),
)
DOCUMENTS = sa.table("report_documents", sa.column("report_id", sa.Uuid()), sa.column("created_at", MOMENT))
INDEXES = {
    "idx_reports_facets_queue": [*FACETS, "due_at", "id"],
    "idx_reports_site_facets_queue": ["site_id", *FACETS, "due_at", "id"],
    "idx_reports_newest": ["status", "id"],
    "idx_reports_site_newest": ["site_id", "status", "id"],
    "idx_reports_reader_newest": ["radiologist_id", "status", "id"],
    "idx_reports_facets_newest": [*FACETS, "id"],
    "idx_reports_site_facets_newest": ["site_id", *FACETS, "id"],
    "idx_reports_reader_facets_newest": ["radiologist_id", *FACETS, "id"],
}
OF_WHAT_IS_OPEN = {
    "idx_reports_queue": ["urgency", "due_at", "id"],
    "idx_reports_site_queue": ["site_id", "urgency", "due_at", "id"],
}
ADDED = (
    *("site_id", "urgency", "due_at", "modality_group", "form", "images_expected", "images_verified"),
    *("reported_at", "locked_by", "locked_until"),
)
CHILDREN = ("report_senders", "report_documents")


def upgrade() -> None:
    op.add_column("reports", sa.Column("site_id", sa.Uuid(), nullable=True))
    op.add_column("reports", sa.Column("urgency", sa.Integer(), nullable=True))
    op.add_column("reports", sa.Column("due_at", MOMENT, nullable=True))
    op.add_column("reports", sa.Column("modality_group", sa.String(32), server_default="OTHER", nullable=False))
    op.add_column("reports", sa.Column("form", sa.JSON(), nullable=True))
    for name in ("images_expected", "images_verified"):
        op.add_column("reports", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    op.add_column("reports", sa.Column("reported_at", MOMENT, nullable=True))
    op.add_column("reports", sa.Column("locked_by", sa.Uuid(), nullable=True))
    op.add_column("reports", sa.Column("locked_until", MOMENT, nullable=True))
    for reports in _batches():
        _fill(reports)
    with _without_children(), op.batch_alter_table("reports") as table:
        table.alter_column("site_id", existing_type=sa.Uuid(), nullable=False)
        table.alter_column("urgency", existing_type=sa.Integer(), nullable=False)
        table.alter_column("due_at", existing_type=MOMENT, nullable=False)
        table.alter_column("form", existing_type=sa.JSON(), nullable=False)
        table.create_foreign_key(op.f("fk_reports_site_id"), "sites", ["site_id"], ["id"])
        table.create_foreign_key(op.f("fk_reports_locked_by"), "users", ["locked_by"], ["id"])
    for name, columns in INDEXES.items():
        op.create_index(name, "reports", columns)
    is_open = sa.text("status <> 'ready'")
    for name, columns in OF_WHAT_IS_OPEN.items():
        op.create_index(name, "reports", columns, sqlite_where=is_open, postgresql_where=is_open)
    op.create_index("idx_report_senders_user_id", "report_senders", ["user_id", "report_id"])


def downgrade() -> None:
    op.drop_index("idx_report_senders_user_id", table_name="report_senders")
    for name in (*INDEXES, *OF_WHAT_IS_OPEN):
        op.drop_index(name, table_name="reports")
    with _without_children(), op.batch_alter_table("reports") as table:
        table.drop_constraint(op.f("fk_reports_site_id"), type_="foreignkey")
        table.drop_constraint(op.f("fk_reports_locked_by"), type_="foreignkey")
        for name in ADDED:
            table.drop_column(name)


@contextmanager
def _without_children() -> Iterator[None]:
    """Lay aside what refers to a report while SQLite, which cannot change a column, copies the table.

    It drops the old one, and with foreign keys on that is refused while a row refers to it.
    """
    children = CHILDREN if op.get_bind().dialect.name == "sqlite" else ()
    for name in children:
        op.execute(f"CREATE TEMPORARY TABLE aside_{name} AS SELECT * FROM {name}")  # noqa: S608 - of our own names
        op.execute(f"DELETE FROM {name}")  # noqa: S608
    yield
    for name in children:
        op.execute(f"INSERT INTO {name} SELECT * FROM aside_{name}")  # noqa: S608
        op.execute(f"DROP TABLE aside_{name}")


def _batches() -> Iterator[Sequence[Any]]:
    """Return all reports with their uploads, some at a time."""
    last = UUID(int=0)
    columns = (UPLOADS.c.site_id, UPLOADS.c.metadata, UPLOADS.c.modality_group, UPLOADS.c.created_at.label("opened_at"))
    query = sa.select(REPORTS.c.id, REPORTS.c.study_id, REPORTS.c.status, REPORTS.c.updated_at, *columns)
    query = query.join(UPLOADS, UPLOADS.c.id == REPORTS.c.upload_id).order_by(REPORTS.c.id).limit(AT_ONCE)
    while rows := op.get_bind().execute(query.where(REPORTS.c.id > last)).all():
        yield rows
        last = rows[-1].id


def _fill(reports: Sequence[Any]) -> None:
    expected = _counts(reports, "validated", "delivering", "verified")
    verified, found = _counts(reports, "verified"), _found(reports)
    change = sa.update(REPORTS).where(REPORTS.c.id == sa.bindparam("report"))
    names = ("site_id", "urgency", "due_at", "modality_group", "form", "images_expected", "images_verified")
    op.get_bind().execute(
        change.values({name: sa.bindparam(f"new_{name}") for name in (*names, "reported_at")}),
        [
            {
                "report": row.id,
                "new_site_id": row.site_id,
                "new_urgency": (level := ServiceLevel(row.metadata["service_level"])).priority,
                "new_due_at": row.opened_at + DUE_AFTER[level],
                "new_modality_group": ModalityGroup(row.modality_group).value,
                "new_form": row.metadata,
                "new_images_expected": expected.get(row.study_id, 0),
                "new_images_verified": verified.get(row.study_id, 0),
                "new_reported_at": found.get(row.id, row.updated_at) if row.status == "ready" else None,
            }
            for row in reports
        ],
    )


def _counts(reports: Sequence[Any], *stages: str) -> Mapping[UUID, int]:
    """Return how many different instances of each study the uploads in these stages have brought."""
    query = (
        sa.select(INSTANCES.c.study_id, sa.func.count(INSTANCES.c.sop_instance_uid.distinct()))
        .join(UPLOADS, UPLOADS.c.id == INSTANCES.c.upload_id)
        .where(INSTANCES.c.study_id.in_({row.study_id for row in reports}))
        .where(INSTANCES.c.verdict != "rejected", UPLOADS.c.stage.in_(stages))
        .group_by(INSTANCES.c.study_id)
    )
    return {row[0]: row[1] for row in op.get_bind().execute(query)}


def _found(reports: Sequence[Any]) -> Mapping[UUID, Any]:
    query = sa.select(DOCUMENTS.c.report_id, sa.func.min(DOCUMENTS.c.created_at).label("at"))
    query = query.where(DOCUMENTS.c.report_id.in_([row.id for row in reports])).group_by(DOCUMENTS.c.report_id)
    return {row.report_id: row.at for row in op.get_bind().execute(query)}
