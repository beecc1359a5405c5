"""Elements, sequences and items that are built wrong, and ones that are odd but allowed (PS3.5 7)."""

import struct
from collections.abc import Callable
from functools import partial

from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from tests.hostile.case import Case, accepted, rejected, warned
from tests.hostile.craft import (
    ITEM_END,
    OPEN_ITEM,
    PIXELS,
    PRIVATE,
    SEQUENCE_END,
    UNDEFINED,
    body,
    changed,
    deflated,
    element,
    image,
    implicit,
    item,
    relabelled,
    sequence,
    short,
    text,
    with_private,
)

CODE = text(0x00080100, "SH", "CODE")


def _private(name: str, code: str, raw: bytes, why: str) -> Case:
    return rejected(name, code, partial(with_private, raw), why)


def _fine(name: str, raw: bytes, why: str) -> Case:
    return accepted(name, partial(with_private, raw), why)


LENGTHS = [
    _private(
        "length-beyond-file", "truncated", element(PRIVATE, "OB", b"1234", 0x7FFFFFFF), "two gigabytes of four bytes"
    ),
    _private("length-almost-undefined", "truncated", element(PRIVATE, "OB", b"1234", 0xFFFFFFFE), "four gigabytes"),
    _private(
        "length-undefined-text", "element-broken", element(PRIVATE, "UT", SEQUENCE_END, UNDEFINED), "not a sequence"
    ),
    _private("length-undefined-bytes", "element-broken", element(PRIVATE, "OB", SEQUENCE_END, UNDEFINED), "not pixels"),
    _private("length-undefined-words", "element-broken", element(PRIVATE, "OW", SEQUENCE_END, UNDEFINED), "not pixels"),
    _private("length-reserved-used", "sequence-broken", element(PRIVATE, "SQ", bytes(8)), "zeros: no item"),
    _fine(
        "length-undefined-unknown",
        element(PRIVATE, "UN", OPEN_ITEM + ITEM_END + SEQUENCE_END, UNDEFINED),
        "PS3.5 6.2.2",
    ),
    _private(
        "length-undefined-unknown-explicit",
        "truncated",
        element(PRIVATE, "UN", OPEN_ITEM + text(0x00211002, "LO", "ab") + ITEM_END + SEQUENCE_END, UNDEFINED),
        "inside of it, VRs are never explicit",
    ),
    warned(
        "length-odd",
        "value-odd",
        partial(with_private, element(PRIVATE, "LO", b"abc")),
        "values are even (PS3.5 7.1.1)",
    ),
    warned(
        "length-odd-in-item",
        "value-odd",
        partial(with_private, sequence(item(element(0x00080100, "SH", b"abc")))),
        "the same inside a sequence",
    ),
    accepted(
        "length-of-group-wrong",
        lambda: changed({0x00280000: element(0x00280000, "UL", struct.pack("<L", 9999))}),
        "retired (PS3.5 7.2); nothing goes by it",
    ),
    accepted("length-zero-value", partial(with_private, element(PRIVATE, "LO")), "empty values are allowed"),
    rejected(
        "length-huge-sequence",
        "sequence-broken",
        partial(with_private, sequence(item(CODE), 0x7FFFFFF0)),
        "it takes in all the rest",
    ),
]

