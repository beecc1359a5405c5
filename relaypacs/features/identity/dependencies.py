"""Who is calling, visible in an endpoint's signature."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from limits import parse

from relaypacs.core.errors import TooManyRequests
from relaypacs.dependencies import InfrastructureDep
from relaypacs.features.identity.errors import InvalidToken
from relaypacs.features.identity.service import Caller, IdentityService

bearer = HTTPBearer(auto_error=False, description="The access token of POST /auth/login.")
BearerToken = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


async def identity_service(infrastructure: InfrastructureDep) -> IdentityService:
    return IdentityService(infrastructure.database, infrastructure.settings)


IdentityServiceDep = Annotated[IdentityService, Depends(identity_service)]


async def signed_in(token: BearerToken, service: IdentityServiceDep) -> Caller:
    """Any user with a valid access token."""
    if token is None:
        raise InvalidToken("Sign in first.", headers={"WWW-Authenticate": "Bearer"})
    return await service.authenticate(token.credentials)


SignedIn = Annotated[Caller, Depends(signed_in)]


async def limit_logins(request: Request, infrastructure: InfrastructureDep) -> None:
    """Bound sign-in attempts per client address. Raises TooManyRequests with Retry-After."""
    rate = parse(infrastructure.settings.login_rate_limit)
    address = request.client.host if request.client else "unknown"
    if not await infrastructure.rate_limits.hit(rate, "login", address):
        raise TooManyRequests(
            "Too many attempts to sign in. Wait a minute.", headers={"Retry-After": str(rate.get_expiry())}
        )
