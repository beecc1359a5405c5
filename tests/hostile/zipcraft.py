"""ZIPs put together field by field (APPNOTE.TXT 4.3), so that each may lie."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

STORED, DEFLATED = 0, 8
DESCRIPTOR, ENCRYPTED, UTF8 = 0x0008, 0x0001, 0x0800


@dataclass(frozen=True)
class Entry:
    """A member. What is None is as it should be; `local_*` differ from what the directory says."""

    name: bytes
    content: bytes = b""
    method: int = DEFLATED
    flags: int = 0
    packed: bytes | None = None
    size: int | None = None
    compressed: int | None = None
    crc: int | None = None
    mode: int = 0
    offset: int | None = None
    extra: bytes = b""
    comment: bytes = b""
    local_name: bytes | None = None
    local_flags: int | None = None
    local_method: int | None = None
    local_size: int | None = None
    local_crc: int | None = None
    local_mark: bytes = b"PK\3\4"
    descriptor: bytes = b""
    in_directory: bool = True
    in_file: bool = True

    @property
    def data(self) -> bytes:
        if self.packed is not None:
            return self.packed
        if self.method != DEFLATED:
            return self.content
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        return packer.compress(self.content) + packer.flush()

    def local(self) -> bytes:
        if not self.in_file:
            return b""
        name = self.name if self.local_name is None else self.local_name
        flags = self.flags if self.local_flags is None else self.local_flags
        method = self.method if self.local_method is None else self.local_method
        streamed = bool(flags & DESCRIPTOR)
        compressed, size, crc = (0, 0, 0) if streamed else self._sizes()
        size = size if self.local_size is None else self.local_size
        crc = crc if self.local_crc is None else self.local_crc
        fields = struct.pack("<HHHHHLLLHH", 20, flags, method, 0, 33, crc, compressed, size, len(name), 0)
        return self.local_mark + fields + name + self.data + self.descriptor

    def central(self, offset: int) -> bytes:
        at = offset if self.offset is None else self.offset
        compressed, size, crc = self._sizes()
        fields = struct.pack("<HHHHHHLLL", 0x0314, 20, self.flags, self.method, 0, 33, crc, compressed, size)
        lengths = struct.pack("<HHHHHLL", len(self.name), len(self.extra), len(self.comment), 0, 0, self.mode << 16, at)
        return b"PK\1\2" + fields + lengths + self.name + self.extra + self.comment

    def _sizes(self) -> tuple[int, int, int]:
        return (
            len(self.data) if self.compressed is None else self.compressed,
            len(self.content) if self.size is None else self.size,
            zlib.crc32(self.content) if self.crc is None else self.crc,
        )


def raw_zip(
    *entries: Entry,
    gap: bytes = b"",
    comment: bytes = b"",
    comment_length: int | None = None,
    count: int | None = None,
    length: int | None = None,
    offset: int | None = None,
    disk: int = 0,
    zip64: Sequence[int] | None = None,
    locator: int | None = None,
) -> bytes:
    """Return a ZIP; `gap` lies before the directory. `zip64` is the (count, length, offset) of a ZIP64 end record."""
    places, body = [], b""
    for entry in entries:
        places.append(len(body))
        body += entry.local()
    body += gap
    start = len(body)
    listed = [(entry, place) for entry, place in zip(entries, places, strict=True) if entry.in_directory]
    body += b"".join(entry.central(place) for entry, place in listed)
    said = (
        len(listed) if count is None else count,
        len(body) - start if length is None else length,
        start if offset is None else offset,
    )
    if zip64 is not None:
        at = len(body) if locator is None else locator
        body += struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, zip64[0], *zip64)
        body += struct.pack("<4sLQL", b"PK\6\7", 0, at, 1)
        said = (0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
    remark = len(comment) if comment_length is None else comment_length
    end = struct.pack("<4sHHHHLLH", b"PK\5\6", disk, disk, said[0], said[0], said[1], said[2], remark)
    return body + end + comment
