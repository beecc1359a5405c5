"""Asks destinations, every few minutes, what has happened there without us.

Somebody may have put right what was refused; and a report may have been written there on a study that we brought.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import structlog

from relaypacs.adapters.dicom.base import DocumentRequest, FoundDocument
from relaypacs.adapters.dicom.encapsulated import ENCAPSULATED_PDF
from relaypacs.adapters.pacs.base import HeldDocument, NotOffered, Pacs, PacsUnavailable
from relaypacs.adapters.pdf.typesetter import TypesettingFailed
from relaypacs.adapters.storage.local import LocalBlob
from relaypacs.core.clock import now
from relaypacs.features.deliveries.destination_rows import DestinationRepository
from relaypacs.features.deliveries.judgement import Comparison
from relaypacs.features.deliveries.models import Delivery, DeliveryState, Destination, Outcome
from relaypacs.features.deliveries.repository import DeliveryRepository, Mark
from relaypacs.features.deliveries.service.afterwards import settle_after
from relaypacs.features.deliveries.service.conclude import conclude
from relaypacs.features.deliveries.service.destinations import open_destination
from relaypacs.features.deliveries.service.readback import ReadBack
from relaypacs.features.reports.models import Report
from relaypacs.features.reports.repository import ReportRepository
from relaypacs.features.reports.service.documents import take_document
from relaypacs.features.reports.service.encapsulation import reports_series
from relaypacs.features.reports.service.found_page import found_page
from relaypacs.features.studies.models import Study
from relaypacs.features.studies.repository import StudyRepository
from relaypacs.infrastructure import Infrastructure

EVERY = timedelta(minutes=5)
REPORTS_AT_ONCE = 500
DELIVERIES_AT_ONCE = 50
MOST_BYTES = 50 * 1024**2
# Basic Text, Enhanced, Comprehensive, Extensible and Comprehensive 3D SR: what people write. The others are dose
# reports, key objects, and what devices measure (PS3.4 B.5).
WRITTEN_SR = frozenset(f"1.2.840.10008.5.1.4.1.1.88.{number}" for number in ("11", "22", "33", "34", "35"))
log = structlog.get_logger(__name__)


async def synchronise(infrastructure: Infrastructure) -> None:
    """Ask every destination that works about what is not settled there."""
    async with AsyncExitStack() as open_ones:
        rounds = _Round(infrastructure, open_ones)
        await rounds.verify_what_needs_attention()
        await rounds.find_reports()


class _Round:
    """One look at all of them. A destination that fails is not asked again in it."""

    def __init__(self, infrastructure: Infrastructure, open_ones: AsyncExitStack) -> None:
        self._infrastructure = infrastructure
        self._database = infrastructure.database
        self._open_ones = open_ones
        self._opened: dict[UUID, Pacs] = {}
        self._failed: set[UUID] = set()

    async def verify_what_needs_attention(self) -> None:
        async with self._database.read() as session:
            repository = DeliveryRepository(session)
            found = await repository.need_attention(now() - EVERY / 2, DELIVERIES_AT_ONCE)
        for delivery, destination in found:
            async with self._database.write() as session:
                await DeliveryRepository(session).looked_at(delivery.id)
            try:
                await self._look_again(delivery, self._pacs(destination))
            except (PacsUnavailable, NotOffered) as fault:
                self._skip(destination, fault)

    async def _look_again(self, delivery: Delivery, pacs: Pacs) -> None:
        """Compare what was refused, or was gone, in case it is there now."""
        async with self._database.read() as session:
            rows = await DeliveryRepository(session).instances_with_outcome(delivery.id)
        refused = [instance for instance, outcome in rows if outcome in (Outcome.REFUSED, Outcome.WAITING)]
        present: set[str] = set()
        for study_instance_uid in {instance.study_instance_uid for instance in refused}:
            present |= await pacs.list_instances(study_instance_uid)
        read_back = ReadBack(pacs, self._infrastructure.inspector)
        put_right = [
            instance.id
            for instance in refused
            if instance.sop_instance_uid in present and await read_back.compare(instance) is Comparison.SAME
        ]
        if not put_right:
            return
        async with self._database.write() as session:
            repository = DeliveryRepository(session)
            locked = await repository.lock_delivery(delivery.id)
            if locked is None or locked.state is not DeliveryState.ATTENTION:
                return
            await repository.mark(delivery.id, dict.fromkeys(put_right, Mark(Outcome.READ_BACK, "")))
            await conclude(repository, locked)
            settle_after(session, self._infrastructure, locked)

    async def find_reports(self) -> None:
        async with self._database.read() as session:
            reports = await ReportRepository(session).to_look_for(now() - EVERY / 2, REPORTS_AT_ONCE)
            where = await DestinationRepository(session).destinations_of_reports([report.id for report, _ in reports])
        for report, study in reports:
            for destination in where.get(report.id, []):
                if destination.id in self._failed:
                    continue
                try:
                    if await self._find_report(report, study, self._pacs(destination)):
                        break
                except (PacsUnavailable, NotOffered) as fault:
                    self._skip(destination, fault)
        async with self._database.write() as session:
            await ReportRepository(session).looked_for([report.id for report, _ in reports])

    async def _find_report(self, report: Report, study: Study, pacs: Pacs) -> bool:
        """Look for a report on one study in one destination. Returns whether there was one."""
        held = await pacs.find_documents(study.study_instance_uid)
        async with self._database.read() as session:
            ours = await StudyRepository(session).sop_instance_uids(study.id)
        # Also what was signed by us and is not known any more, because our rows come from a backup.
        written_here = reports_series(self._infrastructure.keys.published.gateway, study.study_instance_uid)
        theirs = [document for document in held if document.key.series_instance_uid != written_here]
        for document in _promising(theirs, ours):
            if pdf := await self._pdf(document, pacs, study):
                await take_document(
                    self._infrastructure,
                    report.id,
                    sop_instance_uid=document.key.sop_instance_uid,
                    sop_class_uid=document.sop_class_uid,
                    pdf=pdf,
                )
                return True
        return False

    async def _pdf(self, held: HeldDocument, pacs: Pacs, study: Study) -> bytes | None:
        """Return the document as a PDF; None when it is not finished, not of this study, or not to be read."""
        with tempfile.NamedTemporaryFile(prefix="relaypacs-report-") as file:
            size = 0
            try:
                async for piece in pacs.retrieve(held.key):
                    size += len(piece)
                    if size > MOST_BYTES:
                        return None
                    await asyncio.to_thread(file.write, piece)
            except FileNotFoundError:
                return None
            await asyncio.to_thread(file.flush)
            found = await self._infrastructure.inspector.read_document(DocumentRequest(LocalBlob(Path(file.name))))
        if found is None or not found.is_complete or found.study_instance_uid != study.study_instance_uid:
            return None
        return found.pdf or await self._set(found)

    async def _set(self, found: FoundDocument) -> bytes | None:
        try:
            return await found_page(self._infrastructure.typesetter, found, now())
        except TypesettingFailed:
            log.exception("report_not_set")
            return None

    def _pacs(self, destination: Destination) -> Pacs:
        if destination.id in self._failed:
            raise PacsUnavailable("failed a moment ago")
        if destination.id not in self._opened:
            pacs = self._opened[destination.id] = open_destination(destination, self._infrastructure)
            self._open_ones.push_async_callback(pacs.close)
        return self._opened[destination.id]

    def _skip(self, destination: Destination, fault: Exception) -> None:
        """The next round asks again; whether it is down is for deliveries to find out."""
        if destination.id not in self._failed:
            log.info("synchronisation_skipped", destination_id=str(destination.id), reason=str(fault)[:200])
        self._failed.add(destination.id)


def _promising(held: Sequence[HeldDocument], ours: set[str]) -> Sequence[HeldDocument]:
    """Return what may be a report on the study, a PDF before a structured report; not what we sent ourselves."""
    theirs = [document for document in held if document.key.sop_instance_uid not in ours]
    pdfs = [document for document in theirs if document.sop_class_uid == ENCAPSULATED_PDF]
    return [*pdfs, *(document for document in theirs if document.sop_class_uid in WRITTEN_SR)]
