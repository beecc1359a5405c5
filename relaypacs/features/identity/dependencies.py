"""Who is calling, visible in an endpoint's signature."""

from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from relaypacs.dependencies import InfrastructureDep, OriginDep
from relaypacs.features.identity.errors import InvalidToken, RoleForbidden
from relaypacs.features.identity.models import Role
from relaypacs.features.identity.service.accounts import Accounts
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.identity.service.invitations import Invitations
from relaypacs.features.identity.service.passwords import Passwords
from relaypacs.features.identity.service.second_factor import SecondFactor
from relaypacs.features.identity.service.sessions import Sessions
from relaypacs.features.identity.service.sign_in import SignIn
from relaypacs.features.identity.service.single_sign_on import SingleSignOn

bearer = HTTPBearer(auto_error=False, description="The access token of POST /auth/login.")
BearerToken = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


async def accounts(infrastructure: InfrastructureDep) -> Accounts:
    return Accounts(infrastructure)


async def sign_in(infrastructure: InfrastructureDep) -> SignIn:
    return SignIn(infrastructure)


async def sessions(infrastructure: InfrastructureDep) -> Sessions:
    return Sessions(infrastructure)


async def second_factor(infrastructure: InfrastructureDep) -> SecondFactor:
    return SecondFactor(infrastructure)


async def passwords(infrastructure: InfrastructureDep) -> Passwords:
    return Passwords(infrastructure)


async def single_sign_on(infrastructure: InfrastructureDep) -> SingleSignOn:
    return SingleSignOn(infrastructure)


async def invitations(infrastructure: InfrastructureDep) -> Invitations:
    return Invitations(infrastructure)


AccountsDep = Annotated[Accounts, Depends(accounts)]
SignInDep = Annotated[SignIn, Depends(sign_in)]
SessionsDep = Annotated[Sessions, Depends(sessions)]
SecondFactorDep = Annotated[SecondFactor, Depends(second_factor)]
PasswordsDep = Annotated[Passwords, Depends(passwords)]
SingleSignOnDep = Annotated[SingleSignOn, Depends(single_sign_on)]
InvitationsDep = Annotated[Invitations, Depends(invitations)]


async def signed_in(token: BearerToken, origin: OriginDep, service: SessionsDep) -> Caller:
    """Any user with a valid access token."""
    if token is None:
        raise InvalidToken("Sign in first.", headers={"WWW-Authenticate": "Bearer"})
    return await service.authenticate(token.credentials, origin)


SignedIn = Annotated[Caller, Depends(signed_in)]


class WithRole:
    """A signed-in user whose role may use this route. Raises RoleForbidden for others."""

    def __init__(self, *roles: Role) -> None:
        self._roles = frozenset(roles)

    async def __call__(self, caller: SignedIn) -> Caller:
        if caller.role not in self._roles:
            raise RoleForbidden("Your role does not have this.")
        return caller


Admin = Annotated[Caller, Depends(WithRole(Role.ADMIN))]