VRS = [
    _private("vr-of-control-characters", "element-broken", struct.pack("<HH2sH", 0x0021, 0x1001, b"\0\1", 0), "no VR"),
    _private("vr-in-lower-case", "element-broken", struct.pack("<HH2sH", 0x0021, 0x1001, b"lo", 0), "no VR"),
    _private("vr-of-digits", "element-broken", struct.pack("<HH2sH", 0x0021, 0x1001, b"12", 0), "no VR"),
    _private("vr-of-blanks", "element-broken", struct.pack("<HH2sH", 0x0021, 0x1001, b"  ", 0), "no VR"),
    _private(
        "vr-that-is-none",
        "element-broken",
        struct.pack("<HH2sH", 0x0021, 0x1001, b"ZZ", 0),
        "readers differ on its length",
    ),
    _private("vr-sequence-of-text", "sequence-broken", sequence(b"some text here  "), "no item in it"),
    _fine("vr-text-of-bytes", element(PRIVATE, "LO", bytes(range(64))), "nobody reads private text"),
    rejected(
        "vr-rows-as-text", "element-broken", lambda: changed({0x00280010: text(0x00280010, "DS", "8")}), "8 or 8,248?"
    ),
    rejected(
        "vr-rows-signed",
        "element-broken",
        lambda: changed({0x00280010: element(0x00280010, "SS", struct.pack("<h", -8))}),
        "minus eight rows",
    ),
    rejected(
        "vr-rows-long",
        "element-broken",
        lambda: changed({0x00280010: element(0x00280010, "UL", struct.pack("<L", 0x10008))}),
        "8 rows or 65,544",
    ),
    rejected(
        "vr-name-of-numbers", "element-broken", lambda: changed({0x00100010: short(0x00100010, 16705)}), "not text"
    ),
    rejected(
        "vr-identity-as-sequence",
        "element-broken",
        lambda: changed({0x0020000D: sequence(item(CODE), tag=0x0020000D)}),
        "a sequence is no identity",
    ),
    rejected(
        "vr-pixels-as-sequence",
        "element-broken",
        lambda: changed({PIXELS: sequence(item(bytes(120)), tag=PIXELS)}),
        "pixels or items, as the reader likes",
    ),
    rejected(
        "vr-pixels-as-text", "element-broken", lambda: changed({PIXELS: element(PIXELS, "UT", bytes(128))}), "no pixels"
    ),
]


def _nested(depth: int, *, delimited: bool = True) -> bytes:
    if delimited:
        return (element(PRIVATE, "SQ", b"", UNDEFINED) + OPEN_ITEM) * depth + (ITEM_END + SEQUENCE_END) * depth
    raw = b""
    for _ in range(depth):
        raw = sequence(item(raw))
    return raw


def _deep(depth: int) -> Callable[[], bytes]:
    return lambda: with_private(_nested(depth))


