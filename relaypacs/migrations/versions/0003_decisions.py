"""Decisions about held uploads."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("uploads") as uploads:
        uploads.add_column(sa.Column("is_confirmed", sa.Boolean(), server_default=sa.false(), nullable=False))
        uploads.add_column(sa.Column("split_from", sa.Uuid(), nullable=True))
    with op.batch_alter_table("uploads") as uploads:
        uploads.alter_column("is_confirmed", server_default=None)  # it was for the rows that were there


def downgrade() -> None:
    with op.batch_alter_table("uploads") as uploads:
        uploads.drop_column("split_from")
        uploads.drop_column("is_confirmed")
