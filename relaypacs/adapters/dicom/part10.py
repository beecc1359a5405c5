"""DICOM files: preamble, file meta information, data set (PS3.10 chapter 7), read once from front to back."""

import zlib
from dataclasses import dataclass, field
from hashlib import sha256

from relaypacs.adapters.dicom.elements import (
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    KNOWN_VRS,
    UNDEFINED,
    Layout,
    Malformed,
)
from relaypacs.adapters.dicom.limits import Limits
from relaypacs.adapters.dicom.pixels import Pixels
from relaypacs.adapters.dicom.reasons import Code
from relaypacs.adapters.dicom.streams import PIECE, ByteStream, DecompressionBomb, Inflater, Readable
from relaypacs.adapters.dicom.syntaxes import TransferSyntax, transfer_syntax
from relaypacs.adapters.dicom.values import clean_uid, is_legal_uid
from relaypacs.adapters.dicom.walker import DataSetWalk, Wanted

PREAMBLE = 128
PREFIX = b"DICM"
HEADER = 8
GZIP_TRAILER = 8
IDENTIFYING_GROUP = b"\x08\x00"
TIFF_MARKS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

META_GROUP = b"\x02\x00"
META_LENGTH = 0x00020000
META_SOP_CLASS = 0x00020002
META_SOP_INSTANCE = 0x00020003
META_TRANSFER_SYNTAX = 0x00020010
_META_WANTED = frozenset({META_LENGTH, META_SOP_CLASS, META_SOP_INSTANCE, META_TRANSFER_SYNTAX})


@dataclass(slots=True)
class Part10:
    """What one reading found. With a `fault` it holds what came before that."""

    size: int = 0
    sha256: str = ""
    fault: Malformed | None = None
    foreign_preamble: bool = False
    meta: dict[int, bytes] = field(default_factory=dict)
    meta_length_right: bool = True
    syntax: TransferSyntax | None = None
    implicit_unannounced: bool = False
    values: dict[int, bytes] = field(default_factory=dict)
    pixels: Pixels | None = None
    content_sha256: str = ""
    in_order: bool = True
    odd: bool = False
    last_tag: int = -1
    padding: int = 0
    elements: int = 0  # of the data set, items and fragments too
    inflated: int = 0  # bytes of a deflated data set

    @property
    def pixel_sha256(self) -> str:
        """Digest of the pixel data, or of the content where there are none (see `DataSetWalk`)."""
        return self.pixels.sha256 if self.pixels else self.content_sha256


class _HashedInput:
    def __init__(self, source: Readable) -> None:
        self._read = source.read
        self.digest = sha256()
        self.size = 0

    def pull(self) -> bytes:
        piece = self._read(PIECE)
        self.digest.update(piece)
        self.size += len(piece)
        return piece


def has_prefix(head: bytes) -> bool:
    """Tell whether a file that begins with `head` (132 bytes or more) is DICOM by its mark (PS3.10 7.1)."""
    return head[PREAMBLE : PREAMBLE + len(PREFIX)] == PREFIX


def read_part10(source: Readable, wanted: Wanted, limits: Limits) -> Part10:
    """Read `source` to its end, whatever is in it, so that size and digest are those of all its bytes.

    Raises only what `source` raises.
    """
    hashed = _HashedInput(source)
    record = Part10()
    _read_guarded(ByteStream(hashed.pull), record, wanted, limits, to_pixels=False)
    while hashed.pull():
        pass
    record.size, record.sha256 = hashed.size, hashed.digest.hexdigest()
    return record


def read_to_pixels(source: Readable, wanted: Wanted, limits: Limits) -> Part10:
    """Read `source` up to its pixel data. Size, digests and pixels of the result are not filled in."""
    record = Part10()
    _read_guarded(ByteStream(lambda: source.read(PIECE)), record, wanted, limits, to_pixels=True)
    return record


def _read_guarded(stream: ByteStream, record: Part10, wanted: Wanted, limits: Limits, *, to_pixels: bool) -> None:
    """Fill `record` from `stream`; what stops that becomes its fault."""
    try:
        _read_header(stream, record, limits)
        _read_data_set(stream, record, wanted, limits, to_pixels=to_pixels)
    except Malformed as fault:
        record.fault = fault
    except EOFError:
        record.fault = Malformed(Code.TRUNCATED)
    except zlib.error:
        record.fault = Malformed(Code.DEFLATE_BROKEN)
    except DecompressionBomb:
        record.fault = Malformed(Code.DECOMPRESSION_BOMB)


