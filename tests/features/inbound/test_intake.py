"""What is taken of that which comes in by DICOM, what is not, and when a study counts as complete."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from relaypacs.adapters.listener.base import IncomingInstance, StoreAnswer
from relaypacs.core.dicom_peers import DicomPeer
from relaypacs.core.errors import StorageFull
from relaypacs.core.settings import Settings
from relaypacs.features.inbound.service.intake import InboundIntake
from relaypacs.features.inbound.service.receive_dimse import DimseIntake
from tests.builders.blobs import place_of
from tests.builders.dicom import make_dicom, make_study
from tests.builders.gateway import ADMIN, GatewayClient
from tests.builders.people import make_site, make_user
from tests.conftest import running_gateway
from tests.faults.disks import FaultyStorage
from tests.features.inbound.stow import failed, stow, until_settled

SMALL: dict[str, Any] = {"rows": 16, "columns": 16}
LARGE = 8 * 1024 * 1024


class Modality:
    """Sends as an AE that the listener has let in."""

    def __init__(self, gateway: GatewayClient, account: str = ADMIN, **infrastructure: Any) -> None:
        self._gateway = gateway
        self._peer = DicomPeer("CT1", None, account)
        given = replace(gateway.infrastructure, **infrastructure)
        self.intake = InboundIntake(given)
        self._dimse = DimseIntake(given, self.intake)

    async def send(self, content: bytes, piece: int = 100_000) -> StoreAnswer:
        async def pieces() -> AsyncIterator[bytes]:
            for begin in range(0, len(content), piece):
                yield content[begin : begin + piece]

        return await self._dimse.store(IncomingInstance(self._peer, "10.0.0.5", pieces()))

    async def uploads(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self._gateway.http.get("/upload")).json()["items"]
        return items


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"dicom_study_idle": 1.0, "wake_interval": 0.2, "max_upload_bytes": LARGE, "dicom_max_instances": 3}
    )


@pytest.fixture
async def modality(gateway: GatewayClient) -> AsyncIterator[Modality]:
    made = Modality(gateway)
    yield made
    await made.intake.stop()


async def test_a_study_is_complete_when_nothing_comes_any_more(gateway: GatewayClient, modality: Modality) -> None:
    for _, content in make_study(3, **SMALL):
        assert await modality.send(content) == StoreAnswer(0)
        await asyncio.sleep(0.5)  # altogether longer than the study may be idle
    (upload,) = await modality.uploads()
    assert upload["stage"] == "receiving"
    view = await until_settled(gateway, upload["upload_id"], "verified")
    assert (view["origin"], view["source"], view["counts"]["verified"]) == ("dimse", "CT1", 3)
    assert view["metadata"]["accession_number"] == "ACC-0001"
    trail = (await gateway.http.get("/audit", params={"action": "upload.opened"})).json()["items"]
    assert trail[0]["details"] == {"origin": "dimse", "source": "CT1"}


async def test_the_same_bytes_again_get_the_same_answer_and_no_second_row(modality: Modality) -> None:
    good, bad = make_dicom(**SMALL), make_dicom(instance_number=2, Rows=999, **SMALL)
    answers = [await modality.send(content) for content in (good, bad, good, bad)]
    assert [answer.status for answer in answers] == [0, 0xC000, 0, 0xC000]
    assert answers[1].comment == answers[3].comment != ""
    (upload,) = await modality.uploads()
    assert (upload["counts"]["accepted"], upload["counts"]["rejected"], upload["chunk_count"]) == (1, 1, 2)


async def test_a_late_instance_makes_another_upload(gateway: GatewayClient, modality: Modality) -> None:
    (_, first), (_, late) = make_study(2, **SMALL)
    await modality.send(first)
    (upload,) = await modality.uploads()
    await until_settled(gateway, upload["upload_id"], "verified")
    assert (await modality.send(first)).status == 0  # sent again by a sender that was not sure
    repeated = (await modality.uploads())[0]["upload_id"]
    assert (await until_settled(gateway, repeated, "duplicate"))["duplicate_of"] == upload["upload_id"]
    assert (await modality.send(late)).status == 0
    await until_settled(gateway, (await modality.uploads())[0]["upload_id"], "verified")


async def test_what_the_files_do_not_say_is_a_warning_and_urgency_is_taken_over(
    gateway: GatewayClient, modality: Modality
) -> None:
    content = make_dicom(
        PatientName="", StudyDate="", SeriesDate="20240105", RequestedProcedurePriority="STAT", **SMALL
    )
    assert (await modality.send(content)).status == 0
    (upload,) = await modality.uploads()
    view = await until_settled(gateway, upload["upload_id"], "verified")
    assert (view["metadata"]["patient_name"], view["metadata"]["study_date"]) == ("UNKNOWN", "20240105")
    assert view["metadata"]["service_level"] == "stat"
    assert [warning["code"] for warning in view["warnings"]].count("form-fallback") == 2


@pytest.mark.parametrize(
    "content", [b"", b"no DICOM", make_dicom(StudyInstanceUID=None, **SMALL), make_dicom(**SMALL)[:300]]
)
async def test_what_belongs_to_no_study_is_not_kept(modality: Modality, content: bytes) -> None:
    assert (await modality.send(content)).status == 0xC000
    assert await modality.uploads() == []


async def test_a_large_instance_is_whole_and_one_that_is_too_large_leaves_nothing(
    gateway: GatewayClient, modality: Modality
) -> None:
    assert (await modality.send(make_dicom(rows=1800, columns=1800))).status == 0
    answer = await modality.send(make_dicom(rows=2100, columns=2100, instance_number=2))
    assert (answer.status, "bytes" in answer.comment) == (0xA700, True)
    (upload,) = await modality.uploads()
    folder = place_of(gateway.infrastructure.settings) / upload["upload_id"]
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) == upload["total_bytes"]


async def test_limits_of_a_study_and_of_an_account(gateway: GatewayClient, modality: Modality) -> None:
    answers = [await modality.send(content) for _, content in make_study(4, **SMALL)]
    assert [answer.status for answer in answers] == [0, 0, 0, 0xA700]
    full = Modality(gateway, settings=gateway.infrastructure.settings.model_copy(update={"max_reserved_bytes": 100}))
    assert (await full.send(make_dicom(patient_id="P2", **SMALL))).status == 0xA700
    await full.intake.stop()


async def test_no_room_and_accounts_that_are_not_active(gateway: GatewayClient) -> None:
    storage = FaultyStorage(gateway.infrastructure.storage)
    full = Modality(gateway, storage=storage)
    storage.faults = [StorageFull("The gateway's disk is full.")]
    assert (await full.send(make_dicom(**SMALL))).status == 0xA700
    assert await full.uploads() == []
    assert (await full.send(make_dicom(**SMALL))).status == 0
    await full.intake.stop()
    site = await make_site(gateway, "Here")
    user_id = await make_user(gateway, "leaver", role="clinician", site_id=site)
    etag = (await gateway.http.get(f"/users/{user_id}")).headers["ETag"]
    changed = await gateway.http.patch(f"/users/{user_id}", json={"state": "disabled"}, headers={"If-Match": etag})
    changed.raise_for_status()
    for account in ("leaver", "nobody-at-all", ""):
        refused = Modality(gateway, account)
        assert (await refused.send(make_dicom(**SMALL))).status == 0x0124
        await refused.intake.stop()


async def test_a_check_that_takes_too_long(gateway: GatewayClient) -> None:
    hasty = gateway.infrastructure.settings.model_copy(update={"complete_wait": 0.0})
    modality = Modality(gateway, settings=hasty)
    answer = await modality.send(make_dicom(**SMALL))
    assert answer.status == 0xA700
    (upload,) = await modality.uploads()
    await until_settled(gateway, upload["upload_id"], "verified")  # what was received goes its way all the same
    await modality.intake.stop()


async def test_an_upload_that_waits_longer_than_uploads_live_is_not_lost(settings: Settings) -> None:
    """A gateway that was down over a long weekend."""
    soon = settings.model_copy(update={"upload_ttl_hours": 0, "dicom_study_idle": 1.0})
    async with running_gateway(soon) as gateway:
        await gateway.sign_in(ADMIN)
        modality = Modality(gateway)
        assert (await modality.send(make_dicom(**SMALL))).status == 0
        (upload,) = await modality.uploads()
        assert upload["expires_at"] <= upload["created_at"] or upload["stage"] == "receiving"
        await until_settled(gateway, upload["upload_id"], "verified")
        await modality.intake.stop()


async def test_an_upload_that_is_cancelled_meanwhile(gateway: GatewayClient, modality: Modality) -> None:
    (_, first), (_, second) = make_study(2, **SMALL)
    await modality.send(first)
    (upload,) = await modality.uploads()
    assert (await gateway.http.delete(f"/upload/{upload['upload_id']}")).status_code == 204
    assert (await modality.send(second)).status == 0x0110
    assert (await modality.send(second)).status == 0  # into an upload of its own
    assert len(await modality.uploads()) == 2


async def test_stow_when_there_is_no_room(settings: Settings) -> None:
    async with running_gateway(settings.model_copy(update={"max_reserved_bytes": 100})) as gateway:
        await gateway.sign_in(ADMIN)
        answer = await stow(gateway, [make_dicom(**SMALL)])
        assert (answer.status_code, failed(answer)) == (507, [0xA700])
