"""One delivery from claim to proof.

    list what the destination has -> compare it -> send the rest -> list again -> compare a sample

Every step writes its outcome per instance before the next begins, so that whoever takes the delivery up
after a crash sends only what is not confirmed. A delivery gives way to a more urgent one in the same manner.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import structlog

from relaypacs.adapters.dicom.content import read_instance
from relaypacs.adapters.pacs.base import (
    InstanceKey,
    NotOffered,
    OutgoingInstance,
    Pacs,
    PacsUnavailable,
    StoreStatus,
)
from relaypacs.adapters.pacs.causes import Cause
from relaypacs.core.clock import now
from relaypacs.core.errors import DatabaseUnavailable
from relaypacs.core.leases import LeaseLost, heartbeat
from relaypacs.core.tracing import span
from relaypacs.features.deliveries.destination_rows import DestinationRepository
from relaypacs.features.deliveries.judgement import DIFFERENT
from relaypacs.features.deliveries.metrics import FAILED, GAVE_WAY, POSTPONED, count_attempt
from relaypacs.features.deliveries.models import Delivery, DeliveryState, Outcome
from relaypacs.features.deliveries.repository import DeliveryRepository, Mark
from relaypacs.features.deliveries.service.afterwards import REFUSED, settle_after, tell_of_report
from relaypacs.features.deliveries.service.conclude import conclude
from relaypacs.features.deliveries.service.destinations import open_destination
from relaypacs.features.deliveries.service.health import backoff, note_failure, note_success
from relaypacs.features.deliveries.service.readback import Comparison, ReadBack
from relaypacs.features.studies.models import Instance
from relaypacs.infrastructure import Infrastructure

SAMPLE = 3
MARK_EVERY = 50
# How long a destination may take to list what it has acknowledged, and how often we ask meanwhile.
LISTING_DELAYS = (0.0, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 29.0)
OWN_FAULT = "The gateway could not finish this delivery; its log says why."
LOOK_SECONDS = 1.0  # how soon a delivery notices that it has to give way
Marks = dict[UUID, Mark]
log = structlog.get_logger(__name__)


class NotDelivered(Exception):
    """Some instances are not there yet; the delivery is taken up again later."""

    def __init__(self, words: str, cause: Cause) -> None:
        super().__init__(words)
        self.cause = cause


class GivesWay(Exception):
    """A more urgent delivery needs the place, or a person has stopped this one."""


async def deliver_next(infrastructure: Infrastructure, destination_id: UUID) -> bool:
    """Claim the destination's most urgent delivery and run it. Returns False when there is none to claim."""
    async with infrastructure.database.write() as session:
        delivery = await DeliveryRepository(session).claim_next(destination_id)
    if delivery is None:
        return False
    began = time.monotonic()
    about = {"relaypacs.delivery_id": str(delivery.id), "relaypacs.upload_id": str(delivery.upload_id or "")}
    with span("delivery", attributes=about) as delivering:
        outcome = await Transfer(infrastructure, delivery).run()
        delivering.set({"relaypacs.outcome": outcome})
    count_attempt(delivery.priority, outcome, time.monotonic() - began)
    return True


