"""Who makes a request."""

from dataclasses import dataclass
from uuid import UUID

from relaypacs.core.origin import Origin
from relaypacs.features.audit.service.trail import Actor
from relaypacs.features.identity.models import Role, User


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes this request. Read from the rows each time, so that a change of role holds at once."""

    user_id: UUID
    session_id: UUID
    site_id: UUID
    role: Role
    username: str
    origin: Origin

    @property
    def actor(self) -> Actor:
        return Actor(self.user_id, self.username, self.role.value, self.origin)


def actor_of(user: User, origin: Origin) -> Actor:
    """Return the user as the one who did something without being signed in, such as signing in."""
    return Actor(user.id, user.username, user.role.value, origin)
