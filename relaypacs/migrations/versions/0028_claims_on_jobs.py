"""Who runs a job, so that of several processes one does."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job_runs", sa.Column("lease_owner", sa.String(length=36), nullable=True))
    op.add_column("job_runs", sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("job_runs", "lease_until")
    op.drop_column("job_runs", "lease_owner")
