"""The specification's "Upload Workflow", shape by shape and status by status."""

import hashlib
from base64 import b64encode
from typing import Any

import httpx
import pytest

from tests.builders.blobs import blob_content
from tests.builders.dicom import make_study, make_zip
from tests.builders.gateway import CHUNK_SIZE, METADATA, GatewayClient, sha256_digest

MEBIBYTE = 1024**2


def is_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["type"] == f"/problems/{code}"
    assert body["status"] == status
    assert body["trace_id"] == answer.headers["X-Trace-Id"]
    assert body["instance"] == answer.request.url.path
    return body


def patterned(size: int) -> bytes:
    return bytes(i * 7 % 251 for i in range(256)) * (size // 256) + bytes(size % 256)


async def test_init_answers_as_specified(gateway: GatewayClient) -> None:
    answer = await gateway.init([("file1.dcm", b"1" * 10), ("file2.dcm", b"2" * (CHUNK_SIZE + 1))])
    assert answer.status_code == 201
    body = answer.json()
    assert body.keys() == {"upload_id", "session_token", "expires_at", "chunk_size", "files"}
    assert body["chunk_size"] == CHUNK_SIZE
    assert body["files"] == [
        {"file_id": "file1", "file_name": "file1.dcm", "size": 10, "chunk_count": 1},
        {"file_id": "file2", "file_name": "file2.dcm", "size": CHUNK_SIZE + 1, "chunk_count": 2},
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"chunk_size": 524287},
        {"chunk_size": 5242881},
        {"file_names": [], "file_sizes": []},
        {"file_sizes": [1, 2]},
        {"file_sizes": [-1]},
        {"file_sizes": [2 * 1024**3 + 1]},
        {"file_names": [f"{i}.dcm" for i in range(101)], "file_sizes": [1] * 101},
        {"metadata": {**METADATA, "study_date": "2026-01-15"}},
        {"metadata": {**METADATA, "study_date": "20261301"}},
        {"metadata": {**METADATA, "modality": "XX1"}},
        {"metadata": {**METADATA, "service_level": "soon"}},
        {"metadata": {**METADATA, "patient_name": ""}},
        {"metadata": {**METADATA, "patient_name": "A\0B"}},
        {"metadata": {**METADATA, "clinical_history": "x" * 501}},
        {"metadata": None},
    ],
)
async def test_init_refuses_what_the_contract_forbids(gateway: GatewayClient, change: dict[str, Any]) -> None:
    body = {"file_names": ["a.dcm"], "file_sizes": [1], "metadata": METADATA, "chunk_size": 1048576}
    problem = is_problem(await gateway.http.post("/upload/init", json={**body, **change}), 400, "validation-error")
    assert problem["errors"][0].keys() == {"pointer", "detail"}


async def test_a_refusal_never_repeats_the_value(gateway: GatewayClient) -> None:
    answer = await gateway.init([("a.dcm", b"1")], metadata={"patient_name": "SECRET^NAME\0"})
    is_problem(answer, 400, "validation-error")
    assert "SECRET" not in answer.text


@pytest.mark.parametrize("modality", ["CT", "MRI", "XR", "US", "PET", "OTHER", "MR", "CR", "DX", "PT", "RTDOSE"])
async def test_init_takes_the_specified_and_the_dicom_modalities(gateway: GatewayClient, modality: str) -> None:
    assert (await gateway.init([("a.dcm", b"1")], metadata={"modality": modality})).status_code == 201


async def test_init_needs_a_user(gateway: GatewayClient) -> None:
    del gateway.http.headers["Authorization"]
    is_problem(await gateway.init([("a.dcm", b"1")]), 401, "invalid-token")


async def test_a_chunk_answers_as_specified(gateway: GatewayClient) -> None:
    content = patterned(CHUNK_SIZE + 100)
    upload = await gateway.open([("scan.dcm", content)])
    answer = await gateway.put(upload, "scan", 1, content[CHUNK_SIZE:])
    assert answer.status_code == 200
    assert answer.json() == {
        "chunk_index": 1,
        "checksum_verified": True,
        "uploaded_bytes": 100,
        "total_bytes": CHUNK_SIZE + 100,
    }


