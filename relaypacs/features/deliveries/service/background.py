"""Reads back what was only listed when its delivery was verified, instance by instance, while nothing is to be sent.

Each outcome is written down soon after it is known, so that whoever goes on after a crash asks only for the rest.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.dicom.inspector import ProcessInspector
from relaypacs.adapters.pacs.base import Pacs, PacsUnavailable
from relaypacs.core.clock import now
from relaypacs.core.leases import LeaseLost, heartbeat
from relaypacs.features.deliveries.destination_rows import DestinationRepository
from relaypacs.features.deliveries.judgement import NOT_GIVEN_BACK, REMOVED, Comparison, Judgement
from relaypacs.features.deliveries.metrics import READ_BACK
from relaypacs.features.deliveries.models import Delivery, DeliveryState, Outcome
from relaypacs.features.deliveries.proof_rows import ProofRepository
from relaypacs.features.deliveries.repository import DeliveryRepository, Mark
from relaypacs.features.deliveries.service.destinations import open_destination
from relaypacs.features.deliveries.service.readback import ReadBack
from relaypacs.features.studies.models import Instance
from relaypacs.infrastructure import Infrastructure

MARK_EVERY = 10
# After each instance the destination is left alone for as long as it took, but no longer than this.
LONGEST_REST_SECONDS = 1.0
PAUSE = timedelta(minutes=1)
# An instance that a destination does not give back while it answers otherwise is asked for so often.
ATTEMPTS = 5

log = structlog.get_logger(__name__)


class NotGivenBack(Exception):
    """The destination answers, but does not give this instance back."""

    def __init__(self, instance: Instance) -> None:
        super().__init__(instance.sop_instance_uid)
        self.instance = instance


class Witness(Protocol):
    """Learns what the reading back has shown, in the transaction that writes it down."""

    async def contradicted(self, session: AsyncSession, delivery: Delivery, judgement: Judgement) -> None:
        """A verified delivery turns out not to be what it was said to be; told once for each delivery."""
        ...

    async def end(self, session: AsyncSession, delivery: Delivery) -> None:
        """Nothing more is to be read back. Called first in its transaction, so that it may lock what it needs."""
        ...

    async def ended(self, session: AsyncSession, delivery: Delivery) -> None:
        """The same, after the delivery's row says so."""
        ...


async def read_back_next(infrastructure: Infrastructure, destination_id: UUID, witness: Witness) -> bool:
    """Claim a delivery of the destination and read it back. Returns whether it came to its end."""
    async with infrastructure.database.write() as session:
        delivery = await ProofRepository(session).claim(destination_id)
    if delivery is None:
        return False
    return await BackgroundReadBack(infrastructure, delivery, witness).run()


