"""The pages of signed reports."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report_versions", sa.Column("pdf_key", sa.String(length=100), nullable=True))
    op.add_column("report_versions", sa.Column("pdf_size", sa.Integer(), nullable=True))
    op.add_column("report_versions", sa.Column("pdf_sha256", sa.String(length=64), nullable=True))
    op.add_column(
        "report_versions", sa.Column("is_pdf_brought", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    for name in ("is_pdf_brought", "pdf_sha256", "pdf_size", "pdf_key"):
        op.drop_column("report_versions", name)