@pytest.mark.parametrize(
    "headers",
    [
        {"content_md5": hashlib.md5(b"body", usedforsecurity=False).hexdigest()},
        {"content_md5": b64encode(hashlib.md5(b"body", usedforsecurity=False).digest()).decode()},
        {"content_md5": "", "content_digest": sha256_digest(b"body")},
        {"content_md5": "", "content_digest": f"sha-512=:AAAA:, {sha256_digest(b'body')}"},
    ],
)
async def test_every_form_of_digest_is_taken(gateway: GatewayClient, headers: dict[str, str]) -> None:
    upload = await gateway.open([("scan.dcm", b"body")])
    assert (await gateway.put(upload, "scan", 0, b"body", **headers)).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"content_md5": ""}, 400, "digest-missing"),
        ({"content_md5": "not base64"}, 400, "digest-malformed"),
        ({"content_md5": "AAAA"}, 400, "digest-malformed"),
        ({"content_md5": "", "content_digest": "md5=:AAAA:"}, 400, "digest-malformed"),
        ({"content_md5": b64encode(bytes(16)).decode()}, 422, "chunk-checksum-mismatch"),
        ({"content_md5": "", "content_digest": sha256_digest(b"other")}, 422, "chunk-checksum-mismatch"),
        ({"content_encoding": "br"}, 415, "encoding-unsupported"),
        ({"content_encoding": "gzip"}, 422, "chunk-encoding-broken"),
        ({"x_upload_token": "x.y.z"}, 401, "invalid-upload-token"),
        ({"x_upload_token": ""}, 401, "invalid-upload-token"),
    ],
)
async def test_a_bad_chunk_is_refused_and_nothing_is_stored(
    gateway: GatewayClient, headers: dict[str, str], status: int, code: str
) -> None:
    upload = await gateway.open([("scan.dcm", b"body")])
    is_problem(await gateway.put(upload, "scan", 0, b"body", **headers), status, code)
    state = await gateway.status(upload)
    assert state["uploaded_bytes"] == 0
    assert state["files"][0]["missing"] == [[0, 0]]
    with pytest.raises(FileNotFoundError):
        await blob_content(gateway.infrastructure.storage, f"{upload.upload_id}/0")


@pytest.mark.parametrize(
    ("file_id", "index", "body", "status", "code"),
    [
        ("nope", 0, b"body", 404, "file-not-in-upload"),
        ("../../etc/passwd", 0, b"body", 404, "file-not-in-upload"),
        ("scan", 1, b"body", 422, "chunk-index-out-of-range"),
        ("scan", -1, b"body", 422, "chunk-index-out-of-range"),
        ("scan", 0, b"bod", 422, "chunk-size-mismatch"),
        ("scan", 0, b"bodyy", 422, "chunk-size-mismatch"),
    ],
)
async def test_a_misplaced_chunk_is_refused(
    gateway: GatewayClient, file_id: str, index: int, body: bytes, status: int, code: str
) -> None:
    upload = await gateway.open([("scan.dcm", b"body")])
    is_problem(await gateway.put(upload, file_id, index, body), status, code)


async def test_gzip_is_decoded_and_bounded(gateway: GatewayClient) -> None:
    content = bytes(CHUNK_SIZE)
    upload = await gateway.open([("scan.dcm", content)])
    answer = await gateway.put(upload, "scan", 0, content * 100, zipped=True)
    is_problem(answer, 422, "chunk-size-mismatch")
    is_problem(await gateway.put(upload, "scan", 0, content[:-1], zipped=True), 422, "chunk-size-mismatch")
    assert (await gateway.put(upload, "scan", 0, content, zipped=True)).json()["uploaded_bytes"] == CHUNK_SIZE


async def test_a_body_over_every_limit_is_refused_without_being_read(gateway: GatewayClient) -> None:
    upload = await gateway.open([("scan.dcm", b"body")])
    is_problem(await gateway.put(upload, "scan", 0, bytes(7 * MEBIBYTE)), 413, "body-too-large")


