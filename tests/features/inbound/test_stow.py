"""STOW-RS into the gateway (PS3.18 10.5)."""

import base64
import hashlib
from xml.etree import ElementTree as ET

import pytest

from tests.builders.dicom import make_dicom, make_study
from tests.builders.gateway import ADMIN, PASSWORD, GatewayClient
from tests.builders.people import nobody, with_second_factor
from tests.features.inbound.stow import (
    BOUNDARY,
    failed,
    multipart,
    other_failures,
    post,
    stored,
    stow,
    until_settled,
    upload_ids,
)

SMALL = {"rows": 16, "columns": 16}


def basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


async def test_a_study_is_stored_delivered_and_has_a_receipt(gateway: GatewayClient) -> None:
    slices = [content for _, content in make_study(5, **SMALL)]
    answer = await stow(gateway, slices)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/dicom+json")
    assert stored(answer) == [None] * 5
    (upload_id,) = upload_ids(answer)
    view = await until_settled(gateway, upload_id, "verified")
    assert (view["origin"], view["source"], view["counts"]["verified"]) == ("stow", None, 5)
    assert view["metadata"]["patient_name"] == "Muster^Erika"
    receipt = (await gateway.http.get(f"/upload/{upload_id}/receipt")).raise_for_status().json()["receipt"]
    assert {item["sha256"] for item in receipt["instances"]} == {hashlib.sha256(s).hexdigest() for s in slices}


async def test_each_study_of_a_request_is_an_upload(gateway: GatewayClient) -> None:
    answer = await stow(gateway, [make_dicom(patient_id=f"P{n}", **SMALL) for n in (1, 2)])
    assert answer.status_code == 200
    assert len(set(upload_ids(answer))) == 2


async def test_instances_that_fail_are_named_with_their_reason(gateway: GatewayClient) -> None:
    good, other = make_dicom(**SMALL), make_dicom(patient_id="OTHER", **SMALL)
    study = "2.25.1"
    here = make_dicom(study_uid=study, instance_number=2, **SMALL)
    broken = make_dicom(study_uid=study, instance_number=3, **SMALL)[:-100]
    answer = await stow(gateway, [here, good, other, broken, b"no DICOM"], study)
    assert answer.status_code == 202
    assert stored(answer) == [None]
    assert failed(answer) == [0xA900, 0xA900, 0xC000]
    assert other_failures(answer) == [0xC000]


async def test_what_is_accepted_with_a_warning_says_so(gateway: GatewayClient) -> None:
    answer = await stow(gateway, [make_dicom(PatientID=None, **SMALL)])
    assert (answer.status_code, stored(answer)) == (202, [0xB007])


async def test_nothing_stored_is_409(gateway: GatewayClient) -> None:
    answer = await stow(gateway, [b"no DICOM", b""])
    assert (answer.status_code, other_failures(answer)) == (409, [0xC000, 0xC000])
    assert upload_ids(answer) == []


async def test_the_same_study_again_is_stored_and_becomes_a_duplicate(gateway: GatewayClient) -> None:
    content = make_dicom(**SMALL)
    first, second = [upload_ids(await stow(gateway, [content, content]))[0] for _ in range(2)]
    view = await until_settled(gateway, first, "verified")
    assert view["counts"]["instances"] == 1  # the second copy was recognised
    assert (await until_settled(gateway, second, "duplicate"))["duplicate_of"] == first


