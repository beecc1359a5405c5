"""What is signed is stored to the PACS: as an instance of the study, by the same deliveries, and never twice."""

import asyncio
import io
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import pydicom
import pytest
from pydantic import SecretStr
from pydicom.uid import EncapsulatedPDFStorage
from sqlalchemy import delete, func, select, update

from relaypacs.core.settings import Settings
from relaypacs.features.deliveries.models import Delivery, DeliveryInstance
from relaypacs.features.deliveries.service.store_report import due_reports, store_report
from relaypacs.features.reports.models import Report, ReportVersion
from relaypacs.features.studies.models import Instance
from tests.builders.dicom import make_study, make_uid
from tests.builders.gateway import ADMIN, GatewayClient
from tests.builders.pacs import change_destination, files_in, first_destination, make_destination
from tests.builders.people import make_user, signed_in
from tests.builders.reports import PDF, make_pdf_report
from tests.builders.waiting import until
from tests.conftest import running_gateway
from tests.features.deliveries.test_synchronise import look, put_into_archive
from tests.features.reports.test_claims import claim
from tests.features.reports.test_worklist import reader_of
from tests.features.reports.test_writing import add, report_of, save, sign
from tests.servers.flaky_dicomweb import FlakyDicomweb, Stall, When
from tests.servers.flaky_dimse import FlakyDimse
from tests.servers.orthanc import Orthanc

FILES = make_study(3, study_uid=make_uid("read and stored"))
on_sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def scene(gateway: GatewayClient) -> tuple[GatewayClient, GatewayClient, str]:
    """Return a sender, a radiologist who has the sender's study open with a draft, and its report."""
    await make_user(gateway, "rosa")
    rosa, anna = await signed_in(gateway, "rosa"), await reader_of(gateway, "anna")
    _, answer = await rosa.send(FILES)
    report_id = str(answer.json()["report_id"])
    await claim(anna, report_id)
    (await save(anna, report_id)).raise_for_status()
    return rosa, anna, report_id


async def stored(client: GatewayClient, report_id: str) -> list[list[tuple[str, str]]]:
    """Return where each version is and how, the latest version first."""
    versions = (await report_of(client, report_id))["versions"]
    return [[(each["destination"], each["state"]) for each in version["stored"]] for version in versions]


async def verified(client: GatewayClient, report_id: str, versions: int, seconds: float = 15) -> None:
    """Return when so many versions are verified wherever they are to be."""

    async def all_are() -> bool:
        found = await stored(client, report_id)
        return len(found) == versions and all(where and all(s == "verified" for _, s in where) for where in found)

    try:
        await until(all_are, seconds)
    except TimeoutError:
        raise AssertionError(await report_of(client, report_id)) from None


async def pdf_of(client: GatewayClient, version: dict[str, Any]) -> bytes:
    return (await client.http.get(version["pdf_url"].removeprefix("/api/v1"))).raise_for_status().content


def reports_in(folder: Path) -> list[pydicom.FileDataset]:
    """Return the encapsulated PDFs of a folder destination, as they are numbered."""
    found = [pydicom.dcmread(path) for path in folder.rglob("*.dcm")]
    return sorted((f for f in found if f.SOPClassUID == EncapsulatedPDFStorage), key=lambda f: int(f.InstanceNumber))


def pdf_in(dataset: pydicom.Dataset) -> bytes:
    return bytes(dataset.EncapsulatedDocument[: dataset.EncapsulatedDocumentLength])


async def archive_of(gateway: GatewayClient) -> Path:
    return Path((await first_destination(gateway))["address"])


async def test_every_signed_version_is_an_instance_of_the_study(gateway: GatewayClient) -> None:
    _, anna, report_id = await scene(gateway)
    (await sign(anna, report_id, "preliminary")).raise_for_status()
    (await anna.http.put(f"/reports/{report_id}/pdf", content=PDF)).raise_for_status()
    (await sign(anna, report_id)).raise_for_status()
    (await add(anna, report_id, impression="And normal it stays.")).raise_for_status()
    await verified(anna, report_id, 3)
    found = reports_in(await archive_of(gateway))
    versions = (await report_of(anna, report_id))["versions"][::-1]
    assert [pdf_in(each) for each in found] == [await pdf_of(anna, version) for version in versions]
    assert pdf_in(found[1]) == PDF
    assert [int(each.InstanceNumber) for each in found] == [1, 2, 3]
    assert [each.DocumentTitle for each in found] == [
        "Preliminary radiology report 1",
        "Radiology report",
        "Radiology report with addendum 1",
    ]
    assert [each.VerificationFlag for each in found] == ["UNVERIFIED", "VERIFIED", "VERIFIED"]
    assert len({each.SeriesInstanceUID for each in found}) == 1
    image = pydicom.dcmread(io.BytesIO(FILES[0][1]))
    for keyword in ("StudyInstanceUID", "PatientID", "PatientName", "PatientBirthDate", "PatientSex", "StudyID"):
        assert {str(each[keyword].value) for each in found} == {str(image[keyword].value)}
    assert {each.SeriesInstanceUID for each in found}.isdisjoint({image.SeriesInstanceUID})


