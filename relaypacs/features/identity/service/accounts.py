"""Accounts: registered by their owners, or made at the first start, by an admin or by an invitation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.origin import Origin
from relaypacs.core.passwords import password_weakness
from relaypacs.core.security import hash_password
from relaypacs.core.settings import Registration
from relaypacs.core.turns import take_turns
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import SYSTEM, Actor, AuditTrail, Entry
from relaypacs.features.identity.errors import InvalidToken, RegistrationClosed, UsernameTaken, WeakPassword
from relaypacs.features.identity.models import AccountState, Role, Site, User
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.schemas import ProfileChange, UserCreate
from relaypacs.features.identity.service.caller import Caller
from relaypacs.infrastructure import Infrastructure


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an account is made of. Role, site and state never come from whoever registers."""

    username: str
    email: str | None
    full_name: str
    password_hash: str
    role: Role = Role.CLINICIAN
    state: AccountState = AccountState.ACTIVE
    site_id: UUID | None = None  # None: the first site


def check_password(password: str, username: str) -> None:
    """Refuse a password that is short, easily guessed, or contains the user name. Raises WeakPassword."""
    if weakness := password_weakness(password, username):
        raise WeakPassword(weakness)


class Accounts:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database
        self._settings = infrastructure.settings
        self._trail = AuditTrail(infrastructure)

    async def register(self, request: UserCreate, origin: Origin) -> User:
        """Create a clinician at the first site. Raises RegistrationClosed, WeakPassword, UsernameTaken."""
        mode = self._settings.effective_registration
        if mode is Registration.CLOSED:
            raise RegistrationClosed("Accounts are created by the administrator.")
        check_password(request.password, request.username)
        account = NewAccount(
            request.username,
            request.email,
            request.full_name,
            await hash_password(request.password),
            state=AccountState.ACTIVE if mode is Registration.OPEN else AccountState.PENDING,
        )
        async with taken_names_named(), self._database.write() as session:
            return await self.create(session, account, Actor(None, "", "", origin))

    async def create(self, session: AsyncSession, account: NewAccount, actor: Actor) -> User:
        """Add the account in the caller's transaction. Raises IntegrityError when the user name is taken."""
        repository = IdentityRepository(session)
        user = User(
            site_id=account.site_id or (await first_site(repository)).id,
            username=account.username,
            email=account.email,
            full_name=account.full_name,
            password_hash=account.password_hash,
            role=account.role,
            state=account.state,
        )
        await repository.add(user)
        details = {"role": user.role.value, "state": user.state.value, "site_id": str(user.site_id)}
        self._trail.record(session, Entry(Action.USER_CREATED, actor, "user", str(user.id), details=details))
        return user

    async def ensure_admin(self) -> str | None:
        """Make the first site and the first admin when there is no user yet.

        Returns the password when it had to be made up, so that the operator can be told, once.
        """
        async with self._database.read() as session:
            if await IdentityRepository(session).any_user():
                return None
        given = self._settings.admin_password.get_secret_value()
        password = given or token_urlsafe(18)
        account = NewAccount(
            self._settings.admin_username.lower(), None, "Administrator", await hash_password(password), Role.ADMIN
        )
        async with self._database.write() as session:
            await take_turns(session, "first account")  # of several processes that begin at once, one makes it
            if await IdentityRepository(session).any_user():
                return None
            await self.create(session, account, SYSTEM)
        return None if given else password

    async def profile(self, caller: Caller) -> User:
        async with self._database.read() as session:
            user = await IdentityRepository(session).user(caller.user_id)
        if user is None:
            raise InvalidToken("Sign in again.")
        return user

    async def change_profile(self, caller: Caller, change: ProfileChange) -> User:
        """Change what a user may change about himself: how he is called and where he is reached."""
        async with self._database.write() as session:
            user = await IdentityRepository(session).lock_user(caller.user_id)
            if user is None:
                raise InvalidToken("Sign in again.")
            changed = change.model_dump(exclude_none=True)
            for name, value in changed.items():
                setattr(user, name, value)
            user.version += 1
            entry = Entry(Action.USER_CHANGED, caller.actor, "user", str(user.id), details={"fields": sorted(changed)})
            self._trail.record(session, entry)
        return user


@asynccontextmanager
async def taken_names_named() -> AsyncIterator[None]:
    """Say UsernameTaken where the database says that a user name is not unique."""
    try:
        yield
    except IntegrityError as error:
        raise UsernameTaken("This user name is taken.") from error


async def first_site(repository: IdentityRepository) -> Site:
    """Return the site that new accounts belong to, made when there is none."""
    site = await repository.first_site()
    if site is None:
        site = Site(name="Main site")
        await repository.add(site)
    return site
