"""The keys that the gateway works with, sealed with the secret key, and which of them seal the audit trail."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "key_rings",
        sa.Column("secret_key_id", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("published", sa.JSON(), nullable=False),
        sa.Column("is_leaving", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("secret_key_id", name=op.f("pk_key_rings")),
    )
    op.add_column("audit_head", sa.Column("generation", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("audit_head", "generation")
    op.drop_table("key_rings")
