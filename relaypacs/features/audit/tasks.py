"""Background work of the audit trail."""

from relaypacs.features.audit.service.forward import forward_events
from relaypacs.infrastructure import Infrastructure


async def forward_audit(infrastructure: Infrastructure) -> None:
    """Send the trail on, where a syslog server is configured."""
    if infrastructure.syslog:
        await forward_events(infrastructure.database, infrastructure.syslog)
