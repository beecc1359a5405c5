"""Examines what lies in the database: whether the secret key opens it, its clock, the queue, and the destinations."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, text

from relaypacs.cli.admin_desk import NoWakeups
from relaypacs.cli.doctor_destinations import examine_destinations
from relaypacs.cli.findings import Finding, good, problem
from relaypacs.core.clock import now
from relaypacs.core.database import Database
from relaypacs.core.settings import Settings
from relaypacs.features.admin.service.keys import SecretKeyWrong, open_keys
from relaypacs.features.audit.repository import AuditRepository
from relaypacs.features.deliveries.models import Delivery, DeliveryState, Destination
from relaypacs.features.operations.schemas import JobView
from relaypacs.features.operations.service.facts import ask_jobs
from relaypacs.features.operations.service.standing import job_view
from relaypacs.infrastructure import Infrastructure, build_infrastructure

SKEW = timedelta(seconds=30)
OLD = timedelta(hours=1)
FORWARD_LAG = 1000  # events


async def examine_rows(settings: Settings) -> list[Finding]:
    """Look at the rows of a database that is up to date, and ask its destinations."""
    infrastructure = build_infrastructure(settings, NoWakeups())
    try:
        database = infrastructure.database
        found = [await _clock(database), await _queue(database), *await _jobs(infrastructure)]
        if settings.audit_syslog:
            found.append(await _forwarded(database))
        try:
            opened = await open_keys(infrastructure)
        except SecretKeyWrong as fault:
            remedy = "Put the right one back, or see “Keys” in the administrator's guide where it is lost for good."
            return [*found, problem("secret key", str(fault), remedy, code="secret_key_wrong")]
        return [*found, _sealing(opened), *await _destinations(opened)]
    finally:
        await infrastructure.close()


def _sealing(infrastructure: Infrastructure) -> Finding:
    """Say how new files are stored. A gateway that is just switched on and has not started yet has no key."""
    keys = infrastructure.keys.storage
    if not infrastructure.settings.encrypt_files:
        return good("sealed files", f"new files lie as they come; there are {len(keys)} keys for sealed ones")
    if not keys:
        return good("sealed files", "new files will be sealed; their first key is made at the next start")
    return good("sealed files", f"new files are sealed with key {keys[-1].number}, of {len(keys)}")


async def _destinations(infrastructure: Infrastructure) -> Sequence[Finding]:
    if findings := await examine_destinations(infrastructure):
        return findings
    remedy = "Make a destination in the administrator's pages; what is received waits until there is one."
    return [problem("PACS", "there is no destination", remedy, code="no_destination")]


async def _clock(database: Database) -> Finding:
    async with database.read() as session:
        if database.is_sqlite:
            return good("database clock", "this machine's own")
        theirs = await session.scalar(text("SELECT clock_timestamp()"))
    skew = abs(theirs.astimezone(UTC) - datetime.now(UTC)) if isinstance(theirs, datetime) else timedelta()
    if skew > SKEW:
        remedy = "Set both clocks by NTP: what is due is found by comparing them."
        return problem("database clock", f"{skew.total_seconds():.0f} s apart", remedy, code="clock_skew")
    return good("database clock", "the same as here")


async def _queue(database: Database) -> Finding:
    """Find out how long the oldest delivery waits that could go."""
    query = (
        select(func.count(), func.min(Delivery.created_at))
        .join(Destination, Destination.id == Delivery.destination_id)
        .where(Delivery.state == DeliveryState.WAITING, Delivery.is_open.is_(False), Destination.enabled)
    )
    attention = select(func.count()).where(Delivery.state == DeliveryState.ATTENTION)
    async with database.read() as session:
        count, oldest = (await session.execute(query)).one()
        need_attention = await session.scalar(attention) or 0
    waiting = f"{count} waiting, the oldest for {_span(now() - oldest)}" if count else "nothing waits"
    if need_attention:
        waiting += f", and {need_attention} need attention"
    if count and now() - oldest > OLD:
        remedy = "What is said of each PACS below is why; if nothing is, see whether the gateway runs, and its log."
        return problem("deliveries", waiting, remedy, code="queue_old")
    return good("deliveries", waiting)


async def _jobs(infrastructure: Infrastructure) -> Sequence[Finding]:
    """Find out whether the gateway does what comes again and again, as it has last written down."""
    jobs = [job_view(state, now()) for state in await ask_jobs(infrastructure)]
    if not jobs:
        return [good("jobs", "none has run: the gateway was never started")]
    found = [_late(jobs)] if any(job.is_late for job in jobs) else []
    remedy = "Look into the gateway's log, at the lines task_failed. It tries again by itself."
    found += [
        problem(f"job {job.name}", f"has failed {job.failures} times, with {job.error}", remedy, code="job_failed")
        for job in jobs
        if job.failures
    ]
    return found or [good("jobs", f"all {len(jobs)} have run when they should")]


def _late(jobs: Sequence[JobView]) -> Finding:
    names = ", ".join(job.name for job in jobs if job.is_late)
    remedy = "Start the gateway. If it runs, its work hangs: look into its log, and start it anew."
    return problem("jobs", f"should have run or ended long ago: {names}", remedy, code="jobs_late")


async def _forwarded(database: Database) -> Finding:
    async with database.read() as session:
        head = await AuditRepository(session).head()
    behind = head.position - head.forwarded
    if behind > FORWARD_LAG:
        remedy = "See what is said of the syslog server; if it answers, see whether the gateway runs."
        return problem("audit forwarding", f"{behind} events wait", remedy, code="forwarding_behind")
    return good("audit forwarding", f"{behind} events wait")


def _span(time: timedelta) -> str:
    minutes = int(time.total_seconds()) // 60
    return f"{minutes} min" if minutes < 2 * 60 else f"{minutes // 60} h"
