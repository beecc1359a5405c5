"""What senders narrow their reports by, beside each sender."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

FACETS = ("status", "urgency", "modality_group")
INDEXES = {
    "idx_report_senders_newest": ["user_id", "status", "report_id"],
    "idx_report_senders_facets_newest": ["user_id", *FACETS, "report_id"],
}
SQLITE = {
    "report_sender_added": """
        CREATE TRIGGER report_sender_added AFTER INSERT ON report_senders BEGIN
          UPDATE report_senders SET (status, urgency, modality_group) =
            (SELECT status, urgency, modality_group FROM reports WHERE id = NEW.report_id)
          WHERE upload_id = NEW.upload_id AND report_id = NEW.report_id;
        END""",
    "report_changed_for_senders": """
        CREATE TRIGGER report_changed_for_senders AFTER UPDATE OF status, urgency, modality_group ON reports BEGIN
          UPDATE report_senders SET (status, urgency, modality_group) = (NEW.status, NEW.urgency, NEW.modality_group)
            WHERE report_id = NEW.id;
        END""",
}
# The lock makes a sender that is added while the report changes wait for what it changes to.
POSTGRESQL = (
    """
    CREATE FUNCTION report_sender_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      SELECT status, urgency, modality_group INTO NEW.status, NEW.urgency, NEW.modality_group
      FROM reports WHERE id = NEW.report_id FOR SHARE;
      RETURN NEW;
    END $$""",
    """
    CREATE FUNCTION report_changed_for_senders() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      UPDATE report_senders SET (status, urgency, modality_group) = (NEW.status, NEW.urgency, NEW.modality_group)
        WHERE report_id = NEW.id;
      RETURN NULL;
    END $$""",
    """
    CREATE TRIGGER report_sender_added BEFORE INSERT ON report_senders
      FOR EACH ROW EXECUTE FUNCTION report_sender_added()""",
    """
    CREATE TRIGGER report_changed_for_senders AFTER UPDATE OF status, urgency, modality_group ON reports
      FOR EACH ROW
      WHEN ((OLD.status, OLD.urgency, OLD.modality_group)
        IS DISTINCT FROM (NEW.status, NEW.urgency, NEW.modality_group))
      EXECUTE FUNCTION report_changed_for_senders()""",
)


def upgrade() -> None:
    for name, kind, default in (
        ("status", sa.String(length=32), "assigned"),
        ("urgency", sa.Integer(), "0"),
        ("modality_group", sa.String(length=32), "OTHER"),
    ):
        op.add_column("report_senders", sa.Column(name, kind, server_default=default, nullable=False))
    op.execute(
        "UPDATE report_senders SET (status, urgency, modality_group) ="
        " (SELECT status, urgency, modality_group FROM reports WHERE reports.id = report_senders.report_id)"
    )
    for name, columns in INDEXES.items():
        op.create_index(name, "report_senders", columns)
    for statement in SQLITE.values() if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    for name, table in (("report_sender_added", "report_senders"), ("report_changed_for_senders", "reports")):
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {name}")
        else:
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}")
    for name in INDEXES:
        op.drop_index(name, table_name="report_senders")
    for name in FACETS:
        op.drop_column("report_senders", name)
