"""What the sealed store promises beyond the port: ciphertext alone lies in the store, and nothing changed is read."""

import asyncio
import io
import os
import pickle
import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relaypacs.adapters.storage.base import SHORTEST_RANGE, BlobDamaged, Storage
from relaypacs.adapters.storage.cells import CELL, SLOT, STRIDE, CellCipher, SealedFile, place
from relaypacs.adapters.storage.local import LocalStorage
from relaypacs.adapters.storage.sealed import SealedStorage, sealed_name
from relaypacs.core.errors import StorageKeyMissing, StoredFileDamaged
from relaypacs.core.keys import StorageKey
from tests.builders.blobs import STORAGE_KEYS, blob_content

MIB = 1024**2
KEY = sealed_name("0199a0c2-upload/0", 2)
OTHER = sealed_name("0199a0c2-upload/1", 2)
WHOLE = np.random.default_rng(7).bytes(5 * CELL + 77)
lengths = st.integers(SHORTEST_RANGE, 3 * CELL)


@pytest.fixture
def inner(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "store")


@pytest.fixture
def storage(inner: LocalStorage) -> SealedStorage:
    return SealedStorage(inner, STORAGE_KEYS)


def path_of(tmp_path: Path, key: str = KEY) -> Path:
    return tmp_path / "store" / key


async def read(storage: Storage, key: str, offset: int, length: int) -> bytes:
    return b"".join([piece async for piece in storage.read(key, offset, length)])


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(lengths, max_size=5),
    last=st.integers(1, 3 * CELL),
    order=st.randoms(use_true_random=False),
    spans=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=8),
)
def test_any_ranges_in_any_order_and_repeated_are_read_as_they_were_written(
    sizes: Sequence[int], last: int, order: random.Random, spans: Sequence[tuple[float, float]]
) -> None:
    """A bytearray is the store: what each write covers of it is seen, and must touch no other."""
    cuts = [0]
    for size in (*sizes, last):
        cuts.append(cuts[-1] + size)
    whole = np.random.default_rng(last).bytes(cuts[-1])
    ranges = list(pairwise(cuts)) * 2
    order.shuffle(ranges)
    cipher, stored = CellCipher(b"k" * 64), bytearray()
    covered: dict[tuple[int, int], tuple[int, int]] = {}
    for begin, end in ranges:
        sealed = cipher.seal(begin, whole[begin:end])
        at = place(begin)
        covered[begin, end] = at, at + len(sealed)
        stored.extend(bytes(max(0, at + len(sealed) - len(stored))))
        stored[at : at + len(sealed)] = sealed
    places = sorted(covered.values())
    assert all(before[1] == after[0] for before, after in pairwise(places))
    with SealedFile(io.BytesIO(stored), cipher) as file:
        assert file.seek(0, os.SEEK_END) == len(whole)
        for one, other in spans:
            begin, end = sorted((int(one * len(whole)), int(other * len(whole))))
            file.seek(begin)
            found = bytearray()
            while len(found) < end - begin:
                found += file.read(end - begin - len(found)) or b""
            assert bytes(found) == whole[begin:end]


async def test_every_span_of_a_blob_is_read_and_its_end_noticed(storage: SealedStorage) -> None:
    for begin, end in pairwise([0, CELL + 5, 3 * CELL, len(WHOLE) - 3, len(WHOLE)]):
        await storage.write(KEY, begin, WHOLE[begin:end])
    edges = sorted({0, 1, CELL - 1, CELL, CELL + 5, CELL + 6, 3 * CELL - 1, 3 * CELL, len(WHOLE) - 3, len(WHOLE)})
    for begin in edges:
        for end in edges:
            if begin <= end:
                assert await read(storage, KEY, begin, end - begin) == WHOLE[begin:end]
        with pytest.raises(EOFError):
            await read(storage, KEY, begin, len(WHOLE) - begin + 1)


async def test_a_range_is_read_while_its_neighbours_are_not_written_yet(storage: SealedStorage) -> None:
    await storage.write(KEY, CELL + 5, WHOLE[CELL + 5 : 3 * CELL + 9])
    assert await read(storage, KEY, CELL + 5, 2 * CELL + 4) == WHOLE[CELL + 5 : 3 * CELL + 9]
    for offset in (0, CELL, CELL + 4):
        with pytest.raises(StoredFileDamaged):
            await read(storage, KEY, offset, 10)


async def test_nothing_of_a_blob_lies_in_the_store_as_it_is(storage: SealedStorage, tmp_path: Path) -> None:
    await storage.write(KEY, 0, b"Patient^Name" * 20_000)
    await storage.write(OTHER, 0, b"Patient^Name" * 20_000)
    one, other = path_of(tmp_path).read_bytes(), path_of(tmp_path, OTHER).read_bytes()
    assert b"Patient" not in one
    assert len(one) == len(other) < 240_000 * 1.002
    assert one[:CELL] != other[:CELL]


