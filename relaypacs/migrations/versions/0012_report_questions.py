"""What radiologists ask those who have sent a study."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "report_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_report_questions_report_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_report_questions_asked_by")),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name=op.f("fk_report_questions_upload_id")),
        sa.ForeignKeyConstraint(["answered_by"], ["users.id"], name=op.f("fk_report_questions_answered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_questions")),
    )
    op.create_index(op.f("idx_report_questions_report_id"), "report_questions", ["report_id"])


def downgrade() -> None:
    op.drop_table("report_questions")
