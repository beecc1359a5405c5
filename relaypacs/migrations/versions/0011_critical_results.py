"""Critical results that somebody has to acknowledge."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("reports", sa.Column("critical_since", moment, nullable=True))
    op.add_column("reports", sa.Column("escalated_at", moment, nullable=True))
    op.create_index("idx_reports_critical_since", "reports", ["critical_since"])
    op.create_table(
        "report_acknowledgements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("how", sa.String(length=32), nullable=False),
        sa.Column("acknowledged_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_report_acknowledgements_report_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["report_versions.id"], name=op.f("fk_report_acknowledgements_version_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_report_acknowledgements_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_acknowledgements")),
        sa.UniqueConstraint("version_id", name=op.f("uq_report_acknowledgements_version_id")),
    )
    op.create_index(op.f("idx_report_acknowledgements_report_id"), "report_acknowledgements", ["report_id"])


def downgrade() -> None:
    op.drop_table("report_acknowledgements")
    op.drop_index("idx_reports_critical_since", table_name="reports")
    for name in ("escalated_at", "critical_since"):
        op.drop_column("reports", name)
