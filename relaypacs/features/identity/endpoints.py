"""`/auth`: the specification's "Authentication" section."""

from fastapi import APIRouter, Depends, status

from relaypacs.features.identity.dependencies import IdentityServiceDep, SignedIn, limit_logins
from relaypacs.features.identity.schemas import (
    LoginRequest,
    Me,
    RefreshRequest,
    TokenPair,
    TotpRequired,
    UserCreate,
    UserView,
)

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/register", status_code=status.HTTP_201_CREATED)
async def register(request: UserCreate, service: IdentityServiceDep) -> UserView:
    return UserView.model_validate(await service.register(request))


@router.post("/login", dependencies=[Depends(limit_logins)])
async def login(request: LoginRequest, service: IdentityServiceDep) -> TokenPair | TotpRequired:
    return await service.login(request)


@router.post("/refresh")
async def refresh(request: RefreshRequest, service: IdentityServiceDep) -> TokenPair:
    return await service.refresh(request.refresh_token)


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT)
async def logout(caller: SignedIn, service: IdentityServiceDep) -> None:
    await service.logout(caller)


@router.get("/me")
async def me(caller: SignedIn, service: IdentityServiceDep) -> Me:
    return Me.model_validate(await service.profile(caller))
