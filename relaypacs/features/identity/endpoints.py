"""`/auth`: signing in and out, and what a user does with his own account."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, status

from relaypacs.dependencies import OriginDep, RateLimited
from relaypacs.features.identity.dependencies import (
    AccountsDep,
    InvitationsDep,
    PasswordsDep,
    SecondFactorDep,
    SessionsDep,
    SignedIn,
    SignInDep,
    SingleSignOnDep,
)
from relaypacs.features.identity.schemas import (
    InvitationAcceptance,
    InvitationOffer,
    LinkToken,
    LoginRequest,
    Me,
    PasswordChange,
    PasswordResetRedemption,
    ProfileChange,
    RecoveryCodes,
    RefreshRequest,
    SessionPage,
    SessionView,
    SingleSignOnResult,
    SingleSignOnStart,
    SingleSignOnView,
    TokenPair,
    TotpCode,
    TotpDisable,
    TotpRequired,
    TotpSetup,
    UserCreate,
    UserView,
)

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/register", status_code=status.HTTP_201_CREATED, dependencies=[Depends(RateLimited("registration"))])
async def register(request: UserCreate, origin: OriginDep, service: AccountsDep) -> UserView:
    return UserView.model_validate(await service.register(request, origin))


@router.post("/login", dependencies=[Depends(RateLimited("login"))])
async def login(request: LoginRequest, origin: OriginDep, service: SignInDep) -> TokenPair | TotpRequired:
    """Sign in. Where the second factor is on and no code was sent, the answer asks for it and opens nothing."""
    return await service.login(request, origin)


@router.post("/refresh")
async def refresh(request: RefreshRequest, origin: OriginDep, service: SessionsDep) -> TokenPair:
    return await service.refresh(request.refresh_token, origin)


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT)
async def logout(caller: SignedIn, service: SessionsDep) -> None:
    """End this session; its access token stops working at once."""
    await service.end(caller, caller.session_id)


@router.get("/me")
async def me(caller: SignedIn, service: AccountsDep) -> Me:
    return Me.model_validate(await service.profile(caller))


@router.patch("/me")
async def change_me(change: ProfileChange, caller: SignedIn, service: AccountsDep) -> Me:
    return Me.model_validate(await service.change_profile(caller, change))


# -- the hospital's accounts -------------------------------------------------------------------------------------


@router.get("/oidc")
async def describe_single_sign_on(service: SingleSignOnDep) -> SingleSignOnView:
    """Say whether people can sign in at an identity provider (OpenID Connect)."""
    return service.describe()


@router.post("/oidc/start")
async def start_single_sign_on(
    service: SingleSignOnDep,
    again: Annotated[bool, Query(description="To sign a report: who is signed in proves once more who he is.")] = False,  # noqa: FBT002
) -> SingleSignOnStart:
    return await service.start(again=again)


@router.post("/oidc/finish")
async def finish_single_sign_on(result: SingleSignOnResult, origin: OriginDep, service: SingleSignOnDep) -> TokenPair:
    """Trade what the browser brought back from the identity provider for tokens."""
    return await service.finish(result, origin)


# -- sessions ----------------------------------------------------------------------------------------------------


@router.get("/sessions")
async def list_sessions(caller: SignedIn, service: SessionsDep) -> SessionPage:
    """List where the caller is signed in, the session used last first."""
    rows = await service.list(caller)
    return SessionPage(items=[SessionView.of(row, caller.session_id) for row in rows])


@router.delete("/sessions", status_code=status.HTTP_204_NO_CONTENT)
async def end_all_sessions(
    caller: SignedIn,
    service: SessionsDep,
    keep_current: Annotated[bool, Query(description="End the others only.")] = False,  # noqa: FBT002
) -> None:
    """Sign out everywhere."""
    await service.end_all(caller, keep_current=keep_current)


@router.delete("/sessions/{session_id}", status_code=status.HTTP_204_NO_CONTENT)
async def end_session(session_id: UUID, caller: SignedIn, service: SessionsDep) -> None:
    await service.end(caller, session_id)


# -- the second factor -------------------------------------------------------------------------------------------


@router.post("/2fa/setup")
async def set_up_second_factor(caller: SignedIn, service: SecondFactorDep) -> TotpSetup:
    """Make a secret for an authenticator app. It counts once a code of it was given to `/auth/2fa/enable`."""
    return await service.set_up(caller)


@router.post("/2fa/enable")
async def enable_second_factor(request: TotpCode, caller: SignedIn, service: SecondFactorDep) -> RecoveryCodes:
    return await service.enable(caller, request.code)


@router.post("/2fa/disable", status_code=status.HTTP_204_NO_CONTENT)
async def disable_second_factor(request: TotpDisable, caller: SignedIn, service: SecondFactorDep) -> None:
    await service.disable(caller, request.password, request.code)


# -- passwords and links -----------------------------------------------------------------------------------------


@router.post("/password", status_code=status.HTTP_204_NO_CONTENT)
async def change_password(request: PasswordChange, caller: SignedIn, service: PasswordsDep) -> None:
    """Change the caller's password; the other sessions end."""
    await service.change(caller, request.current_password, request.new_password)


@router.post("/password/reset", status_code=status.HTTP_204_NO_CONTENT)
async def redeem_reset(request: PasswordResetRedemption, origin: OriginDep, service: PasswordsDep) -> None:
    """Set a password by the one-time link of an admin."""
    await service.redeem_reset(request.token, request.password, origin)


@router.post("/invitation")
async def read_invitation(request: LinkToken, service: InvitationsDep) -> InvitationOffer:
    """Say what an invitation offers. A POST, so that the token is in no address."""
    return await service.offer(request.token)


@router.post("/invitation/accept", status_code=status.HTTP_201_CREATED)
async def accept_invitation(request: InvitationAcceptance, origin: OriginDep, service: InvitationsDep) -> UserView:
    return UserView.model_validate(await service.accept(request, origin))
