"""With which storage key a received file is sealed. Those that are there already lie as they came."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("upload_files", sa.Column("sealed_by", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("upload_files", "sealed_by")
