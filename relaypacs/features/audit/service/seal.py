"""The seal of a row: an HMAC (RFC 2104) over its content and the seal of the row before it.

A row that is changed, removed, added or moved afterwards breaks its own seal or the next one. Who can write to
the database but does not know the secret key cannot make a new one.
"""

import hmac
from hashlib import sha256

from relaypacs.core.signing import canonical
from relaypacs.features.audit.models import AuditEvent


def seal_of(event: AuditEvent, seal_before: str, key: bytes) -> str:
    """Return the seal as 64 hex digits; `key` is 32 bytes that are used for nothing else."""
    content = canonical(
        {
            "position": event.position,
            "at": event.at.isoformat(timespec="microseconds"),
            "action": event.action.value,
            "outcome": event.outcome.value,
            "actor_id": str(event.actor_id or ""),
            "actor_name": event.actor_name,
            "actor_role": event.actor_role,
            "address": event.address,
            "trace_id": event.trace_id,
            "object_kind": event.object_kind,
            "object_id": event.object_id,
            "details": event.details,
        }
    )
    return hmac.new(key, seal_before.encode() + content, sha256).hexdigest()


def is_sealed(event: AuditEvent, seal_before: str, key: bytes) -> bool:
    """Say whether the row is as it was written, and follows the one that it was written after."""
    return hmac.compare_digest(event.seal, seal_of(event, seal_before, key))