async def test_an_answer_in_xml(gateway: GatewayClient) -> None:
    answer = await stow(gateway, [make_dicom(**SMALL)], Accept="application/dicom+xml")
    assert answer.headers["Content-Type"] == "application/dicom+xml"
    root = ET.fromstring(answer.content)  # noqa: S314 - our own answer
    names = [element.get("keyword") for element in root.iter() if element.tag.endswith("DicomAttribute")]
    assert names == [
        "RetrieveURL",
        "ReferencedSOPSequence",
        "ReferencedSOPClassUID",
        "ReferencedSOPInstanceUID",
        "RetrieveURL",
    ]


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/dicom", 415),
        ("multipart/form-data; boundary=x", 415),
        ('multipart/related; type="application/dicom+json"; boundary=x', 415),
        ('multipart/related; type="application/dicom"', 400),
        ("", 415),
    ],
)
async def test_a_content_type_that_is_not_taken(gateway: GatewayClient, content_type: str, status: int) -> None:
    answer = await post(gateway, multipart([make_dicom(**SMALL)]), content_type=content_type)
    assert answer.status_code == status


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no boundary at all",
        f"--{BOUNDARY}--\r\n".encode(),
        multipart([make_dicom(**SMALL)])[:-20],
        multipart([make_dicom(**SMALL)])[:200],
    ],
    ids=["empty", "no boundary", "no parts", "no last boundary", "half a part"],
)
async def test_a_body_that_is_broken(gateway: GatewayClient, body: bytes) -> None:
    answer = await post(gateway, body)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/multipart-broken")
    assert (await gateway.http.get("/upload")).json()["items"] == []


async def test_what_came_before_a_break_is_kept_and_the_next_request_goes_on_with_it(gateway: GatewayClient) -> None:
    slices = [content for _, content in make_study(3, **SMALL)]
    assert (await post(gateway, multipart(slices)[:-100])).status_code == 400
    (before,) = (await gateway.http.get("/upload")).json()["items"]
    assert (before["stage"], before["counts"]["accepted"]) == ("receiving", 2)
    answer = await stow(gateway, slices)
    assert upload_ids(answer) == [before["upload_id"]]
    view = await until_settled(gateway, before["upload_id"], "verified")
    assert (view["counts"]["instances"], view["chunk_count"]) == (3, 3)


async def test_parts_of_another_type(gateway: GatewayClient) -> None:
    answer = await post(gateway, multipart([b"{}"], "application/dicom+json"))
    assert answer.status_code == 415
    answer = await post(gateway, multipart([make_dicom(**SMALL)], "application/dicom;transfer-syntax=*"))
    assert answer.status_code == 200


async def test_basic_and_what_it_cannot_do(gateway: GatewayClient) -> None:
    client = nobody(gateway)
    part = [make_dicom(**SMALL)]
    answer = await stow(client, part)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    for wrong in ("Basic !", "Basic bm9jb2xvbg==", basic(ADMIN, "wrong"), "Bearer nothing", "Digest x"):
        answer = await stow(client, part, Authorization=wrong)
        assert (answer.status_code, answer.headers["WWW-Authenticate"][:5]) == (401, "Basic")
    for _ in range(2):  # the second time the password is remembered
        assert (await stow(client, part, Authorization=basic(ADMIN, PASSWORD))).status_code == 200


async def test_six_wrong_passwords_lock(gateway: GatewayClient) -> None:
    client = nobody(gateway)
    answers = [await stow(client, [b""], Authorization=basic(ADMIN, f"wrong-{n}")) for n in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert (await stow(client, [b""], Authorization=basic(ADMIN, PASSWORD))).status_code == 429


async def test_an_account_with_a_second_factor_cannot_use_basic(gateway: GatewayClient) -> None:
    client = await gateway.another("dr.rosa")
    await with_second_factor(client)
    part = [make_dicom(**SMALL)]
    answer = await stow(nobody(gateway), part, Authorization=basic("dr.rosa", "wrong"))
    assert answer.status_code == 401  # whoever guesses is not told
    answer = await stow(nobody(gateway), part, Authorization=basic("dr.rosa", PASSWORD))
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/basic-with-second-factor")
    assert (await stow(client, part)).status_code == 200


async def test_a_password_that_was_changed_is_not_remembered(gateway: GatewayClient) -> None:
    client = await gateway.another("dr.rosa")
    part, old = [make_dicom(**SMALL)], basic("dr.rosa", PASSWORD)
    assert (await stow(nobody(gateway), part, Authorization=old)).status_code == 200
    changed = {"current_password": PASSWORD, "new_password": "Another-Horse-7-Battery"}
    (await client.http.post("/auth/password", json=changed)).raise_for_status()
    assert (await stow(nobody(gateway), part, Authorization=old)).status_code == 401
