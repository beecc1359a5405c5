"""The server's inspector: child processes, which may be killed without harm.

A file that makes a child crash, or keeps it busy for too long, gets a verdict that says so, and the next file
gets a fresh child.
"""

import asyncio
import contextlib
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from typing import cast

from relaypacs.adapters.dicom.base import (
    DocumentRequest,
    FileInspection,
    FoundDocument,
    PixelComparison,
    PixelPair,
)
from relaypacs.adapters.dicom.reasons import Code, reason
from relaypacs.adapters.metrics import CHILDREN_ENDED
from relaypacs.adapters.storage.base import BlobDamaged, StoredBlob

CHILD_MODULE = "relaypacs.adapters.dicom.child"
LENGTH_BYTES = 8
SMALL_FRAME = 64 * 1024
START_SECONDS = 30.0

Request = StoredBlob | PixelPair | DocumentRequest
Answer = (
    FileInspection | PixelComparison | FoundDocument | OSError | None
)  # the last: what kept the blob from being read


class ChildDied(Exception):
    """A child ended without an answer."""


class TookTooLong(Exception):
    """A child had no answer in its time."""


class InspectorUnavailable(OSError):
    """No child process can be started, which says nothing about the file."""


class ProcessInspector:
    """Implements `Inspector` with at most `processes` children, each started when it is first needed.

    `time_limit` is in seconds and for one file, by the clock as well as by the processor.
    """

    def __init__(self, processes: int, time_limit: float = 120.0) -> None:
        self._time_limit = time_limit
        self._slots = asyncio.Semaphore(processes)
        self._idle: list[_Child] = []
        self._children: set[_Child] = set()
        self._closed = False

    async def warm_up(self) -> None:
        """Start a child ahead of need. Raises InspectorUnavailable."""
        async with self._slots:
            if not self._idle:
                self._idle.append(await self._start())

    async def inspect(self, blob: StoredBlob) -> FileInspection:
        """Return the verdicts on `blob`. Raises InspectorUnavailable, and the OSError that reading it raised.

        That it is damaged is a verdict: another try would find the same.
        """
        try:
            return cast(FileInspection, await self._ask(blob))
        except BlobDamaged:
            return FileInspection((), problem=reason(Code.DAMAGED_IN_STORAGE))
        except TookTooLong:
            return FileInspection((), problem=reason(Code.CHECK_TIMED_OUT))
        except ChildDied:
            return FileInspection((), problem=reason(Code.CHECK_FAILED))

    async def compare_pixels(self, pair: PixelPair) -> PixelComparison:
        """Compare, as `Inspector` promises. Raises the OSError that reading raised, InspectorUnavailable."""
        try:
            return cast(PixelComparison, await self._ask(pair))
        except (TookTooLong, ChildDied):
            return PixelComparison.UNDECODABLE

    async def read_document(self, request: DocumentRequest) -> FoundDocument | None:
        """Return the report, as `Inspector` promises. Raises the OSError that reading raised, InspectorUnavailable."""
        try:
            return cast(FoundDocument | None, await self._ask(request))
        except (TookTooLong, ChildDied):
            return None

    async def close(self) -> None:
        """End the child processes. Idempotent; an `inspect` that still runs raises InspectorUnavailable."""
        self._closed = True
        await asyncio.gather(*(child.kill() for child in self._children))
        self._children.clear()
        self._idle.clear()

    async def _ask(self, request: Request) -> Answer:
        """Return a child's answer. Raises TookTooLong, ChildDied when the request is to blame."""
        async with self._slots:
            with contextlib.suppress(ChildDied):  # a child may die through no fault of the file
                return await self._ask_child(request, fresh=False)
            return await self._ask_child(request, fresh=True)

    async def _ask_child(self, request: Request, *, fresh: bool) -> Answer:
        child = self._idle.pop() if self._idle and not fresh else await self._start()
        try:
            async with asyncio.timeout(self._time_limit):
                answer = await child.ask(request)
        except TimeoutError:
            CHILDREN_ENDED.labels("check", "took_too_long").inc()
            raise TookTooLong from None
        except ChildDied:
            CHILDREN_ENDED.labels("check", "died").inc()
            raise
        finally:
            if child.waiting:
                self._idle.append(child)
            else:  # dead, or amid a file that nobody waits for any more
                self._children.discard(child)
                await child.kill()
        if isinstance(answer, OSError):
            raise answer
        return answer

    async def _start(self) -> "_Child":
        if self._closed:
            raise InspectorUnavailable("the inspector is closed")
        child = await _Child.start(int(self._time_limit))
        self._children.add(child)
        return child


class _Child:
    """One child process; it has one request at a time. `waiting` is true while it can take one."""

    def __init__(self, process: Process, requests: asyncio.StreamWriter, answers: asyncio.StreamReader) -> None:
        self.waiting = False
        self._process = process
        self._requests = requests
        self._answers = answers

    @classmethod
    async def start(cls, cpu_seconds: int) -> "_Child":
        """Start a child and wait until it is ready. Raises InspectorUnavailable."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("RELAYPACS_")}
        environment["OPENBLAS_NUM_THREADS"] = "1"  # each thread of NumPy's would take of the child's address space
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", CHILD_MODULE, str(os.getpid()), str(cpu_seconds)),
            stdin=PIPE,
            stdout=PIPE,
            env=environment,
            start_new_session=True,  # the terminal's Ctrl-C is for the server, which drains first
        )
        if process.stdin is None or process.stdout is None:
            raise InspectorUnavailable("no pipes to the inspecting process")
        child = cls(process, process.stdin, process.stdout)
        try:
            async with asyncio.timeout(START_SECONDS):
                await child._receive()
        except (ChildDied, TimeoutError):
            CHILDREN_ENDED.labels("check", "did_not_start").inc()
            raise InspectorUnavailable("the inspecting process does not start") from None
        finally:
            if not child.waiting:
                await child.kill()
        return child

    async def ask(self, request: Request) -> Answer:
        """Return what the child says. Raises ChildDied."""
        self.waiting = False
        frame = pickle.dumps(request)
        try:
            self._requests.write(len(frame).to_bytes(LENGTH_BYTES) + frame)
            await self._requests.drain()
        except ConnectionError:
            raise ChildDied from None
        return cast(Answer, await self._receive())

    async def kill(self) -> None:
        """End the process and wait until it is gone. Idempotent."""
        self.waiting = False
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def _receive(self) -> object:
        try:
            length = int.from_bytes(await self._answers.readexactly(LENGTH_BYTES))
            frame = await self._answers.readexactly(length)
        except asyncio.IncompleteReadError:
            raise ChildDied from None
        self.waiting = True
        if length > SMALL_FRAME:
            return await asyncio.to_thread(pickle.loads, frame)
        return pickle.loads(frame)  # noqa: S301 - from our own child