@on_sqlite_only
@pytest.mark.parametrize("kind", ["dicomweb", "dimse"])
async def test_a_real_pacs_has_the_pages_that_were_signed(settings: Settings, orthanc: Orthanc, kind: str) -> None:
    url = orthanc.pacs_url if kind == "dicomweb" else orthanc.dicom_url
    async with running_gateway(settings.model_copy(update={"pacs": SecretStr(url)})) as gateway:
        await gateway.sign_in(ADMIN)
        _, anna, report_id = await scene(gateway)
        (await sign(anna, report_id)).raise_for_status()
        await verified(anna, report_id, 1)
        (await add(anna, report_id, impression="Now in the PACS too.")).raise_for_status()
        await verified(anna, report_id, 2)
        versions = (await report_of(anna, report_id))["versions"][::-1]
        held = [pydicom.dcmread(io.BytesIO(orthanc.file(identifier))) for identifier in orthanc.instances().values()]
        pages = sorted((each for each in held if each.Modality == "DOC"), key=lambda each: int(each.InstanceNumber))
        assert [pdf_in(each) for each in pages] == [await pdf_of(anna, version) for version in versions]
        assert len({each.SeriesInstanceUID for each in pages}) == 1
        assert (orthanc.count(), orthanc.count("Studies"), orthanc.count("Series")) == (5, 1, 2)


@on_sqlite_only
async def test_a_pacs_that_is_down_delays_no_signature_and_gets_it_later(settings: Settings, orthanc: Orthanc) -> None:
    async with running_gateway(settings.model_copy(update={"pacs": SecretStr(orthanc.pacs_url)})) as gateway:
        await gateway.sign_in(ADMIN)
        rosa, anna, report_id = await scene(gateway)
        orthanc.kill()
        began = time.monotonic()
        (await sign(anna, report_id)).raise_for_status()
        assert time.monotonic() - began < 5

        async def is_refused_a_hearing() -> bool:
            (version,) = (await report_of(anna, report_id))["versions"]
            return any(each["state"] == "waiting" and each["reason"] for each in version["stored"])

        await until(is_refused_a_hearing)
        assert (await report_of(rosa, report_id))["status"] == "ready"
        assert (await rosa.http.get(f"/reports/{report_id}/pdf")).status_code == 200
        orthanc.start()
        await verified(anna, report_id, 1)
        assert orthanc.count() == 4


async def test_what_stops_between_sending_and_writing_it_down_sends_nothing_twice(
    to_peer: Settings, peer: FlakyDicomweb
) -> None:
    async with running_gateway(to_peer) as gateway:
        await gateway.sign_in(ADMIN)
        _, anna, report_id = await scene(gateway)
        posts = peer.count("POST")
        peer.inject(Stall(20, When.AFTER))
        (await sign(anna, report_id)).raise_for_status()
        async with asyncio.timeout(10):
            while len(peer.stored) < 4:  # noqa: ASYNC110 - the peer lives in a thread
                await asyncio.sleep(0.02)
    async with running_gateway(to_peer) as gateway:
        anna = await signed_in(gateway, "anna")
        await verified(anna, report_id, 1)
    assert peer.count("POST") == posts + 1
    assert len(peer.stored) == 4


async def test_what_dies_before_it_is_planned_is_planned_after_the_next_start(to_peer: Settings) -> None:
    async with running_gateway(to_peer) as gateway:
        await gateway.sign_in(ADMIN)
        _, anna, report_id = await scene(gateway)
        (await sign(anna, report_id)).raise_for_status()
        await verified(anna, report_id, 1)
        (uid,) = await instance_uids(gateway)
        await forget(gateway)
        async with gateway.infrastructure.database.write() as session:
            await session.execute(update(Report).values(plan_at=Report.created_at))
    async with running_gateway(to_peer) as gateway:
        anna = await signed_in(gateway, "anna")
        await verified(anna, report_id, 1)
        assert await instance_uids(gateway) == [uid], "the same object as before"


