"""`/upload`: the specification's "Upload Workflow" section."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response, status

from relaypacs.dependencies import InfrastructureDep, PageLimit
from relaypacs.features.deliveries.service.receipt_page import receipt_page
from relaypacs.features.identity.dependencies import SignedIn
from relaypacs.features.uploads.dependencies import (
    ChunkIntakeDep,
    ChunkSender,
    CompletionDep,
    DecidableUpload,
    OpeningDep,
    StatusReaderDep,
    TokenHolder,
    TokenHolderOrOwner,
    TokenHolderOrViewer,
    UploadListerDep,
    VisibleUpload,
)
from relaypacs.features.uploads.list_schemas import UploadListQuery, UploadSearch
from relaypacs.features.uploads.models import UploadStatus
from relaypacs.features.uploads.schemas import (
    ChunkResponse,
    CompleteResponse,
    Decision,
    InstancePage,
    UploadInitRequest,
    UploadInitResponse,
    UploadPage,
    UploadTokenResponse,
    UploadView,
)
from relaypacs.features.uploads.service.cancel import cancel_upload
from relaypacs.features.uploads.service.decide import decide_upload
from relaypacs.features.uploads.service.digest import check_encoding, parse_digest

router = APIRouter(prefix="/upload", tags=["upload"])
RETRY_AFTER_SECONDS = "2"
PDF = "application/pdf"
RECEIPT_FORMS: dict[int | str, dict[str, Any]] = {200: {"content": {PDF: {}}, "description": "The receipt"}}

BINARY_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("/init", status_code=status.HTTP_201_CREATED)
async def initiate(request: UploadInitRequest, caller: SignedIn, opening: OpeningDep) -> UploadInitResponse:
    return await opening.initiate(request, caller)


@router.put("/{upload_id}/chunk", openapi_extra=BINARY_BODY)
async def put_chunk(
    access: ChunkSender,
    file_id: Annotated[str, Query(max_length=64)],
    chunk_index: Annotated[int, Query(ge=-(2**31), lt=2**31)],
    request: Request,
    intake: ChunkIntakeDep,
    content_md5: Annotated[str | None, Header(description="RFC 1864: base64 of the MD5 of the body.")] = None,
    content_digest: Annotated[str | None, Header(description="RFC 9530: sha-256=:base64:")] = None,
    content_encoding: Annotated[str | None, Header(description="gzip, or nothing.")] = None,
) -> ChunkResponse:
    """Take one chunk. 200 means: these bytes survive a power failure."""
    is_gzip = check_encoding(content_encoding)
    digest = parse_digest(content_md5, content_digest)
    return await intake.receive(access.upload_id, file_id, chunk_index, request.stream(), digest, is_gzip=is_gzip)


@router.post("/{upload_id}/complete", responses={202: {"model": CompleteResponse}})
async def complete(
    access: TokenHolder,
    response: Response,
    completion: CompletionDep,
    force: Annotated[bool, Query(description="Send a duplicate all the same.")] = False,  # noqa: FBT002
) -> CompleteResponse:
    result = await completion.complete(access.upload_id, access.actor, force=force)
    if result.status is UploadStatus.PROCESSING:
        response.status_code = status.HTTP_202_ACCEPTED
        response.headers["Location"] = f"/api/v1/upload/{access.upload_id}"
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return result


@router.get("")
async def list_uploads(
    caller: SignedIn, lister: UploadListerDep, query: Annotated[UploadListQuery, Query()]
) -> UploadPage:
    return await lister.page(caller, query)


@router.post("/search")
async def search_uploads(caller: SignedIn, lister: UploadListerDep, query: UploadSearch) -> UploadPage:
    """List uploads as GET does, and look for a patient or a study as well."""
    return await lister.page(caller, query)


@router.get("/{upload_id}")
async def upload_status(access: TokenHolderOrViewer, reader: StatusReaderDep) -> UploadView:
    return await reader.view(access.upload_id, access.actor)


@router.post("/{upload_id}/token")
async def renew_token(upload_id: UUID, caller: SignedIn, opening: OpeningDep) -> UploadTokenResponse:
    return await opening.renew_token(upload_id, caller)


@router.delete("/{upload_id}", status_code=status.HTTP_204_NO_CONTENT)
async def cancel(access: TokenHolderOrOwner, infrastructure: InfrastructureDep) -> None:
    await cancel_upload(infrastructure, access.upload_id, access.actor)


@router.post("/{upload_id}/decision")
async def decide(
    upload: DecidableUpload,
    decision: Decision,
    caller: SignedIn,
    infrastructure: InfrastructureDep,
    reader: StatusReaderDep,
) -> UploadView:
    """Say what becomes of a held upload: confirm it, drop a part of it, or split it by patient."""
    await decide_upload(infrastructure, upload.id, decision, caller)
    return await reader.view(upload.id, caller.actor)


@router.get("/{upload_id}/instances")
async def instances(
    upload: VisibleUpload,
    caller: SignedIn,
    reader: StatusReaderDep,
    limit: PageLimit = 100,
    cursor: UUID | None = None,
) -> InstancePage:
    return await reader.instances(upload.id, caller.actor, after=cursor, limit=limit)


@router.get("/{upload_id}/receipt", response_model=dict[str, Any], responses=RECEIPT_FORMS)
async def receipt(
    upload: VisibleUpload,
    caller: SignedIn,
    reader: StatusReaderDep,
    infrastructure: InfrastructureDep,
    response: Response,
    form: Annotated[Literal["json", "pdf"] | None, Query(alias="format")] = None,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> Any:
    """Return the latest revision of the signed custody receipt: `{receipt, signature}`, or the same as one page.

    Without `format` it is the page for who accepts `application/pdf` and no JSON.
    """
    found = await reader.receipt(upload.id, caller.actor)
    response.headers["Vary"] = "Accept"
    if form == "json" or (form is None and not (PDF in accept and "json" not in accept)):
        return found.document
    name = f"receipt-{found.document['receipt']['receipt_id']}-{found.revision}.pdf"
    return Response(
        await receipt_page(infrastructure.typesetter, found.document),
        media_type=PDF,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Vary": "Accept"},
    )
