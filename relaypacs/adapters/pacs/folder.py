"""A folder as the destination: the embedded default, and a hand-over point for other software.

An instance is the file `<root>/<StudyInstanceUID>/<SeriesInstanceUID>/<SOPInstanceUID>.dcm`, byte for byte
what was given. It appears whole or not at all, and once it is there it is never touched again.

The order that makes it durable: the bytes into a file of `<root>/.incoming`, `fsync` of that file, a hard link
under its name (which fails where the name is taken, as `rename` would not), `fsync` of each folder that leads
to it. Only then is its outcome yielded.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import ParamSpec, TypeVar
from uuid import uuid4

from relaypacs.adapters.pacs.base import (
    HeldDocument,
    InstanceKey,
    OutgoingInstance,
    PacsUnavailable,
    StoreOutcome,
    StoreStatus,
)
from relaypacs.adapters.pacs.causes import Cause, cause_of_file_error
from relaypacs.adapters.pacs.listing import confirm_by_listing, is_document
from relaypacs.adapters.pacs.part10 import MAX_HEADER, MalformedHeader, read_header
from relaypacs.adapters.pacs.source import SourceFailed, read_whole
from relaypacs.adapters.pacs.uids import is_uid
from relaypacs.core.files import sync_folder

P = ParamSpec("P")
T = TypeVar("T")

PIECE = 1024 * 1024
SUFFIX = ".dcm"
# So many files are written side by side, and share the fsyncs of their folders.
DURABLE_TOGETHER = 8
# A live writer touches its file far more often; what is older was left by a process that died.
ABANDONED_SECONDS = 600


class FolderPacs:
    """Implements `Pacs` over a folder of one file system; several processes may store into it at once."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._incoming = self._root / ".incoming"

    async def echo(self) -> None:
        """Prove that a file can be written. Raises PacsUnavailable."""
        try:
            incoming = await _in_thread(self._create_incoming)
            try:
                await _in_thread(incoming.write, b"relaypacs")
            finally:
                await _in_thread(incoming.discard)
        except OSError as fault:
            raise PacsUnavailable(_reason(fault), cause_of_file_error(fault)) from fault

    async def list_instances(self, study_instance_uid: str) -> set[str]:
        try:
            return await _in_thread(self._list, study_instance_uid)
        except OSError as fault:
            raise PacsUnavailable(_reason(fault), cause_of_file_error(fault)) from fault

    async def find_documents(self, study_instance_uid: str) -> Sequence[HeldDocument]:
        try:
            return await _in_thread(self._documents, study_instance_uid)
        except OSError as fault:
            raise PacsUnavailable(_reason(fault), cause_of_file_error(fault)) from fault

    async def confirm(self, instances: Sequence[OutgoingInstance]) -> set[str]:
        return await confirm_by_listing(self, instances)

    async def store(self, instances: Iterable[OutgoingInstance]) -> AsyncIterator[StoreOutcome]:
        await _in_thread(self._sweep)
        pending = iter(instances)
        while group := list(islice(pending, DURABLE_TOGETHER)):
            outcomes = await asyncio.gather(*map(self._store_one, group))
            for outcome in await _in_thread(self._make_entries_durable, group, outcomes):
                yield outcome

    async def retrieve(self, key: InstanceKey) -> AsyncIterator[bytes]:
        if not _is_legal(key):
            raise FileNotFoundError(key.sop_instance_uid)
        try:
            file = await _in_thread(self._path(key).open, "rb")
            try:
                while piece := await _in_thread(file.read, PIECE):
                    yield piece
            finally:
                file.close()
        except FileNotFoundError:
            raise
        except OSError as fault:
            raise PacsUnavailable(_reason(fault), cause_of_file_error(fault)) from fault

    async def close(self) -> None:
        """Nothing is held open between calls."""

    async def _store_one(self, instance: OutgoingInstance) -> StoreOutcome:
        """Put one file in place; its folders are not yet durable."""
        uid = instance.key.sop_instance_uid
        if not _is_legal(instance.key):
            return StoreOutcome(uid, StoreStatus.REFUSED, "a UID is not legal", Cause.REFUSED_CONTENT)
        path = self._path(instance.key)
        try:
            if not await _in_thread(path.exists):
                await self._write(path, instance)
        except SourceFailed as fault:
            return StoreOutcome(uid, StoreStatus.FAILED, str(fault), fault.cause)
        except OSError as fault:
            return _failed(uid, fault)
        return StoreOutcome(uid, StoreStatus.STORED)

    async def _write(self, path: Path, instance: OutgoingInstance) -> None:
        incoming = await _in_thread(self._create_incoming)
        try:
            async for piece in read_whole(instance):
                await _in_thread(incoming.write, piece)
            await _in_thread(incoming.publish, path)
        finally:
            await _in_thread(incoming.discard)

    def _make_entries_durable(
        self, group: Sequence[OutgoingInstance], outcomes: Sequence[StoreOutcome]
    ) -> list[StoreOutcome]:
        """Flush the folders of what was stored; where that fails, none of it counts as stored.

        Folders that were there before are flushed too: the process that made them may have died before it did.
        """
        pairs = zip(group, outcomes, strict=True)
        paths = [self._path(sent.key) for sent, outcome in pairs if outcome.status is StoreStatus.STORED]
        folders = {folder for path in paths for folder in (path.parent, path.parent.parent, self._root)}
        try:
            for folder in folders:
                sync_folder(folder)
        except OSError as fault:
            return [
                outcome if outcome.status is not StoreStatus.STORED else _failed(outcome.sop_instance_uid, fault)
                for outcome in outcomes
            ]
        return list(outcomes)

    def _create_incoming(self) -> "_IncomingFile":
        if not self._incoming.exists():
            self._incoming.mkdir(parents=True, exist_ok=True)
            sync_folder(self._root.parent)
        return _IncomingFile(self._incoming / f"{uuid4().hex}.part")

    def _sweep(self) -> None:
        """Remove what processes left behind that died while they wrote."""
        oldest_live = time.time() - ABANDONED_SECONDS
        for leftover in self._incoming.glob("*.part"):
            with suppress(OSError):  # another sweeper was quicker, or may do what we may not: no harm either way
                if leftover.stat().st_mtime < oldest_live:
                    leftover.unlink()

    def _list(self, study_instance_uid: str) -> set[str]:
        return {path.stem for path in self._files(study_instance_uid)}

    def _documents(self, study_instance_uid: str) -> list[HeldDocument]:
        found = []
        for path in self._files(study_instance_uid):
            with path.open("rb") as file:
                head = file.read(MAX_HEADER)
            try:
                sop_class_uid = read_header(head).sop_class_uid
            except MalformedHeader:
                continue  # somebody else put it there: no document of any kind
            if is_document(sop_class_uid):
                key = InstanceKey(study_instance_uid, path.parent.name, path.stem)
                found.append(HeldDocument(key, sop_class_uid))
        return found

    def _files(self, study_instance_uid: str) -> Iterator[Path]:
        if not is_uid(study_instance_uid):
            return
        study = self._root / study_instance_uid
        # os.scandir and not Path.glob, which takes a folder that may not be read for an empty one.
        try:
            series = [entry.path for entry in os.scandir(study) if entry.is_dir()]
        except FileNotFoundError:
            return
        for path in (Path(entry.path) for folder in series for entry in os.scandir(folder)):
            if path.suffix == SUFFIX and is_uid(path.stem):
                yield path

    def _path(self, key: InstanceKey) -> Path:
        series = self._root / key.study_instance_uid / key.series_instance_uid
        return series / f"{key.sop_instance_uid}{SUFFIX}"


