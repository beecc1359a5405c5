"""What statistics need to know of an upload, and find reports by."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("uploads", sa.Column("saved_bytes", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("uploads", sa.Column("first_byte_at", MOMENT, nullable=True))
    is_open = sa.text("status <> 'ready'")
    op.create_index("idx_reports_reported_at", "reports", ["reported_at"])
    op.create_index("idx_reports_open_since", "reports", ["created_at"], sqlite_where=is_open, postgresql_where=is_open)


def downgrade() -> None:
    op.drop_index("idx_reports_open_since", table_name="reports")
    op.drop_index("idx_reports_reported_at", table_name="reports")
    for name in ("first_byte_at", "saved_bytes"):
        op.drop_column("uploads", name)  # no batch: on SQLite it would drop what words and files refer to
