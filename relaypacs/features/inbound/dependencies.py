"""Who may send by DICOMweb, and the services behind the endpoints."""

from typing import Annotated

from fastapi import Depends, Header, Request

from relaypacs.dependencies import InfrastructureDep, OriginDep, RateLimited
from relaypacs.features.identity.dependencies import SessionsDep
from relaypacs.features.identity.errors import InvalidCredentials, InvalidToken
from relaypacs.features.inbound.errors import CredentialsMissing
from relaypacs.features.inbound.service.basic import CHALLENGE, BasicSignIn
from relaypacs.features.inbound.service.intake import InboundIntake
from relaypacs.features.inbound.service.sender import Sender, sender_of
from relaypacs.features.uploads.models import UploadOrigin

login_rate = RateLimited("login")


async def intake(request: Request) -> InboundIntake:
    built: InboundIntake = request.app.state.inbound_intake
    return built


async def basic_sign_in(request: Request) -> BasicSignIn:
    built: BasicSignIn = request.app.state.basic_sign_in
    return built


IntakeDep = Annotated[InboundIntake, Depends(intake)]
BasicDep = Annotated[BasicSignIn, Depends(basic_sign_in)]


async def stow_sender(
    infrastructure: InfrastructureDep,
    origin: OriginDep,
    sessions: SessionsDep,
    basic: BasicDep,
    authorization: Annotated[str, Header(description="Basic (RFC 7617), or Bearer and an access token.")] = "",
) -> Sender:
    """Whoever proves an account, by its password or by an access token."""
    scheme, _, credentials = authorization.partition(" ")
    try:
        match scheme.lower():
            case "bearer":
                caller = await sessions.authenticate(credentials.strip(), origin)
                return Sender(caller.user_id, caller.site_id, caller.actor, UploadOrigin.STOW)
            case "basic":
                if not await basic.is_remembered(credentials.strip()):
                    await login_rate(origin, infrastructure)
                return sender_of(await basic.user(credentials.strip(), origin), origin, UploadOrigin.STOW)
    except (InvalidToken, InvalidCredentials) as error:
        error.headers.update(CHALLENGE)
        raise
    raise CredentialsMissing("Sign in with Basic, or with a bearer token.", headers=CHALLENGE)


StowSender = Annotated[Sender, Depends(stow_sender)]
