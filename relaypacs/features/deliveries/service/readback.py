"""Compares what a destination holds with what we sent it."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

from relaypacs.adapters.dicom.base import FileInspection, Inspected, Inspector, PixelComparison, PixelPair
from relaypacs.adapters.dicom.content import read_instance
from relaypacs.adapters.dicom.syntaxes import is_lossless
from relaypacs.adapters.pacs.base import InstanceKey, NotOffered, Pacs
from relaypacs.adapters.storage.base import Storage
from relaypacs.adapters.storage.local import LocalBlob
from relaypacs.core.errors import StoredFileDamaged
from relaypacs.features.deliveries.judgement import (
    ABSENT,
    DIFFERENT,
    LOSSY,
    NOT_CHECKED,
    NOT_OFFERED,
    OWN_COPY_GONE,
    SAME,
    UNDECODABLE,
    UNRELATED,
    Comparison,
    Judgement,
)
from relaypacs.features.studies.models import Instance

__all__ = ["Comparison", "ReadBack"]


class ReadBack:
    """Fetches instances from a destination and judges them by the digest of their pixel data."""

    def __init__(self, pacs: Pacs, inspector: Inspector) -> None:
        self._pacs = pacs
        self._inspector = inspector

    async def compare(self, instance: Instance) -> Comparison:
        """Fetch one instance and compare, without decoding anything. Raises PacsUnavailable."""
        try:
            async with self._fetched(instance) as (_, found):
                held = found.instances[0] if found and found.instances else None
        except NotOffered:
            return Comparison.NOT_OFFERED
        if held is None:
            return Comparison.ABSENT
        if _is_same(held, instance):
            return Comparison.SAME
        if held.transfer_syntax_uid != instance.transfer_syntax_uid:
            return Comparison.NOT_COMPARABLE
        return Comparison.DIFFERENT

    async def judge(self, instance: Instance, storage: Storage) -> Judgement:
        """Fetch one instance and compare, decoded where its transfer syntax is another one. Raises PacsUnavailable."""
        try:
            async with self._fetched(instance) as (path, found):
                if found is None:
                    return ABSENT
                return _at_sight(instance, found) or await self._decode(instance, storage, path)
        except NotOffered:
            return NOT_OFFERED

    async def _decode(self, instance: Instance, storage: Storage, held: Path) -> Judgement:
        with tempfile.NamedTemporaryFile(prefix="relaypacs-sent-") as own:
            try:
                await _write(own, read_instance(storage, instance.blob_key, instance.span))
            except (FileNotFoundError, EOFError, StoredFileDamaged):
                return OWN_COPY_GONE
            pair = PixelPair(LocalBlob(Path(own.name)), LocalBlob(held))
            match await self._inspector.compare_pixels(pair):
                case PixelComparison.SAME:
                    return SAME
                case PixelComparison.DIFFERENT:
                    return DIFFERENT
                case PixelComparison.UNDECODABLE:
                    return UNDECODABLE

    @asynccontextmanager
    async def _fetched(self, instance: Instance) -> AsyncIterator[tuple[Path, FileInspection | None]]:
        """Give what the destination holds, as a file and inspected; without the latter where it holds nothing."""
        key = InstanceKey(instance.study_instance_uid, instance.series_instance_uid, instance.sop_instance_uid)
        with tempfile.NamedTemporaryFile(prefix="relaypacs-readback-") as file:
            path = Path(file.name)
            try:
                await _write(file, self._pacs.retrieve(key))
            except FileNotFoundError:
                yield path, None
                return
            yield path, await self._inspector.inspect(LocalBlob(path))


def _at_sight(instance: Instance, found: FileInspection) -> Judgement | None:
    """Return what needs no decoding to be said."""
    held = found.instances[0] if found.instances else None
    if found.problem:
        return NOT_CHECKED
    if held is None or held.sop_instance_uid != instance.sop_instance_uid:
        return UNRELATED
    if _is_same(held, instance):
        return SAME
    if held.transfer_syntax_uid == instance.transfer_syntax_uid:
        return DIFFERENT
    lossless = is_lossless(held.transfer_syntax_uid) and is_lossless(instance.transfer_syntax_uid)
    return None if lossless else LOSSY


def _is_same(held: Inspected, instance: Instance) -> bool:
    return held.sop_instance_uid == instance.sop_instance_uid and held.pixel_sha256 == instance.pixel_sha256


async def _write(file: IO[bytes], pieces: AsyncIterator[bytes]) -> None:
    async for piece in pieces:
        await asyncio.to_thread(file.write, piece)
    await asyncio.to_thread(file.flush)