SEQUENCES = [
    accepted("depth-64", _deep(64), "as deep as is believed"),
    rejected("depth-65", "nested-too-deep", _deep(65), "deeper than any object that exists"),
    rejected("depth-10000", "nested-too-deep", _deep(10_000), "brings readers that recurse down"),
    rejected(
        "depth-65-of-known-length",
        "nested-too-deep",
        lambda: with_private(_nested(65, delimited=False)),
        "without delimiters",
    ),
    rejected(
        "depth-in-unknown-vr",
        "nested-too-deep",
        lambda: changed({0x0040A730: element(0x0040A730, "UN", _implicit_nest(2000))}),
        "readers that know the tag open it (PS3.5 6.2.2)",
    ),
    _private(
        "item-length-beyond-sequence", "sequence-broken", sequence(item(CODE, 100), 20), "the item is the larger one"
    ),
    _private("item-too-short-for-element", "sequence-broken", sequence(item(CODE, 6)), "the element is the larger one"),
    _private("item-undefined-without-end", "sequence-broken", sequence(OPEN_ITEM + CODE), "the sequence ends first"),
    _private("item-end-in-known-length", "sequence-broken", sequence(item(CODE + ITEM_END)), "delimiter without need"),
    _private(
        "item-end-twice",
        "sequence-broken",
        sequence(OPEN_ITEM + ITEM_END * 2 + SEQUENCE_END, UNDEFINED),
        "one too many",
    ),
    _private(
        "sequence-end-in-item",
        "sequence-broken",
        sequence(OPEN_ITEM + SEQUENCE_END, UNDEFINED),
        "the item is still open",
    ),
    _private("sequence-end-in-known-length", "sequence-broken", sequence(item(CODE) + SEQUENCE_END), "without need"),
    _private(
        "sequence-without-items", "sequence-broken", sequence(CODE + SEQUENCE_END, UNDEFINED), "an element is no item"
    ),
    _private("item-outside", "sequence-broken", item(CODE), "an item belongs into a sequence"),
    _private("item-end-outside", "sequence-broken", ITEM_END, "nothing to end"),
    _private("sequence-end-outside", "sequence-broken", SEQUENCE_END, "nothing to end"),
    _private("delimiter-group-unknown", "sequence-broken", implicit(0xFFFE1234), "group FFFE has three tags"),
    _private("item-in-item", "sequence-broken", sequence(item(item(CODE))), "no sequence between them"),
    _private(
        "delimiter-with-length",
        "sequence-broken",
        sequence(OPEN_ITEM + implicit(0xFFFEE00D, b"hidden--") + SEQUENCE_END, UNDEFINED),
        "a delimiter has no value (PS3.5 7.5.1)",
    ),
    _private(
        "sequence-delimiter-with-length",
        "sequence-broken",
        sequence(implicit(0xFFFEE0DD, b"hidden--"), UNDEFINED),
        "a delimiter has no value",
    ),
    _fine("sequence-empty", sequence(b""), "no items"),
    _fine("sequence-empty-delimited", sequence(SEQUENCE_END, UNDEFINED), "no items"),
    _fine("item-empty", sequence(item()), "nothing in it"),
    _fine(
        "items-of-both-lengths",
        sequence(item(CODE) + OPEN_ITEM + CODE + ITEM_END + SEQUENCE_END, UNDEFINED),
        "may be mixed",
    ),
    rejected(
        "element-twice-in-item",
        "element-repeated",
        lambda: with_private(sequence(item(CODE + CODE))),
        "which one counts?",
    ),
    warned(
        "order-in-item",
        "element-order",
        lambda: with_private(sequence(item(text(0x00080104, "LO", "x") + CODE))),
        "tags ascend also there",
    ),
    accepted(
        "pixels-in-item",
        lambda: changed({0x00880200: sequence(item(_icon()), tag=0x00880200)}),
        "an icon (PS3.3 C.7.6.1.1.6)",
    ),
    rejected(
        "pixels-only-in-item",
        "pixels-missing",
        lambda: changed({0x00280200: sequence(item(_icon()), tag=0x00280200), PIXELS: None}),
        "an icon is not the image",
    ),
    rejected(
        "pixels-in-item-broken",
        "pixels-broken",
        lambda: changed({0x00880200: sequence(item(element(PIXELS, "OB", CODE, UNDEFINED)), tag=0x00880200)}),
        "fragments of an icon that are none",
    ),
    rejected(
        "fragments-leave-item",
        "sequence-broken",
        lambda: changed(
            {
                0x00880200: sequence(
                    item(element(PIXELS, "OB", item() + SEQUENCE_END, UNDEFINED), 12), 40, tag=0x00880200
                )
            }
        ),
        "the fragments are longer than the item that they are in",
    ),
]


def _implicit_nest(depth: int) -> bytes:
    raw = b""
    for _ in range(depth):
        raw = implicit(0x0040A730, item(raw))
    return item(raw)


def _icon() -> bytes:
    return short(0x00280010, 2) + short(0x00280011, 2) + element(PIXELS, "OB", bytes(4))


