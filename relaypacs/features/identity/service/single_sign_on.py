"""Signing in with the hospital's accounts, over OpenID Connect.

The identity provider says who somebody is and in which groups; the settings say which role that gives. An account is
found by the provider's own name for the person alone: a user name or an address may belong to somebody else one day.
"""

import json
import re
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.oidc.base import IdentityProvider, OidcIdentity, OidcRefused, OidcUnavailable
from relaypacs.core.clock import now
from relaypacs.core.origin import Origin
from relaypacs.core.role_map import role_for
from relaypacs.features.audit.models import Action, AuditOutcome
from relaypacs.features.audit.service.trail import Actor, AuditTrail, Entry
from relaypacs.features.identity.errors import (
    AccountNotActive,
    ProofRefused,
    SingleSignOnOff,
    SingleSignOnRefused,
    SingleSignOnUnavailable,
)
from relaypacs.features.identity.models import AccountState, ExternalIdentity, Role, User
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.schemas import SingleSignOnResult, SingleSignOnStart, SingleSignOnView, TokenPair
from relaypacs.features.identity.service.accounts import Accounts, NewAccount
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.identity.service.sessions import Sessions
from relaypacs.infrastructure import Infrastructure

FLOW_GOOD_FOR = timedelta(minutes=10)
FLOW = "single sign-on flow"
USERNAME_LENGTH = 50
SHORTEST_USERNAME = 3


