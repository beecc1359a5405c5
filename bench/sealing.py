"""What sealed files cost: chunk intake and reading with RELAYPACS_ENCRYPT_FILES and without, in one run.

python -m bench.sealing
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from bench.intake import CHUNK, CHUNKS, ROUNDS, measure, uploading
from bench.servers import gateway
from relaypacs.adapters.storage.base import Storage
from relaypacs.adapters.storage.cells import CELL, CIPHER_KEY_BYTES, STRIDE, CellCipher
from relaypacs.adapters.storage.local import LocalStorage
from relaypacs.adapters.storage.sealed import SealedStorage, sealed_name
from relaypacs.core.keys import StorageKey


def main() -> None:
    with gateway() as plain, gateway(ENCRYPT_FILES="true") as sealed:
        runs = {"plain": (plain, uploading(plain)), "sealed": (sealed, uploading(sealed))}
        for server, run in runs.values():
            measure(server, run)  # warm up
        rounds = [{name: measure(*run) for name, run in runs.items()} for _ in range(ROUNDS)]
    for name in runs:
        speed = statistics.median(each[name][0] for each in rounds)
        cpu = statistics.median(each[name][1] for each in rounds)
        print(f"intake, {name:>6}: {speed:6.0f} MB/s, {cpu:5.2f} ms of processor time a chunk")
    show("intake", [each["sealed"][0] / each["plain"][0] for each in rounds])
    show_processor_time()
    with tempfile.TemporaryDirectory() as folder:
        read_all(Path(folder))


def show_processor_time() -> None:
    """Print what sealing and opening one chunk take of the processor, whatever else the machine does."""
    cipher, content = CellCipher(os.urandom(CIPHER_KEY_BYTES)), os.urandom(CHUNK)
    sealed = memoryview(cipher.seal(0, content))
    began = time.process_time()
    for _ in range(CHUNKS):
        cipher.seal(0, content)
    between = time.process_time()
    for _ in range(CHUNKS):
        for index, begin in enumerate(range(0, len(sealed), STRIDE)):
            cipher.open(index, sealed[begin : begin + STRIDE], 0, CELL)
    ended = time.process_time()
    for what, seconds in (("seal", between - began), ("open", ended - between)):
        print(f"{what} one chunk: {seconds / CHUNKS * 1000:.2f} ms of processor time")


def read_all(folder: Path) -> None:
    """Read a file from beginning to end, as a delivery does, and as a child process does."""
    storage = SealedStorage(LocalStorage(folder), [StorageKey(1, os.urandom(32))])
    keys = {"plain": "bench/0", "sealed": sealed_name("bench/0", 1)}
    for key in keys.values():
        asyncio.run(fill(storage, key))
    for name, way in (("delivery", deliver), ("check", check)):
        rounds = [{kind: timed(way, storage, key) for kind, key in keys.items()} for _ in range(ROUNDS)]
        for kind in keys:
            print(f"read for a {name}, {kind:>6}: {statistics.median(each[kind] for each in rounds):6.0f} MB/s")
        show(f"read for a {name}", [each["sealed"] / each["plain"] for each in rounds])


async def fill(storage: Storage, key: str) -> None:
    for index in range(CHUNKS):
        await storage.write(key, index * CHUNK, os.urandom(CHUNK))


async def deliver(storage: Storage, key: str) -> None:
    async for _ in storage.read(key, 0, CHUNKS * CHUNK):
        pass


async def check(storage: Storage, key: str) -> None:
    async with storage.blob(key) as blob:
        with blob.open() as file:
            while file.read(CHUNK):
                pass


def timed(way: Callable[[Storage, str], Coroutine[Any, Any, None]], storage: Storage, key: str) -> float:
    """Return MB/s."""
    began = time.perf_counter()
    asyncio.run(way(storage, key))
    return CHUNKS * CHUNK / (time.perf_counter() - began) / 1e6


def show(what: str, ratios: list[float]) -> None:
    print(f"{what}, ratio: {statistics.median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f}")


if __name__ == "__main__":
    main()
