"""What is no DICOM file, and DICOM files of which a part is missing or has too much behind it."""

import bz2
import gzip
import lzma
import random
from functools import partial

from pydicom.uid import ImplicitVRLittleEndian, JPEGBaseline8Bit

from tests.builders.dicom import make_dicom, make_zip
from tests.hostile.case import Case, accepted, rejected, warned
from tests.hostile.craft import (
    ITEM_END,
    OPEN_ITEM,
    PIXELS,
    SEQUENCE_END,
    UNDEFINED,
    body,
    changed,
    deflated,
    element,
    encapsulated,
    image,
    item,
    sequence,
    text,
    with_private,
)

JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0H\0H\0\0" + bytes(200) + b"\xff\xd9"
PE = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + bytes(400)


def _noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)  # noqa: S311 - the same bytes each time


def _foreign(name: str, content: bytes, code: str = "not-dicom") -> Case:
    return rejected(f"foreign-{name}", code, partial(bytes, content), f"{name} is no DICOM file")


FOREIGN = [
    _foreign("text", b"Dear colleague, please find attached the study. " * 20),
    _foreign("html", b"<!DOCTYPE html><html><script>alert(1)</script></html>" * 10),
    _foreign("jpeg", JPEG),
    _foreign("png", b"\x89PNG\r\n\x1a\n" + bytes(300)),
    _foreign("pdf", b"%PDF-1.7\n" + bytes(300) + b"%%EOF"),
    _foreign("windows-program", PE),
    _foreign("linux-program", b"\x7fELF\2\1\1" + bytes(400)),
    _foreign("shell-script", b"#!/bin/sh\nrm -rf /\n" * 20),
    _foreign("tiff", b"II*\0\x08\0\0\0" + bytes(300)),
    _foreign("nifti", b"\x5c\x01\0\0" + bytes(340) + b"n+1\0"),
    _foreign("xml", b"<?xml version='1.0'?><NativeDicomModel/>" * 10),
    _foreign("json", b'[{"00080018": {"vr": "UI", "Value": ["1.2.3"]}}]' * 5),
    _foreign("hl7", b"MSH|^~\\&|RIS|A|PACS|B|20240229||ORM^O01|1|P|2.3\r" * 5),
    _foreign("utf-16-text", "DICM".encode("utf-16") * 100),
    _foreign("empty", b"", "empty-file"),
    _foreign("one-byte", b"D"),
    _foreign("random", _noise(4096)),
    _foreign("zeros", bytes(4096)),
    _foreign("ones", b"\xff" * 4096),
    _foreign("preamble-alone", bytes(128)),
    _foreign("prefix-cut", bytes(128) + b"DIC"),
    _foreign("prefix-in-lower-case", bytes(128) + b"dicm" + bytes(200)),
    _foreign("prefix-at-the-start", b"DICM" + bytes(300)),
    _foreign("gzip", gzip.compress(image(), mtime=0), "archive-unsupported"),
    _foreign("bzip2", bz2.compress(image()), "archive-unsupported"),
    _foreign("xz", lzma.compress(image()), "archive-unsupported"),
    _foreign("zstandard", b"\x28\xb5\x2f\xfd" + bytes(300), "archive-unsupported"),
    _foreign("7z", b"7z\xbc\xaf\x27\x1c" + bytes(300), "archive-unsupported"),
    _foreign("rar", b"Rar!\x1a\x07\x01\0" + bytes(300), "archive-unsupported"),
    _foreign("tar", b"IM1".ljust(257, b"\0") + b"ustar\x0000" + bytes(300), "archive-unsupported"),
    rejected("bare-data-set", "not-dicom", lambda: image()[body(image()) :], "no preamble, no header: not Part 10"),
    rejected(
        "bare-implicit-data-set",
        "not-dicom",
        lambda: make_dicom(transfer_syntax=ImplicitVRLittleEndian)[body(image()) + 2 :],
        "what older systems sent as ACR-NEMA",
    ),
]


def _cut(length: int) -> bytes:
    return image()[:length]


def _cut_in(raw: bytes, keep: int) -> bytes:
    """Return an image that ends `keep` bytes after the beginning of a private element."""
    content = with_private(raw)
    return content[: content.index(raw) + keep]


def _cut_at_pixels(extra: int) -> bytes:
    content = image()
    return content[: content.index(b"\xe0\x7f\x10\0") + extra]


LONG = element(0x00211001, "UT", b"x" * 1000)
NESTED = sequence(OPEN_ITEM + text(0x00080100, "SH", "CODE") + ITEM_END + SEQUENCE_END, UNDEFINED)
FRAGMENTS = item() + item(JPEG) + SEQUENCE_END

