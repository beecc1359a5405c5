"""Ending sessions: in the caller's transaction, and on the streams that are open at that moment."""

from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.events.base import Events
from relaypacs.core.clock import now
from relaypacs.core.database import after_commit
from relaypacs.features.identity.repository import IdentityRepository

USER_CHANNELS = "user:"


def user_channel(user_id: UUID) -> str:
    """Return the name of the signal "look again": this user has news, or may have lost his session."""
    return f"{USER_CHANNELS}{user_id}"


async def end_sessions(session: AsyncSession, events: Events, user_id: UUID, *, keep: UUID | None = None) -> int:
    """End a user's sessions, all but one. Returns how many there were."""
    ended = await IdentityRepository(session).revoke_sessions(user_id, now(), keep=keep)
    tell_streams(session, events, user_id)
    return ended


def tell_streams(session: AsyncSession, events: Events, user_id: UUID) -> None:
    """Have the user's open streams look, after the commit, whether their session still is one."""
    after_commit(session, partial(events.signal, user_channel(user_id)))
