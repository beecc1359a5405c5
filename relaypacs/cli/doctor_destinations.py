"""Examines every destination: what it says now, and what its deliveries have come to."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from relaypacs.adapters.pacs.base import NotOffered, Pacs, PacsUnavailable
from relaypacs.adapters.pacs.causes import Cause
from relaypacs.adapters.pacs.dicomweb import DicomwebPacs
from relaypacs.adapters.pacs.dimse.adapter import DimsePacs
from relaypacs.adapters.pacs.factory import open_pacs
from relaypacs.cli.causes import REMEDIES
from relaypacs.cli.doctor_tls import describe_certificate
from relaypacs.cli.findings import Finding, good, problem
from relaypacs.features.deliveries.destination_rows import DestinationRepository, Queue
from relaypacs.features.deliveries.models import Destination
from relaypacs.features.deliveries.service.addresses import address_of
from relaypacs.infrastructure import Infrastructure

ECHO_SECONDS = 15.0
SKEW_SECONDS = 60
SLOW_SECONDS = 2.0  # an echo asks for next to nothing
MOST = 200
LATEST = 50  # deliveries, whose kinds a node is asked about


@dataclass(frozen=True, slots=True)
class Kind:
    """A SOP class in a transfer syntax, as the latest deliveries to a destination have them."""

    sop_class_uid: str
    transfer_syntax_uid: str


async def examine_destinations(infrastructure: Infrastructure) -> list[Finding]:
    """Ask all destinations at once. Nothing is stored there, and nothing written down here."""
    async with infrastructure.database.read() as session:
        repository = DestinationRepository(session)
        destinations = await repository.destination_page(after=None, limit=MOST)
        queues = await repository.queues([row.id for row in destinations])
        kinds = {row.id: await repository.latest_kinds(row.id, LATEST) for row in destinations}
    found = await asyncio.gather(
        *(
            _examine(infrastructure, row, queues.get(row.id), [Kind(*kind) for kind in kinds[row.id]])
            for row in destinations
        )
    )
    return [finding for findings in found for finding in findings]


async def _examine(
    infrastructure: Infrastructure, destination: Destination, queue: Queue | None, kinds: Sequence[Kind]
) -> list[Finding]:
    what = f"PACS “{destination.name}”"
    if not destination.enabled:
        return [good(what, "disabled: nothing is sent there, and what waits for it waits")]
    try:
        pacs = open_pacs(address_of(destination, infrastructure.vault))  # itself: more is asked than deliveries do
    except ValueError as fault:
        remedy = "Give its password and certificates again: they were sealed with another secret key, or are wrong."
        return [problem(what, str(fault), remedy)]
    try:
        findings = [await _echo(what, pacs), *await _refusals(what, pacs, kinds)]
        if findings[0].ok:
            findings += await _clock(what, pacs)
    finally:
        await pacs.close()
    if (certificate := await describe_certificate(destination.address, destination.tls_ca)) is not None:
        findings.append(certificate.finding(f"{what}, certificate"))
    return [*findings, *_stuck(what, queue, {finding.code for finding in findings})]


async def _echo(what: str, pacs: Pacs) -> Finding:
    began = time.monotonic()
    try:
        async with asyncio.timeout(ECHO_SECONDS):
            await pacs.echo()
    except TimeoutError:
        return _because(what, f"no answer within {ECHO_SECONDS:.0f} s", Cause.TIMED_OUT)
    except (PacsUnavailable, NotOffered) as fault:
        return _because(what, str(fault), fault.cause)
    seconds = time.monotonic() - began
    if seconds > SLOW_SECONDS:
        return _because(what, f"answers, but took {seconds:.1f} s for it", Cause.TIMED_OUT)
    return good(what, f"answers within {max(1, seconds * 1000):.0f} ms, and lets us in")


async def _refusals(what: str, pacs: Pacs, kinds: Sequence[Kind]) -> list[Finding]:
    """Ask a DICOM node which of the kinds it was lately meant to take it would not even negotiate."""
    if not isinstance(pacs, DimsePacs) or not kinds:
        return []
    try:
        async with asyncio.timeout(ECHO_SECONDS):
            refused = await pacs.refused([(kind.sop_class_uid, kind.transfer_syntax_uid) for kind in kinds])
    except (PacsUnavailable, TimeoutError):
        return []  # the echo has said why
    return [_because(f"{what}, negotiation", words, cause) for words, cause in refused]


async def _clock(what: str, pacs: Pacs) -> list[Finding]:
    """Compare the clocks, of destinations that tell the time."""
    if not isinstance(pacs, DicomwebPacs):
        return []
    try:
        told = await pacs.told_time()
    except PacsUnavailable:
        return []
    skew = abs((told - datetime.now(UTC)).total_seconds()) if told else 0
    if skew <= SKEW_SECONDS:
        return []
    remedy = "Set both clocks by NTP: what is said of a study here and there could not be put in order."
    return [problem(f"{what}, clock", f"{skew:.0f} s apart", remedy, code="clock_skew")]


def _stuck(what: str, queue: Queue | None, said: set[str]) -> Iterator[Finding]:
    """Say what deliveries fail for, unless the destination itself has said it."""
    for cause, count in sorted((queue.causes if queue else {}).items(), key=lambda item: -item[1]):
        if cause.value not in said:
            deliveries = "1 delivery is" if count == 1 else f"{count} deliveries are"
            yield _because(f"{what}, deliveries", f"{deliveries} stuck", cause)


def _because(what: str, detail: str, cause: Cause) -> Finding:
    return problem(what, f"{detail} [{cause.value}]", REMEDIES[cause], code=cause.value)
