"""How local files become uploads."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaypacs.client import FileChanged, LocalFile, LocalStudy, packing
from relaypacs.client.packing import LARGEST_BUNDLE, MAX_FILES, MAX_UPLOAD_BYTES, TooLarge, pack
from relaypacs.client.sources import Bundle, WholeFile, forget_bundles, stored_zip_size

MIB = 1024**2


def imaginary(number: int, size: int) -> LocalStudy:
    """Return a study of files that are planned with, but never read."""
    files = tuple(LocalFile(Path(f"/s/IM{n:06}"), f"IM{n:06}", size, n) for n in range(number))
    return LocalStudy(files, {}, {})


def real(folder: Path, contents: dict[str, bytes]) -> LocalStudy:
    files = []
    for label, content in contents.items():
        path = folder / label
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        files.append(LocalFile(path, label, len(content), path.stat().st_mtime_ns))
    return LocalStudy(tuple(files), {}, {})


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40), st.binary(max_size=50)
    )
)
def test_the_size_is_known_before_the_zip_exists(members: dict[str, bytes]) -> None:
    members = {name.strip("/") or "x": content for name, content in members.items()}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    names = [entry.filename for entry in archive.infolist()]
    assert stored_zip_size(names, [len(content) for content in members.values()]) == len(target.getvalue())


def test_a_bundle_is_always_the_same_bytes_and_a_whole_zip(tmp_path: Path) -> None:
    contents = {"a/IM1": b"one" * 999, "b/IM1": b"two", "Füße": b"three"}
    (parcel,) = pack(real(tmp_path, contents))
    (bundle,) = parcel.sources
    first = bundle.read(0, bundle.size)
    forget_bundles()
    assert bundle.read(0, bundle.size) == first
    assert len(first) == bundle.size
    assert bundle.read(10, 20) == first[10:30]
    archive = zipfile.ZipFile(io.BytesIO(first))
    assert archive.testzip() is None
    assert {name: archive.read(name) for name in archive.namelist()} == contents


@pytest.mark.parametrize(
    ("files", "size", "parcels"),
    [(1, 5 * MIB, 1), (1200, MIB // 2, 1), (300, 7 * MIB, 2), (250, 21 * MIB, 3), (6000, 3 * MIB // 2, 5)],
)
def test_no_upload_is_above_either_limit_and_no_file_is_left_out(files: int, size: int, parcels: int) -> None:
    study = imaginary(files, size)
    packed = pack(study)
    assert len(packed) == parcels
    sent = [file for parcel in packed for source in parcel.sources for file in source.files]
    assert sent == list(study.files)
    for parcel in packed:
        assert len(parcel.sources) <= MAX_FILES
        assert parcel.size <= MAX_UPLOAD_BYTES
        assert all(s.size <= max(LARGEST_BUNDLE, size) for s in parcel.sources)


def test_large_files_go_as_they_are_and_a_lonely_one_too() -> None:
    (parcel,) = pack(imaginary(3, 30 * MIB))
    assert all(isinstance(source, WholeFile) for source in parcel.sources)
    (parcel,) = pack(imaginary(1, 1000))
    assert isinstance(parcel.sources[0], WholeFile)
    (parcel,) = pack(imaginary(40, MIB))
    assert all(isinstance(source, Bundle) for source in parcel.sources)


def test_a_file_that_no_upload_holds_is_named() -> None:
    with pytest.raises(TooLarge, match="IM000000"):
        pack(imaginary(1, MAX_UPLOAD_BYTES + 1))


def test_the_identity_changes_with_any_file() -> None:
    (one,), (same,), (other,) = pack(imaginary(9, 99)), pack(imaginary(9, 99)), pack(imaginary(9, 98))
    assert one.identity == same.identity != other.identity


def test_names_are_unique_and_harmless(tmp_path: Path) -> None:
    study = real(tmp_path, {"a/IM1": b"x" * 9 * MIB, "b/im1": b"y" * 9 * MIB, "c\\d:e\n": b"z" * 9 * MIB})
    (parcel,) = pack(study)
    assert [source.name for source in parcel.sources] == ["IM1", "2-im1", "c_d_e_"]


def test_a_file_that_changes_under_way_is_never_sent_half(tmp_path: Path) -> None:
    study = real(tmp_path, {"IM1": b"x" * 99, "IM2": b"y" * 99})
    (parcel,) = pack(study)
    study.files[0].path.write_bytes(b"longer than before" * 99)
    forget_bundles()
    with pytest.raises(FileChanged, match="IM1"):
        parcel.sources[0].read(0, 10)
    study.files[0].path.unlink()
    with pytest.raises(FileChanged, match="IM1"):
        WholeFile("IM1", study.files[0]).read(0, 10)


def test_the_contract_of_the_api_is_kept() -> None:
    assert (packing.MAX_FILES, packing.MAX_UPLOAD_BYTES) == (100, 2 * 1024**3)
