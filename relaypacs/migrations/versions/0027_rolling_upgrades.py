"""The earliest program that can work with the schema: an earlier one and a later one run beside each other meanwhile.

A later migration that takes away what programs of some revision still use, sets it to the first revision whose program
does not.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = op.create_table(
        "schema_floor",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schema_floor")),
    )
    op.bulk_insert(table, [{"id": 1, "revision": revision}])


def downgrade() -> None:
    op.drop_table("schema_floor")