TRUNCATED = [
    rejected("cut-in-preamble", "not-dicom", partial(_cut, 100), "not even the mark is there"),
    rejected("cut-behind-prefix", "transfer-syntax-missing", partial(_cut, 132), "nothing says how to read on"),
    rejected("cut-in-header-element", "truncated", partial(_cut, 150), "the file header ends within an element"),
    rejected("cut-in-header-value", "truncated", partial(_cut, 180), "the file header ends within a UID"),
    rejected("cut-behind-header", "uid-missing", lambda: _cut(body(image())), "an empty data set has no identity"),
    rejected("cut-in-first-tag", "truncated", lambda: _cut(body(image()) + 3), "half a tag"),
    rejected("cut-in-vr", "truncated", lambda: _cut(body(image()) + 5), "half a VR"),
    rejected("cut-in-length", "truncated", lambda: _cut(body(image()) + 7), "half a length"),
    rejected("cut-in-value", "truncated", lambda: _cut(body(image()) + 12), "half a value"),
    rejected("cut-in-long-length", "truncated", partial(_cut_in, LONG, 10), "half of a length of four bytes"),
    rejected("cut-in-long-value", "truncated", partial(_cut_in, LONG, 500), "half a text"),
    rejected("cut-behind-sequence-header", "truncated", partial(_cut_in, NESTED, 12), "a sequence without an end"),
    rejected("cut-in-item-header", "truncated", partial(_cut_in, NESTED, 15), "half an item header"),
    rejected("cut-in-item", "truncated", partial(_cut_in, NESTED, 26), "an element of an item is cut"),
    rejected("cut-before-item-delimiter", "truncated", partial(_cut_in, NESTED, 32), "the item does not end"),
    rejected("cut-before-sequence-delimiter", "truncated", partial(_cut_in, NESTED, 40), "the sequence does not end"),
    rejected("cut-before-pixels", "pixels-missing", partial(_cut_at_pixels, 0), "described, and not there"),
    rejected("cut-in-pixel-header", "truncated", partial(_cut_at_pixels, 6), "half of the pixels' header"),
    rejected("cut-behind-pixel-header", "truncated", partial(_cut_at_pixels, 12), "no pixel at all"),
    rejected("cut-in-pixels", "truncated", partial(_cut_at_pixels, 12 + 64), "half the pixels are missing"),
    rejected("cut-last-byte", "truncated", lambda: image()[:-1], "one byte is missing"),
    rejected(
        "cut-large-image", "truncated", lambda: make_dicom(rows=512, columns=512)[:-100_000], "an upload broke off"
    ),
    rejected("cut-in-offset-table", "truncated", lambda: encapsulated(item(bytes(8), 16)), "half an offset table"),
    rejected("cut-in-fragment", "truncated", lambda: encapsulated(FRAGMENTS)[:-50], "half a fragment"),
    rejected("cut-in-fragment-header", "truncated", lambda: encapsulated(item() + item()[:5]), "half a header"),
    rejected("cut-pixel-delimiter", "truncated", lambda: encapsulated(FRAGMENTS)[:-8], "the fragments do not end"),
    rejected("cut-deflate", "truncated", lambda: deflated()[:-40], "the deflate stream does not end"),
    rejected(
        "hole-of-zeros",
        "pixels-missing",
        lambda: _cut_at_pixels(0) + bytes(140),
        "a chunk that never came, where the file was made at full length before",
    ),
]

TRAILING = [
    rejected("tail-byte", "truncated", lambda: image() + b"\0", "nothing of DICOM has one byte"),
    rejected("tail-text", "trailing-data", lambda: image() + b"\xff\xff\xff\xff hello, world", "text was added"),
    rejected("tail-program", "trailing-data", lambda: image() + PE, "a program was added"),
    rejected("tail-second-file", "trailing-data", lambda: image() + image(), "two files in one"),
    rejected(
        "tail-element", "trailing-data", lambda: image() + text(0x00081030, "LO", "Other"), "a second description"
    ),
    rejected("tail-zip", "trailing-data", lambda: image() + make_zip({"a": b"b"}), "a ZIP that a file manager opens"),
    rejected("tail-many-zeros", "trailing-data", lambda: image() + bytes(100_000), "more than a disk block leaves"),
    rejected("tail-zeros-then-text", "trailing-data", lambda: image() + bytes(512) + b"text", "hidden behind zeros"),
    rejected("tail-odd-zeros", "truncated", lambda: image() + bytes(511), "the rest of something"),
    rejected("tail-behind-fragments", "trailing-data", lambda: encapsulated(FRAGMENTS) + b"\1" * 12, "added"),
    warned("tail-zeros", "trailing-padding", lambda: image() + bytes(512), "writers of tapes and disks leave a block"),
    accepted(
        "tail-padding-element",
        lambda: changed({0xFFFCFFFC: element(0xFFFCFFFC, "OB", bytes(64))}),
        "Data Set Trailing Padding (PS3.10 7.2)",
    ),
    accepted(
        "tail-private-element",
        lambda: changed({0x7FE10010: text(0x7FE10010, "LO", "ACME"), 0x7FE11001: element(0x7FE11001, "OB", bytes(8))}),
        "private elements may follow the pixels",
    ),
    rejected(
        "tail-second-pixels",
        "trailing-data",
        lambda: image() + element(PIXELS, "OW", bytes(128)),
        "two images under one name",
    ),
]

ENCAPSULATED_IS_GOOD = accepted(
    "fragments-plain", lambda: image(transfer_syntax=JPEGBaseline8Bit), "the good file that the others are made from"
)

CASES = [*FOREIGN, *TRUNCATED, *TRAILING, ENCAPSULATED_IS_GOOD]
