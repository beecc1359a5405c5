"""Compares what a destination holds with what we sent it."""

import asyncio
import tempfile
from enum import StrEnum
from pathlib import Path

from relaypacs.adapters.dicom.base import Inspected, Inspector
from relaypacs.adapters.pacs.base import InstanceKey, NotOffered, Pacs
from relaypacs.adapters.storage.local import LocalBlob
from relaypacs.features.studies.models import Instance


class Comparison(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    # Held in another transfer syntax whose bytes differ: nothing is proven, nothing is wrong.
    NOT_COMPARABLE = "not comparable"
    ABSENT = "absent"
    # The destination gives nothing back, whatever it holds.
    NOT_OFFERED = "not offered"


class ReadBack:
    """Fetches instances from a destination and judges them by the digest of their pixel data."""

    def __init__(self, pacs: Pacs, inspector: Inspector) -> None:
        self._pacs = pacs
        self._inspector = inspector

    async def compare(self, instance: Instance) -> Comparison:
        """Fetch one instance and compare. Raises PacsUnavailable."""
        try:
            held = await self._fetch(instance)
        except NotOffered:
            return Comparison.NOT_OFFERED
        if held is None:
            return Comparison.ABSENT
        if held.sop_instance_uid == instance.sop_instance_uid and held.pixel_sha256 == instance.pixel_sha256:
            return Comparison.SAME
        if held.transfer_syntax_uid != instance.transfer_syntax_uid:
            return Comparison.NOT_COMPARABLE
        return Comparison.DIFFERENT

    async def _fetch(self, instance: Instance) -> Inspected | None:
        key = InstanceKey(instance.study_instance_uid, instance.series_instance_uid, instance.sop_instance_uid)
        with tempfile.NamedTemporaryFile(prefix="relaypacs-readback-") as file:
            try:
                async for piece in self._pacs.retrieve(key):
                    await asyncio.to_thread(file.write, piece)
            except FileNotFoundError:
                return None
            await asyncio.to_thread(file.flush)
            found = await self._inspector.inspect(LocalBlob(Path(file.name)))
        return found.instances[0] if found.instances else None
