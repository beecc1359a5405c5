"""A PACS is broken in five ways, over DICOMweb and over DIMSE: `relaypacs doctor` names the cause each time."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from pydicom.uid import CTImageStorage
from sqlalchemy import update
from typer.testing import CliRunner

from relaypacs.adapters.pacs.causes import Cause
from relaypacs.cli.causes import REMEDIES
from relaypacs.cli.main import app
from relaypacs.core.clock import now
from relaypacs.core.settings import Settings
from relaypacs.features.operations.models import JobRun
from tests.adapters.pacs.outgoing import outgoing
from tests.builders.dicom import make_study
from tests.builders.gateway import ADMIN
from tests.builders.pacs import change_destination, first_destination, make_destination
from tests.builders.waiting import until
from tests.conftest import SECRET, running_gateway
from tests.servers.certificates import make_certificate
from tests.servers.flaky_dicomweb import FlakyDicomweb, Refuse, Stall
from tests.servers.flaky_dimse import Answer, FlakyDimse, running_flaky_dimse, running_silence
from tests.servers.orthanc import Orthanc
from tests.servers.ports import free_port

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

STUDY = make_study(1)
UID = outgoing(STUDY[0][1]).key.sop_instance_uid
MANY = 200


@pytest.fixture(autouse=True)
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("RELAYPACS_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("RELAYPACS_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("RELAYPACS_SECRET_KEY", SECRET)
    monkeypatch.setattr("relaypacs.cli.doctor_files.LITTLE_SPACE", 0)
    return monkeypatch


async def doctor() -> list[dict[str, Any]]:
    """Return what it finds, as it prints it for programs."""
    result = await asyncio.to_thread(CliRunner().invoke, app, ["doctor", "--json"])
    findings = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == (0 if all(finding["ok"] for finding in findings) else 1)
    return findings


async def causes() -> dict[str, str]:
    """Return the causes that it names, each with the remedy."""
    return {
        finding["code"]: finding["remedy"]
        for finding in await doctor()
        if not finding["ok"] and finding["what"].startswith("PACS")
    }


async def send_to(settings: Settings, url: str) -> None:
    """Have a gateway try to deliver a study there, until it fails or is delivered."""
    to_peer = settings.model_copy(update={"pacs": SecretStr(url), "complete_wait": 0.0})
    async with running_gateway(to_peer) as gateway:
        await gateway.sign_in(ADMIN)
        await gateway.send(STUDY)

        async def came_to_something() -> bool:
            items = (await gateway.http.get("/deliveries")).json()["items"]
            return bool(items) and (items[0]["state"] == "verified" or items[0]["last_cause"] is not None)

        await until(came_to_something)


async def test_a_pacs_that_works(settings: Settings, orthanc: Orthanc) -> None:
    await send_to(settings, orthanc.pacs_url)
    assert await causes() == {}


@pytest.mark.parametrize("protocol", ["dicomweb", "dimse"])
async def test_stopped(settings: Settings, orthanc: Orthanc, protocol: str) -> None:
    url = orthanc.pacs_url if protocol == "dicomweb" else orthanc.dicom_url
    orthanc.kill()
    await send_to(settings, url)
    assert await causes() == {"unreachable": REMEDIES[Cause.UNREACHABLE]}


async def test_a_wrong_password(settings: Settings, orthanc: Orthanc) -> None:
    await send_to(settings, orthanc.pacs_url.replace("relay:relay", "relay:not-it"))
    findings = await doctor()
    assert await causes() == {"not_allowed": REMEDIES[Cause.NOT_ALLOWED]}
    assert "not-it" not in str(findings)


async def test_a_wrong_password_over_dimse(settings: Settings, flaky_dimse: FlakyDimse) -> None:
    flaky_dimse.rejection = (1, 1, 1)
    await send_to(settings, flaky_dimse.url)
    assert await causes() == {"not_allowed": REMEDIES[Cause.NOT_ALLOWED]}


async def test_a_wrong_ae_title(settings: Settings, flaky_dimse: FlakyDimse) -> None:
    flaky_dimse.rejection = (1, 1, 7)
    await send_to(settings, flaky_dimse.url)
    assert await causes() == {"wrong_ae_title": REMEDIES[Cause.WRONG_AE_TITLE]}


@pytest.mark.parametrize(("code", "cause"), [(0x0122, Cause.REFUSED_SOP_CLASS), (0xA700, Cause.OUT_OF_RESOURCES)])
async def test_a_class_that_is_refused_and_a_full_pacs(
    settings: Settings, flaky_dicomweb: FlakyDicomweb, code: int, cause: Cause
) -> None:
    flaky_dicomweb.inject(Refuse({UID: code}), for_ever=True)
    await send_to(settings, flaky_dicomweb.pacs_url)
    assert await causes() == {cause.value: REMEDIES[cause]}


async def test_a_class_that_is_refused_over_dimse_is_seen_before_anything_is_sent_again(
    settings: Settings, flaky_dimse: FlakyDimse
) -> None:
    await send_to(settings, flaky_dimse.url)
    assert await causes() == {}
    flaky_dimse.refused_classes = {CTImageStorage}
    assert await causes() == {"refused_sop_class": REMEDIES[Cause.REFUSED_SOP_CLASS]}
    assert any("does not accept CT Image Storage" in finding["detail"] for finding in await doctor())


async def test_a_full_pacs_over_dimse(settings: Settings, flaky_dimse: FlakyDimse) -> None:
    flaky_dimse.inject(*[Answer(0xA700)] * MANY)
    await send_to(settings, flaky_dimse.url)
    assert await causes() == {"out_of_resources": REMEDIES[Cause.OUT_OF_RESOURCES]}


async def test_slow(settings: Settings, flaky_dicomweb: FlakyDicomweb, environment: pytest.MonkeyPatch) -> None:
    await send_to(settings, flaky_dicomweb.pacs_url)
    environment.setattr("relaypacs.cli.doctor_destinations.SLOW_SECONDS", 0.3)
    flaky_dicomweb.inject(Stall(0.4), method="GET", for_ever=True)
    assert await causes() == {"timed_out": REMEDIES[Cause.TIMED_OUT]}


async def test_a_clock_that_is_wrong(settings: Settings, flaky_dicomweb: FlakyDicomweb) -> None:
    await send_to(settings, flaky_dicomweb.pacs_url)
    flaky_dicomweb.told_time = "Sun, 06 Nov 1994 08:49:37 GMT"
    assert set(await causes()) == {"clock_skew"}


async def test_so_slow_over_dimse_that_no_answer_comes(
    settings: Settings, environment: pytest.MonkeyPatch, flaky_dimse: FlakyDimse
) -> None:
    await send_to(settings, flaky_dimse.url)
    with running_silence() as port:
        async with running_gateway(settings) as gateway:
            await gateway.sign_in(ADMIN)
            first = await first_destination(gateway)
            await change_destination(gateway, first, address=f"dicom://FLAKY@127.0.0.1:{port}")
        environment.setattr("relaypacs.cli.doctor_destinations.ECHO_SECONDS", 0.3)
        assert await causes() == {"timed_out": REMEDIES[Cause.TIMED_OUT]}


async def test_every_destination_is_examined_and_one_that_is_disabled_is_left_alone(settings: Settings) -> None:
    async with running_gateway(settings) as gateway:
        await gateway.sign_in(ADMIN)
        await make_destination(gateway, "Second", f"dicomweb+http://127.0.0.1:{free_port()}/")
        await make_destination(gateway, "Third", f"dicom://ANY@127.0.0.1:{free_port()}", enabled=False)
    found = {finding["what"]: finding["ok"] for finding in await doctor() if finding["what"].startswith("PACS")}
    assert found == {"PACS “First destination”": True, "PACS “Second”": False, "PACS “Third”": True}


async def test_a_certificate_that_is_not_trusted_is_described(settings: Settings, tmp_path: Path) -> None:
    with running_flaky_dimse(make_certificate(tmp_path)) as peer:
        async with running_gateway(settings) as gateway:
            await gateway.sign_in(ADMIN)
            await make_destination(gateway, "Encrypted", f"dicom+tls://FLAKY@127.0.0.1:{peer.port}")
        (found,) = [finding for finding in await doctor() if finding["what"].endswith("certificate")]
    assert found["code"] == "tls"
    assert "self-signed certificate" in found["detail"].replace("self signed", "self-signed")
    assert "until 20" in found["detail"]


async def test_a_queue_that_is_old_and_a_key_that_is_wrong(
    settings: Settings, flaky_dicomweb: FlakyDicomweb, environment: pytest.MonkeyPatch
) -> None:
    flaky_dicomweb.inject(Refuse({UID: 0xA700}), for_ever=True)
    await send_to(settings, flaky_dicomweb.pacs_url)
    environment.setattr("relaypacs.cli.doctor_rows.OLD", timedelta(0))
    assert "queue_old" in {finding["code"] for finding in await doctor()}
    environment.setenv("RELAYPACS_SECRET_KEY", "the secret key of some other gateway, long")
    assert "secret_key_wrong" in {finding["code"] for finding in await doctor()}


async def test_jobs_that_fail_or_do_not_run(settings: Settings) -> None:
    async with running_gateway(settings) as gateway:
        database = gateway.infrastructure.database
        assert (await about_jobs())["jobs"] is None
        async with database.write() as session:
            await session.execute(
                update(JobRun).where(JobRun.name == "remove_kept_files").values(failures=3, error="OSError")
            )
        assert (await about_jobs())["job remove_kept_files"] == "job_failed"
        async with database.write() as session:
            long_ago = now() - timedelta(days=1)
            await session.execute(update(JobRun).where(JobRun.name == "synchronise").values(next_run_at=long_ago))
        assert await about_jobs() == {"jobs": "jobs_late", "job remove_kept_files": "job_failed"}


async def about_jobs() -> dict[str, str | None]:
    """Return the codes of what it finds about jobs, None for nothing."""
    return {finding["what"]: finding["code"] or None for finding in await doctor() if finding["what"].startswith("job")}


def test_there_is_a_remedy_for_every_cause(database_url: str) -> None:
    assert database_url
    assert set(REMEDIES) == set(Cause)