async def instance_uids(gateway: GatewayClient) -> list[str]:
    async with gateway.infrastructure.database.read() as session:
        query = select(Instance.sop_instance_uid).where(Instance.report_version_id.is_not(None))
        return list(await session.scalars(query))


async def forget(gateway: GatewayClient) -> None:
    """Lose what is known of the reports in destinations, as a database does that comes from a backup."""
    async with gateway.infrastructure.database.write() as session:
        of_reports = select(Delivery.id).where(Delivery.report_version_id.is_not(None))
        await session.execute(delete(DeliveryInstance).where(DeliveryInstance.delivery_id.in_(of_reports)))
        await session.execute(delete(Delivery).where(Delivery.report_version_id.is_not(None)))
        await session.execute(delete(Instance).where(Instance.report_version_id.is_not(None)))


async def test_planning_twice_at_once_plans_once(gateway: GatewayClient) -> None:
    _, anna, report_id = await scene(gateway)
    (await sign(anna, report_id)).raise_for_status()
    await asyncio.gather(*(store_report(gateway.infrastructure, UUID(report_id)) for _ in range(4)))
    await verified(anna, report_id, 1)
    async with gateway.infrastructure.database.read() as session:
        query = select(func.count()).select_from(Delivery).where(Delivery.report_version_id.is_not(None))
        assert await session.scalar(query) == 1
    assert await due_reports(gateway.infrastructure) == []
    assert len(reports_in(await archive_of(gateway))) == 1


@on_sqlite_only
async def test_a_destination_that_refuses_the_class_needs_attention_and_the_report_stays_final(
    settings: Settings, flaky_dimse: FlakyDimse
) -> None:
    flaky_dimse.refused_classes = {str(EncapsulatedPDFStorage)}
    changed = {"pacs": SecretStr(flaky_dimse.url), "wake_interval": 0.1}
    async with running_gateway(settings.model_copy(update=changed)) as gateway:
        await gateway.sign_in(ADMIN)
        rosa, anna, report_id = await scene(gateway)
        (await sign(anna, report_id)).raise_for_status()

        async def is_refused() -> bool:
            return await stored(anna, report_id) == [[("First destination", "attention")]]

        await until(is_refused)
        assert await stored(gateway, report_id) == [[("First destination", "attention")]]
        assert await stored(rosa, report_id) == [[]]
        assert (await report_of(rosa, report_id))["status"] == "ready"
        (version,) = (await report_of(anna, report_id))["versions"]
        assert version["stored"][0]["reason"]
        answer = await gateway.http.get("/deliveries", params={"report_id": report_id})
        (item,) = answer.raise_for_status().json()["items"]
        assert (item["state"], item["upload_id"], item["report_id"]) == ("attention", None, report_id)
        assert (item["report_version_id"], item["refused"]) == (version["id"], 1)
        assert [reason["count"] for reason in item["reasons"]] == [1]
        news = (await gateway.http.get("/notifications")).raise_for_status().json()["items"]
        assert [(n["type"], n["related_id"]) for n in news if n["type"] == "delivery_alert"] == [
            ("delivery_alert", report_id)
        ]
        flaky_dimse.heal()
        (await gateway.http.post(f"/deliveries/{item['id']}/retry")).raise_for_status()
        await verified(anna, report_id, 1)


async def test_our_own_reports_are_not_taken_for_somebody_elses(gateway: GatewayClient) -> None:
    rosa, anna, report_id = await scene(gateway)
    (await sign(anna, report_id, "preliminary")).raise_for_status()
    await verified(anna, report_id, 1)
    await look(gateway)
    assert (await report_of(rosa, report_id))["status"] == "pending"
    await forget(gateway)
    async with gateway.infrastructure.database.write() as session:
        await session.execute(delete(ReportVersion).where(ReportVersion.signed_at.is_not(None)))
        await session.execute(update(Report).values(plan_at=None))
    await look(gateway)
    assert (await report_of(rosa, report_id))["status"] == "pending", "known without any memory of it"
    await put_into_archive(gateway, make_pdf_report(make_uid("read and stored")))
    await look(gateway)
    assert (await report_of(rosa, report_id))["status"] == "ready"


async def test_a_report_that_is_signed_again_after_a_restore_is_another_object(gateway: GatewayClient) -> None:
    _, anna, report_id = await scene(gateway)
    (await sign(anna, report_id, "preliminary")).raise_for_status()
    await verified(anna, report_id, 1)
    await forget(gateway)
    async with gateway.infrastructure.database.write() as session:
        await session.execute(delete(ReportVersion).where(ReportVersion.signed_at.is_not(None)))
        await session.execute(update(Report).values(plan_at=None))
    (await sign(anna, report_id, "preliminary")).raise_for_status()
    await verified(anna, report_id, 1)
    found = reports_in(await archive_of(gateway))
    assert len({each.SOPInstanceUID for each in found}) == 2
    assert len({each.SeriesInstanceUID for each in found}) == 1


