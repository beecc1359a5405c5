"""Who may touch an upload, and the services behind the endpoints."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request

from relaypacs.core.security import TokenInvalid
from relaypacs.dependencies import InfrastructureDep, OriginDep
from relaypacs.features.audit.service.trail import Actor
from relaypacs.features.identity.dependencies import BearerToken, SessionsDep, SignedIn, signed_in
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.uploads.errors import ACCOUNT_DISABLED, UploadNotFound, UploadTokenInvalid
from relaypacs.features.uploads.models import Upload
from relaypacs.features.uploads.service.complete import Completion
from relaypacs.features.uploads.service.initiate import UploadOpening
from relaypacs.features.uploads.service.listing import UploadLister
from relaypacs.features.uploads.service.receive_chunk import ChunkIntake
from relaypacs.features.uploads.service.status import UploadStatusReader, is_owner, may_decide, may_see

UploadToken = Annotated[str | None, Header(description="The session_token of POST /upload/init.")]


async def status_reader(infrastructure: InfrastructureDep) -> UploadStatusReader:
    return UploadStatusReader(infrastructure)


async def upload_lister(infrastructure: InfrastructureDep) -> UploadLister:
    return UploadLister(infrastructure)


async def opening(infrastructure: InfrastructureDep) -> UploadOpening:
    return UploadOpening(infrastructure)


async def completion(infrastructure: InfrastructureDep) -> Completion:
    return Completion(infrastructure)


async def chunk_intake(request: Request) -> ChunkIntake:
    intake: ChunkIntake = request.app.state.chunk_intake
    return intake


StatusReaderDep = Annotated[UploadStatusReader, Depends(status_reader)]
UploadListerDep = Annotated[UploadLister, Depends(upload_lister)]
OpeningDep = Annotated[UploadOpening, Depends(opening)]
CompletionDep = Annotated[Completion, Depends(completion)]
ChunkIntakeDep = Annotated[ChunkIntake, Depends(chunk_intake)]


@dataclass(frozen=True, slots=True)
class UploadAccess:
    """Who may do to which upload what the endpoint does."""

    upload_id: UUID
    actor: Actor


async def chunk_sender(
    upload_id: UUID, infrastructure: InfrastructureDep, origin: OriginDep, x_upload_token: UploadToken = None
) -> UploadAccess:
    """Whoever holds the upload's own session token, read without a query: a chunk is the hot path.

    Whether the account is still active is asked by the statement that acknowledges the chunk.
    """
    try:
        claims = infrastructure.tokens.read("upload", x_upload_token or "")
    except TokenInvalid as error:
        raise UploadTokenInvalid("Send the upload's session token in X-Upload-Token.") from error
    if claims["sub"] != str(upload_id):
        raise UploadNotFound("There is no such upload.")
    return UploadAccess(upload_id, Actor(None, "", "upload-token", origin))


async def token_holder(
    upload_id: UUID,
    infrastructure: InfrastructureDep,
    origin: OriginDep,
    reader: StatusReaderDep,
    x_upload_token: UploadToken = None,
) -> UploadAccess:
    """Whoever holds the upload's own session token, while the account that opened it is active."""
    access = await chunk_sender(upload_id, infrastructure, origin, x_upload_token)
    if not await reader.owner_is_active(upload_id):
        raise UploadTokenInvalid(ACCOUNT_DISABLED)
    return access


class TokenHolderOr:
    """Whoever holds the upload's session token, or is signed in and passes a rule."""

    def __init__(self, rule: Callable[[Caller, Upload], bool]) -> None:
        self._rule = rule

    async def __call__(
        self,
        upload_id: UUID,
        infrastructure: InfrastructureDep,
        origin: OriginDep,
        sessions: SessionsDep,
        reader: StatusReaderDep,
        bearer: BearerToken,
        x_upload_token: UploadToken = None,
    ) -> UploadAccess:
        if x_upload_token is not None:
            return await token_holder(upload_id, infrastructure, origin, reader, x_upload_token)
        caller = await signed_in(bearer, origin, sessions)
        upload = await reader.allowed(upload_id, caller, self._rule)
        return UploadAccess(upload.id, caller.actor)


async def visible_upload(upload_id: UUID, caller: SignedIn, reader: StatusReaderDep) -> Upload:
    """An upload that the signed-in user may see."""
    return await reader.allowed(upload_id, caller, may_see)


async def decidable_upload(upload_id: UUID, caller: SignedIn, reader: StatusReaderDep) -> Upload:
    """An upload about which the signed-in user may decide: the sender, or an admin."""
    return await reader.allowed(upload_id, caller, may_decide)


ChunkSender = Annotated[UploadAccess, Depends(chunk_sender)]
TokenHolder = Annotated[UploadAccess, Depends(token_holder)]
TokenHolderOrViewer = Annotated[UploadAccess, Depends(TokenHolderOr(may_see))]
TokenHolderOrOwner = Annotated[UploadAccess, Depends(TokenHolderOr(is_owner))]
DecidableUpload = Annotated[Upload, Depends(decidable_upload)]
VisibleUpload = Annotated[Upload, Depends(visible_upload)]