def _read_header(stream: ByteStream, record: Part10, limits: Limits) -> None:
    """Read preamble and file meta information, which is explicit little endian whatever follows."""
    head = stream.peek(PREAMBLE + len(PREFIX))
    if not has_prefix(head):
        raise Malformed(Code.NOT_DICOM if head else Code.EMPTY_FILE)
    stream.take(len(head))
    preamble = head[:PREAMBLE]
    record.foreign_preamble = any(preamble) and not preamble.startswith(TIFF_MARKS)
    start = stream.position
    count = 0
    while stream.peek(len(META_GROUP)) == META_GROUP:
        count += 1
        if count > limits.meta_elements:
            raise Malformed(Code.TOO_MANY_ELEMENTS)
        if _read_meta_element(stream, record, limits) == META_LENGTH:
            start = stream.position
    if META_LENGTH in record.meta:
        said = int.from_bytes(record.meta[META_LENGTH], "little")
        record.meta_length_right = said == stream.position - start


def _read_meta_element(stream: ByteStream, record: Part10, limits: Limits) -> int:
    """Take an element, keep its value if it is wanted, and return its tag."""
    tag, vr, length = EXPLICIT_LITTLE.header(stream)
    if length == UNDEFINED or (tag == META_LENGTH and (vr, length) != (b"UL", 4)):
        raise Malformed(Code.ELEMENT_BROKEN, tag)
    if tag in record.meta:
        raise Malformed(Code.ELEMENT_REPEATED, tag)
    kept = min(length, limits.captured_value) if tag in _META_WANTED else 0
    if tag in _META_WANTED:
        record.meta[tag] = stream.take(kept)
    for _ in stream.pieces(length - kept):
        pass
    return tag


def _read_data_set(stream: ByteStream, record: Part10, wanted: Wanted, limits: Limits, *, to_pixels: bool) -> None:
    uid = clean_uid(record.meta.get(META_TRANSFER_SYNTAX, b""))
    if not uid:
        raise Malformed(Code.TRANSFER_SYNTAX_MISSING)
    syntax = record.syntax = transfer_syntax(uid) if is_legal_uid(uid) else None
    if syntax is None:
        raise Malformed(Code.TRANSFER_SYNTAX_UNKNOWN)
    inflater = Inflater(lambda: stream.read(PIECE), limits) if syntax.deflated else None
    decoded = ByteStream(inflater.pull) if inflater else stream
    layout = EXPLICIT_BIG if syntax.big_endian else IMPLICIT_LITTLE if syntax.implicit else EXPLICIT_LITTLE
    head = decoded.peek(HEADER)
    if layout is EXPLICIT_LITTLE and _looks_implicit(head):
        layout, record.implicit_unannounced = IMPLICIT_LITTLE, True
    elif _looks_different(head, layout):
        raise Malformed(Code.TRANSFER_SYNTAX_DIFFERS)
    walk = DataSetWalk(decoded, layout, wanted, limits, to_pixels=to_pixels)
    try:
        walk.run()
    finally:
        record.values, record.pixels = walk.values, walk.pixels
        record.content_sha256, record.in_order = walk.content_sha256, walk.in_order
        record.odd, record.last_tag, record.padding = walk.odd, walk.last_tag, walk.padding
        record.elements, record.inflated = walk.count, inflater.produced if inflater else 0
    if inflater and not to_pixels:
        _check_behind_deflate(inflater, stream)


def _looks_implicit(head: bytes) -> bool:
    """Tell whether a data set has no VR in its first header, as some writers of compressed images leave it."""
    return head.startswith(IDENTIFYING_GROUP) and not head[4:6].isalpha()


def _looks_different(head: bytes, layout: Layout) -> bool:
    """Tell whether a data set begins in the other byte order, or with a VR where there should be none."""
    if layout is EXPLICIT_BIG:
        return head.startswith(IDENTIFYING_GROUP)
    with_vr = layout is IMPLICIT_LITTLE and head.startswith(IDENTIFYING_GROUP) and head[4:6] in KNOWN_VRS
    return with_vr or head.startswith(IDENTIFYING_GROUP[::-1])


def _check_behind_deflate(inflater: Inflater, stream: ByteStream) -> None:
    """Only zeros may follow the deflated data set; PS3.5 A.5 asks for one where its length is odd.

    Tolerated is gzip's trailer (RFC 1952: CRC-32, size), which the sample file of the standard's editor has.
    """
    behind = inflater.unused + stream.peek(GZIP_TRAILER)
    if behind[4:] == (inflater.produced & 0xFFFFFFFF).to_bytes(4, "little"):
        return
    while behind:
        if any(behind):
            raise Malformed(Code.TRAILING_DATA)
        behind = stream.read(PIECE)
