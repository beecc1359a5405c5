"""What the two databases have different words for."""

from datetime import date
from typing import Any

from sqlalchemy import Date, Integer, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class UtcDay(GenericFunction[date]):
    """The UTC day of a moment."""

    type = Date()
    inherit_cache = True


class SecondsBetween(GenericFunction[int]):
    """How many seconds from one moment to another, each cut to a whole second."""

    type = Integer()
    inherit_cache = True


class LastCode(GenericFunction[str]):
    """The `code` of the last element of a JSON array of objects; null when it is empty."""

    type = String()
    inherit_cache = True


@compiles(UtcDay, "sqlite")
def _sqlite_day(element: UtcDay, compiler: SQLCompiler, **options: Any) -> str:
    return f"substr({compiler.process(element.clauses, **options)}, 1, 10)"


@compiles(UtcDay, "postgresql")
def _postgresql_day(element: UtcDay, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(({compiler.process(element.clauses, **options)}) AT TIME ZONE 'UTC' AS date)"


@compiles(SecondsBetween, "sqlite")
def _sqlite_seconds(element: SecondsBetween, compiler: SQLCompiler, **options: Any) -> str:
    # Cut as text: SQLite rounds what comes after the second.
    start, end = (f"strftime('%s', substr({compiler.process(moment, **options)}, 1, 19))" for moment in element.clauses)
    return f"({end} - {start})"


@compiles(SecondsBetween, "postgresql")
def _postgresql_seconds(element: SecondsBetween, compiler: SQLCompiler, **options: Any) -> str:
    start, end = (f"floor(extract(epoch FROM {compiler.process(moment, **options)}))" for moment in element.clauses)
    return f"CAST({end} - {start} AS bigint)"


@compiles(LastCode, "sqlite")
def _sqlite_last_code(element: LastCode, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_extract({compiler.process(element.clauses, **options)}, '$[#-1].code')"


@compiles(LastCode, "postgresql")
def _postgresql_last_code(element: LastCode, compiler: SQLCompiler, **options: Any) -> str:
    return f"(({compiler.process(element.clauses, **options)}) -> -1 ->> 'code')"


class Beside(GenericFunction[Any]):
    inherit_cache = True


def beside(column: InstrumentedAttribute[Any]) -> Beside:
    """Return a column that is compared on rows which something else has led to: no index over it is to be taken.

    Without statistics SQLite thinks that one site has few uploads, and that one day has many.
    """
    return Beside(column, type_=column.type)


@compiles(Beside, "sqlite")
def _sqlite_beside(element: Beside, compiler: SQLCompiler, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"


@compiles(Beside, "postgresql")
def _postgresql_beside(element: Beside, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)
