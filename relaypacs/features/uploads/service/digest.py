"""Checks a chunk's body against its digest, in memory, before anything is written."""

import hashlib
import hmac
import zlib
from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass
from re import fullmatch, search

from relaypacs.features.uploads.errors import (
    ChunkChecksumMismatch,
    ChunkEncodingBroken,
    ChunkSizeMismatch,
    DigestMalformed,
    DigestMissing,
    EncodingUnsupported,
)

MD5_BYTES, SHA256_BYTES = 16, 32
GZIP_WINDOW = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Digest:
    """What the body's digest must be."""

    algorithm: str  # as hashlib names it
    value: bytes


def parse_digest(content_md5: str | None, content_digest: str | None) -> Digest:
    """Read Content-MD5 (RFC 1864; hex is taken too) or Content-Digest (RFC 9530, sha-256).

    SHA-256 wins where both are given: it is the stronger, and the quicker. Raises DigestMissing, DigestMalformed.
    """
    if content_digest is not None:
        found = search(r"(?:^|[,\s])sha-256=:([A-Za-z0-9+/=]*):", content_digest)
        if found is None:
            raise DigestMalformed("Content-Digest must hold sha-256=:<base64>:.")
        return Digest("sha256", _base64(found[1], SHA256_BYTES, "Content-Digest"))
    if content_md5 is None:
        raise DigestMissing("Send Content-MD5, or Content-Digest with sha-256, of the body.")
    text = content_md5.strip()
    if fullmatch(r"[0-9A-Fa-f]{32}", text):
        return Digest("md5", bytes.fromhex(text))
    return Digest("md5", _base64(text, MD5_BYTES, "Content-MD5"))


def _base64(text: str, length: int, header: str) -> bytes:
    try:
        value = b64decode(text, validate=True)
    except (Base64Error, ValueError):
        value = b""
    if len(value) != length:
        raise DigestMalformed(f"{header} must be the base64 of {length} bytes.")
    return value


def check_encoding(content_encoding: str | None) -> bool:
    """Return whether the body is gzip. Raises EncodingUnsupported for anything but gzip and identity."""
    encoding = (content_encoding or "identity").strip().lower()
    if encoding not in ("gzip", "identity"):
        raise EncodingUnsupported("A chunk is sent as it is, or with Content-Encoding: gzip.")
    return encoding == "gzip"


def open_body(body: bytes, digest: Digest, expected_size: int, *, is_gzip: bool) -> bytes:
    """Return the chunk's bytes, proven to be those that were sent.

    Raises ChunkChecksumMismatch, ChunkEncodingBroken, ChunkSizeMismatch.
    """
    if not hmac.compare_digest(hashlib.new(digest.algorithm, body, usedforsecurity=False).digest(), digest.value):
        raise ChunkChecksumMismatch("The bytes that arrived are not those that were sent. Send the chunk again.")
    data = _gunzip(body, expected_size) if is_gzip else body
    if len(data) != expected_size:
        raise ChunkSizeMismatch(
            f"This chunk has {expected_size} bytes; {len(data)} arrived.", expected=expected_size, received=len(data)
        )
    return data


def _gunzip(body: bytes, limit: int) -> bytes:
    """Decode one gzip member of at most `limit` bytes (RFC 1952); memory is bounded whatever it claims."""
    decoder = zlib.decompressobj(GZIP_WINDOW)
    try:
        data = decoder.decompress(body, limit + 1)
    except zlib.error as error:
        raise ChunkEncodingBroken("The body is not gzip, although its header says so.") from error
    if len(data) > limit:
        raise ChunkSizeMismatch(f"This chunk has {limit} bytes; more arrived.", expected=limit)
    if not decoder.eof or decoder.unused_data:
        raise ChunkEncodingBroken("The gzip stream is cut short, or something follows it.")
    return data
