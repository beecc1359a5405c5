"""`/dicom-web`: the Store transaction of PS3.18 10.5, STOW-RS."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request, Response

from relaypacs.features.inbound.dependencies import IntakeDep, StowSender
from relaypacs.features.inbound.errors import MediaTypeUnsupported
from relaypacs.features.inbound.service.intake import InboundIntake
from relaypacs.features.inbound.service.response import JSON, XML, encode, preferred
from relaypacs.features.inbound.service.sender import Sender
from relaypacs.features.inbound.service.store import store

router = APIRouter(prefix="/dicom-web", tags=["dicom-web"])

StudyInstanceUID = Annotated[str, Path(pattern=r"^[0-9]+(\.[0-9]+)+$", max_length=64)]
Accept = Annotated[str, Header(description="application/dicom+json, or application/dicom+xml.")]

STORED: dict[str, Any] = {
    kind: {"schema": {"type": "object"} if kind == JSON else {"type": "string"}} for kind in (JSON, XML)
}
RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "All instances are stored", "content": STORED},
    202: {"description": "Some instances are stored, or some with a warning", "content": STORED},
    409: {"description": "No instance is stored", "content": STORED},
    507: {"description": "No instance is stored: there is no room", "content": STORED},
}
MULTIPART: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"multipart/related": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("/studies", response_class=Response, responses=RESPONSES, openapi_extra=MULTIPART)
async def store_instances(sender: StowSender, request: Request, intake: IntakeDep, accept: Accept = "") -> Response:
    """Store instances of any studies."""
    return await _store(intake, sender, request, accept, None)


@router.post("/studies/{study}", response_class=Response, responses=RESPONSES, openapi_extra=MULTIPART)
async def store_instances_of_study(
    sender: StowSender, study: StudyInstanceUID, request: Request, intake: IntakeDep, accept: Accept = ""
) -> Response:
    """Store instances of one study; those of another one fail."""
    return await _store(intake, sender, request, accept, study)


async def _store(intake: InboundIntake, sender: Sender, request: Request, accept: str, study: str | None) -> Response:
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise MediaTypeUnsupported("Send the body without a Content-Encoding.")
    stored = await store(intake, sender, request.headers.get("content-type", ""), request.stream(), study)
    kind = preferred(accept)
    response = Response(encode(stored.outcomes, kind), stored.status)
    response.headers["Content-Type"] = kind  # exactly so: some clients compare it, and take no parameter
    for upload_id in stored.upload_ids:
        response.headers.append("Link", f'</api/v1/upload/{upload_id}>; rel="status"')  # RFC 8631
    return response
