"""What goes through each proxy of `deploy` to a real gateway, and what does not."""

import json
import os
import time
from collections.abc import Iterator
from hashlib import md5
from itertools import count, takewhile
from pathlib import Path

import httpx
import pytest

from relaypacs.core.security_headers import HSTS
from tests.builders.dicom import make_dicom
from tests.builders.gateway import METADATA
from tests.features.inbound.stow import CONTENT_TYPE, multipart, stored
from tests.servers import need
from tests.servers.gateway import PASSWORD, USERNAME, Gateway, running_gateway
from tests.servers.proxies import PROGRAMS, available, running_proxy

API = "/api/v1"
LARGEST_CHUNK = 5 * 1024**2
SPOOFED = "203.0.113.9"
SECONDS = 30  # for an event; comments come meanwhile
SEEDS = count(1)  # both proxies stand before one gateway, which knows a study again


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with running_gateway(tmp_path_factory.mktemp("gateway"), TRUSTED_PROXIES="127.0.0.1") as running:
        yield running


@pytest.fixture(scope="module", params=PROGRAMS)
def http(
    request: pytest.FixtureRequest, gateway: Gateway, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A client at the proxy, signed in."""
    need(available(request.param))
    folder = tmp_path_factory.mktemp(request.param)
    with running_proxy(request.param, folder, gateway.port) as proxy, proxy.client() as client:
        form = {"username": USERNAME, "password": PASSWORD}
        answer = client.post(f"{API}/auth/login", json=form, headers={"X-Forwarded-For": SPOOFED})
        client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"
        yield client


def open_upload(http: httpx.Client, size: int) -> dict[str, str]:
    """Open an upload of one file of one chunk; return the address of the chunk and the headers to send it with."""
    form = {
        "file_names": ["image.dcm"],
        "file_sizes": [size],
        "metadata": METADATA,
        "chunk_size": max(size, 512 * 1024),
    }
    opened = http.post(f"{API}/upload/init", json=form).raise_for_status().json()
    address = f"{API}/upload/{opened['upload_id']}"
    return {"address": address, "file": opened["files"][0]["file_id"], "token": opened["session_token"]}


def put(http: httpx.Client, upload: dict[str, str], body: bytes) -> httpx.Response:
    headers = {"X-Upload-Token": upload["token"], "Content-MD5": md5(body, usedforsecurity=False).hexdigest()}
    params = {"file_id": upload["file"], "chunk_index": 0}
    return http.put(f"{upload['address']}/chunk", params=params, content=body, headers=headers)


def test_the_largest_chunk_goes_through_and_nothing_much_larger(http: httpx.Client):
    upload = open_upload(http, LARGEST_CHUNK)
    assert put(http, upload, os.urandom(LARGEST_CHUNK)).json()["checksum_verified"] is True
    refused = put(http, upload, bytes(9_000_000))
    assert refused.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
    http.delete(upload["address"]).raise_for_status()


def test_a_whole_study_goes_through_in_one_request(http: httpx.Client):
    large = make_dicom(rows=2500, columns=2500, seed=next(SEEDS))
    assert len(large) > 9_000_000
    answer = http.post("/dicom-web/studies", content=multipart([large]), headers={"Content-Type": CONTENT_TYPE})
    assert stored(answer) == [None]


def test_an_event_arrives_while_the_stream_stays_open(http: httpx.Client):
    image = make_dicom(seed=next(SEEDS))
    upload = open_upload(http, len(image))
    upload_id = Path(upload["address"]).name
    put(http, upload, image).raise_for_status()
    with http.stream("GET", f"{API}/notifications/stream", timeout=20) as stream:
        http.post(f"{upload['address']}/complete", headers={"X-Upload-Token": upload["token"]}).raise_for_status()
        deadline = time.monotonic() + SECONDS
        lines = takewhile(lambda _: time.monotonic() < deadline, stream.iter_lines())
        events = (json.loads(line.removeprefix("data:")) for line in lines if line.startswith("data:"))
        assert ("upload_complete", upload_id) in ((event.get("type"), event.get("related_id")) for event in events)


def test_the_gateway_sees_the_callers_own_address_and_not_what_he_says(http: httpx.Client):
    sessions = http.get(f"{API}/auth/sessions").raise_for_status().json()["items"]
    assert {session["address"] for session in sessions} == {"127.0.0.1"}


@pytest.mark.parametrize("path", ["/metrics", "/docs", "/openapi.json"])
def test_what_is_not_for_everybody_is_not_there(http: httpx.Client, path: str):
    assert http.get(path).status_code == httpx.codes.NOT_FOUND


def test_every_answer_says_once_that_it_will_stay_https(http: httpx.Client):
    for path in ("/health/ready", "/metrics"):
        said = http.get(path).headers.get_list("Strict-Transport-Security")
        assert said == [HSTS["Strict-Transport-Security"]], path