async def test_the_same_chunk_again_is_acknowledged_and_another_is_a_conflict(gateway: GatewayClient) -> None:
    upload = await gateway.open([("scan.dcm", b"body")])
    first = await gateway.put(upload, "scan", 0, b"body")
    again = await gateway.put(upload, "scan", 0, b"body", zipped=True)
    assert (again.status_code, again.json()) == (200, first.json())
    is_problem(await gateway.put(upload, "scan", 0, b"evil"), 409, "chunk-conflict")
    assert await blob_content(gateway.infrastructure.storage, f"{upload.upload_id}/0") == b"body"


async def test_the_token_of_another_upload_opens_nothing(gateway: GatewayClient) -> None:
    upload, other = await gateway.open([("a.dcm", b"body")]), await gateway.open([("b.dcm", b"body")])
    is_problem(await gateway.put(upload, "a", 0, b"body", x_upload_token=other.session_token), 404, "upload-not-found")


async def test_status_shows_what_is_missing(gateway: GatewayClient) -> None:
    content = patterned(5 * CHUNK_SIZE)
    upload = await gateway.open([("scan.dcm", content), ("small.dcm", b"body")])
    for index in (1, 3):
        await gateway.put(upload, "scan", index, content[index * CHUNK_SIZE : (index + 1) * CHUNK_SIZE])
    state = await gateway.status(upload)
    assert (state["status"], state["stage"]) == ("uploading", "receiving")
    assert [file["missing"] for file in state["files"]] == [[[0, 0], [2, 2], [4, 4]], [[0, 0]]]
    assert state["counts"] == {"instances": 0, "accepted": 0, "rejected": 0, "delivered": 0, "verified": 0}
    assert (state["uploaded_chunks"], state["chunk_count"]) == (2, 6)
    assert state["metadata"]["patient_name"] == METADATA["patient_name"]


async def test_complete_lists_what_is_missing(gateway: GatewayClient) -> None:
    upload = await gateway.open([("a.dcm", b"body"), ("b.dcm", b"body")])
    await gateway.put(upload, "a", 0, b"body")
    problem = is_problem(await gateway.complete(upload), 409, "chunks-missing")
    assert problem["files"] == [{"file_id": "b", "missing": [[0, 0]]}]
    assert (await gateway.put(upload, "b", 0, b"body")).status_code == 200


async def test_complete_answers_as_specified_any_number_of_times(gateway: GatewayClient) -> None:
    upload, first = await gateway.send(make_study(3))
    assert first.status_code == 200
    body = first.json()
    assert body["upload_id"] == upload.upload_id
    assert body["status"] == "completed"
    assert body["report_id"]
    assert body["pacs_receipt_id"]
    assert (await gateway.complete(upload)).json() == body
    state = await gateway.status(upload)
    assert state["stage"] == "verified"
    assert state["counts"] == {"instances": 3, "accepted": 3, "rejected": 0, "delivered": 3, "verified": 3}
    is_problem(await gateway.put(upload, upload.files[0]["file_id"], 0, b"x"), 422, "chunk-size-mismatch")


async def test_nothing_acceptable_is_422(gateway: GatewayClient) -> None:
    upload, answer = await gateway.send([("letter.txt", b"Dear colleague"), ("empty.dcm", b"")])
    is_problem(answer, 422, "no-acceptable-instance")
    assert (await gateway.status(upload))["stage"] == "rejected"
    listed = (await gateway.http.get(f"/upload/{upload.upload_id}/instances")).json()["items"]
    assert [item["verdict"] for item in listed] == ["rejected", "rejected"]
    assert all(item["reason"] for item in listed)
    is_problem(await gateway.complete(upload), 422, "no-acceptable-instance")


async def test_one_bad_file_never_sinks_a_study(gateway: GatewayClient) -> None:
    upload, answer = await gateway.send([*make_study(2), ("notes.txt", b"not DICOM at all")])
    assert answer.status_code == 200
    state = await gateway.status(upload)
    assert state["counts"] == {"instances": 3, "accepted": 2, "rejected": 1, "delivered": 2, "verified": 2}
    assert [warning["code"] for warning in state["warnings"]] == ["instances-rejected"]


