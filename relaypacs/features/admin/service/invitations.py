"""Invitations, as an administrator gives them out and takes them back."""

from collections.abc import Sequence
from uuid import UUID

from relaypacs.core.clock import now
from relaypacs.core.conditional import require_match
from relaypacs.features.admin.errors import InvitationClosed, InvitationNotFound
from relaypacs.features.admin.schemas import InvitationNew, InvitationView
from relaypacs.features.admin.service.sites import known_site
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import AuditTrail, Entry
from relaypacs.features.identity.models import Invitation, InvitationState
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.schemas import OneTimeLink
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.identity.service.invitations import INVITATION_GOOD_FOR, INVITATION_PAGE
from relaypacs.features.identity.service.one_time import new_token, one_time_link
from relaypacs.infrastructure import Infrastructure


class InvitationDesk:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database
        self._settings = infrastructure.settings
        self._trail = AuditTrail(infrastructure)

    async def page(self, *, before: UUID | None, limit: int, state: InvitationState | None) -> Sequence[Invitation]:
        async with self._database.read() as session:
            return await IdentityRepository(session).invitation_page(before=before, limit=limit, state=state)

    async def views(self, *invitations: Invitation) -> list[InvitationView]:
        """Say of invitations also who has made them, and who has accepted."""
        people = {row.created_by for row in invitations} | {row.accepted_by for row in invitations if row.accepted_by}
        async with self._database.read() as session:
            names = await IdentityRepository(session).names(people)
        return [InvitationView.of(row, names) for row in invitations]

    async def create(self, request: InvitationNew, caller: Caller) -> tuple[Invitation, OneTimeLink]:
        """Make an invitation, good for seven days, and the only copy of its link. Raises UnknownSite."""
        token, hashed = new_token()
        async with self._database.write() as session:
            invitation = Invitation(
                email=request.email,
                role=request.role,
                site_id=await known_site(session, request.site_id),
                token_hash=hashed,
                created_by=caller.user_id,
                expires_at=now() + INVITATION_GOOD_FOR,
            )
            await IdentityRepository(session).add(invitation)
            details = {"role": invitation.role.value, "site_id": str(invitation.site_id)}
            entry = Entry(Action.INVITATION_CREATED, caller.actor, "invitation", str(invitation.id), details=details)
            self._trail.record(session, entry)
        return invitation, one_time_link(self._settings, INVITATION_PAGE, token, invitation.expires_at)

    async def revoke(self, invitation_id: UUID, if_match: str | None, caller: Caller) -> Invitation:
        """Make the link worthless; once more does nothing.

        Raises InvitationNotFound, StaleEdit, and InvitationClosed when it was accepted or is too old.
        """
        async with self._database.write() as session:
            invitation = await IdentityRepository(session).lock_invitation(invitation_id)
            if invitation is None:
                raise InvitationNotFound("There is no such invitation.")
            if invitation.revoked_at:
                return invitation
            require_match(if_match, invitation.version)
            if not invitation.is_open:
                raise InvitationClosed("This invitation was accepted, or is too old.")
            invitation.revoked_at = now()
            invitation.version += 1
            entry = Entry(Action.INVITATION_REVOKED, caller.actor, "invitation", str(invitation.id))
            self._trail.record(session, entry)
        return invitation
