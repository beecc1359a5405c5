"""Sends the trail on to a syslog server, in order, and remembers how far it came."""

import structlog

from relaypacs.adapters.syslog.base import AuditRecord, SyslogSender, SyslogUnavailable
from relaypacs.core.database import Database
from relaypacs.features.audit.models import AuditEvent, AuditOutcome
from relaypacs.features.audit.repository import AuditRepository

BATCH = 200
log = structlog.get_logger(__name__)


async def forward_events(database: Database, sender: SyslogSender) -> int:
    """Send every event that was not sent yet; return how many were.

    A server that cannot be reached gets them at the next call: an event may arrive twice, and none is left out but
    what nobody can read, which must not keep the rest from being sent.
    """
    sent = 0
    while True:
        async with database.read() as session:
            repository = AuditRepository(session)
            rows = await repository.following((await repository.head()).forwarded, BATCH)
        if not rows:
            return sent
        events = [row for row in rows if isinstance(row, AuditEvent)]
        if len(events) < len(rows):
            log.warning("audit_rows_unreadable", count=len(rows) - len(events))
        try:
            await sender.send([_record(event) for event in events])
        except SyslogUnavailable as error:
            log.warning("audit_not_forwarded", reason=str(error), count=len(events))
            return sent
        async with database.write() as session:
            await AuditRepository(session).mark_forwarded(rows[-1].position)
        sent += len(events)


def _record(event: AuditEvent) -> AuditRecord:
    return AuditRecord(
        position=event.position,
        at=event.at,
        action=event.action.value,
        outcome="success" if event.outcome is AuditOutcome.SUCCESS else "failure",
        actor_id=str(event.actor_id or ""),
        actor_name=event.actor_name,
        actor_role=event.actor_role,
        address=event.address,
        object_type=event.object_kind,
        object_id=event.object_id,
        trace_id=event.trace_id,
    )
