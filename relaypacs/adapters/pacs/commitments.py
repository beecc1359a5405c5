"""Reports of storage commitment (PS3.4 J.3.3), and who waits for them; they may come by another association."""

import asyncio
import threading
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommitmentReport:
    """What a destination says about one transaction, by SOPInstanceUID."""

    committed: frozenset[str]
    failed: Mapping[str, int]  # the failure reasons of PS3.3 C.14.1.1


class Expectation:
    """A report that has been asked for."""

    def __init__(self, report: "Future[CommitmentReport]") -> None:
        self._report = report

    async def wait(self, seconds: float) -> CommitmentReport | None:
        """Return the report, or None when it has not come in so long."""
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.wrap_future(self._report)
        except TimeoutError:
            return None


class CommitmentReports:
    """Brings reports to those who expect them. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._expected: dict[str, Future[CommitmentReport]] = {}

    @contextmanager
    def expect(self, transaction_uid: str) -> Iterator[Expectation]:
        """Expect a report from before it is asked for until the context is left."""
        report: Future[CommitmentReport] = Future()
        with self._lock:
            self._expected[transaction_uid] = report
        try:
            yield Expectation(report)
        finally:
            with self._lock:
                del self._expected[transaction_uid]

    def expected(self) -> tuple[str, ...]:
        """Return the transactions whose reports are expected now."""
        with self._lock:
            return tuple(self._expected)

    def report(self, transaction_uid: str, committed: Collection[str], failed: Mapping[str, int]) -> bool:
        """Deliver a report; the first one of a transaction counts. Return whether anybody expects it."""
        with self._lock:
            expected = self._expected.get(transaction_uid)
            if expected is None:
                return False
            if not expected.done():
                expected.set_result(CommitmentReport(frozenset(committed), dict(failed)))
            return True
