"""Preamble, file header and identity: who the file says it is, and how it says that it is encoded."""

import struct
from functools import partial

from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
)

from tests.hostile.case import Case, accepted, rejected, warned
from tests.hostile.craft import (
    CHARACTER_SET,
    META_CLASS,
    META_INSTANCE,
    META_LENGTH,
    META_START,
    PATIENT_NAME,
    SERIES,
    SOP_CLASS,
    SOP_INSTANCE,
    STUDY,
    TRANSFER_SYNTAX,
    UNDEFINED,
    body,
    changed,
    element,
    image,
    implicit,
    item,
    relabelled,
    sequence,
    text,
    with_private,
)

DIRECTORY_CLASS = "1.2.840.10008.1.3.10"


def _preamble(start: bytes) -> bytes:
    return start + image()[len(start) :]


def _polyglot(name: str, start: bytes) -> Case:
    return warned(f"preamble-{name}", "preamble-neutralised", partial(_preamble, start), f"also a {name} (PS3.10 7.1)")


PREAMBLES = [
    _polyglot("windows-program", b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff"),
    _polyglot("linux-program", b"\x7fELF\2\1\1\0"),
    _polyglot("web-page", b"<html><script>alert(1)</script>"),
    _polyglot("script", b"#!/bin/sh\nrm -rf /\nexit\n"),
    _polyglot("pdf", b"%PDF-1.7\n"),
    _polyglot("zip", b"PK\3\4\x14\0\0\0\0\0"),
    _polyglot("gzip", b"\x1f\x8b\x08\0"),
    _polyglot("7z", b"7z\xbc\xaf\x27\x1c"),
    _polyglot("picture", b"GIF89a"),
    accepted("preamble-tiff", partial(_preamble, b"II*\0\x08\0\0\0"), "the dual personality that PS3.10 7.1 foresees"),
    accepted("preamble-big-tiff", partial(_preamble, b"MM\0+\0\x08"), "the same for large slides"),
]


def _uid(tag: int, raw: str | bytes, vr: str = "UI") -> bytes:
    return changed({tag: text(tag, vr, raw)})


def _illegal(name: str, raw: str | bytes, tag: int = STUDY) -> Case:
    return rejected(
        f"uid-{name}", "uid-illegal", partial(_uid, tag, raw), "not digits and dots, 64 at most (PS3.5 9.1)"
    )


def _missing(name: str, tag: int) -> Case:
    return rejected(f"uid-missing-{name}", "uid-missing", partial(changed, {tag: None}), "nothing to file it under")


UIDS = [
    _missing("sop-class", SOP_CLASS),
    _missing("instance", SOP_INSTANCE),
    _missing("study", STUDY),
    _missing("series", SERIES),
    rejected("uid-empty", "uid-missing", partial(_uid, STUDY, b""), "an empty value"),
    rejected("uid-of-nul", "uid-missing", partial(_uid, STUDY, bytes(8)), "padding alone"),
    rejected("uid-of-blanks", "uid-missing", partial(_uid, SERIES, b"    "), "padding alone"),
    rejected(
        "uid-only-in-an-item",
        "uid-missing",
        lambda: changed({STUDY: None, 0x00081140: sequence(item(text(STUDY, "UI", "1.2.3")), tag=0x00081140)}),
        "the identity of something else",
    ),
    _illegal("path-up", "../../etc/passwd"),
    _illegal("path-absolute", "/etc/passwd", SOP_INSTANCE),
    _illegal("path-of-windows", "C:\\Windows\\win.ini", SERIES),
    _illegal("device-name", "CON"),
    _illegal("letters", "1.2.840.x.5"),
    _illegal("markup", "<script>alert(1)</script>", SOP_INSTANCE),
    _illegal("formula", "=cmd|' /C calc'!A0", SERIES),
    _illegal("query", "1.2.3' OR '1'='1"),
    _illegal("line-break", "1.2.3\r\nX: y"),
    _illegal("nul-inside", b"1.2\x003.4"),
    _illegal("blank-in-front", " 1.2.3"),
    _illegal("two-values", "1.2.3\\1.2.4"),
    _illegal("no-dot", "12345"),
    _illegal("two-dots", "1..2.3"),
    _illegal("dot-at-end", "1.2.3."),
    _illegal("dot-in-front", ".1.2.3"),
    _illegal("sign", "1.-2.3"),
    _illegal("arabic-digits", "\u0661.\u0662.\u0663"),
    _illegal("wide-digits", "\uff11.\uff12"),
    _illegal("65-characters", "1." + "2" * 63),
    _illegal("16-thousand-characters", "1." + "2" * 16_000, SOP_INSTANCE),
    _illegal("sop-class", "CT Image", SOP_CLASS),
    accepted("uid-64-characters", partial(_uid, STUDY, "1." + "2" * 62), "the longest that there may be"),
    accepted("uid-padded-by-nul", partial(_uid, STUDY, b"1.2.3\0\0\0"), "more padding than needed"),
    accepted("uid-padded-by-blank", partial(_uid, STUDY, b"1.2.3 "), "many modalities pad all text alike"),
    accepted("uid-of-unknown-vr", partial(_uid, STUDY, b"1.2.3\0", "UN"), "a system that lost the VR (PS3.5 6.2.2)"),
    warned("uid-leading-zero", "uid-leading-zero", partial(_uid, STUDY, "1.2.03"), "real modalities do it"),
    rejected(
        "uid-of-binary-vr", "element-broken", partial(_uid, STUDY, b"1.2.3\0", "OB"), "readers differ on what it is"
    ),
    rejected(
        "uid-of-numbers", "element-broken", partial(_uid, STUDY, b"1.2.3\0", "US"), "readers differ on what it is"
    ),
    rejected(
        "uid-twice",
        "element-repeated",
        lambda: with_private(text(STUDY, "UI", "1.2.3")),
        "the first reader files it elsewhere than the second",
    ),
    rejected(
        "uid-twice-in-a-row",
        "element-repeated",
        lambda: changed({STUDY: text(STUDY, "UI", "1.2.3") + text(STUDY, "UI", "1.2.4")}),
        "two studies at once",
    ),
]


def _meta_length(value: int) -> bytes:
    return changed({META_LENGTH: element(META_LENGTH, "UL", struct.pack("<L", value))})


def _syntax(uid: str) -> bytes:
    return relabelled(image(), uid)


HEADERS = [
    warned("header-length-missing", "meta-length-missing", partial(changed, {META_LENGTH: None}), "old writers"),
    warned("header-length-short", "meta-length-wrong", partial(_meta_length, 10), "the header goes on behind it"),
    warned("header-length-long", "meta-length-wrong", partial(_meta_length, 1000), "it reaches into the data set"),
    warned("header-length-huge", "meta-length-wrong", partial(_meta_length, UNDEFINED), "it reaches beyond the file"),
    rejected(
        "header-length-no-number",
        "element-broken",
        lambda: changed({META_LENGTH: element(META_LENGTH, "FD", b"\xba\0\0\0")}),
        "other readers stop at it",
    ),
    warned("header-length-zero", "meta-length-wrong", partial(_meta_length, 0), "it ends before it begins"),
    warned(
        "header-instance-differs",
        "meta-uid-differs",
        lambda: changed({META_INSTANCE: text(META_INSTANCE, "UI", "1.2.3")}),
        "renamed without its header",
    ),
    warned(
        "header-class-differs",
        "meta-uid-differs",
        lambda: changed({META_CLASS: text(META_CLASS, "UI", "1.2.840.10008.5.1.4.1.1.4")}),
        "converted without its header",
    ),
    warned(
        "header-says-directory",
        "meta-uid-differs",
        lambda: changed({META_CLASS: text(META_CLASS, "UI", DIRECTORY_CLASS)}),
        "an image must not be passed over as a DICOMDIR",
    ),
    warned("header-instance-missing", "meta-uid-missing", lambda: changed({META_INSTANCE: None}), "old writers"),
    warned("header-class-missing", "meta-uid-missing", lambda: changed({META_CLASS: None}), "old writers"),
    rejected(
        "header-syntax-missing",
        "transfer-syntax-missing",
        lambda: changed({TRANSFER_SYNTAX: None}),
        "nothing can read it",
    ),
    rejected("header-syntax-empty", "transfer-syntax-missing", partial(_syntax, ""), "nothing can read it"),
    rejected("header-syntax-path", "transfer-syntax-unknown", partial(_syntax, "../../etc/passwd"), "no UID at all"),
    rejected("header-syntax-two", "transfer-syntax-unknown", partial(_syntax, "1.2.3\\1.2.4"), "two at once"),
    rejected("header-syntax-markup", "transfer-syntax-unknown", partial(_syntax, "<b>x</b>"), "no UID at all"),
    rejected("header-syntax-long", "transfer-syntax-unknown", partial(_syntax, "1." + "2" * 99), "no UID at all"),
    rejected(
        "header-syntax-class", "transfer-syntax-unknown", partial(_syntax, "1.2.840.10008.5.1.4.1.1.2"), "a class"
    ),
    warned(
        "header-syntax-private", "transfer-syntax-private", partial(_syntax, "1.2.3.4.5.6"), "archives of one maker"
    ),
    rejected(
        "header-syntax-of-none",
        "transfer-syntax-unknown",
        partial(_syntax, "1.2.840.10008.1.2.99"),
        "DICOM's own root, and nothing of this name in PS3.6",
    ),
    rejected(
        "header-syntax-twice",
        "element-repeated",
        lambda: changed({TRANSFER_SYNTAX: 2 * text(TRANSFER_SYNTAX, "UI", ExplicitVRLittleEndian)}),
        "two readers choose differently",
    ),
    rejected(
        "header-implicit",
        "element-broken",
        lambda: image()[:META_START] + implicit(TRANSFER_SYNTAX, b"1.2.840.10008.1.2\0") + image()[body(image()) :],
        "the header is always explicit",
    ),
    rejected(
        "header-undefined-length",
        "element-broken",
        lambda: changed({0x00020102: element(0x00020102, "OB", b"", UNDEFINED)}),
        "no sequences there",
    ),
    rejected(
        "header-crowd",
        "too-many-elements",
        lambda: changed({0x00020102: element(0x00020102, "OB") * 2000}),
        "2,000 elements where a dozen are",
    ),
    accepted(
        "header-16-megabytes",
        lambda: changed({0x00020102: element(0x00020102, "OB", bytes(16_000_000))}),
        "private information may be large",
    ),
    rejected(
        "header-goes-on",
        "element-repeated",
        lambda: changed({0x00080001: text(TRANSFER_SYNTAX, "UI", ImplicitVRLittleEndian)}),
        "a second transfer syntax, just behind the header's end",
    ),
    rejected(
        "header-in-data-set",
        "element-broken",
        lambda: with_private(text(TRANSFER_SYNTAX, "UI", ImplicitVRLittleEndian)),
        "a second transfer syntax, hidden in the data set",
    ),
    warned(
        "header-syntax-new",
        "transfer-syntax-new",
        lambda: relabelled(image(transfer_syntax=JPEGBaseline8Bit), "1.2.840.10008.1.2.4.9999"),
        "a compression that PS3.6 may have tomorrow",
    ),
]

MISLABELLED = [
    warned(
        "implicit-named-explicit",
        "vr-missing",
        lambda: relabelled(image(transfer_syntax=ImplicitVRLittleEndian), ExplicitVRLittleEndian),
        "some compressing software does it",
    ),
    rejected(
        "explicit-named-implicit",
        "transfer-syntax-differs",
        lambda: relabelled(image(), ImplicitVRLittleEndian),
        "the elements are there, and their lengths are not where they should be",
    ),
    rejected(
        "little-named-big",
        "transfer-syntax-differs",
        lambda: relabelled(image(), ExplicitVRBigEndian),
        "bytes the other way round",
    ),
    rejected(
        "big-named-little",
        "transfer-syntax-differs",
        lambda: relabelled(image(transfer_syntax=ExplicitVRBigEndian), ExplicitVRLittleEndian),
        "bytes the other way round",
    ),
    rejected(
        "big-named-implicit",
        "transfer-syntax-differs",
        lambda: relabelled(image(transfer_syntax=ExplicitVRBigEndian), ImplicitVRLittleEndian),
        "bytes the other way round",
    ),
    rejected(
        "plain-named-deflated",
        "deflate-broken",
        lambda: relabelled(image(), DeflatedExplicitVRLittleEndian),
        "not deflate",
    ),
    rejected(
        "deflated-named-plain",
        "element-broken",
        lambda: relabelled(image(transfer_syntax=DeflatedExplicitVRLittleEndian), ExplicitVRLittleEndian),
        "no element begins like this",
    ),
]


def _named(raw: bytes, *terms: str) -> bytes:
    return changed(
        {PATIENT_NAME: text(PATIENT_NAME, "PN", raw), CHARACTER_SET: text(CHARACTER_SET, "CS", "\\".join(terms))}
    )


def _charset(name: str, raw: bytes, *terms: str) -> Case:
    return warned(f"text-{name}", "text-unreadable", partial(_named, raw, *terms), "read as far as it can be")


TEXTS = [
    _charset("unknown-set", b"Muster", "KLINGON"),
    _charset("codec-of-python", b"789c", "zlib"),
    _charset("punycode", b"Mnchen-3ya", "punycode"),
    _charset("unicode-escape", b"\\u0041", "unicode_escape"),
    _charset("broken-utf-8", b"M\xc3", "ISO_IR 192"),
    _charset("overlong-utf-8", b"\xc0\xaf\xc0\xae", "ISO_IR 192"),
    rejected(
        "text-nul-in-set",
        "element-broken",
        partial(_named, b"A", "ISO\0IR 192"),
        "brings down readers that hand the name on (found by fuzzing)",
    ),
    accepted("text-hostile-name", partial(_named, b"=cmd()^<script>", "ISO_IR 192"), "whoever shows it escapes it"),
    accepted("text-right-to-left", partial(_named, b"\xe2\x80\xaegpj.exe", "ISO_IR 192"), "the mark is taken out"),
    accepted("text-nul", partial(_named, b"A\0B\x1b[31m", "ISO_IR 100"), "control characters are taken out"),
    accepted("text-many-sets", partial(_named, b"A", *["ISO 2022 IR 6"] * 500), "the same set 500 times"),
    accepted(
        "text-16-megabytes",
        lambda: with_private(element(0x00211001, "UT", b"x" * 16_000_000)),
        "as long as the VR allows, and passed over",
    ),
    accepted(
        "text-16-megabytes-name",
        lambda: changed({0x00081030: element(0x00081030, "UT", b"x" * 16_000_000)}),
        "only its beginning is kept",
    ),
]

CASES = [*PREAMBLES, *UIDS, *HEADERS, *MISLABELLED, *TEXTS]