class Transfer:
    """Runs one claimed delivery, and gives the claim back whatever happens."""

    def __init__(self, infrastructure: Infrastructure, delivery: Delivery) -> None:
        self._infrastructure = infrastructure
        self._database = infrastructure.database
        self._delivery = delivery
        self._gives_way = False
        self._log = log.bind(delivery_id=str(delivery.id), upload_id=str(delivery.upload_id or ""))

    async def run(self) -> str:
        """Return how it ended: the state that the delivery is in now, or why it is none of the last ones yet."""
        destination_id = self._delivery.destination_id
        try:
            async with heartbeat(self._renew), self._watched():
                await self._attempt()
        except GivesWay:
            await self._release()
            return GAVE_WAY
        except LeaseLost:
            return GAVE_WAY  # to another process, which begins with what is in the rows
        except PacsUnavailable as error:
            await note_failure(self._infrastructure, destination_id, error)
            await self._try_later(str(error), error.cause)
            return POSTPONED
        except NotDelivered as error:
            await note_success(self._infrastructure, destination_id)
            await self._try_later(str(error), error.cause)
            return POSTPONED
        except asyncio.CancelledError:
            await self._release()
            raise
        except Exception:  # noqa: BLE001
            # Not the destination's fault, and no reason to drop the study: it stays due.
            self._log.exception("delivery_failed")
            await self._try_later(OWN_FAULT, Cause.GATEWAY)
            return FAILED
        await note_success(self._infrastructure, destination_id)
        return await self._conclude()

    @asynccontextmanager
    async def _watched(self) -> AsyncIterator[None]:
        """Look while the block runs whether the delivery has to give way."""

        async def look() -> None:
            while not self._gives_way:
                await asyncio.sleep(LOOK_SECONDS)
                with contextlib.suppress(DatabaseUnavailable):
                    async with self._database.read() as session:
                        self._gives_way = await DeliveryRepository(session).must_give_way(self._delivery.id)

        task = asyncio.create_task(look())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _give_way(self) -> None:
        if self._gives_way:
            raise GivesWay

    async def _attempt(self) -> None:
        async with self._database.read() as session:
            repository = DeliveryRepository(session)
            destination = await DestinationRepository(session).destination(self._delivery.destination_id)
            rows = await repository.instances_with_outcome(self._delivery.id)
        if destination is None:
            raise NotDelivered("The destination does not exist any more.", Cause.GATEWAY)
        pacs = open_destination(destination, self._infrastructure)
        try:
            read_back = ReadBack(pacs, self._infrastructure.inspector)
            waiting = [instance for instance, outcome in rows if outcome is Outcome.WAITING]
            unsent = await self._recognise(pacs, read_back, waiting)
            delivered = [instance for instance, outcome in rows if outcome is Outcome.DELIVERED]
            delivered += await self._send(pacs, unsent)
            await self._verify(pacs, read_back, delivered)
        finally:
            await pacs.close()

    async def _recognise(self, pacs: Pacs, read_back: ReadBack, waiting: Sequence[Instance]) -> list[Instance]:
        """Mark what the destination already has, and return what must be sent.

        What it has counts only after its content was compared. Other content under the same SOPInstanceUID is a
        conflict for a person: it is never overwritten.
        """
        present: set[str] = set()
        try:
            for study_instance_uid in {instance.study_instance_uid for instance in waiting}:
                present |= await pacs.list_instances(study_instance_uid)
        except NotOffered:
            return list(waiting)
        unsent = []
        for instance in waiting:
            if instance.sop_instance_uid not in present:
                unsent.append(instance)
                continue
            self._give_way()
            comparison = await read_back.compare(instance)
            if comparison in (Comparison.ABSENT, Comparison.NOT_COMPARABLE, Comparison.NOT_OFFERED):
                unsent.append(instance)  # sending what is there already changes nothing
            elif comparison is Comparison.SAME:
                await self._mark({instance.id: Mark(Outcome.READ_BACK, "")})
            else:
                reason = "The destination holds other content under the same SOPInstanceUID."
                await self._mark({instance.id: Mark(Outcome.REFUSED, reason, Cause.OTHER_CONTENT)})
        return unsent

    async def _send(self, pacs: Pacs, instances: Sequence[Instance]) -> list[Instance]:
        """Send the instances, write down each answer, and return those that were taken."""
        by_uid = {instance.sop_instance_uid: instance for instance in instances}
        taken: list[Instance] = []
        failed: NotDelivered | None = None
        marks: Marks = {}
        async for answer in pacs.store(self._until_it_gives_way(instances)):
            instance = by_uid[answer.sop_instance_uid]
            if answer.status is StoreStatus.FAILED:
                words = answer.reason or "The destination did not take every instance."
                failed = NotDelivered(words, answer.cause or Cause.OTHER)
                continue
            refused = answer.status is StoreStatus.REFUSED
            outcome = Outcome.REFUSED if refused else Outcome.DELIVERED
            marks[instance.id] = Mark(outcome, answer.reason, answer.cause)
            if not refused:
                taken.append(instance)
            if len(marks) >= MARK_EVERY:
                await self._mark(marks)
                marks = {}
        await self._mark(marks)
        if failed:
            raise failed
        self._give_way()
        return taken

    def _until_it_gives_way(self, instances: Sequence[Instance]) -> Iterator[OutgoingInstance]:
        for instance in instances:
            if self._gives_way:
                break
            yield self._outgoing(instance)

    def _outgoing(self, instance: Instance) -> OutgoingInstance:
        def content() -> AsyncIterator[bytes]:
            return read_instance(self._infrastructure.storage, instance.blob_key, instance.span)

        return OutgoingInstance(
            key=InstanceKey(instance.study_instance_uid, instance.series_instance_uid, instance.sop_instance_uid),
            sop_class_uid=instance.sop_class_uid,
            transfer_syntax_uid=instance.transfer_syntax_uid,
            size=instance.size,
            open=content,
        )

    async def _verify(self, pacs: Pacs, read_back: ReadBack, delivered: Sequence[Instance]) -> None:
        """Ask the destination what it has, and compare a sample of it. Raises NotDelivered when some is missing."""
        missing = await self._unlisted(pacs, delivered)
        if missing:
            lost = "The destination acknowledged this instance but does not list it."
            await self._mark({instance.id: Mark(Outcome.WAITING, lost, Cause.NOT_KEPT) for instance in missing})
            words = f"{len(missing)} acknowledged instances are not listed by the destination."
            raise NotDelivered(words, Cause.NOT_KEPT)
        marks: Marks = {instance.id: Mark(Outcome.LISTED) for instance in delivered}
        for instance in _sample(delivered):
            match await read_back.compare(instance):
                case Comparison.SAME:
                    marks[instance.id] = Mark(Outcome.READ_BACK)
                case Comparison.DIFFERENT:
                    marks[instance.id] = Mark(Outcome.REFUSED, DIFFERENT.reason, DIFFERENT.cause)
                case Comparison.ABSENT:
                    words = "The destination lists an instance that it cannot give back."
                    raise NotDelivered(words, Cause.NOT_KEPT)
                case Comparison.NOT_COMPARABLE | Comparison.NOT_OFFERED:
                    pass  # stays listed: the destination converts transfer syntaxes, or gives nothing back
        await self._mark(marks)

    async def _unlisted(self, pacs: Pacs, delivered: Sequence[Instance]) -> list[Instance]:
        """Return those that the destination does not vouch for, however long it is given."""
        missing = list(delivered)
        for delay in LISTING_DELAYS:
            if not missing:
                break
            await asyncio.sleep(delay)
            try:
                confirmed = await pacs.confirm([self._outgoing(instance) for instance in missing])
            except NotOffered as fault:
                # They stay delivered: what the destination does not tell today it may tell when its set-up changes.
                words = f"Every instance was taken, but that it is kept cannot be proven: {fault}."
                raise NotDelivered(words, fault.cause) from fault
            missing = [instance for instance in missing if instance.sop_instance_uid not in confirmed]
        return missing

    async def _mark(self, marks: Marks) -> None:
        if marks:
            async with self._database.write() as session:
                await DeliveryRepository(session).mark(self._delivery.id, marks)

    async def _conclude(self) -> str:
        """Say in the delivery how far it is, and let the upload settle."""
        async with self._database.write() as session:
            repository = DeliveryRepository(session)
            delivery = await repository.lock_delivery(self._delivery.id)
            if delivery is None:
                return DeliveryState.CANCELLED.value
            if not delivery.is_mine:
                return GAVE_WAY
            delivery.release()
            if delivery.state is not DeliveryState.WAITING:
                return delivery.state.value  # a person has stopped it at the last moment
            counts = await conclude(repository, delivery)
            settle_after(session, self._infrastructure, delivery)
            await tell_of_report(session, self._infrastructure, delivery, REFUSED)
        self._log.info("delivery_concluded", outcome=delivery.state.value, count=sum(counts.values()))
        return delivery.state.value

    async def _try_later(self, reason: str, cause: Cause) -> None:
        async with self._database.write() as session:
            delivery = await DeliveryRepository(session).lock_delivery(self._delivery.id)
            if delivery is None or not delivery.is_mine:
                return
            pause = backoff(delivery.attempts)
            delivery.attempts += 1
            delivery.failing_since = delivery.failing_since or now()
            delivery.next_attempt_at = now() + timedelta(seconds=pause)
            delivery.last_reason, delivery.last_cause = reason[:500], cause
            delivery.release()
            settle_after(session, self._infrastructure, delivery)
        self._log.warning("delivery_postponed", reason=reason, retry_in=round(pause, 1), attempt=delivery.attempts)

    async def _release(self) -> None:
        async with self._database.write() as session:
            delivery = await DeliveryRepository(session).lock_delivery(self._delivery.id)
            if delivery and delivery.is_mine:
                delivery.release()

    async def _renew(self) -> bool:
        async with self._database.write() as session:
            return await DeliveryRepository(session).renew_lease(self._delivery.id)


def _sample(instances: Sequence[Instance]) -> Iterable[Instance]:
    """Return up to three instances, spread over the study."""
    if len(instances) <= SAMPLE:
        return instances
    step = (len(instances) - 1) / (SAMPLE - 1)
    return [instances[round(i * step)] for i in range(SAMPLE)]