TAGS = [
    rejected(
        "group-0000", "element-broken", lambda: changed({0x00000002: text(0x00000002, "UI", "1.2")}), "a command set"
    ),
    rejected(
        "group-0001", "element-broken", lambda: changed({0x00010001: element(0x00010001, "LO")}), "never used (7.1)"
    ),
    rejected(
        "group-0007", "element-broken", lambda: changed({0x00070001: element(0x00070001, "LO")}), "never used (7.1)"
    ),
    rejected("group-ffff", "trailing-data", lambda: image() + element(0xFFFF0001, "LO"), "never used (7.1)"),
    rejected(
        "group-0002-in-item",
        "element-broken",
        lambda: with_private(sequence(item(text(0x00020010, "UI", "1.2.840.10008.1.2")))),
        "the file header's, and hidden",
    ),
    rejected(
        "element-twice",
        "element-repeated",
        lambda: with_private(short(0x00280101, 12) + short(0x00280101, 12)),
        "which one counts?",
    ),
    rejected(
        "element-twice-apart",
        "element-repeated",
        lambda: changed({0x00280107: short(0x00280107, 5) + short(0x00280101, 16)}),
        "two values of Bits Stored",
    ),
    warned(
        "order-of-elements", "element-order", lambda: with_private(text(0x00181000, "LO", "42")), "tags ascend (7.1)"
    ),
    accepted(
        "creator-missing", partial(with_private, text(0x00211001, "LO", "ab")), "private elements without an owner"
    ),
    accepted(
        "creator-twice",
        lambda: changed({0x00210010: text(0x00210010, "LO", "A") + text(0x00210011, "LO", "A")}),
        "two blocks of one owner",
    ),
    accepted(
        "creator-hostile",
        lambda: changed(
            {0x00210010: text(0x00210010, "LO", "../../<script>=cmd()"), PRIVATE: text(PRIVATE, "LO", "x")}
        ),
        "text like any other",
    ),
    accepted(
        "zip-in-private-element",
        lambda: with_private(element(PRIVATE, "OB", b"PK\3\4" + bytes(60))),
        "bytes like others",
    ),
]


BOMBS = [
    rejected(
        "crowd-of-items", "too-many-elements", lambda: with_private(sequence(item() * 2_000_000)), "2 million items"
    ),
    rejected(
        "crowd-of-elements",
        "too-many-elements",
        lambda: with_private(sequence(b"".join(item(_ascending(1000)) for _ in range(2000)))),
        "2 million elements in items",
    ),
    rejected(
        "crowd-of-elements-in-data-set",
        "too-many-elements",
        lambda: changed({PRIVATE: _ascending(600_000)}),
        "600,000 elements one after another",
    ),
    rejected(
        "crowd-in-disorder",
        "too-many-elements",
        lambda: changed({PRIVATE: text(0x00270010, "LO", "A") + _ascending(600_000)}),
        "each behind one that should follow it",
    ),
    rejected(
        "crowd-of-sequences",
        "too-many-elements",
        lambda: with_private(sequence(item(sequence(item())) * 700_000)),
        "items in sequences in items",
    ),
    rejected(
        "bomb-of-zeros", "decompression-bomb", lambda: deflated(tail=_large_private(300_000_000)), "300 MB in 300 kB"
    ),
    rejected(
        "bomb-of-elements",
        "too-many-elements",
        lambda: deflated(changed({PRIVATE: _ascending(600_000)})[body(image()) :]),
        "unpacks to a crowd",
    ),
    rejected(
        "deflate-garbage",
        "deflate-broken",
        lambda: relabelled(image(), DeflatedExplicitVRLittleEndian)[: body(image())] + b"\xff" * 60,
        "damaged on its way",
    ),
    rejected("deflate-tail", "trailing-data", lambda: deflated() + b"MZ\x90\0", "added behind the deflate stream"),
    rejected(
        "deflate-tail-inside", "trailing-data", lambda: deflated(tail=b"\xff" * 64), "added within the deflate stream"
    ),
    rejected("deflate-empty", "uid-missing", lambda: deflated(b""), "an empty data set"),
    accepted("deflate-plain", deflated, "the good file that the others are made from"),
    accepted(
        "deflate-padding",
        lambda: deflated()[: len(deflated()) & ~1] + b"\0\0",
        "zeros behind the deflate stream (PS3.5 A.5)",
    ),
    accepted("syntax-implicit", lambda: image(transfer_syntax=ImplicitVRLittleEndian), "the good files of each syntax"),
    accepted("syntax-big-endian", lambda: image(transfer_syntax=ExplicitVRBigEndian), "the good files of each syntax"),
]


def _ascending(count: int) -> bytes:
    """Return so many empty private elements in order."""
    return b"".join(
        struct.pack("<HH2sH", 0x0021 + 2 * (n // 0xE000), 0x1001 + n % 0xE000, b"LO", 0) for n in range(count)
    )


def _large_private(size: int) -> bytes:
    return element(0x7FE11001, "OB", bytes(size))


CASES = [*LENGTHS, *VRS, *SEQUENCES, *TAGS, *BOMBS]