class SingleSignOn:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database
        self._settings = infrastructure.settings
        self._provider = infrastructure.identity_provider
        self._vault = infrastructure.vault
        self._trail = AuditTrail(infrastructure)
        self._accounts = Accounts(infrastructure)
        self._sessions = Sessions(infrastructure)

    def describe(self) -> SingleSignOnView:
        return SingleSignOnView(enabled=self._provider is not None, name=self._settings.oidc_name)

    async def start(self, *, again: bool) -> SingleSignOnStart:
        """Return where the browser goes, and what it keeps until it is back, unreadable and good for ten minutes.

        `again` is for who is signed in, and has to prove once more who he is.
        Raises SingleSignOnOff, SingleSignOnUnavailable.
        """
        provider = self._given_provider()
        try:
            flow = await provider.begin(again=again)
        except OidcUnavailable as error:
            raise SingleSignOnUnavailable("The identity provider does not answer.") from error
        kept = {
            "state": flow.state,
            "nonce": flow.nonce,
            "verifier": flow.code_verifier,
            "until": (now() + FLOW_GOOD_FOR).timestamp(),
            "again": again,
        }
        return SingleSignOnStart(
            authorization_url=flow.authorization_url, flow=self._vault.seal(json.dumps(kept), FLOW)
        )

    async def finish(self, result: SingleSignOnResult, origin: Origin) -> TokenPair:
        """Open a session for whom the provider names; the account is made at the first time.

        Raises SingleSignOnOff, SingleSignOnRefused, SingleSignOnUnavailable, AccountNotActive.
        """
        try:
            identity = await self._prove(result)
            return await self._open(identity, self._role(identity), origin)
        except (SingleSignOnRefused, AccountNotActive) as refusal:
            details = {"reason": refusal.code, "method": "oidc"}
            nobody = Actor(None, "", "", origin)
            entry = Entry(Action.SESSION_REFUSED, nobody, outcome=AuditOutcome.FAILURE, details=details)
            await self._trail.note(entry)
            raise

    async def prove(self, caller: Caller, result: SingleSignOnResult) -> None:
        """Have somebody who is signed in prove once more who he is, at the provider, by a flow that asked for that.

        Raises SingleSignOnOff, ProofRefused, SingleSignOnUnavailable.
        """
        try:
            is_again = self._kept(result.flow).get("again")
            identity = await self._prove(result)
        except SingleSignOnRefused as refusal:
            raise ProofRefused(refusal.detail) from refusal
        if not is_again:
            raise ProofRefused("This was begun to sign in. Begin again.")
        if identity.authenticated_at is None or identity.authenticated_at < now() - FLOW_GOOD_FOR:
            raise ProofRefused("The identity provider has not asked you again who you are.")
        async with self._database.read() as session:
            user_id = await IdentityRepository(session).id_known_as(identity.issuer, identity.subject)
        if user_id != caller.user_id:
            raise ProofRefused("The identity provider names somebody else.")

    def _role(self, identity: OidcIdentity) -> Role:
        role = role_for(identity.roles, self._settings.oidc_roles)
        if role is None:
            raise SingleSignOnRefused("The identity provider knows you, and gives you no role here.")
        return Role(role)

    async def _prove(self, result: SingleSignOnResult) -> OidcIdentity:
        provider, kept = self._given_provider(), self._kept(result.flow)
        try:
            return await provider.finish(
                code=result.code,
                state=result.state,
                expected_state=kept["state"],
                nonce=kept["nonce"],
                code_verifier=kept["verifier"],
            )
        except OidcRefused as error:
            raise SingleSignOnRefused("The identity provider's answer is not good. Sign in again.") from error
        except OidcUnavailable as error:
            raise SingleSignOnUnavailable("The identity provider does not answer.") from error

    def _kept(self, flow: str) -> dict[str, Any]:
        """Return what `start` sealed. Raises SingleSignOnRefused when it was changed, or is too old."""
        try:
            kept: dict[str, Any] = json.loads(self._vault.unseal(flow, FLOW))
        except ValueError as error:
            raise SingleSignOnRefused("This sign-in was not begun here. Begin again.") from error
        if kept["until"] < now().timestamp():
            raise SingleSignOnRefused("This sign-in took too long. Begin again.")
        return kept

    async def _open(self, identity: OidcIdentity, role: Role, origin: Origin) -> TokenPair:
        """Open the session. Two first sign-ins at once collide, and the second one finds the account of the first."""
        try:
            return await self._open_once(identity, role, origin)
        except IntegrityError:
            return await self._open_once(identity, role, origin)

    async def _open_once(self, identity: OidcIdentity, role: Role, origin: Origin) -> TokenPair:
        async with self._database.write() as session:
            user = await IdentityRepository(session).user_known_as(identity.issuer, identity.subject)
            if user is None:
                user = await self._make_account(session, identity, role, origin)
            elif user.role is not role:
                await self._change_role(session, user, role, origin)
            if user.state is not AccountState.ACTIVE:
                raise AccountNotActive("The administrator has disabled this account.")
            return await self._sessions.open(session, user, origin, method="oidc")

    async def _make_account(self, session: AsyncSession, identity: OidcIdentity, role: Role, origin: Origin) -> User:
        """Make an account without a password: who has it signs in at the provider."""
        repository = IdentityRepository(session)
        username = await self._free_name(repository, identity.username)
        account = NewAccount(username, identity.email, identity.full_name[:200], password_hash="", role=role)
        user = await self._accounts.create(session, account, Actor(None, "single sign-on", "system", origin))
        await repository.add(ExternalIdentity(user_id=user.id, issuer=identity.issuer, subject=identity.subject))
        return user

    async def _change_role(self, session: AsyncSession, user: User, role: Role, origin: Origin) -> None:
        """Take over what the provider's groups say now; sessions with the old role end."""
        user.role, user.version = role, user.version + 1
        await IdentityRepository(session).revoke_sessions(user.id, now())
        actor = Actor(None, "single sign-on", "system", origin)
        details = {"fields": ["role"], "role": role.value}
        self._trail.record(session, Entry(Action.USER_CHANGED, actor, "user", str(user.id), details=details))

    @staticmethod
    async def _free_name(repository: IdentityRepository, proposed: str) -> str:
        name = usable_name(proposed)
        number = 1
        while await repository.user_named(_numbered(name, number)):
            number += 1
        return _numbered(name, number)

    def _given_provider(self) -> IdentityProvider:
        if self._provider is None:
            raise SingleSignOnOff("Sign in with user name and password: there is no identity provider here.")
        return self._provider


def usable_name(proposed: str) -> str:
    """Return the provider's name for somebody in the form that user names have here."""
    name = re.sub(r"[^a-z0-9._@+-]+", "-", proposed.lower()).lstrip("._@+-")[:USERNAME_LENGTH]
    return name if len(name) >= SHORTEST_USERNAME else f"user-{name}".rstrip("-")


def _numbered(name: str, number: int) -> str:
    suffix = f"-{number}" if number > 1 else ""
    return name[: USERNAME_LENGTH - len(suffix)] + suffix
