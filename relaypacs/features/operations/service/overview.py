"""The whole at one look: every part is asked at the same time, and what does not answer is said to be silent."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from relaypacs import __version__
from relaypacs.core.clock import now
from relaypacs.core.jobs import JobState
from relaypacs.features.identity.service.ending import USER_CHANNELS
from relaypacs.features.operations.schemas import (
    CertificateView,
    DatabaseKind,
    DatabaseView,
    Part,
    ProcessView,
    QueueView,
    RedisView,
    StorageKind,
    StorageView,
    SystemView,
    Unanswered,
)
from relaypacs.features.operations.service.certificates import certificates_of, certificates_of_settings
from relaypacs.features.operations.service.concerns import concerns_of
from relaypacs.features.operations.service.facts import (
    Places,
    ask_database,
    ask_destinations,
    ask_for_a_write,
    ask_jobs,
    ask_queue,
    ask_redis,
    ask_storage,
)
from relaypacs.features.operations.service.probes import Answer, Probes
from relaypacs.features.operations.service.standing import job_view
from relaypacs.infrastructure import Infrastructure

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answers:
    """What every part has said, or that it has not."""

    database: Answer[Mapping[str, Any]]
    writing: Answer[None]
    storage: Answer[Mapping[str, Any]]
    redis: Answer[Mapping[str, Any]]
    queue: Answer[QueueView]
    places: Answer[Places]
    jobs: Answer[Sequence[JobState]]
    files: Answer[Sequence[CertificateView]]

    def faults(self) -> list[Unanswered]:
        parts = (self.database, self.writing, self.storage, self.redis)
        answers = (*parts, self.queue, self.places, self.jobs, self.files)
        return [answer.fault for answer in answers if answer.fault]

    def certificates(self) -> list[CertificateView] | None:
        if self.files.value is None or self.places.value is None:
            return None
        return sorted([*self.files.value, *certificates_of(self.places.value.rows)], key=lambda each: each.ends_at)


class Overview:
    """One for a process: whoever looks while a part hangs waits for the same answer."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._probes = Probes()

    async def look(self, *, from_outside: bool = False) -> SystemView:
        """Return what is known now, within a few seconds. `from_outside`: this process is not the gateway."""
        answers = await self._answers()
        at, places, jobs = now(), answers.places.value, answers.jobs.value
        view = SystemView(
            at=at,
            version=__version__,
            environment=self._infrastructure.settings.environment,
            concerns=[],
            unanswered=answers.faults(),
            process=None if from_outside else self._process(),
            database=self._database(answers),
            storage=self._storage(answers.storage),
            redis=self._redis(answers.redis),
            queue=answers.queue.value,
            destinations=None if places is None else list(places.states()),
            jobs=None if jobs is None else [job_view(state, at) for state in jobs],
            certificates=answers.certificates(),
        )
        return view.model_copy(update={"concerns": concerns_of(view)})

    async def _answers(self) -> Answers:
        (database, writing, storage, redis), (queue, places, jobs, files) = await asyncio.gather(
            asyncio.gather(
                self._ask(Part.DATABASE, ask_database),
                self._ask(Part.WRITING, ask_for_a_write),
                self._ask(Part.STORAGE, ask_storage),
                self._ask(Part.REDIS, ask_redis),
            ),
            asyncio.gather(
                self._ask(Part.QUEUE, ask_queue),
                self._ask(Part.DESTINATIONS, ask_destinations),
                self._ask(Part.JOBS, ask_jobs),
                self._ask(Part.CERTIFICATES, lambda known: certificates_of_settings(known.settings)),
            ),
        )
        return Answers(database, writing, storage, redis, queue, places, jobs, files)

    def _database(self, answers: Answers) -> DatabaseView:
        writing = answers.writing
        return DatabaseView(
            kind=DatabaseKind.SQLITE if self._infrastructure.database.is_sqlite else DatabaseKind.POSTGRESQL,
            write_milliseconds=None if writing.fault else writing.milliseconds,
            **(answers.database.value or {}),
        )

    def _storage(self, answer: Answer[Mapping[str, Any]]) -> StorageView:
        settings = self._infrastructure.settings
        return StorageView(
            kind=StorageKind.FOLDER if settings.storage_dir else StorageKind.BUCKET,
            reserve_bytes=settings.storage_reserve,
            sealed_by=self._infrastructure.sealed_by,
            milliseconds=None if answer.fault else answer.milliseconds,
            **(answer.value or {}),
        )

    def _redis(self, answer: Answer[Mapping[str, Any]]) -> RedisView | None:
        if self._infrastructure.redis is None:
            return None
        return RedisView(milliseconds=None if answer.fault else answer.milliseconds, **(answer.value or {}))

    async def close(self) -> None:
        await self._probes.close()

    def _ask(self, part: Part, question: Callable[[Infrastructure], Awaitable[T]]) -> Awaitable[Answer[T]]:
        return self._probes.ask(part, partial(question, self._infrastructure))

    def _process(self) -> ProcessView:
        listeners = self._infrastructure.events.listening(USER_CHANNELS)
        return ProcessView(started_at=self._infrastructure.started_at, listeners=listeners)