class _IncomingFile:
    """A file that is not yet under its name."""

    def __init__(self, path: Path) -> None:
        self._path = path
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._file = os.fdopen(os.open(path, flags, 0o640), "wb", buffering=0)

    def write(self, piece: bytes) -> None:
        rest = memoryview(piece)
        while rest:
            rest = rest[self._file.write(rest) :]

    def publish(self, path: Path) -> None:
        """Give the whole, durable file its name. A file that has the name already keeps it."""
        os.fsync(self._file.fileno())
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            path.hardlink_to(self._path)

    def discard(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)


def _is_legal(key: InstanceKey) -> bool:
    return all(map(is_uid, (key.study_instance_uid, key.series_instance_uid, key.sop_instance_uid)))


def _failed(sop_instance_uid: str, fault: OSError) -> StoreOutcome:
    return StoreOutcome(sop_instance_uid, StoreStatus.FAILED, _reason(fault), cause_of_file_error(fault))


def _reason(fault: OSError) -> str:
    return f"the folder cannot be used: {fault.strerror or type(fault).__name__}"


async def _in_thread(function: Callable[P, T], *arguments: P.args, **keywords: P.kwargs) -> T:
    """Run blocking work in a thread. When cancelled, let it end first: what it works on is closed next."""
    work = asyncio.ensure_future(asyncio.to_thread(function, *arguments, **keywords))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        raise
