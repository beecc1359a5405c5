"""What waits, counted from the rows that own it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from relaypacs.core.clock import now
from relaypacs.core.queues import Queue
from relaypacs.features.deliveries.models import DeliveryState
from relaypacs.features.deliveries.queue_rows import DeliveryQueueRepository
from relaypacs.features.notifications.models import Channel, OutgoingMessage
from relaypacs.features.notifications.queue_rows import MessageQueueRepository
from relaypacs.features.studies.models import ServiceLevel
from relaypacs.features.uploads.models import CheckState, Stage, UploadChunk, UploadFile
from relaypacs.features.uploads.queue_rows import UploadQueueRepository
from tests.builders.dicom import make_dicom, make_study
from tests.builders.gateway import GatewayClient
from tests.features.deliveries.test_desk import delivery_in, sent
from tests.servers.flaky_dicomweb import FlakyDicomweb, Respond

TWO_PATIENTS = [("a.dcm", make_dicom(patient_id="PAT-1")), ("b.dcm", make_dicom(patient_id="PAT-2"))]


async def test_what_waits_is_counted_by_level_and_what_is_done_is_not(
    delivering: GatewayClient, peer: FlakyDicomweb
) -> None:
    began = now()
    await delivering.send(make_study(1, seed=9))
    await delivering.send(TWO_PATIENTS)
    for method in ("GET", "POST"):
        peer.inject(Respond(503), method=method, for_ever=True)
    async with sent(delivering, make_study(1), metadata={"service_level": "stat"}) as upload:
        delivery = await delivery_in(delivering, upload, "waiting", attempts=1)
        async with delivering.infrastructure.database.read() as session:
            deliveries = await DeliveryQueueRepository(session).queues()
            uploads = UploadQueueRepository(session)
            stages, checks, settlements = await uploads.stages(), await uploads.checks(), await uploads.settlements()
        peer.heal()
        ((waiting, queue),) = deliveries.items()
        assert (str(waiting.destination_id), waiting.state) == (delivery["destination_id"], DeliveryState.WAITING)
        assert (waiting.service_level, queue.waiting) == (ServiceLevel.STAT, 1)
        assert queue.oldest
        assert began < queue.oldest < now()
        assert {key: queue.waiting for key, queue in stages.items()} == {
            (Stage.DELIVERING, ServiceLevel.STAT): 1,
            (Stage.HELD, ServiceLevel.ROUTINE): 1,
        }
        assert (checks, settlements) == ({}, Queue())
        await delivering.until(upload, "verified")


async def test_a_file_waits_to_be_checked_since_its_last_chunk_came(gateway: GatewayClient) -> None:
    upload, _ = await gateway.send(make_study(1))
    of_upload = UploadFile.upload_id == UUID(upload.upload_id)
    async with gateway.infrastructure.database.write() as session:
        received = await session.scalar(select(UploadChunk.received_at).join(UploadFile).where(of_upload))
        for state, expected in (
            (CheckState.DUE, {ServiceLevel.ROUTINE: Queue(1, received)}),
            (CheckState.DONE, {}),
        ):
            await session.execute(update(UploadFile).where(of_upload).values(check_state=state))
            assert await UploadQueueRepository(session).checks() == expected


async def test_messages_wait_by_channel(gateway: GatewayClient) -> None:
    user_id = UUID((await gateway.http.get("/auth/me")).json()["id"])
    long_ago = datetime(2024, 2, 29, tzinfo=UTC)
    async with gateway.infrastructure.database.write() as session:
        session.add_all(
            OutgoingMessage(
                channel=Channel.EMAIL, target_id=user_id, created_at=long_ago + timedelta(days=days), next_at=later
            )
            for days, later in ((0, now() + timedelta(days=1)), (1, now() + timedelta(days=2)))
        )
        await session.flush()
        messages = await MessageQueueRepository(session).messages()
        assert messages == {Channel.EMAIL: Queue(2, long_ago)}
        assert await MessageQueueRepository(session).parked_webhooks() == 0
