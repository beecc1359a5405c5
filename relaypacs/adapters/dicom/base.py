"""The inspection port: what is in a received file, and whether each instance in it may be forwarded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from relaypacs.adapters.storage.base import StoredBlob


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    WARNING = "warning"  # accepted, with something a person should know
    REJECTED = "rejected"


class Encoding(StrEnum):
    """How an instance's bytes lie in the received file."""

    STORED = "stored"
    DEFLATED = "deflated"  # a ZIP member with method 8


@dataclass(frozen=True, slots=True)
class Span:
    """Where an instance's bytes are in the received file, so that they are never copied out of it.

    `offset` and `length` count bytes of the received file, `size` those of the instance once decoded.
    With `neutralise_preamble` the first 128 bytes are zeros wherever the instance is sent (PS3.10 7.1).
    """

    offset: int
    length: int
    size: int
    encoding: Encoding = Encoding.STORED
    neutralise_preamble: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verdict is not a plain "accepted": a stable code, and a sentence a radiographer understands."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Inspected:
    """The verdict on one instance.

    `member` is the name inside the ZIP, None for a plain file; a label, never a path.
    `sha256` is of the instance's bytes as received, `pixel_sha256` of the value of its pixel data as encoded
    (for encapsulated pixel data: of all items with their headers, without the delimiter, PS3.5 A.4), or of the
    data set without coercible attributes where it has none (`DataSetWalk.content_sha256`; to be compared only
    within one transfer syntax). Both are lower-case hex. `reasons` codes and sentences are those of `reasons`.
    `attributes` maps DICOM keywords to plain text for those that the gateway shows or compares; absent ones are
    left out. Empty strings and None fields only where the verdict is REJECTED.
    """

    member: str | None
    span: Span
    sha256: str
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    sop_class_uid: str = ""
    sop_instance_uid: str = ""
    transfer_syntax_uid: str = ""
    study_instance_uid: str = ""
    series_instance_uid: str = ""
    pixel_sha256: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileInspection:
    """All instances of one received file, and how much clutter was passed over.

    `problem` is set when the file as a whole can't be read (a broken or encrypted ZIP); `instances` then holds
    what was found before, which may be nothing.
    """

    instances: tuple[Inspected, ...]
    skipped: int = 0  # DICOMDIR, autorun files, pictures: not DICOM instances, and not missed
    problem: Reason | None = None


@dataclass(frozen=True, slots=True)
class PixelPair:
    """Two Part 10 files of one instance, in different transfer syntaxes, both lossless."""

    ours: StoredBlob
    theirs: StoredBlob


class PixelComparison(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    UNDECODABLE = "undecodable"  # by the decoders that we have, within the bounds of a file


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One item of a structured report's content tree (PS3.3 C.17.3)."""

    depth: int
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """A report as a DICOM object: an encapsulated PDF, or the content of a structured report."""

    sop_instance_uid: str
    study_instance_uid: str
    is_complete: bool  # (0040,A491)
    is_verified: bool  # (0040,A493)
    title: str
    patient_name: str
    patient_id: str
    patient_birth_date: str
    study_date: str
    accession_number: str
    pdf: bytes = field(default=b"", repr=False)
    lines: tuple[DocumentLine, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class DocumentRequest:
    """A Part 10 file that may be a report."""

    blob: StoredBlob


class Inspector(Protocol):
    """Reads a received file once, front to back, and judges every instance in it.

    Memory is bounded whatever the file's size; nothing runs on the event loop. The same bytes always
    give the same result.
    """

    async def inspect(self, blob: StoredBlob) -> FileInspection:
        """Return the verdicts. Bad content raises nothing: that is a verdict.

        Raises OSError when the blob cannot be read, or nothing can be inspected now; asking again may help.
        """
        ...

    async def compare_pixels(self, pair: PixelPair) -> PixelComparison:
        """Decode both files and compare their pixels. Raises OSError as `inspect` does."""
        ...

    async def read_document(self, request: DocumentRequest) -> FoundDocument | None:
        """Return the report in the file, None when there is none to be shown. Raises OSError as `inspect` does."""
        ...

    async def close(self) -> None:
        """End the child processes."""
        ...
