"""What is logged, and above all what is not."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from relaypacs.core.logging import ALLOWED_FIELDS, drop_unlisted
from tests.builders.dicom import make_study
from tests.builders.gateway import METADATA, md5
from tests.servers.gateway import PASSWORD, USERNAME, running_gateway

CANARY = "CANARY"
SCRIPT = """
import logging, structlog
from relaypacs.core.logging import configure_logging
configure_logging("info")
log = structlog.get_logger("relaypacs.test")
structlog.contextvars.bind_contextvars(trace_id="trace-1")
log.info("upload_settled", upload_id="u-1", patient_name="CANARY^JANE", file_name="CANARY.dcm")
log.debug("too_fine")
logging.getLogger("sqlalchemy.engine").info("INSERT CANARY")
logging.getLogger("httpx").info("GET /CANARY")
logging.getLogger("uvicorn.access").info("GET /CANARY")
logging.getLogger("uvicorn.error").warning("of the server", extra={"patient_name": "CANARY"})
try:
    try:
        int("CANARY")
    except ValueError as error:
        raise ExceptionGroup("CANARY", [KeyError("CANARY"), OSError(28, "CANARY", "CANARY.dcm")]) from error
except ExceptionGroup:
    log.exception("task_failed", task="deliver")
    logging.getLogger("uvicorn.error").exception("of a library")
"""


def test_unlisted_fields_are_dropped() -> None:
    line = {"event": "upload_settled", "upload_id": "1", "patient_name": CANARY, "file_name": CANARY}
    assert drop_unlisted(None, "info", line) == {"event": "upload_settled", "upload_id": "1"}


def test_no_field_of_the_catalogue_is_about_a_patient() -> None:
    for word in ("name", "patient", "birth", "query", "body", "header", "token", "password", "uid"):
        assert not [field for field in ALLOWED_FIELDS if word in field.split("_")]


def test_lines_are_json_objects_with_the_trace_id_and_listed_fields_only() -> None:
    result = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    lines: list[dict[str, Any]] = [json.loads(line) for line in result.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["upload_settled", "of the server", "task_failed", "of a library"]
    assert CANARY not in result.stderr + result.stdout
    assert {key for line in lines for key in line} <= ALLOWED_FIELDS
    assert all(line["trace_id"] == "trace-1" and line["level"] and line["timestamp"] for line in lines)
    assert lines[0]["upload_id"] == "u-1"
    for line in lines[2:]:
        for kind in ("ValueError", "ExceptionGroup", "KeyError", "OSError: No space left on device"):
            assert kind in line["exception"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("canary")


@pytest.fixture(scope="module")
def client(data: Path) -> Iterator[httpx.Client]:
    """A client of a real gateway that logs all it can, in a process of its own."""
    with (
        running_gateway(data, LOG_LEVEL="debug", COMPLETE_WAIT="10") as gateway,
        httpx.Client(base_url=f"{gateway.address}/api/v1", timeout=30) as client,
    ):
        tokens = client.post("/auth/login", json={"username": USERNAME, "password": PASSWORD}).json()
        client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        yield client


def test_no_patient_name_reaches_the_log(client: httpx.Client, data: Path) -> None:
    """Send a name through every path of an upload, the good one and the bad ones, in every field that takes text."""
    (_, content), *_ = make_study(1, patient_name=f"{CANARY}^JANE", patient_id=f"{CANARY}-1", StudyDescription=CANARY)
    form = {**METADATA, "patient_name": f"{CANARY}^JANE", "clinical_history": CANARY, "patient_id": CANARY}
    init = {"file_names": [f"{CANARY}.dcm"], "file_sizes": [len(content)], "metadata": form}
    upload = client.post("/upload/init", json=init).json()
    path, token = f"/upload/{upload['upload_id']}", {"X-Upload-Token": upload["session_token"]}

    def put(body: bytes, file_id: str = CANARY, digest: str = "", index: int = 0) -> int:
        headers = {**token, "Content-MD5": digest or md5(body)}
        where = {"file_id": file_id, "chunk_index": index}
        return client.put(f"{path}/chunk", params=where, content=body, headers=headers).status_code

    bad_form = {**init, "metadata": {**form, "study_date": CANARY}}
    assert client.post("/upload/init", json=bad_form).status_code == 400
    assert client.post("/upload/init", content=f'{{"metadata": "{CANARY}').status_code == 400
    assert put(content, file_id=f"{CANARY}-2") == 404
    assert put(content, digest=md5(b"other")) == 422
    assert put(content, index=7) == 422
    assert client.post(f"{path}/complete", headers=token).status_code == 409
    assert put(content) == 200
    assert put(bytes(len(content))) == 409
    assert client.post(f"{path}/complete", headers=token).status_code == 200
    assert CANARY in client.get(path).text
    assert client.get(f"{path}/instances").status_code == 200
    assert client.get(f"/{CANARY}").status_code == 404
    assert client.get(f"/upload/{CANARY}").status_code == 400
    assert client.post("/auth/login", json={"username": CANARY, "password": CANARY}).status_code == 401
    register = {"username": CANARY, "email": f"{CANARY}@example.org", "password": CANARY, "full_name": CANARY}
    assert client.post("/auth/register", json=register).status_code == 422

    log = (data / "server.log").read_text()
    assert upload["upload_id"] in log
    assert log.count('"event": "request"') >= 14
    assert "JANE" not in log
    assert CANARY not in log


def test_a_client_that_hangs_up_is_no_error_of_ours(client: httpx.Client, data: Path) -> None:
    """Links that drop are what this gateway is for: they must not fill the log with stacks."""
    init = {"file_names": ["cut.dcm"], "file_sizes": [500_000], "metadata": METADATA}
    upload = client.post("/upload/init", json=init).json()

    def cut() -> Iterator[bytes]:
        yield bytes(1000)
        raise KeyboardInterrupt

    headers = {"X-Upload-Token": upload["session_token"], "Content-MD5": md5(b""), "Content-Length": "500000"}
    path = f"/upload/{upload['upload_id']}/chunk"
    with pytest.raises(KeyboardInterrupt), httpx.Client(base_url=client.base_url, timeout=5) as other:
        other.put(path, params={"file_id": "cut", "chunk_index": 0}, content=cut(), headers=headers)
    assert client.get(f"/upload/{upload['upload_id']}").json()["uploaded_bytes"] == 0
    log = (data / "server.log").read_text()
    assert "request_failed" not in log
    assert "Traceback" not in log


def test_no_line_is_anything_but_json(data: Path) -> None:
    for line in (data / "server.log").read_text().splitlines():
        assert json.loads(line).keys() <= ALLOWED_FIELDS, line
