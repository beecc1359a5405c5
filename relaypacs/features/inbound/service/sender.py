"""Who sends by DICOM: an account, whichever way it was proven."""

from dataclasses import dataclass
from uuid import UUID

from relaypacs.core.database import Database
from relaypacs.core.origin import Origin
from relaypacs.features.audit.service.trail import Actor
from relaypacs.features.identity.models import AccountState, User
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.service.caller import actor_of
from relaypacs.features.inbound.errors import SenderNotActive
from relaypacs.features.uploads.models import UploadOrigin


@dataclass(frozen=True, slots=True)
class Sender:
    """To whom an upload belongs, and where it comes from; `source` is the calling AE title of a C-STORE."""

    user_id: UUID
    site_id: UUID
    actor: Actor
    origin: UploadOrigin
    source: str | None = None


def sender_of(user: User, where: Origin, origin: UploadOrigin, source: str | None = None) -> Sender:
    return Sender(user.id, user.site_id, actor_of(user, where), origin, source)


async def sender_named(database: Database, account: str, where: Origin, source: str) -> Sender:
    """Return the account that owns what an AE sends. Raises SenderNotActive, also when there is no such account."""
    async with database.read() as session:
        user = await IdentityRepository(session).user_named(account)
    if user is None or user.state is not AccountState.ACTIVE:
        raise SenderNotActive("The account that owns what this sender sends is not active.")
    return sender_of(user, where, UploadOrigin.DIMSE, source)
