"""The STOW-RS request (PS3.18 10.5): each part is an instance of its own, and has an outcome of its own."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from relaypacs.core.multipart import (
    MultipartMalformed,
    MultipartReader,
    Part,
    boundary_of,
    media_type,
)
from relaypacs.features.inbound.errors import MediaTypeUnsupported, MultipartBroken
from relaypacs.features.inbound.service.intake import InboundIntake, Transfer
from relaypacs.features.inbound.service.outcome import Outcome, Status
from relaypacs.features.inbound.service.sender import Sender

DICOM = "application/dicom"
CHECKED_BESIDE = 16  # instances of a request that are being checked while further ones come in
WRONG_TYPE = f"Send multipart/related; type={DICOM}; with one Part 10 file in each part."


@dataclass(frozen=True, slots=True)
class Stored:
    """The outcomes in the order of the parts, and the uploads that they went to."""

    outcomes: Sequence[Outcome]
    upload_ids: Sequence[UUID]

    @property
    def status(self) -> HTTPStatus:
        """Return what the request as a whole is answered with (PS3.18 table 10.5.3-1)."""
        if not any(outcome.is_stored for outcome in self.outcomes):
            full = all(outcome.status is Status.OUT_OF_RESOURCES for outcome in self.outcomes)
            return HTTPStatus.INSUFFICIENT_STORAGE if full else HTTPStatus.CONFLICT
        plain = all(outcome.status is Status.STORED for outcome in self.outcomes)
        return HTTPStatus.OK if plain else HTTPStatus.ACCEPTED


async def store(
    intake: InboundIntake, sender: Sender, content_type: str, body: AsyncIterator[bytes], study: str | None
) -> Stored:
    """Take every part of the request, then complete the uploads.

    A body that breaks off leaves its uploads open for a while: what came is safe, and the same request once more
    goes on with them. Raises MediaTypeUnsupported, MultipartBroken.
    """
    reader = _reader(content_type, body)
    async with intake.transfer(sender) as transfer:
        try:
            outcomes = await _take_all(intake, transfer, reader, study)
        except MultipartMalformed as error:
            raise MultipartBroken(f"{error} What was received before is kept. Send the request again.") from error
        if not outcomes:
            raise MultipartBroken("The body has no parts.")
        upload_ids = transfer.upload_ids
    await asyncio.shield(intake.complete(transfer))
    return Stored(outcomes, upload_ids)


def _reader(content_type: str, body: AsyncIterator[bytes]) -> MultipartReader:
    kind = media_type(content_type)
    if kind.name != "multipart/related" or kind.parameters.get("type", DICOM).lower() != DICOM:
        raise MediaTypeUnsupported(WRONG_TYPE)
    try:
        return MultipartReader(body, boundary_of(kind))
    except MultipartMalformed as error:
        raise MultipartBroken(str(error)) from error


async def _take_all(
    intake: InboundIntake, transfer: Transfer, reader: MultipartReader, study: str | None
) -> Sequence[Outcome]:
    """Take the parts one after the other, while those before are still being checked."""
    taken: list[asyncio.Task[Outcome]] = []
    try:
        async for part in reader.parts():
            taken.append(await _take(intake, transfer, part, study))
            await asyncio.gather(*taken[-CHECKED_BESIDE - 1 : -CHECKED_BESIDE])
    finally:  # also of a body that breaks off: the next request finds what there is
        if taken:
            await asyncio.wait(taken)
    return [task.result() for task in taken]


async def _take(intake: InboundIntake, transfer: Transfer, part: Part, study: str | None) -> asyncio.Task[Outcome]:
    """Take one part. One of another type is refused at once while nothing has been stored, else like a broken one."""
    if media_type(part.headers.get("content-type", DICOM)).name == DICOM:
        return await intake.accept(transfer, part.content, study)
    if not transfer.upload_ids:
        raise MediaTypeUnsupported(WRONG_TYPE)
    return asyncio.create_task(_refused())


async def _refused() -> Outcome:
    return Outcome(Status.CANNOT_UNDERSTAND, WRONG_TYPE)
