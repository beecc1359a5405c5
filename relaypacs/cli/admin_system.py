"""What `relaypacs admin system` says. It asks database and storage itself, so the gateway need not run."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import typer

from relaypacs.cli.admin_desk import run
from relaypacs.cli.tables import print_table
from relaypacs.features.operations.schemas import Concern, ConcernCode, JobView, StorageKind, SystemView
from relaypacs.features.operations.service.overview import Overview
from relaypacs.infrastructure import Infrastructure

GIB = 1024**3
WORDS = {
    ConcernCode.DATABASE_SILENT: "the database does not answer",
    ConcernCode.WRITING_SILENT: "nothing can be written to the database",
    ConcernCode.STORAGE_FAILS: "nothing can be written to the storage",
    ConcernCode.STORAGE_LOW: "less space is free than the reserve: uploads are refused",
    ConcernCode.REDIS_SILENT: "Redis does not answer: sign-ins are refused, uploads and deliveries go on",
    ConcernCode.DESTINATION_FAILING: "the destination is failing",
    ConcernCode.DELIVERIES_REFUSED: "the destination refuses something for good",
    ConcernCode.DELIVERIES_LATE: "deliveries wait for too long",
    ConcernCode.NO_DESTINATION: "no destination takes these uploads",
    ConcernCode.CHECKS_LATE: "files wait for too long to be checked",
    ConcernCode.WORKER_SILENT: "no job runs: is the gateway running?",
    ConcernCode.JOB_FAILED: "the job fails",
    ConcernCode.JOB_LATE: "the job has not run when it should have",
    ConcernCode.JOB_STUCK: "the job does not end",
    ConcernCode.STUDIES_HELD: "held studies wait for somebody to decide",
    ConcernCode.DESTINATION_OFF: "the destination is off, and studies wait for it",
    ConcernCode.DATABASE_SLOW: "the database is slow",
    ConcernCode.MESSAGES_LATE: "messages wait for too long",
    ConcernCode.WEBHOOKS_PARKED: "webhooks are parked",
    ConcernCode.CERTIFICATE_ENDED: "the certificate has ended",
    ConcernCode.CERTIFICATE_ENDING: "the certificate ends soon",
    ConcernCode.CLOCK_DIFFERS: "the database's clock differs from the gateway's",
    ConcernCode.PART_SILENT: "no answer",
}


def show(*, as_json: bool) -> None:
    async def work(infrastructure: Infrastructure) -> SystemView:
        overview = Overview(infrastructure)
        try:
            return await overview.look(from_outside=True)
        finally:
            await overview.close()

    view = run(work, with_any_key=True)
    if as_json:
        typer.echo(view.model_dump_json())
        return
    _print_concerns(view)
    typer.echo()
    print_table(("part", "how it is"), _parts(view))
    if view.queue:
        typer.echo()
        print_table(("waits", "how many", "the oldest for"), _queue(view))
    if view.destinations:
        typer.echo()
        print_table(
            ("destination", "health", "waiting", "refused", "last error"),
            ((each.name, each.health.value, each.waiting, each.refused, each.last_error) for each in view.destinations),
        )
    if view.jobs:
        typer.echo()
        print_table(("job", "every", "state", "last run", "took", "next run"), (_job(job) for job in view.jobs))


def _print_concerns(view: SystemView) -> None:
    if not view.concerns:
        typer.echo("Nothing needs attention.")
        return
    print_table(
        ("", "needs attention", "about", "how many", "since", "detail"),
        (
            (
                each.severity.value,
                WORDS[each.code],
                _about(each),
                "" if each.count is None else each.count,
                _moment(each.since),
                each.detail,
            )
            for each in view.concerns
        ),
    )


def _about(concern: Concern) -> str:
    return concern.service_level.value if concern.service_level else concern.name


def _parts(view: SystemView) -> Iterator[tuple[str, str]]:
    database, storage = view.database, view.storage
    yield "gateway", f"{view.version}, {view.environment.value}"
    yield "database", f"{database.kind.value} {database.version}, schema {database.revision}"
    yield "", f"{_gib(database.size_bytes)}, {_gib(database.free_bytes)} free beside it"
    yield "", f"reads in {_ms(database.read_milliseconds)}, writes in {_ms(database.write_milliseconds)}"
    if storage.kind is StorageKind.BUCKET:
        yield "storage", f"a bucket, which tells no bounds; writes in {_ms(storage.milliseconds)}"
    else:
        yield "storage", f"{_gib(storage.free_bytes)} of {_gib(storage.total_bytes)} free"
        yield "", f"{_gib(storage.reserve_bytes)} reserved, writes in {_ms(storage.milliseconds)}"
    yield "", "files as they come" if storage.sealed_by is None else f"files sealed with key {storage.sealed_by}"
    if view.redis:
        used = _gib(view.redis.used_bytes)
        yield "Redis", f"{view.redis.version}, {used}, answers in {_ms(view.redis.milliseconds)}"
    for each in view.certificates or ():
        yield "certificate", f"{each.use.value} {each.name} ends {_moment(each.ends_at)}"
    for silent in view.unanswered:
        yield silent.part.value, f"no answer: {silent.problem}"


def _queue(view: SystemView) -> Iterator[tuple[str, int, str]]:
    if view.queue is None:
        return
    for delivery in view.queue.deliveries:
        yield f"deliveries, {delivery.service_level.value}", delivery.waiting, _for(delivery.oldest, view.at)
    for check in view.queue.checks:
        yield f"checks, {check.service_level.value}", check.waiting, _for(check.oldest, view.at)
    for uploads in view.queue.uploads:
        yield f"uploads, {uploads.stage.value}", uploads.waiting, _for(uploads.oldest, view.at)
    for messages in view.queue.messages:
        yield f"messages, {messages.channel.value}", messages.waiting, _for(messages.oldest, view.at)


def _job(job: JobView) -> tuple[str, str, str, str, str, str]:
    standing = f"{job.standing.value}{', late' if job.is_late else ''}{f': {job.error}' if job.error else ''}"
    every = str(timedelta(seconds=round(job.interval_seconds)))
    return job.name, every, standing, _moment(job.started_at), _ms(job.milliseconds), _moment(job.next_run_at)


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else ""


def _for(moment: datetime | None, at: datetime) -> str:
    return str(timedelta(seconds=round((at - moment).total_seconds()))) if moment else ""


def _gib(size: int | None) -> str:
    return "?" if size is None else f"{size / GIB:.2f} GiB"


def _ms(milliseconds: int | None) -> str:
    return "?" if milliseconds is None else f"{milliseconds} ms"
