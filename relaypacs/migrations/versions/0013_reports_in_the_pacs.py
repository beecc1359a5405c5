"""What was signed of a report becomes an instance of its study, and is delivered as uploads are."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
EITHER = "(upload_id IS NULL) <> (report_version_id IS NULL)"
FROM_UPLOADS = {"instances": ("upload_id", "file_id"), "deliveries": ("upload_id",)}
UNIQUE = {
    "instances": ("uq_instances_report_version_id", ["report_version_id"]),
    "deliveries": ("uq_deliveries_report_version_id_destination_id", ["report_version_id", "destination_id"]),
}


def upgrade() -> None:
    op.add_column("reports", sa.Column("plan_at", MOMENT, nullable=True))
    op.create_index("idx_reports_plan_at", "reports", ["plan_at"])
    # What was signed before is stored too.
    signed = "SELECT 1 FROM report_versions WHERE report_id = reports.id AND signed_at IS NOT NULL"
    op.execute(f"UPDATE reports SET plan_at = created_at WHERE EXISTS ({signed})")  # noqa: S608 - of our own names
    with _without_children():
        for table, columns in FROM_UPLOADS.items():
            with op.batch_alter_table(table) as changed:
                changed.add_column(sa.Column("report_version_id", sa.Uuid(), nullable=True))
                for column in columns:
                    changed.alter_column(column, existing_type=sa.Uuid(), nullable=True)
                changed.create_foreign_key(
                    op.f(f"fk_{table}_report_version_id"), "report_versions", ["report_version_id"], ["id"]
                )
                changed.create_unique_constraint(op.f(UNIQUE[table][0]), UNIQUE[table][1])
                changed.create_check_constraint(op.f(f"ck_{table}_origin"), EITHER)


def downgrade() -> None:
    of_reports = "SELECT id FROM deliveries WHERE report_version_id IS NOT NULL"
    op.execute(f"DELETE FROM delivery_instances WHERE delivery_id IN ({of_reports})")  # noqa: S608
    for table in FROM_UPLOADS:
        op.execute(f"DELETE FROM {table} WHERE report_version_id IS NOT NULL")  # noqa: S608
    with _without_children():
        for table, columns in FROM_UPLOADS.items():
            with op.batch_alter_table(table) as changed:
                changed.drop_constraint(op.f(f"ck_{table}_origin"), type_="check")
                changed.drop_constraint(op.f(UNIQUE[table][0]), type_="unique")
                changed.drop_constraint(op.f(f"fk_{table}_report_version_id"), type_="foreignkey")
                changed.drop_column("report_version_id")
                for column in columns:
                    changed.alter_column(column, existing_type=sa.Uuid(), nullable=False)
    op.drop_index("idx_reports_plan_at", table_name="reports")
    op.drop_column("reports", "plan_at")


@contextmanager
def _without_children() -> Iterator[None]:
    """Lay aside what refers to instances and deliveries while SQLite, which cannot change a column, copies them.

    It drops the old table, and with foreign keys on that is refused while a row refers to it.
    """
    is_copied = op.get_bind().dialect.name == "sqlite"
    if is_copied:
        op.execute("CREATE TEMPORARY TABLE aside AS SELECT * FROM delivery_instances")
        op.execute("DELETE FROM delivery_instances")
    yield
    if is_copied:
        op.execute("INSERT INTO delivery_instances SELECT * FROM aside")
        op.execute("DROP TABLE aside")
