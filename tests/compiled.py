"""Has all engines of this process share what SQLAlchemy has compiled, as a gateway does that runs for long.

Every test opens a database of its own, and compiling the same statements again for each was a fifth of the suite.
"""

from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import LRUCache

from relaypacs.core import database

STATEMENTS = 5000
_shared: dict[str, tuple[Dialect, LRUCache[Any, Any]]] = {}


def share_compiled_statements() -> None:
    database.create_async_engine = _create_with_shared  # type: ignore[attr-defined]


def _create_with_shared(*arguments: Any, **named: Any) -> AsyncEngine:
    """Create an engine as SQLAlchemy does. Statements are kept by dialect, so the dialect is shared as well."""
    created = create_async_engine(*arguments, **named)
    engine = created.sync_engine
    kept = _shared.get(engine.dialect.name)
    if kept and _knows_its_server(kept[0]):
        engine.dialect, engine._compiled_cache = kept
    else:
        engine._compiled_cache = LRUCache(STATEMENTS)
        _shared[engine.dialect.name] = engine.dialect, engine._compiled_cache
    return created


def _knows_its_server(dialect: Dialect) -> bool:
    """Say whether it has ever been connected: it learns what the server can from that."""
    return getattr(dialect, "server_version_info", None) is not None
