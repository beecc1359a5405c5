"""Background work: wake-ups come as taskiq messages, and an interval job re-wakes whatever is due.

In the embedded set-up the broker lives in the server's own process; with Redis any number of `relaypacs worker` run
this. A task gets the key of a row, claims its work there, and bears being woken twice or for nothing.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from taskiq import AsyncBroker, TaskiqMessage, TaskiqMiddleware

from relaypacs.adapters.wakeups.base import Task
from relaypacs.core.metrics import TASK_FAILURES, TASK_SECONDS
from relaypacs.core.tracing import Kind, continue_from, span
from relaypacs.features.analytics.tasks import summarise
from relaypacs.features.audit.tasks import forward_audit
from relaypacs.features.deliveries.repository import DeliveryRepository
from relaypacs.features.deliveries.service.health import raise_alerts
from relaypacs.features.deliveries.service.store_report import due_reports, store_report
from relaypacs.features.deliveries.service.synchronise import synchronise
from relaypacs.features.deliveries.tasks import deliver, destinations_to_read_back, due_destinations
from relaypacs.features.inbound.tasks import close_upload, due_closings
from relaypacs.features.notifications.outgoing_rows import OutgoingRepository
from relaypacs.features.notifications.service.sending import forget_messages
from relaypacs.features.notifications.tasks import (
    call_webhooks,
    due_calls,
    due_emails,
    due_pushes,
    send_email,
    send_push,
)
from relaypacs.features.operations.service.jobs import Interval, JobKeeper, JobStopped, Keeper
from relaypacs.features.operations.service.shared_jobs import SharedJobKeeper
from relaypacs.features.reports.service.claims import give_back
from relaypacs.features.reports.service.critical import escalate
from relaypacs.features.uploads.repository import UploadRepository
from relaypacs.features.uploads.service.cancel import expire_uploads
from relaypacs.features.uploads.service.cleanup import clean_up
from relaypacs.features.uploads.service.prove import read_back
from relaypacs.features.uploads.service.retention import remove_kept_files
from relaypacs.features.uploads.service.room import watch_room
from relaypacs.features.uploads.tasks import check_upload, due_checks, due_settlements, settle_upload
from relaypacs.infrastructure import Infrastructure

if TYPE_CHECKING:
    from relaypacs.stand_in import Due, Run, StandIn

EXPIRE_EVERY_SECONDS = 600
CLEAN_UP_EVERY_SECONDS = 24 * 3600
REMOVE_EVERY_SECONDS = 300
WATCH_EVERY_SECONDS = 15
SYNCHRONISE_EVERY_SECONDS = 300
REPORTS_EVERY_SECONDS = 60
SUMMARISE_EVERY_SECONDS = 60
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class IntervalJob:
    """What comes again every so many seconds. Jobs with one lock run one after the other."""

    work: Callable[[], Awaitable[object]]
    seconds: float
    lock: asyncio.Lock
    at_start: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """What a task does with a key, and which keys have work now according to the rows."""

    run: Callable[[Infrastructure, UUID], Coroutine[Any, Any, None]]
    due: Callable[[Infrastructure], Awaitable[Sequence[UUID]]]


JOBS: Mapping[Task, Job] = {
    Task.CHECK_UPLOAD: Job(check_upload, due_checks),
    Task.CLOSE_UPLOAD: Job(close_upload, due_closings),
    Task.SETTLE_UPLOAD: Job(settle_upload, due_settlements),
    Task.STORE_REPORT: Job(store_report, due_reports),
    Task.DELIVER: Job(deliver, due_destinations),
    Task.READ_BACK: Job(read_back, destinations_to_read_back),
    Task.SEND_EMAIL: Job(send_email, due_emails),
    Task.SEND_PUSH: Job(send_push, due_pushes),
    Task.CALL_WEBHOOK: Job(call_webhooks, due_calls),
}

SLOW_JOBS: Mapping[str, Callable[[Infrastructure], Coroutine[Any, Any, object]]] = {
    "forward_audit": forward_audit,
    "clean_up": clean_up,
    "forget_messages": forget_messages,
    "remove_kept_files": remove_kept_files,
    "summarise": summarise,
    "synchronise": synchronise,
}


class CarriedTrace(TaskiqMiddleware):
    """Has a task belong to the trace of whoever woke it: see `BrokerWakeups`."""

    def pre_execute(self, message: TaskiqMessage) -> TaskiqMessage:
        continue_from(message.labels)
        return message


class Worker:
    """Runs the jobs of this process from `start` to `stop`. `is_alone`: no other process works on the database."""

    def __init__(self, infrastructure: Infrastructure, broker: AsyncBroker, *, is_alone: bool = True) -> None:
        self._infrastructure = infrastructure
        self._broker = broker
        self._is_alone = is_alone
        self._stops = False
        self._cut_off: list[tuple[Task, UUID]] = []  # what a stop has ended, and another worker can go on with
        self._keeper: Keeper = JobKeeper(infrastructure) if is_alone else SharedJobKeeper(infrastructure)
        self._running: set[asyncio.Task[None]] = set()
        self._tick = asyncio.Lock()  # held while a job on the database runs
        self._slow: dict[str, asyncio.Task[Any]] = {}  # jobs that wait for networks and disks; a stop ends them
        self._jobs = {**self._quick_jobs(), **self._slow_jobs()}
        # However late a run is, it is better than none before the next one.
        self._scheduler = AsyncIOScheduler(
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        broker.add_middlewares(CarriedTrace())
        tasks = {task: (self._bound(task, job), job.due) for task, job in JOBS.items()}
        for task, (run, _) in tasks.items():
            broker.register_task(run, task_name=task)
        self._stand_in = None if is_alone else self._standing_in(tasks)

    def _standing_in(self, tasks: "Mapping[Task, tuple[Run, Due]]") -> "StandIn":
        from relaypacs.stand_in import StandIn  # noqa: PLC0415 - it needs Redis' library

        return StandIn(self._infrastructure, tasks)

    def _quick_jobs(self) -> dict[str, IntervalJob]:
        every = self._infrastructure.settings.wake_interval
        return {
            "wake_due": IntervalJob(self._wake_due, every, self._tick),
            "raise_alerts": IntervalJob(lambda: raise_alerts(self._infrastructure), every, self._tick),
            "watch_room": IntervalJob(lambda: watch_room(self._infrastructure), WATCH_EVERY_SECONDS, self._tick),
            "look_after_reports": IntervalJob(self._look_after_reports, REPORTS_EVERY_SECONDS, self._tick),
            "expire_uploads": IntervalJob(
                lambda: expire_uploads(self._infrastructure), EXPIRE_EVERY_SECONDS, self._tick
            ),
        }

    def _slow_jobs(self) -> dict[str, IntervalJob]:
        def job(name: str, seconds: float, *, at_start: bool = False) -> IntervalJob:
            return IntervalJob(partial(self._run_slow, name), seconds, asyncio.Lock(), at_start)

        return {
            "forward_audit": job("forward_audit", self._infrastructure.settings.wake_interval),
            "clean_up": job("clean_up", CLEAN_UP_EVERY_SECONDS, at_start=True),
            "forget_messages": job("forget_messages", CLEAN_UP_EVERY_SECONDS, at_start=True),
            "remove_kept_files": job("remove_kept_files", REMOVE_EVERY_SECONDS),
            "synchronise": job("synchronise", SYNCHRONISE_EVERY_SECONDS),
            "summarise": job("summarise", SUMMARISE_EVERY_SECONDS, at_start=True),
        }

    def _bound(self, task: Task, job: Job) -> Callable[[str], Coroutine[Any, Any, None]]:
        TASK_FAILURES.labels(task.value)  # there from the start, so that the first one is seen as an increase

        async def run(key: str) -> None:
            if self._stops:
                self._cut_off.append((task, UUID(key)))
                return
            began = time.monotonic()
            work = asyncio.create_task(self._traced(task, job, UUID(key)), name=task)
            self._running.add(work)
            try:
                await asyncio.wait([work])
            finally:
                self._running.discard(work)
            TASK_SECONDS.labels(task.value).observe(time.monotonic() - began)
            if work.cancelled():
                self._cut_off.append((task, UUID(key)))
            elif (error := work.exception()) is not None:
                TASK_FAILURES.labels(task.value).inc()
                log.error("task_failed", task=task, key=key, exc_info=error)

        return run

    async def _traced(self, task: Task, job: Job, key: UUID) -> None:
        with span(f"task {task.value}", Kind.TASK, {"relaypacs.key": str(key)}):
            await job.run(self._infrastructure, key)

    async def start(self) -> None:
        """Begin. What a dead predecessor had claimed is free at once where there is no other process.

        Where there are others, nobody knows whose a claim is but by its deadline.
        """
        if self._is_alone:
            async with self._infrastructure.database.write() as session:
                await UploadRepository(session).release_leases()
                await DeliveryRepository(session).release_leases()
                await OutgoingRepository(session).release_leases()
        await self._broker.startup()
        intervals = {name: Interval(job.seconds, job.at_start) for name, job in self._jobs.items()}
        for name, (first, seconds) in (await self._keeper.begin(intervals)).items():
            self._scheduler.add_job(self._run, "interval", [name], seconds=seconds, id=name, next_run_time=first)
        self._scheduler.start()
        if self._stand_in:
            self._stand_in.start()
        await self._run("wake_due")
        await self._run("expire_uploads")

    async def _run(self, name: str) -> None:
        job = self._jobs[name]
        async with job.lock:
            await self._keeper.run(name, job.work)

    async def _wake_due(self) -> None:
        for task, job in JOBS.items():
            for key in await job.due(self._infrastructure):
                await self._infrastructure.wakeups.wake(task, key)

    async def _look_after_reports(self) -> None:
        await give_back(self._infrastructure)
        await escalate(self._infrastructure)

    async def _run_slow(self, name: str) -> None:
        """Raise what the job has raised; JobStopped when a stop has ended it."""
        work = self._slow[name] = asyncio.create_task(SLOW_JOBS[name](self._infrastructure), name=name)
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError:  # the claim is lost
            work.cancel()
            await asyncio.wait([work])
            raise
        if work.cancelled():
            raise JobStopped
        work.result()

    async def stop(self) -> None:
        """Stop taking work, and let what runs give its claims back."""
        self._stops = True
        self._scheduler.pause()
        for slow in self._slow.values():
            slow.cancel()  # what was not sent, or not removed, is so after the next start
        # Let jobs that have begun end: the scheduler would cut them off, and call that an error.
        async with AsyncExitStack() as ended:
            for lock in {job.lock for job in self._jobs.values()}:
                await ended.enter_async_context(lock)
            self._scheduler.shutdown(wait=False)
        running = list(self._running)
        for work in running:
            work.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._broker.shutdown()
        if self._stand_in:
            await self._hand_on(self._stand_in)

    async def _hand_on(self, stand_in: "StandIn") -> None:
        """Wake other workers for what a stop has ended here."""
        await stand_in.stop()
        for task, key in self._cut_off:
            await self._infrastructure.wakeups.wake(task, key)
