"""Looks up what the metrics say of the audit trail."""

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.features.audit.metrics import TO_FORWARD
from relaypacs.features.audit.repository import AuditRepository


async def observe_audit(session: AsyncSession, *, is_forwarded: bool) -> None:
    head = await AuditRepository(session).head()
    TO_FORWARD.set(head.position - head.forwarded if is_forwarded else 0)
