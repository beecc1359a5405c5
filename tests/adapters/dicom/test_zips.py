"""Received ZIPs: instances are found where they lie, clutter is passed over, tricks are refused."""

import io
import struct
import zipfile
import zlib
from hashlib import sha256
from time import perf_counter

import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian

from relaypacs.adapters.dicom.base import Encoding, FileInspection, Inspected, Verdict
from relaypacs.adapters.dicom.limits import Limits
from tests.adapters.dicom.blobs import codes, inspect
from tests.adapters.dicom.real_files import real_files
from tests.builders.dicom import make_dicom, make_study, make_zip

IMAGE = make_dicom(rows=8, columns=8)
CENTRAL, LOCAL = b"PK\1\2", b"PK\3\4"


def decoded(archive: bytes, instance: Inspected) -> bytes:
    """Return the instance's bytes, taken from where its span says that they are."""
    span = instance.span
    raw = archive[span.offset : span.offset + span.length]
    return zlib.decompress(raw, -15) if span.encoding is Encoding.DEFLATED else raw


def problem(result: FileInspection) -> str:
    assert result.problem
    return result.problem.code


def only(result: FileInspection) -> Inspected:
    (instance,) = result.instances
    return instance


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_every_member_is_found_where_it_lies(method: int):
    members = {f"CD/A/{name}": content for name, content in make_study(3)}
    archive = make_zip(members, method)
    result = inspect(archive)
    assert [instance.member for instance in result.instances] == list(members)
    for instance in result.instances:
        content = members[instance.member or ""]
        assert instance.verdict is Verdict.ACCEPTED
        assert decoded(archive, instance) == content
        assert instance.span.size == len(content)
        assert instance.sha256 == sha256(content).hexdigest()
    assert (result.skipped, result.problem) == (0, None)


def test_a_zip_written_to_a_pipe_is_read_all_the_same():
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    pipe = Pipe()
    with (
        zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("IM1", "w", force_zip64=True) as member,
    ):
        member.write(IMAGE)
    content = pipe.getvalue()
    assert decoded(content, only(inspect(content))) == IMAGE


def test_zip64_fields_are_read():
    archive = make_zip({"IM1": IMAGE}, zipfile.ZIP_STORED)
    at = archive.index(CENTRAL)
    size = len(IMAGE)
    full = b"\xff" * 4
    extra = struct.pack("<HHQQQ", 1, 24, size, size, 0)
    entry = archive[at : at + 20] + full * 2 + archive[at + 28 : at + 30] + struct.pack("<H", len(extra))
    entry += archive[at + 32 : at + 42] + full + b"IM1" + extra
    end64 = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(entry), at)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, at + len(entry), 1)
    end = struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    instance = only(inspect(archive[:at] + entry + end64 + locator + end))
    assert instance.verdict is Verdict.ACCEPTED
    assert instance.span.length == size


def test_clutter_of_a_cd_is_passed_over_and_counted():
    dicomdir = next(real_files()[0].parent.rglob("DICOMDIR")).read_bytes()
    result = inspect(
        make_zip(
            {
                "DICOMDIR": dicomdir,
                "AUTORUN.INF": b"[autorun]",
                "viewer.exe": b"MZ" + bytes(2000),
                "lib/viewer.jar": make_zip({"A.class": b"x"}),
                "empty": b"",
                "DICOM/": b"",
                "DICOM/IM1": IMAGE,
                "__MACOSX/DICOM/._IM1.dcm": b"\0\5\x16\7" + bytes(100),
            }
        )
    )
    assert only(result).member == "DICOM/IM1"
    assert (result.skipped, result.problem) == (6, None)


def test_what_should_be_dicom_but_is_not_is_never_passed_over():
    result = inspect(make_zip({"IM1.dcm": b"", "IM2.DCM": b"\0" * 500, "IM3": IMAGE}))
    assert [codes(instance) for instance in result.instances] == [{"empty-file"}, {"not-dicom"}, set()]


def test_a_zip_without_dicom_says_so():
    assert problem(inspect(make_zip({"letter.txt": b"hello"}))) == "zip-without-dicom"
    assert problem(inspect(make_zip({}))) == "zip-without-dicom"


def test_archives_in_archives_are_not_opened():
    inner = make_zip({"IM2": IMAGE})
    result = inspect(make_zip({"IM1": IMAGE, "more.zip": inner, "more.7z": b"7z\xbc\xaf\x27\x1c" + bytes(50)}))
    assert [codes(instance) for instance in result.instances] == [set(), {"nested-archive"}, {"nested-archive"}]


@pytest.mark.parametrize(
    "name", ["../../etc/cron.d/x", "/etc/passwd", "C:\\Windows\\x.dcm", "a\\..\\..\\x", "..", "\\\\server\\share"]
)
def test_names_that_point_outside_are_refused(name: str):
    instance = only(inspect(make_zip({name: IMAGE})))
    assert codes(instance) == {"member-path"}