@pytest.mark.parametrize("position", [0, 5, 10, 30, SLOT, SLOT + CELL - 1, STRIDE + SLOT + 7, 2 * STRIDE - 1, -1])
async def test_a_flipped_bit_is_never_read(storage: SealedStorage, tmp_path: Path, position: int) -> None:
    for begin, end in pairwise([0, CELL + 5, len(WHOLE)]):
        await storage.write(KEY, begin, WHOLE[begin:end])
    changed = bytearray(path_of(tmp_path).read_bytes())
    changed[position] ^= 1
    path_of(tmp_path).write_bytes(changed)
    with pytest.raises(StoredFileDamaged):
        await read(storage, KEY, 0, len(WHOLE))
    with pytest.raises(BlobDamaged):
        await blob_content(storage, KEY)


async def test_cells_that_change_places_are_never_read(storage: SealedStorage, tmp_path: Path) -> None:
    for key in (KEY, OTHER):
        await storage.write(key, 0, WHOLE)
    good, other = path_of(tmp_path).read_bytes(), path_of(tmp_path, OTHER).read_bytes()
    swapped = good[STRIDE : 2 * STRIDE] + good[:STRIDE] + good[2 * STRIDE :]
    for forged in (swapped, other[:STRIDE] + good[STRIDE:], bytes(STRIDE) + good[STRIDE:]):
        path_of(tmp_path).write_bytes(forged)
        with pytest.raises(StoredFileDamaged):
            await read(storage, KEY, 0, len(WHOLE))
        with pytest.raises(BlobDamaged):
            await blob_content(storage, KEY)


@pytest.mark.parametrize("kept", [0, 10, STRIDE, STRIDE + 10, STRIDE + SLOT + 10, 3 * STRIDE])
async def test_a_blob_that_was_cut_off_is_never_taken_for_whole(
    storage: SealedStorage, tmp_path: Path, kept: int
) -> None:
    await storage.write(KEY, 0, WHOLE)
    os.truncate(path_of(tmp_path), kept)
    with pytest.raises((EOFError, StoredFileDamaged)):
        await read(storage, KEY, 0, len(WHOLE))


async def test_plain_blobs_stay_readable_and_keys_are_told_apart(storage: SealedStorage, inner: LocalStorage) -> None:
    await inner.write("upload/0", 0, b"from before")
    await storage.write(sealed_name("upload/1", 1), 0, b"by the first key")
    await storage.write(sealed_name("upload/1", 2), 0, b"by the second")
    assert await blob_content(storage, "upload/0") == b"from before"
    assert await blob_content(storage, sealed_name("upload/1", 1)) == b"by the first key"
    assert await read(storage, sealed_name("upload/1", 2), 0, 13) == b"by the second"
    only_second = SealedStorage(inner, STORAGE_KEYS[1:])
    with pytest.raises(StorageKeyMissing):
        await read(only_second, sealed_name("upload/1", 1), 0, 16)
    with pytest.raises(StoredFileDamaged):
        await read(SealedStorage(inner, [StorageKey(1, b"x" * 32)]), sealed_name("upload/1", 1), 0, 16)


async def test_a_handle_shows_no_key_and_has_that_of_its_blob_alone(storage: SealedStorage) -> None:
    await storage.write(KEY, 0, b"x")
    await storage.write(OTHER, 0, b"x")
    async with storage.blob(KEY) as one, storage.blob(OTHER) as other:
        assert one.key != other.key  # type: ignore[attr-defined]
        assert STORAGE_KEYS[1].key not in pickle.dumps(one)
        assert repr(one.key) not in repr(one)  # type: ignore[attr-defined]


class WriteOnce(LocalStorage):
    """As a store elsewhere is: other bytes where some lie already are refused."""

    async def write(self, key: str, offset: int, data: bytes, *, must_exist: bool = False) -> None:
        path = self._path(key)
        there = path.read_bytes()[offset : offset + len(data)] if path.exists() else b""
        if there.strip(b"\0") and there != data:
            raise FileExistsError
        await super().write(key, offset, data, must_exist=must_exist)


async def test_the_same_range_again_is_the_same_also_where_nothing_is_written_over(tmp_path: Path) -> None:
    storage = SealedStorage(WriteOnce(tmp_path / "store"), STORAGE_KEYS)
    await asyncio.gather(*(storage.write(KEY, CELL + 3, WHOLE[CELL + 3 :]) for _ in range(2)))
    await storage.write(KEY, CELL + 3, WHOLE[CELL + 3 :])
    with pytest.raises(FileExistsError):
        await storage.write(KEY, CELL + 3, WHOLE[CELL + 3 : -1] + b"!")
    assert await read(storage, KEY, CELL + 3, 4 * CELL) == WHOLE[CELL + 3 : 5 * CELL + 3]


async def test_a_large_range_is_opened_in_small_pieces(storage: SealedStorage) -> None:
    whole = np.random.default_rng(1).bytes(5 * MIB)
    await storage.write(KEY, 0, whole)
    pieces = [piece async for piece in storage.read(KEY, 3, len(whole) - 5)]
    assert b"".join(pieces) == whole[3:-2]
    assert max(map(len, pieces)) <= MIB
