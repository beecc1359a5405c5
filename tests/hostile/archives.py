"""ZIPs: names that point elsewhere, sizes that lie, members that are not what they should be (APPNOTE.TXT 4)."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache, partial

from tests.builders.dicom import make_study, make_zip
from tests.hostile.case import Case, accepted, rejected, warned
from tests.hostile.craft import deflated, element, image, item, sequence, with_private
from tests.hostile.zipcraft import DESCRIPTOR, ENCRYPTED, STORED, UTF8, Entry, raw_zip

GOOD = Entry(b"IM1", image())
OTHER = Entry(b"IM2", image(instance_number=2))
ZIP64_FULL = 0xFFFFFFFF
SMALL_SIZE = len(GOOD.content)


def _zip(*entries: Entry, **end: object) -> Callable[[], bytes]:
    return partial(raw_zip, *entries, **end)  # type: ignore[arg-type]


def _path(name: str, path: str) -> Case:
    return rejected(
        f"zip-name-{name}", "member-path", _zip(Entry(path.encode(), image(), flags=UTF8)), "points outside"
    )


def _label(name: str, path: bytes, why: str) -> Case:
    return accepted(f"zip-name-{name}", _zip(Entry(path, image(), flags=UTF8)), why)


NAMES = [
    _path("up", "../../../etc/cron.d/x"),
    _path("up-in-the-middle", "DICOM/../../x.dcm"),
    _path("up-of-windows", "..\\..\\Windows\\x.dcm"),
    _path("up-at-the-end", "DICOM/.."),
    _path("absolute", "/etc/passwd"),
    _path("absolute-of-windows", "\\Windows\\x.dcm"),
    _path("drive", "C:\\Windows\\x.dcm"),
    _path("drive-relative", "C:x.dcm"),
    _path("share", "\\\\server\\share\\x.dcm"),
    rejected(
        "zip-name-link",
        "member-path",
        _zip(Entry(b"IM1", b"/etc/passwd", mode=0o120777)),
        "a symbolic link is no image",
    ),
    rejected("zip-name-link-to-image", "member-path", _zip(Entry(b"IM1", image(), mode=0o120777)), "said to be a link"),
    _label("nul", b"IM1.dcm\0.exe", "a label, never a path"),
    _label("right-to-left", "\u202egpj.dcm".encode(), "a label: the mark is taken out"),
    _label("device", b"CON", "a label, never a path"),
    _label("device-with-suffix", b"AUX.dcm", "a label, never a path"),
    _label("stream", b"IM1.dcm::$DATA", "a label, never a path"),
    _label("markup", b"<img src=x onerror=alert(1)>.dcm", "a label that the page escapes"),
    _label("formula", b"=cmd()|x.dcm", "a label that tables quote"),
    _label("long", b"x" * 60_000, "a label, cut"),
    _label("not-utf-8", b"\xff\xfe\xc0\xaf.dcm", "a label, read as far as it can be"),
    _label("line-break", b"IM1\r\nX-Header: y", "a label on one line"),
    _label("empty", b"", "no label at all"),
    _label("trailing-slash", b"DICOM/IM1/", "a folder with an image in it is an image"),
    accepted("zip-name-twice", _zip(GOOD, Entry(b"IM1", OTHER.content)), "both are images of their own"),
]

CLUTTER = {
    "Thumbs.db": b"\xd0\xcf\x11\xe0" + bytes(500),
    "autorun.inf": b"[autorun]\r\nopen=viewer.exe",
    "viewer.exe": b"MZ" + bytes(2000),
    "__MACOSX/._IM1.dcm": b"\0\5\x16\7" + bytes(100),
    ".DS_Store": b"\0\0\0\1Bud1" + bytes(100),
    "desktop.ini": b"[.ShellClassInfo]",
    "lib/viewer.jar": make_zip({"A.class": b"x"}),
    "report.pdf": b"%PDF-1.7\n",
}


@cache
def _nested(depth: int) -> bytes:
    content = make_zip({"IM1": image()})
    for level in range(depth):
        content = make_zip({f"{level}.zip": content})
    return content


def _tar() -> bytes:
    return b"IM1".ljust(257, b"\0") + b"ustar\x0000" + bytes(300)


MEMBERS = [
    rejected("zip-empty", "zip-without-dicom", partial(make_zip, {}), "nothing in it"),
    rejected("zip-of-clutter", "zip-without-dicom", partial(make_zip, CLUTTER), "a CD without its images"),
    rejected("zip-of-folders", "zip-without-dicom", partial(make_zip, {"DICOM/": b"", "A/": b""}), "only folders"),
    accepted("zip-with-clutter", lambda: make_zip({**CLUTTER, "IM1": image()}), "what CDs bring along is passed over"),
    accepted("zip-plain", _zip(GOOD, OTHER), "the good file that the others are made from"),
    accepted("zip-stored", lambda: make_zip(dict(make_study(2)), zipfile.ZIP_STORED), "not compressed"),
    rejected("zip-member-empty", "empty-file", partial(make_zip, {"IM1.dcm": b""}), "a copy that broke off"),
    rejected("zip-member-text", "not-dicom", partial(make_zip, {"IM1.dcm": b"hello" * 50}), "named like an image"),
    rejected("zip-member-cut", "truncated", lambda: make_zip({"IM1": image()[:-1]}), "cut before it was packed"),
    rejected("zip-in-zip", "nested-archive", lambda: _nested(1), "not opened"),
    rejected("zip-in-zip-deep", "nested-archive", lambda: _nested(40), "not opened, however deep"),
    rejected("zip-with-gzip", "nested-archive", lambda: make_zip({"IM1.gz": gzip.compress(image())}), "not opened"),
    rejected("zip-with-tar", "nested-archive", lambda: make_zip({"IM1.tar": _tar()}), "not opened"),
    rejected(
        "zip-with-7z", "nested-archive", lambda: make_zip({"a.7z": b"7z\xbc\xaf\x27\x1c" + bytes(50)}), "not opened"
    ),
    rejected("zip-in-zip-by-another-name", "nested-archive", lambda: make_zip({"IM1": _nested(0)}), "by its content"),
    warned(
        "zip-of-polyglot",
        "preamble-neutralised",
        lambda: make_zip({"IM1": b"MZ\x90\0" + image()[4:]}),
        "a program in front of an image",
    ),
]

ENCRYPTION = [
    rejected("zip-encrypted", "zip-encrypted", _zip(Entry(b"IM1", image(), flags=ENCRYPTED)), "traditional encryption"),
    rejected(
        "zip-encrypted-in-part", "member-encrypted", _zip(GOOD, Entry(b"IM2", image(), flags=ENCRYPTED)), "one of two"
    ),
    rejected(
        "zip-encrypted-aes",
        "zip-encrypted",
        _zip(
            Entry(b"IM1", image(), method=99, flags=ENCRYPTED, extra=struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, 8))
        ),
        "AES: method 99 and its extra field",
    ),
    rejected(
        "zip-encrypted-aes-unsaid", "member-method", _zip(Entry(b"IM1", image(), method=99)), "AES without its flag"
    ),
    rejected(
        "zip-encrypted-only-locally",
        "member-broken",
        _zip(Entry(b"IM1", image(), local_flags=ENCRYPTED)),
        "the two headers differ",
    ),
    rejected(
        "zip-bzip2", "member-method", lambda: make_zip({"IM1": image()}, zipfile.ZIP_BZIP2), "not an ordinary ZIP"
    ),
    rejected("zip-lzma", "member-method", lambda: make_zip({"IM1": image()}, zipfile.ZIP_LZMA), "not an ordinary ZIP"),
    rejected("zip-zstandard", "member-method", _zip(Entry(b"IM1", image(), method=93)), "not an ordinary ZIP"),
    rejected("zip-deflate64", "member-method", _zip(Entry(b"IM1", image(), method=9)), "not an ordinary ZIP"),
    rejected("zip-implode", "member-method", _zip(Entry(b"IM1", image(), method=6)), "not an ordinary ZIP"),
]


def _broken(name: str, why: str, **fields: object) -> Case:
    entry = Entry(b"IM1.dcm", image(), **fields)  # type: ignore[arg-type]
    return rejected(f"zip-{name}", "member-broken", _zip(entry), why)


HEADERS = [
    _broken("crc-wrong", "damaged, or changed", crc=1),
    _broken("size-too-small", "an image and something behind it", size=SMALL_SIZE - 100),
    _broken("size-too-large", "a part is missing", size=SMALL_SIZE + 100),
    _broken("size-zero", "no bytes, it says", size=0),
    _broken("compressed-too-small", "the deflate stream is cut", compressed=100),
    _broken("compressed-beyond-file", "it reaches into the directory", compressed=1_000_000),
    _broken("method-differs", "stored here, deflated there", local_method=STORED),
    _broken("name-differs", "one name for the scanner, one for the viewer", local_name=b"IM2.exe"),
    _broken("name-of-other-length", "the data begin elsewhere", local_name=b"IM1.dcm.exe"),
    _broken("local-size-differs", "one size for the scanner, one for the viewer", local_size=5),
    _broken("local-crc-differs", "two sums of the same bytes", local_crc=5),
    rejected(
        "zip-local-mark-missing",
        "member-broken",
        _zip(GOOD, Entry(b"IM2", image(), local_mark=b"PK\3\5")),
        "no header where one should be",
    ),
    _broken("offset-elsewhere", "no header where one should be", offset=7),
    _broken("offset-beyond-file", "behind the end of the file", offset=10_000_000),
    _broken("deflate-damaged", "not deflate", packed=b"\xff" * 200),
    _broken(
        "deflate-with-tail",
        "something hides behind the deflate stream",
        packed=GOOD.data + b"hidden",
    ),
    _broken("stored-sizes-differ", "a stored member has one size", method=STORED, size=SMALL_SIZE + 1),
    _broken(
        "zip64-offset-beyond-everything",
        "an offset of 64 bits",
        offset=ZIP64_FULL,
        extra=struct.pack("<HHQ", 1, 8, 2**64 - 1),
    ),
    _broken(
        "zip64-offset-negative",
        "an offset that is negative to some",
        offset=ZIP64_FULL,
        extra=struct.pack("<HHQ", 1, 8, 2**63),
    ),
    rejected(
        "zip64-size-beyond-everything",
        "zip-bomb",
        _zip(Entry(b"IM1", image(), size=ZIP64_FULL, extra=struct.pack("<HHQ", 1, 8, 2**64 - 1))),
        "sixteen exabytes",
    ),
    rejected(
        "zip64-extra-cut",
        "zip-broken",
        _zip(Entry(b"IM1", image(), size=ZIP64_FULL, extra=struct.pack("<HHL", 1, 4, 5))),
        "half a size",
    ),
    accepted(
        "zip-with-descriptor",
        _zip(
            Entry(
                b"IM1",
                image(),
                flags=DESCRIPTOR,
                descriptor=struct.pack("<4sLLL", b"PK\7\10", zlib.crc32(image()), len(GOOD.data), SMALL_SIZE),
            )
        ),
        "written to a pipe: sizes come behind the data",
    ),
    accepted(
        "zip-extra-unknown", _zip(Entry(b"IM1", image(), extra=struct.pack("<HH4s", 0x7777, 4, b"abcd"))), "skipped"
    ),
    rejected("zip-extra-broken", "zip-broken", _zip(Entry(b"IM1", image(), extra=b"\1\0\xff\xff")), "beyond its end"),
    accepted("zip-extra-aligned", _zip(Entry(b"IM1", image(), extra=bytes(3))), "zeros that align the data"),
]


def _prepended() -> bytes:
    return b"MZ" + bytes(126) + make_zip({"IM1": image()})


def _two_ends() -> bytes:
    """Return a ZIP whose comment is the directory and end of another one."""
    other = raw_zip(Entry(b"IM1", image(instance_number=2)))
    return raw_zip(GOOD, comment=other)


ENDS = [
    rejected("zip-cut", "zip-broken", lambda: make_zip({"IM1": image()})[:-30], "the directory is cut"),
    rejected("zip-cut-in-end", "zip-broken", lambda: make_zip({"IM1": image()})[:-5], "the end record is cut"),
    rejected("zip-only-mark", "zip-broken", lambda: b"PK\3\4", "four bytes"),
    rejected("zip-only-local", "zip-broken", GOOD.local, "no directory"),
    rejected("zip-prepended", "not-dicom", _prepended, "a program that unpacks itself"),
    rejected(
        "zip-prepended-zip", "zip-broken", lambda: make_zip({"A": b"x"}) + make_zip({"IM1": image()}), "two in one"
    ),
    rejected(
        "zip-appended", "zip-broken", lambda: make_zip({"IM1": image()}) + b"MZ" + bytes(100), "something was added"
    ),
    rejected(
        "zip-appended-much",
        "zip-broken",
        lambda: make_zip({"IM1": image()}) + bytes(100_000),
        "no end record near the end",
    ),
    rejected("zip-gap", "zip-broken", _zip(GOOD, gap=b"hidden" * 100, offset=0), "the directory is elsewhere"),
    rejected("zip-two-ends", "zip-broken", _two_ends, "each reader finds another ZIP"),
    rejected("zip-comment-cut", "zip-broken", _zip(GOOD, comment=b"abc", comment_length=100), "longer than the file"),
    rejected("zip-comment-short", "zip-broken", _zip(GOOD, comment=b"abc", comment_length=1), "something behind it"),
    accepted("zip-comment", _zip(GOOD, comment=b"made by ACME <script>"), "comments are not read"),
    accepted("zip-comment-long", _zip(GOOD, comment=b"x" * 65535), "as long as there may be"),
    rejected("zip-comment-with-end-mark", "zip-broken", _zip(GOOD, comment=b"PK\5\6" + bytes(40)), "two end records"),
    rejected("zip-count-too-small", "zip-broken", _zip(GOOD, OTHER, count=1), "one image is hidden"),
    rejected("zip-count-too-large", "zip-broken", _zip(GOOD, count=2), "one image is missing"),
    rejected("zip-count-zero", "zip-broken", _zip(GOOD, count=0, length=0), "all images are hidden"),
    rejected("zip-directory-beyond-file", "zip-broken", _zip(GOOD, offset=10_000_000), "behind the end"),
    rejected("zip-directory-overlaps-end", "zip-broken", _zip(GOOD, length=1000), "the directory is too long"),
    rejected("zip-directory-before-end", "zip-broken", _zip(GOOD, OTHER, count=1, length=49), "a second one is hidden"),
    rejected("zip-split", "zip-split", _zip(GOOD, disk=1), "a part of several"),
    rejected("zip-split-mark", "zip-split", lambda: b"PK\7\10" + make_zip({"IM1": image()}), "a part of several"),
    rejected(
        "zip64-end-beyond-everything",
        "zip-broken",
        _zip(GOOD, zip64=(1, 49, 2000), locator=2**64 - 1),
        "the end is elsewhere",
    ),
    rejected(
        "zip64-end-negative", "zip-broken", _zip(GOOD, zip64=(1, 49, 2000), locator=2**63), "the end is elsewhere"
    ),
    rejected("zip64-end-elsewhere", "zip-broken", _zip(GOOD, zip64=(1, 49, 2000), locator=0), "no end record there"),
    rejected("zip64-directory-beyond", "zip-broken", _zip(GOOD, zip64=(1, 49, 2**63)), "the directory is elsewhere"),
    rejected("zip64-count-huge", "zip-broken", _zip(GOOD, zip64=(2**63, 49, 0)), "more than there are atoms"),
    rejected("zip64-length-huge", "zip-broken", _zip(GOOD, zip64=(1, 2**63, 0)), "a directory of exabytes"),
]


def _same_place(count: int, *, step: int = 0) -> bytes:
    """Return a ZIP whose members all lie in one place, as the overlapping bombs of D. Fifield do."""
    kernel = Entry(b"0", image())
    others = [Entry(str(number).encode(), image(), offset=step * number, in_file=False) for number in range(1, count)]
    return raw_zip(kernel, *others)


def _quoted(count: int) -> bytes:
    """Return a ZIP in which each member's data are the next member's header and data, quoted in deflate blocks."""
    kernel = Entry(str(count).encode(), bytes(500_000))
    body, entries = kernel.local(), [(kernel, 0)]
    for number in range(count - 1, -1, -1):
        block = b"\0" + struct.pack("<HH", len(body) & 0xFFFF, ~len(body) & 0xFFFF)
        header = Entry(str(number).encode(), bytes(500_000), packed=block + body).local()
        header = header[: len(header) - len(block + body)] + block
        entries = [(entry, place + len(header)) for entry, place in entries]
        entries.insert(0, (Entry(str(number).encode(), bytes(500_000), packed=block + body), 0))
        body = header + body
    listed = b"".join(entry.central(place) for entry, place in entries)
    end = struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, len(entries), len(entries), len(listed), len(body), 0)
    return body + listed + end


def _crowd(count: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(count):
            archive.writestr(zipfile.ZipInfo(f"{number:06}"), b"")
    return target.getvalue()


def _bombs_in_deflate(count: int) -> bytes:
    """Return a ZIP of deflated images, each of which unpacks to just as much as one file may."""
    bomb = deflated(tail=element(0x7FE11001, "OB", bytes(60_000_000)))
    return raw_zip(*[Entry(f"IM{number}".encode(), bomb, method=STORED) for number in range(count)])


def _crowds(count: int) -> bytes:
    """Return a ZIP of images, each of which has just as many elements as one file may."""
    crowd = sequence(item() * 400_000)
    return raw_zip(*[Entry(f"IM{number}".encode(), with_private(crowd)) for number in range(count)])


BOMBS = [
    rejected("zip-bomb", "zip-bomb", lambda: make_zip({"IM1": image() + bytes(150_000_000)}), "a thousand to one"),
    rejected(
        "zip-bomb-of-many", "zip-bomb", lambda: make_zip({f"{n}": bytes(20_000_000) for n in range(8)}), "all together"
    ),
    rejected(
        "zip-bomb-that-hides",
        "member-broken",
        _zip(Entry(b"IM1.dcm", image() + bytes(150_000_000), size=50_000_000)),
        "larger than it says",
    ),
    rejected("zip-bomb-of-one-place", "member-overlaps", partial(_same_place, 500), "one kernel, 500 members"),
    rejected("zip-bomb-overlapping", "member-overlaps", partial(_same_place, 100, step=1), "members in members"),
    rejected(
        "zip-bomb-quoted", "member-overlaps nested-archive", partial(_quoted, 200), "members quote the ones behind them"
    ),
    rejected(
        "zip-bomb-of-deflate", "decompression-bomb", partial(_bombs_in_deflate, 40), "each image unpacks once more"
    ),
    rejected("zip-bomb-of-elements", "too-many-elements", partial(_crowds, 12), "each image is a crowd by itself"),
    rejected("zip-crowd", "zip-too-many-members", partial(_crowd, 100_000), "100,000 members"),
    rejected(
        "zip-crowd-of-names",
        "zip-too-many-members",
        _zip(GOOD, *[Entry(b"x" * 60_000, in_file=False)] * 300),
        "18 MB of names",
    ),
    rejected(
        "zip-bomb-in-zip",
        "nested-archive",
        lambda: make_zip({"a.zip": make_zip({"b": bytes(10_000_000)})}),
        "not opened",
    ),
    rejected("zip-that-holds-itself", "nested-archive", lambda: make_zip({"r/r.zip": _nested(2)}), "as a quine would"),
]

CASES = [*NAMES, *MEMBERS, *ENCRYPTION, *HEADERS, *ENDS, *BOMBS]