def test_links_are_refused():
    archive = bytearray(make_zip({"IM1": IMAGE}))
    at = archive.index(CENTRAL)
    archive[at + 40 : at + 42] = (0o120777).to_bytes(2, "little")
    assert codes(only(inspect(bytes(archive)))) == {"member-path"}


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("a..b/IM 1", "a..b/IM 1"),
        ("x" * 300, "x" * 200),
        ("\u202egpj.dcm", "gpj.dcm"),
        ("a\nb", "a b"),
        ("BILDER\\1", "BILDER\\1"),
    ],
)
def test_labels_are_printable_and_short(name: str, label: str):
    instance = only(inspect(make_zip({name: IMAGE})))
    assert instance.member == label
    assert instance.verdict is Verdict.ACCEPTED


def _patched(archive: bytes, offset_local: int, offset_central: int, value: bytes) -> bytes:
    """Return `archive` with `value` in the first local header and the first entry of the directory."""
    patched = bytearray(archive)
    for mark, offset in ((LOCAL, offset_local), (CENTRAL, offset_central)):
        at = archive.index(mark) + offset
        patched[at : at + len(value)] = value
    return bytes(patched)


def test_encrypted_members():
    both = make_zip({"IM1": IMAGE, "IM2": IMAGE})
    one = inspect(_patched(both, 6, 8, b"\1\0"))
    assert [codes(instance) for instance in one.instances] == [{"member-encrypted"}, set()]
    assert problem(inspect(_patched(make_zip({"IM1": IMAGE}), 6, 8, b"\1\0"))) == "zip-encrypted"


def test_other_methods():
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        assert codes(only(inspect(make_zip({"IM1": IMAGE}, method)))) == {"member-method"}


def test_a_damaged_member_does_not_sink_the_others():
    archive = bytearray(make_zip({"IM1": IMAGE, "IM2": IMAGE}, zipfile.ZIP_STORED))
    archive[1000] ^= 1  # within the first member: its CRC is wrong now
    result = inspect(bytes(archive))
    assert [codes(instance) for instance in result.instances] == [{"member-broken"}, set()]


@pytest.mark.parametrize("size", [len(IMAGE) - 100, len(IMAGE) + 100, 5])
def test_a_size_that_is_not_true(size: int):
    archive = _patched(make_zip({"IM1.dcm": IMAGE}), 22, 24, size.to_bytes(4, "little"))
    assert codes(only(inspect(archive))) == {"member-broken"}


def test_members_that_share_bytes():
    archive = make_zip({"IM1": IMAGE, "IM2": IMAGE}, zipfile.ZIP_STORED)
    at = archive.rindex(CENTRAL)
    overlapping = archive[: at + 42] + (0).to_bytes(4, "little") + archive[at + 46 :]
    assert [codes(instance) for instance in inspect(overlapping).instances] == [set(), {"member-overlaps"}]


def test_a_directory_that_lies_about_its_count():
    archive = make_zip({"IM1": IMAGE, "IM2": IMAGE})
    for count in (1, 3, 9999):
        field = count.to_bytes(2, "little")
        assert problem(inspect(archive[:-14] + field * 2 + archive[-10:])) == "zip-broken"


def test_counts_and_sizes_are_bounded():
    two = make_zip({"IM1": IMAGE, "IM2": IMAGE})
    assert problem(inspect(two, Limits(zip_members=1))) == "zip-too-many-members"
    assert problem(inspect(two, Limits(zip_directory=90))) == "zip-too-many-members"
    assert problem(inspect(two, Limits(zip_decoded=len(IMAGE)))) == "zip-bomb"
    crowd = make_zip({f"{number}": b"" for number in range(10_001)}, zipfile.ZIP_STORED)
    assert problem(inspect(crowd)) == "zip-too-many-members"


@pytest.mark.parametrize(
    "members", [{"IM1": IMAGE + bytes(100_000_000)}, {f"{n}": bytes(40_000_000) for n in range(3)}]
)
def test_bombs(members: dict[str, bytes]):
    archive = make_zip(members)
    begun = perf_counter()
    assert problem(inspect(archive)) == "zip-bomb"
    assert perf_counter() - begun < 1


def test_a_member_that_hides_its_size_is_stopped():
    archive = make_zip({"IM1": IMAGE + bytes(100_000_000)})
    hidden = _patched(archive, 22, 24, (50_000_000).to_bytes(4, "little"))
    begun = perf_counter()
    assert codes(only(inspect(hidden))) == {"member-broken"}
    assert perf_counter() - begun < 3


def test_a_part_of_several_is_refused():
    archive = make_zip({"IM1": IMAGE})
    assert problem(inspect(b"PK\7\10" + archive)) == "zip-split"
    assert problem(inspect(archive[:-18] + b"\1\0" + archive[-16:])) == "zip-split"


def test_deflated_dicom_in_a_zip():
    content = make_dicom(rows=8, columns=8, transfer_syntax=DeflatedExplicitVRLittleEndian)
    assert only(inspect(make_zip({"IM1": content}))).verdict is Verdict.ACCEPTED


def test_dicom_that_begins_like_a_zip_is_dicom():
    instance = only(inspect(b"PK\3\4" + IMAGE[4:]))
    assert codes(instance) == {"preamble-neutralised"}
    assert instance.member is None
