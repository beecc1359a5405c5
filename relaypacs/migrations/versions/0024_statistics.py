"""Days that are counted, and triggers that note which of them have changed.

A trigger notes in the transaction of the change itself, whoever makes it: no writer can forget to. It fires for what
is counted alone, so that the acknowledgement of a chunk costs one comparison. On PostgreSQL every change adds a row:
with a row for each day all transactions of a day would wait for each other. SQLite has one writer, and keeps the last.

A migration that copies a table (`batch_alter_table` on SQLite) loses the table's triggers, and must make them again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

COUNTED_OF_UPLOADS = (
    *("stage", "priority", "modality_group", "user_id", "site_id", "created_at", "completed_at"),
    "split_from",
)
GROWING = ("received_bytes", "saved_bytes", "first_byte_at")  # with every chunk, while the upload is open
# Of the instances of each upload, those that are not rejected.
ACCEPTED = (
    "SELECT upload_id, count(*) FROM {rows}"
    " WHERE verdict <> 'rejected' AND upload_id IS NOT NULL GROUP BY upload_id ORDER BY upload_id"
)
COUNTED_OF_REPORTS = ("status", "urgency", "site_id", "created_at", "reported_at")


@dataclass(frozen=True)
class Trigger:
    """Notes days after something has happened to a row. `days` are pairs of what has changed and a query."""

    name: str
    table: str
    event: str
    days: Sequence[tuple[str, str]]
    when: str = ""
    also: Sequence[str] = ()  # statements before that


class Words:
    """How one of the two databases says it."""

    def __init__(self, dialect: str) -> None:
        self.is_sqlite = dialect == "sqlite"

    def day(self, moment: str) -> str:
        return f"substr({moment}, 1, 10)" if self.is_sqlite else f"CAST({moment} AT TIME ZONE 'UTC' AS date)"

    def days(self, *moments: str, of: str = "") -> str:
        source = f" FROM {of}" if of else ""
        return " UNION ".join(f"SELECT {self.day(moment)} AS day{source}" for moment in moments)

    def differs(self, *columns: str) -> str:
        unlike = "IS NOT" if self.is_sqlite else "IS DISTINCT FROM"
        return " OR ".join(f"OLD.{column} {unlike} NEW.{column}" for column in columns)

    def text(self, column: str) -> str:
        return column if self.is_sqlite else f"CAST({column} AS text)"

    def note(self, change: str, days: str) -> list[str]:
        """Return the statements that note a change of these days."""
        insert = (
            f"INSERT INTO stats_changes (change, day) "  # noqa: S608 - of our own names
            f"SELECT DISTINCT '{change}', day FROM ({days}) AS changed_days WHERE day IS NOT NULL"
        )
        if not self.is_sqlite:
            return [insert]
        forget = f"DELETE FROM stats_changes WHERE change = '{change}' AND day IN ({days})"  # noqa: S608
        return [forget, insert]

    def body(self, trigger: Trigger) -> str:
        noted = [statement for change, days in trigger.days for statement in self.note(change, days)]
        return " ".join(f"{statement};" for statement in (*trigger.also, *noted))

    def create(self, trigger: Trigger) -> list[str]:
        event = f"CREATE TRIGGER {trigger.name} AFTER {trigger.event} ON {trigger.table} FOR EACH ROW"
        when = f" WHEN ({trigger.when})" if trigger.when else ""
        if self.is_sqlite:
            return [f"{event}{when} BEGIN {self.body(trigger)} END"]
        return [_function(trigger.name, self.body(trigger)), f"{event}{when} EXECUTE FUNCTION {trigger.name}()"]


def upgrade() -> None:
    op.create_table(
        "stats_days",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("seconds", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject_id", "part", "day", "site_id", name=op.f("pk_stats_days")),
        sqlite_with_rowid=False,
    )
    op.create_index("idx_stats_days_day", "stats_days", ["day"])
    op.create_table(
        "stats_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("change", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stats_changes")),
        sqlite_autoincrement=True,
    )
    op.create_index("idx_stats_changes_day", "stats_changes", ["day", "change"])
    op.create_table(
        "stats_instances",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("upload_id", name=op.f("pk_stats_instances")),
    )
    op.execute(f"INSERT INTO stats_instances (upload_id, number) {ACCEPTED.format(rows='instances')}")
    words = Words(op.get_bind().dialect.name)
    for trigger in triggers(words):
        for statement in words.create(trigger):
            op.execute(statement)
    for statement in () if words.is_sqlite else _of_instances_at_once(words):
        op.execute(statement)
    for change, days in (
        ("uploads", words.days("created_at", of="uploads")),
        ("reports", words.days("created_at", "reported_at", of="reports")),
    ):
        op.execute(words.note(change, days)[-1])


def downgrade() -> None:
    words = Words(op.get_bind().dialect.name)
    names = [(trigger.name, trigger.table) for trigger in triggers(words)]
    if not words.is_sqlite:
        names += [(name, "instances") for name in ("stats_instances_added", "stats_instances_deleted")]
    for name, table in names:
        op.execute(f"DROP TRIGGER {name}" + ("" if words.is_sqlite else f" ON {table}"))
        if not words.is_sqlite:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("stats_instances")
    op.drop_table("stats_changes")
    op.drop_table("stats_days")


def triggers(words: Words) -> list[Trigger]:
    return [
        *_of_uploads(words),
        *_of_reports(words),
        *_of_senders(words),
        *_of_deliveries(words),
        *_of_instances(words),
    ]


def _of_uploads(words: Words) -> list[Trigger]:
    was_open, is_open = (f"{row}.status IN ('pending', 'uploading')" for row in ("OLD", "NEW"))
    has_changed = (
        f"({words.differs('status')}) AND NOT ({was_open} AND {is_open})"
        f" OR {words.differs(*COUNTED_OF_UPLOADS)}"
        f" OR NOT {is_open} AND ({words.differs(*GROWING)})"
    )
    columns = ", ".join(("status", *COUNTED_OF_UPLOADS, *GROWING))
    both = words.days("OLD.created_at", "NEW.created_at")
    return [
        Trigger("stats_upload_added", "uploads", "INSERT", [("uploads", words.days("NEW.created_at"))]),
        Trigger("stats_upload_changed", "uploads", f"UPDATE OF {columns}", [("uploads", both)], has_changed),
        Trigger("stats_upload_deleted", "uploads", "DELETE", [("uploads", words.days("OLD.created_at"))]),
    ]


def _of_reports(words: Words) -> list[Trigger]:
    added = words.days("NEW.created_at", "NEW.reported_at")
    deleted = words.days("OLD.created_at", "OLD.reported_at")
    columns = ", ".join(COUNTED_OF_REPORTS)
    brought = words.days(
        "uploads.created_at", of="report_senders JOIN uploads ON uploads.id = report_senders.upload_id"
    )
    brought += " WHERE report_senders.report_id = NEW.id"
    return [
        Trigger("stats_report_added", "reports", "INSERT", [("reports", added)]),
        Trigger(
            "stats_report_changed",
            "reports",
            f"UPDATE OF {columns}",
            [("reports", f"{added} UNION {deleted}")],
            words.differs(*COUNTED_OF_REPORTS),
        ),
        Trigger(
            "stats_report_reader",
            "reports",
            "UPDATE OF radiologist_id",
            [("reading", f"{added} UNION {brought}")],
            words.differs("radiologist_id"),
        ),
        Trigger("stats_report_deleted", "reports", "DELETE", [("reports", deleted)]),
    ]


def _of_senders(words: Words) -> list[Trigger]:
    def noted(row: str) -> list[tuple[str, str]]:
        of_report = " UNION ".join(
            words.days(moment, of=f"reports WHERE id = {row}.report_id") for moment in ("created_at", "reported_at")
        )
        read = f"uploads JOIN reports ON reports.id = {row}.report_id"
        read += f" WHERE uploads.id = {row}.upload_id AND reports.radiologist_id IS NOT NULL"
        return [("reports", of_report), ("reading", words.days("uploads.created_at", of=read))]

    return [
        Trigger("stats_sender_added", "report_senders", "INSERT", noted("NEW")),
        Trigger("stats_sender_deleted", "report_senders", "DELETE", noted("OLD")),
    ]


def _of_deliveries(words: Words) -> list[Trigger]:
    def noted(row: str) -> list[tuple[str, str]]:
        return [("uploads", words.days("created_at", of=f"uploads WHERE id = {row}.upload_id"))]

    def of_instance(row: str) -> list[tuple[str, str]]:
        source = f"uploads JOIN deliveries ON deliveries.upload_id = uploads.id WHERE deliveries.id = {row}.delivery_id"
        return [("uploads", words.days("uploads.created_at", of=source))]

    def says_why(row: str) -> str:
        return f"({row}.outcome IN ('refused', 'waiting') AND {row}.cause IS NOT NULL)"

    needed, needs = (f"{row}.state = 'attention'" for row in ("OLD", "NEW"))
    either = f"({words.differs('state', 'last_cause')}) AND ({needed} OR {needs})"
    outcome = f"({words.differs('outcome', 'cause')}) AND ({says_why('OLD')} OR {says_why('NEW')})"
    return [
        Trigger("stats_delivery_added", "deliveries", "INSERT", noted("NEW"), needs),
        Trigger("stats_delivery_changed", "deliveries", "UPDATE OF state, last_cause", noted("NEW"), either),
        Trigger("stats_delivery_deleted", "deliveries", "DELETE", noted("OLD"), needed),
        Trigger("stats_outcome_added", "delivery_instances", "INSERT", of_instance("NEW"), says_why("NEW")),
        Trigger("stats_outcome_changed", "delivery_instances", "UPDATE OF outcome, cause", of_instance("NEW"), outcome),
        Trigger("stats_outcome_deleted", "delivery_instances", "DELETE", of_instance("OLD"), says_why("OLD")),
    ]


def _of_instances(words: Words) -> list[Trigger]:
    """Return what keeps the count of an upload's instances, beside the upload.

    In its row whoever stores what a check has found would hold up the chunks that still come.
    """

    def add(row: str, number: int) -> str:
        is_accepted = f"{row}.verdict <> 'rejected' AND {row}.upload_id IS NOT NULL"
        return _kept(f"SELECT {row}.upload_id, {number} WHERE {is_accepted}")

    def noted(row: str) -> str:
        return words.days("created_at", of=f"uploads WHERE id = {row}.upload_id")

    reasons = f"{words.text('OLD.reasons')} <> {words.text('NEW.reasons')}"
    changed = Trigger(
        "stats_instance_changed",
        "instances",
        "UPDATE OF verdict, upload_id, reasons",
        [("uploads", f"{noted('OLD')} UNION {noted('NEW')}")],
        f"{words.differs('verdict', 'upload_id')} OR {reasons} AND NEW.verdict = 'rejected'",
        [add("OLD", -1), add("NEW", 1)],
    )
    if not words.is_sqlite:
        return [changed]
    return [
        Trigger("stats_instance_added", "instances", "INSERT", [("uploads", noted("NEW"))], also=[add("NEW", 1)]),
        changed,
        Trigger("stats_instance_deleted", "instances", "DELETE", [("uploads", noted("OLD"))], also=[add("OLD", -1)]),
    ]


def _of_instances_at_once(words: Words) -> list[str]:
    """Return what counts on PostgreSQL once for a statement: a study has a thousand instances in one."""
    statements = []
    for name, event, rows, sign in (
        ("stats_instances_added", "INSERT", "NEW", "+"),
        ("stats_instances_deleted", "DELETE", "OLD", "-"),
    ):
        count = _kept(ACCEPTED.format(rows="changed").replace("count(*)", f"{sign}count(*)"))
        theirs = "uploads WHERE id IN (SELECT upload_id FROM changed)"
        note = words.note("uploads", words.days("created_at", of=theirs))[0]
        statements += [
            _function(name, f"{count}; {note};"),
            (
                f"CREATE TRIGGER {name} AFTER {event} ON instances REFERENCING {rows} TABLE AS changed"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            ),
        ]
    return statements


def _kept(numbers: str) -> str:
    """Return the statement that adds numbers to those that are kept of uploads."""
    return (
        f"INSERT INTO stats_instances (upload_id, number) {numbers}"
        " ON CONFLICT (upload_id) DO UPDATE SET number = stats_instances.number + excluded.number"
    )


def _function(name: str, body: str) -> str:
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$"
