"""Every table has rows from the step on that makes it: no later step loses one, or changes what it does not mean to."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from alembic.script import ScriptDirectory
from sqlalchemy import (
    CHAR,
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Uuid,
    insert,
    select,
)

from relaypacs.core.database import Base, Database
from relaypacs.migrations.run import alembic_config, migrate
from tests.migrations.test_migrations import downgrade_to, empty, on

__all__ = ["empty"]
ROWS = 2
LOOKED_AT_DOWNWARDS = 6
FIRST = datetime(2026, 1, 14, 8, tzinfo=UTC)
FORM = {"patient_name": "DOE^J", "modality": "MRI", "study_date": "20240229", "service_level": "routine"}
KNOWN: Mapping[str, Any] = {
    "users.role": "clinician",
    "users.state": "active",
    "uploads.metadata": FORM,
    "uploads.status": "completed",
    "uploads.stage": "verified",
    "uploads.priority": 2,
    "deliveries.state": "verified",
    "instances.verdict": "accepted",
    "instances.attributes": {"PatientName": "DOE^J", "PatientID": "7"},
}
FILLED_BY_THE_SCHEMA = {"audit_head", "schema_floor", "stats_changes"}
Rows = dict[str, list[dict[str, Any]]]


def id_of(number: int) -> UUID:
    """Return an identifier of version 7, as all of ours are: some steps read the time in it."""
    return UUID(int=(1_768_377_600_000 << 80) | (7 << 76) | (2 << 62) | number)


def value(column: Column[Any], number: int, parents: Rows) -> Any:
    """Return what a row holds, the same in every run; rows refer to those of the same number."""
    known = KNOWN.get(f"{column.table.name}.{column.name}")
    if known is not None:
        return known
    for key in column.foreign_keys:
        parent, name = key.target_fullname.split(".")
        return parents[parent][number][name] if parents.get(parent) else None
    return plain(column, number)


def plain(column: Column[Any], number: int) -> Any:  # noqa: PLR0911 - a table of types
    match column.type:
        case Uuid():
            return id_of(number)
        case CHAR():  # as SQLite keeps identifiers
            return id_of(number).hex
        case Boolean():
            return False
        case Integer() | Float():
            return number + 1
        case DateTime():
            return FIRST + timedelta(days=number)
        case Date():
            return FIRST.date() + timedelta(days=number)
        case JSON():
            return {}
        case LargeBinary():
            return bytes([number])
        case kind:
            return f"{number} {column.name}"[: getattr(kind, "length", None) or 100]


def fill(connection: Connection, schema: MetaData, rows: Rows) -> None:
    """Make rows in every table that has none yet."""
    for table in schema.sorted_tables:
        if table.name in rows or table.name in FILLED_BY_THE_SCHEMA:
            continue
        filled = read(connection, table)  # of what was there before, by the step that has made the table
        for number in range(len(filled), ROWS):
            values = {column.name: value(column, number, rows) for column in table.columns}
            connection.execute(insert(table).values(values))
        rows[table.name] = read(connection, table)


def read(connection: Connection, table: Table) -> list[dict[str, Any]]:
    order = list(table.primary_key.columns)
    return [dict(row) for row in connection.execute(select(table).order_by(*order)).mappings()]


def reflected(connection: Connection) -> MetaData:
    schema = MetaData()
    schema.reflect(connection)
    schema.remove(schema.tables["alembic_version"])
    return schema


def changes(connection: Connection, schema: MetaData, before: Rows) -> list[str]:
    """Return what a step has lost or changed of the rows, and take what is there now as known."""
    found = []
    for name, rows in before.items():
        if name not in schema.tables:
            continue
        now = read(connection, schema.tables[name])
        if len(now) != len(rows):
            found.append(f"{name}: {len(rows)} rows are {len(now)}")
        for old, new in zip(rows, now, strict=False):
            found += [
                f"{name}.{key}: {old[key]!r} is {new[key]!r}" for key in old.keys() & new.keys() if old[key] != new[key]
            ]
        before[name] = now
    for name in before.keys() - schema.tables.keys():
        del before[name]
    return found


async def test_no_step_up_or_down_loses_a_row(empty: Database) -> None:
    script = ScriptDirectory.from_config(alembic_config())
    revisions = [step.revision for step in reversed(list(script.walk_revisions()))]
    rows: Rows = {}
    lost: list[str] = []

    def look(step: str, connection: Connection, *, filling: bool) -> None:
        schema = reflected(connection)
        lost.extend(f"{step}: {each}" for each in changes(connection, schema, rows))
        if filling:
            fill(connection, schema, rows)

    for revision in revisions:
        await migrate(empty, revision)
        await on(empty, partial(look, revision, filling=True))
    assert rows.keys() | FILLED_BY_THE_SCHEMA == Base.metadata.tables.keys()
    for revision in revisions[-2::-1]:
        await on(empty, downgrade_to(revision))
        if int(revision) % LOOKED_AT_DOWNWARDS == 0:  # what is lost stays lost
            await on(empty, partial(look, f"down to {revision}", filling=False))
    await on(empty, downgrade_to("base"))
    assert not lost, "\n".join(lost)