class BackgroundReadBack:
    """Reads one claimed delivery back, and gives the claim back whatever happens."""

    def __init__(self, infrastructure: Infrastructure, delivery: Delivery, witness: Witness) -> None:
        self._infrastructure = infrastructure
        self._database = infrastructure.database
        self._delivery = delivery
        self._witness = witness
        self._log = log.bind(delivery_id=str(delivery.id), upload_id=str(delivery.upload_id or ""))

    async def run(self) -> bool:
        """Return whether the delivery came to its end."""
        try:
            async with heartbeat(self._renew):
                has_ended = await self._go_through()
        except PacsUnavailable as error:
            await self._release(pause=PAUSE)
            self._log.info("read_back_postponed", reason=str(error))
        except NotGivenBack as error:
            await self._give_up_or_wait(error.instance)
        except LeaseLost:
            return False
        except asyncio.CancelledError:
            await self._release()
            raise
        except Exception:  # noqa: BLE001
            # Not the destination's fault, and nothing is lost: it stays due.
            self._log.exception("read_back_failed")
            await self._release(pause=PAUSE)
        else:
            if has_ended:
                await self._end()
                return True
            await self._release()
        return False

    async def _go_through(self) -> bool:
        """Try what was not tried yet. Returns False when something else is more urgent."""
        async with self._database.read() as session:
            destination = await DestinationRepository(session).destination(self._delivery.destination_id)
            instances = await ProofRepository(session).untried(self._delivery.id)
        if destination is None or destination.removed_at:
            await self._mark({instance.id: REMOVED for instance in instances})
            return True
        pacs = open_destination(destination, self._infrastructure)
        # Of its own, so that what is received never waits for what has long arrived.
        inspector = ProcessInspector(1)
        try:
            return await self._try(instances, pacs, ReadBack(pacs, inspector))
        finally:
            await inspector.close()
            await pacs.close()

    async def _try(self, instances: Sequence[Instance], pacs: Pacs, read_back: ReadBack) -> bool:
        judged: dict[UUID, Judgement] = {}
        try:
            for instance in instances:
                async with self._database.read() as session:
                    if not await ProofRepository(session).may_go_on(self._delivery):
                        return False
                began = time.monotonic()
                judged[instance.id] = await self._judge(instance, pacs, read_back)
                if len(judged) >= MARK_EVERY:
                    await self._mark(judged)
                    judged = {}
                await asyncio.sleep(min(time.monotonic() - began, LONGEST_REST_SECONDS))
            return True
        finally:
            await self._mark(judged)

    async def _judge(self, instance: Instance, pacs: Pacs, read_back: ReadBack) -> Judgement:
        """Raise PacsUnavailable when it is the destination that fails, NotGivenBack when it is this instance."""
        try:
            return await read_back.judge(instance, self._infrastructure.storage)
        except PacsUnavailable:
            await pacs.echo()
            raise NotGivenBack(instance) from None

    async def _mark(self, judged: dict[UUID, Judgement]) -> None:
        """Write down what was found; a contradiction with everything that follows from it."""
        if not judged:
            return
        async with self._database.write() as session:
            wrong = [j for j in judged.values() if j.comparison in (Comparison.DIFFERENT, Comparison.ABSENT)]
            delivery = await ProofRepository(session).lock_delivery(self._delivery.id)
            if delivery and wrong and delivery.state is DeliveryState.VERIFIED:
                delivery.state = DeliveryState.ATTENTION
                delivery.last_reason, delivery.last_cause = wrong[0].reason, wrong[0].cause
                await self._witness.contradicted(session, delivery, wrong[0])
            # What the destination said when it took the instance stays, unless there is more to be said.
            marks = {key: Mark(_outcome(each), each.reason or None, each.cause) for key, each in judged.items()}
            await DeliveryRepository(session).mark(self._delivery.id, marks)
        for judgement in judged.values():
            READ_BACK.labels(judgement.comparison.value).inc()
        if wrong:
            self._log.error("read_back_contradicts", count=len(wrong))

    async def _give_up_or_wait(self, instance: Instance) -> None:
        if self._delivery.attempts + 1 < ATTEMPTS:
            await self._release(pause=PAUSE * 2**self._delivery.attempts, failed=True)
            return
        await self._mark({instance.id: NOT_GIVEN_BACK})
        await self._release()

    async def _end(self) -> None:
        async with self._database.write() as session:
            await self._witness.end(session, self._delivery)
            delivery = await ProofRepository(session).lock_delivery(self._delivery.id)
            if delivery is None or not delivery.is_mine:
                return
            delivery.release()
            if delivery.state is DeliveryState.WAITING:  # somebody has it sent again
                return
            delivery.read_back_at, delivery.attempts = now(), 0
            await session.flush()
            await self._witness.ended(session, delivery)
        self._log.info("read_back_ended", outcome=delivery.state.value)

    async def _release(self, *, pause: timedelta = timedelta(), failed: bool = False) -> None:
        async with self._database.write() as session:
            await ProofRepository(session).release(self._delivery.id, pause=pause, failed=failed)

    async def _renew(self) -> bool:
        async with self._database.write() as session:
            return await DeliveryRepository(session).renew_lease(self._delivery.id)


def _outcome(judgement: Judgement) -> Outcome:
    match judgement.comparison:
        case Comparison.SAME:
            return Outcome.READ_BACK
        case Comparison.DIFFERENT:
            return Outcome.REFUSED
        case Comparison.ABSENT:
            return Outcome.WAITING  # for a person: of a delivery that needs attention nothing is sent
        case Comparison.NOT_COMPARABLE | Comparison.NOT_OFFERED:
            return Outcome.LISTED
