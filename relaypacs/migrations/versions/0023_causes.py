"""Why a destination, a delivery and an instance of it are stuck, in one stable word."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

CAUSE = sa.String(length=32)


def upgrade() -> None:
    op.add_column("destinations", sa.Column("last_cause", CAUSE, nullable=True))
    op.add_column("deliveries", sa.Column("last_cause", CAUSE, nullable=True))
    op.add_column("delivery_instances", sa.Column("cause", CAUSE, nullable=True))
    op.create_index("idx_deliveries_destination", "deliveries", ["destination_id", "id"])
    stuck = sa.text("last_cause IS NOT NULL")
    op.create_index(
        "idx_deliveries_cause", "deliveries", ["last_cause", "id"], sqlite_where=stuck, postgresql_where=stuck
    )


def downgrade() -> None:
    op.drop_index("idx_deliveries_cause", "deliveries")
    op.drop_index("idx_deliveries_destination", "deliveries")
    op.drop_column("delivery_instances", "cause")
    op.drop_column("deliveries", "last_cause")
    op.drop_column("destinations", "last_cause")
