"""Studies that come in by DICOM."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("uploads") as uploads:
        uploads.add_column(sa.Column("origin", sa.String(32), server_default="web", nullable=False))
        uploads.add_column(sa.Column("source", sa.String(16), nullable=True))
        uploads.add_column(sa.Column("study_instance_uid", sa.String(64), nullable=True))
        uploads.add_column(sa.Column("ordinals_given", sa.Integer(), server_default="0", nullable=False))
        uploads.add_column(sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True))
        uploads.create_index("idx_uploads_closes_at", ["closes_at"])


def downgrade() -> None:
    with op.batch_alter_table("uploads") as uploads:
        uploads.drop_index("idx_uploads_closes_at")
        for name in ("closes_at", "ordinals_given", "study_instance_uid", "source", "origin"):
            uploads.drop_column(name)
