"""Lists of uploads: filters, the search, and who sees what."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from relaypacs.core.clock import ID_RANDOM_BITS, new_id
from relaypacs.features.uploads.models import Stage, Upload, UploadStatus, UploadWord
from relaypacs.features.uploads.word_rows import EPOCH_BITS, epoch_of
from tests.builders.dicom import make_dicom, make_study, make_uid
from tests.builders.gateway import GatewayClient
from tests.builders.people import make_site, make_user, signed_in
from tests.features.uploads.test_contract import is_problem

FILE = [("scan.dcm", b"body")]


async def opened(client: GatewayClient, **form: Any) -> str:
    return (await client.open(FILE, metadata=form)).upload_id


async def search(client: GatewayClient, **asked: Any) -> list[str]:
    """Return the ids of all pages, in their order."""
    found: list[str] = []
    while True:
        page = (await client.http.post("/upload/search", json=asked)).raise_for_status().json()
        found += [item["upload_id"] for item in page["items"]]
        if page["next_cursor"] is None:
            return found
        asked["cursor"] = page["next_cursor"]


async def listed(client: GatewayClient, **asked: Any) -> list[str]:
    page = (await client.http.get("/upload", params=asked)).raise_for_status().json()
    return [item["upload_id"] for item in page["items"]]


async def set_stage(client: GatewayClient, upload_id: str, status: UploadStatus, stage: Stage) -> None:
    async with client.infrastructure.database.write() as session:
        values = {"status": status, "stage": stage}
        await session.execute(update(Upload).where(Upload.id == UUID(upload_id)).values(values))


async def made_ago(client: GatewayClient, age: timedelta, **form: Any) -> str:
    """Open an upload, and make it as if that had been long ago: its time is in its id."""
    upload_id = UUID(await opened(client, **form))
    old = UUID(int=new_id().int - (int(age.total_seconds() * 1000) << ID_RANDOM_BITS))
    async with client.infrastructure.database.write() as session:
        upload = await session.get_one(Upload, upload_id)
        facts = {name: getattr(upload, name) for name in ("user_id", "site_id", "study_metadata", "priority")}
        size = {"chunk_size": upload.chunk_size, "chunk_count": 1, "total_bytes": 4}
        session.add(Upload(id=old, **facts, **size, expires_at=upload.expires_at, created_at=datetime.now(UTC) - age))
        await session.flush()
        moved = update(UploadWord).where(UploadWord.upload_id == upload_id)
        await session.execute(moved.values(upload_id=old, epoch=epoch_of(old)))
    (await client.http.delete(f"/upload/{upload_id}")).raise_for_status()
    return str(old)


@pytest.mark.parametrize(
    ("q", "is_found"),
    [
        ("doe jane", True),
        ("DOE^JANE", True),
        ("jan", True),
        ("ja do", True),
        ("JÁNE", True),
        ("ane", False),
        ("jane smith", False),
        ("12-345", True),
        ("12345", True),
        ("345", True),
        ("acc", True),
        ("uid:1.2.3", False),
        ("knee", False),
        ("***", False),
        ("'; DROP TABLE uploads; --", False),
        ("%", False),
        ("_ane", False),
        ("", True),
        ("   ", True),
    ],
)
async def test_a_patient_is_found_by_the_beginning_of_every_word(
    gateway: GatewayClient, q: str, *, is_found: bool
) -> None:
    form = {"patient_name": "DOE^JANE", "patient_id": "12-345", "accession_number": "ACC7", "study_description": "KNEE"}
    upload_id = await opened(gateway, **form)
    assert await search(gateway, q=q) == ([upload_id] if is_found else [])


async def test_everybody_finds_what_he_may_see_and_nothing_else(gateway: GatewayClient) -> None:
    here, there = [await make_site(gateway, name) for name in ("Here", "There")]
    clients = {}
    for name, role, site in (
        ("rosa", "clinician", here),
        ("colleague", "clinician", here),
        ("radiographer", "radiographer", here),
        ("reader", "radiologist", here),
        ("stranger", "clinician", there),
    ):
        await make_user(gateway, name, role=role, site_id=site)
        clients[name] = await signed_in(gateway, name)
    theirs = {name: await opened(client, patient_name="DOE^JANE") for name, client in clients.items()}
    at_the_site = [theirs[name] for name in ("reader", "radiographer", "colleague", "rosa")]
    for asked in ({"q": "doe"}, {"modality": ["CT"]}, {"q": "jane", "stage": ["receiving"]}, {}):
        for name in ("rosa", "colleague", "reader", "stranger"):
            assert await search(clients[name], **asked) == [theirs[name]]
        assert await search(clients["radiographer"], **asked) == at_the_site
        assert await search(clients["radiographer"], **asked, mine=True) == [theirs["radiographer"]]
        assert await search(gateway, **asked) == [theirs["stranger"], *at_the_site]
        assert await search(gateway, **asked, mine=True) == []


async def test_a_list_says_who_has_sent_what(gateway: GatewayClient) -> None:
    site = await make_site(gateway, "Here")
    await make_user(gateway, "rosa", site_id=site, full_name="Rosa Luna")
    await make_user(gateway, "nameless", site_id=site)
    for name in ("rosa", "nameless"):
        await opened(await signed_in(gateway, name))
    page = (await gateway.http.get("/upload")).json()
    assert [(item["sender"], item["site"]) for item in page["items"]] == [("nameless", "Here"), ("Rosa Luna", "Here")]


async def test_filters_narrow_the_list_and_several_of_one_kind_widen_it(gateway: GatewayClient) -> None:
    forms = [("CT", "stat"), ("MRI", "routine"), ("MR", "stat"), ("DX", "routine"), ("ECG", "routine")]
    uploads = [await opened(gateway, modality=modality, service_level=level) for modality, level in forms]
    ct, mri, mr, dx, ecg = uploads
    await set_stage(gateway, ct, UploadStatus.COMPLETED, Stage.VERIFIED)
    await set_stage(gateway, mri, UploadStatus.FAILED, Stage.EXPIRED)
    await set_stage(gateway, mr, UploadStatus.UPLOADING, Stage.RECEIVING)
    for asked, expected in (
        ({"service_level": "stat"}, [mr, ct]),
        ({"service_level": ["stat", "routine"]}, uploads[::-1]),
        ({"service_level": "emergency"}, []),
        ({"modality": "MR"}, [mr, mri]),
        ({"modality": ["PT", "CR"]}, [dx]),
        ({"modality": "SR"}, [ecg]),
        ({"status": "pending"}, [ecg, dx]),
        ({"status": ["uploading", "failed"]}, [mr, mri]),
        ({"stage": ["verified", "expired"]}, [mri, ct]),
        ({"status": "completed", "stage": "expired"}, []),
        ({"status": "pending", "modality": "XR", "service_level": "routine"}, [dx]),
        ({"limit": 2, "status": ["pending", "uploading"]}, [ecg, dx]),
    ):
        assert await listed(gateway, **asked) == expected, asked
    together = {"service_level": ["stat"], "modality": ["MR", "CT"]}
    assert await search(gateway, **together) == [mr, ct]
    assert await search(gateway, q="muster", **together) == [mr, ct]
    assert await search(gateway, q="erika muster", status=["pending"]) == [ecg, dx]


async def test_a_period_is_from_a_moment_on_and_up_to_another_one(gateway: GatewayClient) -> None:
    day = timedelta(days=1)
    ages = [40 * day, 10 * day, day, timedelta(0)]
    uploads = [await made_ago(gateway, age) for age in ages]
    begin, end = [(datetime.now(UTC) - age).isoformat() for age in (20 * day, day / 2)]
    removed = {"stage": ["receiving"]}  # what made_ago has left behind is cancelled
    assert await search(gateway, created_from=begin, **removed) == uploads[:0:-1]
    assert await search(gateway, created_to=end, **removed) == uploads[2::-1]
    assert await search(gateway, q="erika", created_from=begin, created_to=end) == uploads[2:0:-1]
    assert await listed(gateway, created_from=begin, created_to=end) == uploads[2:0:-1]


async def test_every_page_goes_on_where_the_last_one_ended(gateway: GatewayClient) -> None:
    """Hits lie in several epochs, some of them close together, some far apart, and many with other words between."""
    epoch = timedelta(milliseconds=2**EPOCH_BITS)
    ages = [9 * epoch, 9 * epoch, 4 * epoch, 4 * epoch, 3 * epoch, 0 * epoch, 0 * epoch]
    hits = [await made_ago(gateway, age, patient_name="DOE^DOEBERT", service_level="stat") for age in ages]
    for age in ages:
        await made_ago(gateway, age, patient_name="DOE^JIM")
    for limit in (1, 2, 3, 50):
        for asked in ({"q": "doe doeb"}, {"q": "doe doeb", "service_level": ["stat"]}, {"service_level": ["stat"]}):
            assert sorted(await search(gateway, limit=limit, stage=["receiving"], **asked)) == sorted(hits)
            assert await search(gateway, limit=limit, **{"q": "doe", **asked}, stage=["receiving"], modality=["CT"])
    assert await search(gateway, limit=2, q="doe doeb", stage=["receiving"]) == sorted(hits, reverse=True)


async def test_what_is_announced_and_what_is_checked_is_found_by_its_study(gateway: GatewayClient) -> None:
    study, other = make_uid("study"), make_uid("other")
    announced = (await gateway.open(FILE, study_instance_uids=[study])).upload_id
    assert await search(gateway, study_instance_uid=study) == [announced]
    checked, _ = await gateway.send(make_study(2, study_uid=study))
    refused, _ = await gateway.send([("a.dcm", make_dicom(study_uid=other)[:-40])])
    assert (await gateway.status(refused))["stage"] == "rejected"
    assert await search(gateway, study_instance_uid=study) == [checked.upload_id, announced]
    assert await search(gateway, study_instance_uid=other) == []
    assert await search(gateway, study_instance_uid=study[:-1]) == []
    assert await search(gateway, study_instance_uid=study, q="muster", stage=["verified"]) == [checked.upload_id]


async def test_an_upload_is_found_by_the_name_in_its_files_too(gateway: GatewayClient) -> None:
    files = [("a.dcm", make_dicom(patient_name="Ångström^Zoë", patient_id="77/1", AccessionNumber="Q-9"))]
    upload, _ = await gateway.send(files, metadata={"patient_name": "SOMEBODY"})
    for q in ("somebody", "angstrom zoe", "771", "q9"):
        assert await search(gateway, q=q) == [upload.upload_id], q


async def test_a_decision_changes_what_an_upload_is_found_by(gateway: GatewayClient) -> None:
    patients = {
        name: make_dicom(patient_id=name, patient_name=f"{name}^X", study_uid=make_uid(name))
        for name in ("anna", "bert")
    }
    files = [(f"{name}.dcm", content) for name, content in patients.items()]
    upload, _ = await gateway.send(files, metadata={"patient_name": "anna^X"})
    assert [await search(gateway, q=name) for name in patients] == [[upload.upload_id]] * 2
    decision = {"action": "split"}
    (await gateway.http.post(f"/upload/{upload.upload_id}/decision", json=decision)).raise_for_status()
    (anna,), (bert,) = [await search(gateway, q=name) for name in patients]
    assert anna != bert
    assert upload.upload_id in (anna, bert)
    for name, found in (("anna", anna), ("bert", bert)):
        assert await search(gateway, study_instance_uid=make_uid(name)) == [found]


async def test_what_is_dropped_from_an_upload_is_not_found_in_it(gateway: GatewayClient) -> None:
    files = [(f"{name}.dcm", make_dicom(patient_id=name, patient_name=f"{name}^X")) for name in ("anna", "bert")]
    upload, _ = await gateway.send(files, metadata={"patient_name": "anna^X"})
    path = f"/upload/{upload.upload_id}"
    held = (await gateway.http.get(path)).json()["held"]["patients"]
    (key,) = [patient["key"] for patient in held if patient["patient_name"].startswith("bert")]
    drop = {"action": "drop", "patients": [key]}
    (await gateway.http.post(f"{path}/decision", json=drop)).raise_for_status()
    assert await search(gateway, q="bert") == []
    assert await search(gateway, q="anna") == [upload.upload_id]


@pytest.mark.parametrize(
    "wrong",
    [
        {"q": "x" * 201},
        {"q": 7},
        {"study_instance_uid": "1.2.3 OR 1=1"},
        {"study_instance_uid": "1" * 65},
        {"modality": ["XX1"]},
        {"service_level": ["soon"]},
        {"created_from": "2026-01-15T00:00:00"},
        {"limit": 201},
        {"cursor": "DOE^JANE"},
    ],
)
async def test_a_search_that_makes_no_sense_is_refused_without_a_word_of_it(
    gateway: GatewayClient, wrong: dict[str, Any]
) -> None:
    answer = await gateway.http.post("/upload/search", json=wrong)
    is_problem(answer, 400, "validation-error")
    assert "DOE" not in answer.text


@pytest.mark.parametrize("cursor", [UUID(int=0), UUID(int=2**128 - 1)])
async def test_no_cursor_makes_a_search_fail_or_long(gateway: GatewayClient, cursor: UUID) -> None:
    upload_id = await opened(gateway)
    expected = [upload_id] if cursor.int else []
    for asked in ({"q": "erika"}, {"stage": ["receiving"]}, {}):
        assert await search(gateway, cursor=str(cursor), **asked) == expected


async def test_the_trail_says_who_searched_and_not_for_whom(gateway: GatewayClient) -> None:
    await search(gateway, q="QUINCUNX", stage=["held", "expired"], mine=True)
    await search(gateway, study_instance_uid="1.2.3.77777", created_from="2026-01-15T00:00:00Z")
    trail = (await gateway.http.get("/audit", params={"action": "uploads.listed"})).json()["items"]
    noted: Sequence[dict[str, Any]] = [event["details"] for event in trail]
    assert {"stage": "expired,held", "mine": "True", "searched_by": "q"} in noted
    assert {"searched_by": "study_instance_uid", "created_from": "2026-01-15T00:00:00+00:00"} in noted
    everything = (await gateway.http.get("/audit/export", params={"format": "jsonl"})).text
    assert "quincunx" not in everything.lower()
    assert "77777" not in everything


async def test_the_addresses_of_lists_take_no_names(gateway: GatewayClient) -> None:
    for name in ("q", "study_instance_uid"):
        answer = await gateway.http.get("/upload", params={name: "1.2.77777"})
        assert "POST /upload/search" in is_problem(answer, 400, "validation-error")["detail"]
        assert "77777" not in answer.text
