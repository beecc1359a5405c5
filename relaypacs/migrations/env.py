"""Alembic's entry: runs on the connection it is given, so that the server can migrate itself."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Enum

from relaypacs.core.database import Base, UtcDateTime
from relaypacs.features.admin import models as admin
from relaypacs.features.analytics import models as analytics
from relaypacs.features.audit import models as audit
from relaypacs.features.deliveries import models as deliveries
from relaypacs.features.identity import models as identity
from relaypacs.features.notifications import models as notifications
from relaypacs.features.operations import models as operations
from relaypacs.features.reports import models as reports
from relaypacs.features.studies import models as studies
from relaypacs.features.templates import models as templates
from relaypacs.features.uploads import models as uploads

MODELS = (
    admin,
    analytics,
    audit,
    deliveries,
    identity,
    notifications,
    operations,
    reports,
    studies,
    templates,
    uploads,
)  # importing them fills the metadata


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our own column types into a migration as the plain ones below them: a migration must not change later."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
    compare_type=True,
    transactional_ddl=True,  # SQLite has it too, since core.database begins the transaction itself
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
