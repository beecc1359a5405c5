"""Brings reports of storage commitment to the process that waits for them.

A destination reports on an association to whichever process listens there, while a worker waits. What it says lies in
the cache for a minute, and all workers are told to look. Where that fails, C-FIND decides, as without any report.
"""

import asyncio
import json

from relaypacs.adapters.pacs.commitments import CommitmentReport
from relaypacs.core.tasks import end_tasks
from relaypacs.infrastructure import Infrastructure

CHANNEL = "commitments"
KEPT_SECONDS = 60
LOOK_SECONDS = 60.0


def _key(transaction_uid: str) -> str:
    return f"commitment:{transaction_uid}"


async def hand_on(infrastructure: Infrastructure, transaction_uid: str, report: CommitmentReport) -> None:
    """Bring a report to whoever expects it, here or elsewhere."""
    if infrastructure.commitments.report(transaction_uid, report.committed, report.failed):
        return
    if infrastructure.redis is None:
        return
    said = json.dumps({"committed": sorted(report.committed), "failed": dict(report.failed)})
    await infrastructure.cache.put(_key(transaction_uid), said.encode(), KEPT_SECONDS)
    await infrastructure.events.signal(CHANNEL)


class CommitmentPost:
    """Takes in what other processes were told, as long as somebody here expects it."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._follow(), name="commitments")]

    async def stop(self) -> None:
        await end_tasks(self._tasks)

    async def _follow(self) -> None:
        async with self._infrastructure.events.subscribe(CHANNEL) as news:
            while True:
                await news.wait(LOOK_SECONDS)
                for transaction_uid in self._infrastructure.commitments.expected():
                    await self._take_in(transaction_uid)

    async def _take_in(self, transaction_uid: str) -> None:
        said = await self._infrastructure.cache.get(_key(transaction_uid))
        if said is not None:
            report = json.loads(said)
            self._infrastructure.commitments.report(transaction_uid, report["committed"], report["failed"])
