"""Delivery that ends in proof: destinations with rules and health, early deliveries, revised receipts, retention."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FOR_ROWS_THAT_ARE_THERE: dict[str, tuple[sa.Column[Any], ...]] = {
    "destinations": (
        sa.Column("calling_ae_title", sa.String(length=16), server_default="RELAYPACS", nullable=False),
        sa.Column("tls_ca", sa.Text(), server_default="", nullable=False),
        sa.Column("tls_certificate", sa.Text(), server_default="", nullable=False),
        sa.Column("early", sa.String(length=32), server_default="urgent", nullable=False),
        sa.Column("rule", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.String(length=500), server_default="", nullable=False),
    ),
    "deliveries": (sa.Column("is_open", sa.Boolean(), server_default=sa.false(), nullable=False),),
    "receipts": (sa.Column("revision", sa.Integer(), server_default="1", nullable=False),),
}
NULLABLE: dict[str, dict[str, sa.types.TypeEngine[Any]]] = {
    "destinations": {
        "tls_key": sa.Text(),
        "removed_at": sa.DateTime(timezone=True),
        "retry_at": sa.DateTime(timezone=True),
        "failing_since": sa.DateTime(timezone=True),
        "alerted_at": sa.DateTime(timezone=True),
        "last_success_at": sa.DateTime(timezone=True),
    },
    "deliveries": {"failing_since": sa.DateTime(timezone=True), "read_back_at": sa.DateTime(timezone=True)},
    "uploads": {"files_removed_at": sa.DateTime(timezone=True)},
}


def upgrade() -> None:
    for table, columns in FOR_ROWS_THAT_ARE_THERE.items():
        with op.batch_alter_table(table) as changed:
            for column in columns:
                changed.add_column(column)
        with op.batch_alter_table(table) as changed:
            for column in columns:
                changed.alter_column(column.name, server_default=None)
    for table, nullable in NULLABLE.items():
        with op.batch_alter_table(table) as changed:
            for name, kind in nullable.items():
                changed.add_column(sa.Column(name, kind, nullable=True))
    with op.batch_alter_table("destinations") as destinations:
        destinations.drop_constraint("uq_destinations_name", type_="unique")
    not_removed = sa.text("removed_at IS NULL")
    op.create_index(
        "idx_destinations_name",
        "destinations",
        ["name"],
        unique=True,
        sqlite_where=not_removed,
        postgresql_where=not_removed,
    )
    op.create_index("idx_deliveries_state", "deliveries", ["state", "read_back_at"])
    with op.batch_alter_table("receipts") as receipts:
        receipts.drop_constraint("uq_receipts_upload_id", type_="unique")
        receipts.create_unique_constraint("uq_receipts_upload_id_revision", ["upload_id", "revision"])


def downgrade() -> None:
    op.execute("DELETE FROM receipts WHERE revision > 1")
    with op.batch_alter_table("receipts") as receipts:
        receipts.drop_constraint("uq_receipts_upload_id_revision", type_="unique")
        receipts.create_unique_constraint("uq_receipts_upload_id", ["upload_id"])
    op.drop_index("idx_deliveries_state", table_name="deliveries")
    op.drop_index("idx_destinations_name", table_name="destinations")
    # A removed one may have given its name to another.
    op.execute(
        "UPDATE destinations SET name = substr(name, 1, 60) || ' ' || CAST(id AS VARCHAR(36))"
        " WHERE removed_at IS NOT NULL"
    )
    with op.batch_alter_table("destinations") as destinations:
        destinations.create_unique_constraint("uq_destinations_name", ["name"])
    for table, nullable in NULLABLE.items():
        with op.batch_alter_table(table) as changed:
            for name in nullable:
                changed.drop_column(name)
    for table, columns in FOR_ROWS_THAT_ARE_THERE.items():
        with op.batch_alter_table(table) as changed:
            for column in columns:
                changed.drop_column(column.name)
