"""Uploads that are opened to answer a question about one study."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("uploads", sa.Column("answers_report_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("uploads", "answers_report_id")
