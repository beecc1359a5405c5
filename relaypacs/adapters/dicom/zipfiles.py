"""The central directory of a ZIP (APPNOTE.TXT 4.3), read within limits, and its members, decoded piece by piece."""

import struct
import zlib
from dataclasses import dataclass
from io import SEEK_END
from typing import BinaryIO

from relaypacs.adapters.dicom.base import Encoding
from relaypacs.adapters.dicom.limits import Limits
from relaypacs.adapters.dicom.reasons import Code
from relaypacs.adapters.dicom.streams import PIECE, ByteStream, DecompressionBomb, Inflater

STORED, DEFLATED = 0, 8
ENCRYPTED_FLAG, DESCRIPTOR_FLAG, UTF8_FLAG = 0x0001, 0x0008, 0x0800
SYMLINK, FILE_TYPE_MASK = 0o120000, 0o170000
ZIP64_EXTRA = 0x0001
FULL_16, FULL_32 = 0xFFFF, 0xFFFFFFFF

END_MARK, ZIP64_END_MARK, ZIP64_LOCATOR_MARK = b"PK\5\6", b"PK\6\6", b"PK\6\7"
ENTRY_MARK, LOCAL_MARK = b"PK\1\2", b"PK\3\4"
SPLIT_MARK = b"PK\7\10"
ZIP_MARKS = (LOCAL_MARK, END_MARK, SPLIT_MARK)

# The fields that are used; the others are passed over.
_END = struct.Struct("<4s H H 2x H L L H")
_ZIP64_LOCATOR = struct.Struct("<4s 4x Q 4x")
_ZIP64_END = struct.Struct("<4s 12x L L 8x Q Q Q")
_ENTRY = struct.Struct("<4s 4x H H 4x L L L H H H 4x L L")
_LOCAL = struct.Struct("<4s 2x H H 4x L L L H H")
_EXTRA_HEADER = struct.Struct("<HH")
_MAX_COMMENT = 0xFFFF