async def test_a_report_goes_where_its_study_is_and_follows_it(gateway: GatewayClient, tmp_path: Path) -> None:
    """Not to a destination that has nothing of the study, and to one that gets it later."""
    second = await make_destination(gateway, "Second", f"folder://{tmp_path}/second", rule={"modalities": ["MR"]})
    rosa, anna, report_id = await scene(gateway)
    (await sign(anna, report_id)).raise_for_status()
    await verified(anna, report_id, 1)
    assert await stored(anna, report_id) == [[("First destination", "verified")]]
    await change_destination(gateway, second, rule={})
    (await rosa.send(make_study(4, study_uid=make_uid("read and stored"))))[1].raise_for_status()

    async def is_in_both() -> bool:
        places = [("First destination", "verified"), ("Second", "verified")]
        return await stored(anna, report_id) == [places]

    await until(is_in_both)
    (there,), (here,) = reports_in(tmp_path / "second"), reports_in(await archive_of(gateway))
    assert (there.SOPInstanceUID, pdf_in(there)) == (here.SOPInstanceUID, pdf_in(here))


@on_sqlite_only
async def test_what_an_administrator_has_cancelled_gets_no_reports_until_it_is_tried_again(
    gateway: GatewayClient, tmp_path: Path
) -> None:
    folder = tmp_path / "second"
    folder.write_bytes(b"in the way")
    await make_destination(gateway, "Second", f"folder://{folder}", required=False)
    _, anna, report_id = await scene(gateway)
    (upload,) = (await gateway.http.get("/upload")).json()["items"]
    deliveries = (await gateway.http.get("/deliveries", params={"upload_id": upload["upload_id"]})).json()["items"]
    (failing,) = [each for each in deliveries if each["destination_name"] == "Second"]
    (await gateway.http.post(f"/deliveries/{failing['id']}/cancel")).raise_for_status()
    (await sign(anna, report_id)).raise_for_status()
    await verified(anna, report_id, 1)
    assert await stored(anna, report_id) == [[("First destination", "verified")]]
    folder.unlink()
    (await gateway.http.post(f"/deliveries/{failing['id']}/retry")).raise_for_status()

    async def is_in_both() -> bool:
        return await stored(anna, report_id) == [[("First destination", "verified"), ("Second", "verified")]]

    await until(is_in_both)
    assert len(files_in(folder)) == 4


async def test_a_report_is_no_image_of_its_study_and_changes_no_receipt(gateway: GatewayClient) -> None:
    rosa, anna, report_id = await scene(gateway)
    (upload,) = (await rosa.http.get("/upload")).json()["items"]
    before = (await rosa.http.get(f"/upload/{upload['upload_id']}/receipt")).json()["receipt"]["instances"]
    (await sign(anna, report_id)).raise_for_status()
    await verified(anna, report_id, 1)
    assert (await report_of(anna, report_id))["images"] == {"expected": 3, "verified": 3}
    after = (await rosa.http.get(f"/upload/{upload['upload_id']}/receipt")).json()["receipt"]["instances"]
    assert [each["sop_instance_uid"] for each in after] == [each["sop_instance_uid"] for each in before]
    (again,) = (await rosa.http.get("/upload")).json()["items"]
    assert again["counts"]["instances"] == 3


@on_sqlite_only
async def test_several_reports_on_a_study_are_one_series_and_pages_may_be_large(gateway: GatewayClient) -> None:
    """What comes after the final report is read by itself; the PACS has both reports beside the images."""
    rosa, anna, report_id = await scene(gateway)
    (await sign(anna, report_id)).raise_for_status()
    _, answer = await rosa.send(make_study(4, study_uid=make_uid("read and stored"))[3:])
    second = str(answer.json()["report_id"])
    assert second != report_id
    await claim(anna, second)
    large = PDF.removesuffix(b"%%EOF\n") + bytes(range(256)) * 20_000 + b"\n%%EOF\n"
    (await anna.http.put(f"/reports/{second}/pdf", content=large)).raise_for_status()
    (await sign(anna, second)).raise_for_status()
    for each in (report_id, second):
        await verified(anna, each, 1)
    found = reports_in(await archive_of(gateway))
    assert [int(each.InstanceNumber) for each in found] == [1, 2]
    assert len({each.SeriesInstanceUID for each in found}) == 1
    assert pdf_in(found[1]) == large
