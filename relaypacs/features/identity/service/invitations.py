"""Invitations: an admin chooses role and site, whoever has the link chooses name and password."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.origin import Origin
from relaypacs.core.security import hash_password
from relaypacs.features.audit.service.trail import Actor
from relaypacs.features.identity.errors import LinkInvalid
from relaypacs.features.identity.models import Invitation, User
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.schemas import InvitationAcceptance, InvitationOffer
from relaypacs.features.identity.service.accounts import Accounts, NewAccount, check_password, taken_names_named
from relaypacs.features.identity.service.one_time import token_hash
from relaypacs.infrastructure import Infrastructure

INVITATION_GOOD_FOR = timedelta(days=7)
INVITATION_PAGE = "/invitation"


class Invitations:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database
        self._accounts = Accounts(infrastructure)

    async def offer(self, token: str) -> InvitationOffer:
        """Return what the link offers. Raises LinkInvalid."""
        async with self._database.read() as session:
            invitation = await self._open(session, token)
            site = await IdentityRepository(session).site(invitation.site_id)
        return InvitationOffer(
            email=invitation.email,
            role=invitation.role,
            site_name=site.name if site else "",
            expires_at=invitation.expires_at,
        )

    async def accept(self, request: InvitationAcceptance, origin: Origin) -> User:
        """Make the account, and use the link up. Raises LinkInvalid, WeakPassword, UsernameTaken."""
        async with self._database.read() as session:
            await self._open(session, request.token)
        check_password(request.password, request.username)
        hashed = await hash_password(request.password)
        async with taken_names_named(), self._database.write() as session:
            invitation = await self._open(session, request.token)
            account = NewAccount(
                request.username,
                request.email or invitation.email,
                request.full_name,
                hashed,
                role=invitation.role,
                site_id=invitation.site_id,
            )
            user = await self._accounts.create(session, account, Actor(None, "", "", origin))
            invitation.accepted_by = user.id
            invitation.version += 1
        return user

    @staticmethod
    async def _open(session: AsyncSession, token: str) -> Invitation:
        invitation = await IdentityRepository(session).invitation_of(token_hash(token))
        if invitation is None or not invitation.is_open:
            raise LinkInvalid("This invitation was used or withdrawn, or is too old. Ask the administrator.")
        return invitation