class ZipFault(Exception):
    """The ZIP, or the member that is being read, is not what it should be."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Member:
    """What the central directory says about a member. `name` is what the sender wrote: never a path."""

    raw_name: bytes
    flags: int
    method: int
    crc: int
    compressed: int
    size: int
    header_offset: int
    is_link: bool

    @property
    def name(self) -> str:
        return self.raw_name.decode("utf-8" if self.flags & UTF8_FLAG else "cp437", errors="replace")

    @property
    def is_folder(self) -> bool:
        return self.size == 0 and self.raw_name.endswith((b"/", b"\\"))

    @property
    def encrypted(self) -> bool:
        return bool(self.flags & ENCRYPTED_FLAG)

    @property
    def encoding(self) -> Encoding:
        return Encoding.DEFLATED if self.method == DEFLATED else Encoding.STORED


@dataclass(frozen=True, slots=True)
class Directory:
    offset: int
    members: tuple[Member, ...]  # in the order in which they lie in the file


def read_directory(file: BinaryIO, limits: Limits) -> Directory:
    """Read the central directory. Raises ZipFault; neither its size nor its count is believed unchecked."""
    try:
        count, length, offset = _find_directory(file)
        if count > limits.zip_members or length > limits.zip_directory:
            raise ZipFault(Code.ZIP_TOO_MANY_MEMBERS)
        file.seek(offset)
        stream = ByteStream(lambda: file.read(PIECE))
        members = [_entry(stream) for _ in range(count)]
    except (EOFError, struct.error):
        raise ZipFault(Code.ZIP_BROKEN) from None
    if stream.position != length:
        raise ZipFault(Code.ZIP_BROKEN)
    return Directory(offset, tuple(sorted(members, key=lambda member: member.header_offset)))


def _find_directory(file: BinaryIO) -> tuple[int, int, int]:
    """Return the directory's (number of entries, bytes, offset) as its end record has them.

    Readers search for that record from the end, each in its own way. So there must be nothing behind it but its
    comment, and nothing between the directory and it: no second directory for another reader.
    """
    size = file.seek(0, SEEK_END)
    start = max(0, size - _END.size - _MAX_COMMENT)
    file.seek(start)
    tail = file.read(size - start)
    at = tail.rfind(END_MARK)
    if at < 0:
        raise ZipFault(Code.ZIP_BROKEN)
    _, disk, first_disk, count, length, offset, comment = _END.unpack_from(tail, at)
    if at + _END.size + comment != len(tail):
        raise ZipFault(Code.ZIP_BROKEN)
    end = start + at
    locator = at - _ZIP64_LOCATOR.size
    zip64 = FULL_16 in (disk, first_disk, count) or FULL_32 in (length, offset)
    if zip64 and locator >= 0 and tail.startswith(ZIP64_LOCATOR_MARK, locator):
        _, end = _ZIP64_LOCATOR.unpack_from(tail, locator)
        if end >= size:
            raise ZipFault(Code.ZIP_BROKEN)
        file.seek(end)
        mark, disk, first_disk, count, length, offset = _ZIP64_END.unpack(file.read(_ZIP64_END.size))
        if mark != ZIP64_END_MARK:
            raise ZipFault(Code.ZIP_BROKEN)
    if disk or first_disk:
        raise ZipFault(Code.ZIP_SPLIT)
    if offset + length != end:
        raise ZipFault(Code.ZIP_BROKEN)
    return count, length, offset


def _entry(stream: ByteStream) -> Member:
    fields = stream.unpack(_ENTRY)
    mark, flags, method, crc, compressed, size, name_length, extra_length, comment_length, mode, offset = fields
    if mark != ENTRY_MARK:
        raise ZipFault(Code.ZIP_BROKEN)
    name = stream.take(name_length)
    extra = stream.take(extra_length)
    stream.take(comment_length)
    size, compressed, offset = _widen(extra, size, compressed, offset)
    return Member(
        raw_name=name,
        flags=flags,
        method=method,
        crc=crc,
        compressed=compressed,
        size=size,
        header_offset=offset,
        is_link=(mode >> 16) & FILE_TYPE_MASK == SYMLINK,
    )


def _widen(extra: bytes, *fields: int) -> list[int]:
    """Return `fields`, where they are full taken from the ZIP64 extra field, which has just those (4.5.3).

    Raises ZipFault for an extra field that reaches beyond all of them; up to three bytes may be left over, which
    align the data of some writers.
    """
    widened = list(fields)
    full = [index for index, field in enumerate(fields) if field == FULL_32]
    at = 0
    while at + _EXTRA_HEADER.size <= len(extra):
        kind, length = _EXTRA_HEADER.unpack_from(extra, at)
        at += _EXTRA_HEADER.size
        if at + length > len(extra):
            raise ZipFault(Code.ZIP_BROKEN)
        if kind == ZIP64_EXTRA and full:
            for index, value in zip(full, struct.unpack_from(f"<{len(full)}Q", extra[at : at + length]), strict=True):
                widened[index] = value
            full = []
        at += length
    return widened


def data_offset(file: BinaryIO, member: Member, end: int) -> int:
    """Return where the member's data begin, behind its local header; they end before `end`.

    Raises ZipFault when the local header is not there or contradicts the directory: another reader may go by it.
    """
    if member.header_offset >= end:
        raise ZipFault(Code.MEMBER_BROKEN)
    file.seek(member.header_offset)
    header = file.read(_LOCAL.size)
    if len(header) < _LOCAL.size:
        raise ZipFault(Code.MEMBER_BROKEN)
    mark, flags, method, crc, compressed, size, name_length, extra_length = _LOCAL.unpack(header)
    name = file.read(name_length)
    offset: int = member.header_offset + _LOCAL.size + name_length + extra_length
    sizes = (crc, compressed, size)
    agrees = (
        mark == LOCAL_MARK
        and (method, name) == (member.method, member.raw_name)
        and not flags & ENCRYPTED_FLAG
        and (bool(flags & DESCRIPTOR_FLAG) or _same_sizes(sizes, (member.crc, member.compressed, member.size)))
    )
    if not agrees or offset + member.compressed > end:
        raise ZipFault(Code.MEMBER_BROKEN)
    return offset


def _same_sizes(local: tuple[int, ...], central: tuple[int, ...]) -> bool:
    """Compare what both headers say; a full local field stands for one in its ZIP64 extra field."""
    return all(here in (there, FULL_32) for here, there in zip(local, central, strict=True))


class MemberSource:
    """Decodes a member from where `file` stands; `pull` is for a ByteStream.

    Raises ZipFault as soon as the member turns out to be more, and at its end when it was less, than the
    directory says.
    """

    def __init__(self, file: BinaryIO, member: Member, limits: Limits) -> None:
        self._file = file
        self._member = member
        self._left = member.compressed
        self._inflater = Inflater(self._raw, limits) if member.method == DEFLATED else None
        self._produced = 0
        self._crc = 0

    def pull(self) -> bytes:
        """Return the next decoded piece, empty at the end."""
        try:
            piece = self._inflater.pull() if self._inflater else self._raw()
        except (EOFError, zlib.error):
            raise ZipFault(Code.MEMBER_BROKEN) from None
        except DecompressionBomb:
            raise ZipFault(Code.DECOMPRESSION_BOMB) from None
        self._produced += len(piece)
        self._crc = zlib.crc32(piece, self._crc)
        member = self._member
        left_over = self._left or (self._inflater and self._inflater.unused)
        ended_wrong = not piece and ((self._produced, self._crc) != (member.size, member.crc) or left_over)
        if self._produced > member.size or ended_wrong:
            raise ZipFault(Code.MEMBER_BROKEN)
        return piece

    def _raw(self) -> bytes:
        piece = self._file.read(min(PIECE, self._left))
        self._left -= len(piece)
        return piece
