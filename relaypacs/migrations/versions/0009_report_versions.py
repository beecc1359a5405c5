"""What radiologists write: drafts, signed reports and addenda."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("reports", sa.Column("revision", sa.Integer(), server_default="1", nullable=False))
    op.add_column("reports", sa.Column("is_critical", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("reports", sa.Column("signed_at", moment, nullable=True))
    op.create_table(
        "report_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("findings", "impression", "recommendation")),
        sa.Column("is_critical", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", moment, nullable=False),
        sa.Column("signed_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_report_versions_report_id")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_report_versions_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_versions")),
        sa.UniqueConstraint("report_id", "kind", "number", name=op.f("uq_report_versions_report_id_kind_number")),
    )


def downgrade() -> None:
    op.drop_table("report_versions")
    for name in ("signed_at", "is_critical", "revision"):
        op.drop_column("reports", name)