async def test_the_same_study_again_is_a_duplicate_unless_forced(gateway: GatewayClient) -> None:
    files = make_study(2)
    first, _ = await gateway.send(files)
    second, answer = await gateway.send(files)
    problem = is_problem(answer, 409, "duplicate-study")
    assert problem["duplicate_of"] == first.upload_id
    state = await gateway.status(second)
    assert (state["status"], state["stage"], state["duplicate_of"]) == ("failed", "duplicate", first.upload_id)
    forced = await gateway.complete(second, force="true")
    assert (forced.status_code, forced.json()["status"]) == (200, "completed")


async def test_a_zip_of_a_cd_is_unpacked_in_place(gateway: GatewayClient) -> None:
    members = {f"CD/IMAGES/{name}": content for name, content in make_study(4)}
    disc = make_zip({"CD/AUTORUN.INF": b"[autorun]", "CD/README.TXT": b"read me", **members})
    upload, answer = await gateway.send([("cd.zip", disc)])
    assert answer.status_code == 200
    listed = (await gateway.http.get(f"/upload/{upload.upload_id}/instances")).json()["items"]
    assert [item["member"] for item in listed] == sorted(members)
    archive = gateway.infrastructure.settings.data_dir / "archive"
    stored = {hashlib.sha256(path.read_bytes()).hexdigest() for path in archive.rglob("*.dcm")}
    assert stored == {hashlib.sha256(content).hexdigest() for content in members.values()}


async def test_the_owner_renews_the_token(gateway: GatewayClient) -> None:
    upload = await gateway.open([("scan.dcm", b"body")])
    renewed = (await gateway.http.post(f"/upload/{upload.upload_id}/token")).json()
    answer = await gateway.put(upload, "scan", 0, b"body", x_upload_token=renewed["session_token"])
    assert answer.status_code == 200


async def test_cancel_is_final_and_idempotent(gateway: GatewayClient) -> None:
    upload = await gateway.open([("scan.dcm", b"body")])
    await gateway.put(upload, "scan", 0, b"body")
    for _ in range(2):
        assert (await gateway.http.delete(f"/upload/{upload.upload_id}")).status_code == 204
    is_problem(await gateway.complete(upload), 409, "upload-closed")
    assert (await gateway.status(upload))["stage"] == "cancelled"
    with pytest.raises(FileNotFoundError):
        await blob_content(gateway.infrastructure.storage, f"{upload.upload_id}/0")


async def test_a_completed_upload_cannot_be_cancelled(gateway: GatewayClient) -> None:
    upload, _ = await gateway.send(make_study(1))
    is_problem(await gateway.http.delete(f"/upload/{upload.upload_id}"), 409, "upload-closed")


async def test_the_list_pages_by_cursor(gateway: GatewayClient) -> None:
    uploads = [await gateway.open([("scan.dcm", b"body")]) for _ in range(5)]
    first = (await gateway.http.get("/upload", params={"limit": 3})).json()
    rest = (await gateway.http.get("/upload", params={"limit": 3, "cursor": first["next_cursor"]})).json()
    listed = [item["upload_id"] for item in [*first["items"], *rest["items"]]]
    assert listed == [upload.upload_id for upload in reversed(uploads)]
    assert rest["next_cursor"] is None
    assert (await gateway.http.get("/upload", params={"status": "completed"})).json()["items"] == []


async def test_another_users_upload_does_not_exist(gateway: GatewayClient) -> None:
    upload = await gateway.open([("scan.dcm", b"body")])
    stranger = await gateway.another("stranger")
    for method, path in (
        ("GET", ""),
        ("GET", "/instances"),
        ("GET", "/receipt"),
        ("POST", "/token"),
        ("DELETE", ""),
    ):
        answer = await stranger.http.request(method, f"/upload/{upload.upload_id}{path}")
        is_problem(answer, 404, "upload-not-found")
    assert (await stranger.http.get("/upload")).json()["items"] == []


async def test_open_uploads_are_bounded(gateway: GatewayClient) -> None:
    limit = gateway.infrastructure.settings.max_open_uploads
    for _ in range(limit):
        await gateway.open([("scan.dcm", b"body")])
    answer = await gateway.init([("scan.dcm", b"body")])
    is_problem(answer, 429, "too-many-open-uploads")
    assert answer.headers["Retry-After"]
