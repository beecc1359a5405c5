"""What happens in a destination without us is found: a report that was written there, and what was put right."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pydicom.uid import XRayRadiationDoseSRStorage
from sqlalchemy import update

from relaypacs.core.clock import now
from relaypacs.core.settings import Settings
from relaypacs.features.deliveries.models import Delivery
from relaypacs.features.deliveries.service.synchronise import EVERY, synchronise
from relaypacs.features.reports.models import Report
from tests.adapters.pacs.outgoing import outgoing
from tests.builders.dicom import make_dicom, make_study, make_uid
from tests.builders.gateway import ADMIN, GatewayClient
from tests.builders.pacs import first_destination
from tests.builders.people import make_site, make_user, signed_in
from tests.builders.problems import is_problem
from tests.builders.reports import PDF, make_pdf_report, make_sr
from tests.conftest import running_gateway
from tests.servers.flaky_dicomweb import FlakyDicomweb, Refuse
from tests.servers.orthanc import Orthanc

STUDY = make_uid("to be reported")
on_sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def image(**facts: Any) -> tuple[str, bytes]:
    return "a.dcm", make_dicom(study_uid=STUDY, **facts)


async def put_into_archive(gateway: GatewayClient, content: bytes) -> None:
    """Put an object into the folder destination, behind the gateway's back."""
    key = outgoing(content).key
    root = Path((await first_destination(gateway))["address"])
    path = root / key.study_instance_uid / key.series_instance_uid / f"{key.sop_instance_uid}.dcm"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


async def look(gateway: GatewayClient) -> None:
    """Do what is done every five minutes, now."""
    async with gateway.infrastructure.database.write() as session:
        await session.execute(update(Report).values(looked_for_at=None))
        await session.execute(update(Delivery).values(next_attempt_at=now() - EVERY))
    await synchronise(gateway.infrastructure)


async def report_of(client: GatewayClient, answer: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await client.http.get(f"/reports/{answer['report_id']}")).raise_for_status().json()
    return found


async def test_a_pdf_that_is_found_is_the_report_of_everybody_who_sent_the_study(gateway: GatewayClient) -> None:
    site = await make_site(gateway, "North")
    for name in ("anna", "bert"):
        await make_user(gateway, name, site_id=site)
    anna, bert = [await signed_in(gateway, name) for name in ("anna", "bert")]
    answers = [(await client.send([image(instance_number=n)]))[1].json() for n, client in enumerate((anna, bert), 1)]
    assert answers[0]["report_id"] == answers[1]["report_id"]
    assert (await report_of(anna, answers[0]))["status"] == "assigned"
    path = f"/reports/{answers[0]['report_id']}/pdf"
    assert is_problem(await anna.http.get(path), 404, "report-pdf-not-ready")
    await put_into_archive(gateway, make_pdf_report(STUDY))
    await look(gateway)
    for client in (anna, bert):
        report = await report_of(client, answers[0])
        assert (report["status"], report["pdf_url"]) == ("ready", f"/api/v1{path}")
        pdf = await client.http.get(path)
        assert (pdf.headers["Content-Type"], pdf.content.rstrip(b"\0")) == ("application/pdf", PDF)
        told = [item["type"] for item in (await client.http.get("/notifications")).json()["items"]]
        assert told.count("report_ready") == 1
    stranger = await gateway.another("stranger")
    assert is_problem(await stranger.http.get(path), 404, "report-not-found")
    await look(gateway)
    told = [item["type"] for item in (await anna.http.get("/notifications")).json()["items"]]
    assert told.count("report_ready") == 1, "found once"


@on_sqlite_only
async def test_a_structured_report_becomes_a_pdf(gateway: GatewayClient) -> None:
    _, answer = await gateway.send([image()])
    await put_into_archive(gateway, make_sr(STUDY, completion="PARTIAL", number=1))
    await put_into_archive(gateway, make_sr(STUDY, sop_class_uid=XRayRadiationDoseSRStorage, number=2))
    await put_into_archive(gateway, make_sr(make_uid("another study"), number=3))
    await look(gateway)
    assert (await report_of(gateway, answer.json()))["status"] == "assigned", "neither finished, nor a report on it"
    await put_into_archive(gateway, make_sr(STUDY, number=4))
    await look(gateway)
    report = await report_of(gateway, answer.json())
    pdf = (await gateway.http.get(report["pdf_url"].removeprefix("/api/v1"))).content
    assert (report["status"], pdf[:5]) == ("ready", b"%PDF-")


@on_sqlite_only
async def test_what_the_sender_brought_along_is_no_report_on_it(gateway: GatewayClient) -> None:
    _, answer = await gateway.send([image(), ("earlier.dcm", make_sr(STUDY))])
    assert answer.json()["status"] == "completed"
    await look(gateway)
    assert (await report_of(gateway, answer.json()))["status"] == "assigned"


@on_sqlite_only
@pytest.mark.parametrize("kind", ["dicomweb", "dimse"])
async def test_a_report_is_found_in_a_real_pacs(settings: Settings, orthanc: Orthanc, kind: str) -> None:
    url = orthanc.pacs_url if kind == "dicomweb" else orthanc.dicom_url
    async with running_gateway(settings.model_copy(update={"pacs": type(settings.pacs)(url)})) as gateway:
        await gateway.sign_in(ADMIN)
        _, answer = await gateway.send([image()])
        assert answer.json()["status"] == "completed"
        orthanc.store(make_pdf_report(STUDY))
        await look(gateway)
        assert (await report_of(gateway, answer.json()))["status"] == "ready"


async def test_what_was_refused_and_is_there_now_needs_no_attention_any_more(
    delivering: GatewayClient, peer: FlakyDicomweb
) -> None:
    files = make_study(2)
    uid = outgoing(files[0][1]).key.sop_instance_uid
    peer.inject(Refuse({uid: 0x0122}), for_ever=True)
    upload = await delivering.open(files)
    await delivering.send_chunks(upload, files)
    completing = asyncio.create_task(delivering.complete(upload))
    async with asyncio.timeout(10):
        while not (await delivering.status(upload))["warnings"]:  # noqa: ASYNC110 - asked as a client asks
            await asyncio.sleep(0.02)
    peer.heal()
    peer.keep({uid: files[0][1]})  # somebody imports it by hand
    posts = peer.count("POST")
    await look(delivering)
    assert (await completing).json()["status"] == "completed"
    assert peer.count("POST") == posts
