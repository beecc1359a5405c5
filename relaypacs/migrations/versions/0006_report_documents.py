"""Reports that are found in a destination, and who waits for a report."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("reports") as reports:
        reports.add_column(sa.Column("looked_for_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "report_senders",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name=op.f("fk_report_senders_upload_id")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_report_senders_report_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_report_senders_user_id")),
        sa.PrimaryKeyConstraint("upload_id", "report_id", name=op.f("pk_report_senders")),
    )
    op.create_index(op.f("idx_report_senders_report_id"), "report_senders", ["report_id"])
    op.execute(
        "INSERT INTO report_senders (upload_id, report_id, user_id)"
        " SELECT uploads.id, reports.id, uploads.user_id FROM uploads JOIN reports"
        " ON reports.id = uploads.report_id OR reports.upload_id = uploads.id"
    )
    op.create_table(
        "report_documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("sop_instance_uid", sa.String(length=64), nullable=False),
        sa.Column("sop_class_uid", sa.String(length=64), nullable=False),
        sa.Column("blob_key", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_report_documents_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_documents")),
        sa.UniqueConstraint(
            "report_id", "sop_instance_uid", name=op.f("uq_report_documents_report_id_sop_instance_uid")
        ),
    )


def downgrade() -> None:
    op.drop_table("report_documents")
    op.drop_index(op.f("idx_report_senders_report_id"), table_name="report_senders")
    op.drop_table("report_senders")
    with op.batch_alter_table("reports") as reports:
        reports.drop_column("looked_for_at")
