"""Every call of the description, with what it allows and what it does not: no failure of ours, problems in one form.

The gateway runs in a process of its own and is spoken to over HTTP, because a fuzzer that brings its own event loop
would keep it alive beyond this file. `FUZZ_EXAMPLES=500 pytest tests/api` is the long run by hand.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from relaypacs.app import create_app
from relaypacs.core.settings import Settings
from tests.builders.gateway import METADATA
from tests.docs.pages import page
from tests.servers.gateway import PASSWORD, USERNAME, running_gateway

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
LONG_RUN = "FUZZ_EXAMPLES" in os.environ
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "5"))
ACTORS = ("nobody", "clinician", "admin")
CODES = frozenset(page("docs/errors.md").headings(3))


@schemathesis.serializer("multipart/related", "application/pdf")
def as_it_is(_context: schemathesis.SerializationContext, value: object) -> bytes:
    """Send what was made up: `tests/features/inbound` and `tests/features/reports` send bodies that are well-formed."""
    return value if isinstance(value, bytes) else str(value).encode()


description = create_app(Settings(data_dir=Path("nowhere"), web_dir=Path("nowhere"))).openapi()
# The stream is left out: an answer that is served has no end to wait for. `tests/features/notifications` reads it.
schema = schemathesis.openapi.from_dict(description).exclude(path_regex="/notifications/stream$")


@dataclass
class Target:
    """A gateway, who is signed in there, and objects that exist."""

    http: httpx.Client
    session: requests.Session
    objects: dict[str, str] = field(default_factory=dict)
    upload_token: str = ""
    tokens: dict[str, str] = field(default_factory=dict)

    def sign_in(self, actor: str) -> dict[str, str]:
        """Return the actor's header; some calls end the session, so that it is opened again where it is over."""
        if actor == "nobody":
            return {}
        headers = {"Authorization": f"Bearer {self.tokens.get(actor, 'none')}"}
        if self.post("/auth/2fa/disable", {}, headers).status_code == httpx.codes.UNAUTHORIZED:
            body = {"username": USERNAME if actor == "admin" else actor, "password": PASSWORD}
            self.tokens[actor] = self.post("/auth/login", body).raise_for_status().json()["access_token"]
        return {"Authorization": f"Bearer {self.tokens[actor]}"}

    def post(self, path: str, body: object, headers: dict[str, str] | None = None) -> httpx.Response:
        return self.http.post(f"/api/v1{path}", json=body, headers=headers)

    def fill(self) -> None:
        """Make one of what the calls of the description name."""
        admin = self.sign_in("admin")
        for name in ("clinician", "somebody"):
            user = self.post("/users", {"username": name, "password": PASSWORD}, admin).raise_for_status().json()
        upload = {"file_names": ["scan.dcm"], "file_sizes": [9], "metadata": METADATA}
        opened = self.post("/upload/init", upload, self.sign_in("clinician")).raise_for_status().json()
        invitation = self.post("/invitations", {}, admin).raise_for_status().json()
        self.upload_token = opened["session_token"]
        self.objects = {
            "user_id": user["id"],
            "site_id": user["site_id"],
            "invitation_id": invitation["id"],
            "upload_id": opened["upload_id"],
        }


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("fuzzed")
    url = ""
    shared: dict[str, str] = {}
    if request.param == "postgresql":  # no call that is made up waits for a worker
        url = request.getfixturevalue("postgres").create_database()
        redis, s3 = request.getfixturevalue("redis_process"), request.getfixturevalue("s3_process")
        redis.ensure_running()
        s3.ensure_running()
        shared = {"REDIS_URL": redis.fresh_url(), "STORAGE_URL": s3.part().url()}
    more = {
        **shared,
        "MAX_OPEN_UPLOADS": "100000",
        "LOGIN_RATE_LIMIT": "100000/second",
        "COMPLETE_WAIT": "0",
        "TRUSTED_PROXIES": "127.0.0.1",
    }
    elsewhere = {"X-Forwarded-For": "192.0.2.1"}  # the address that the calls come from is soon locked for its guesses
    with (
        running_gateway(folder, DATABASE_URL=url, **more) as gateway,
        httpx.Client(base_url=gateway.address, headers=elsewhere, timeout=30) as http,
        requests.Session() as session,
    ):
        target = Target(http, session)
        target.fill()
        yield target
    log = (folder / "server.log").read_text()
    assert "request_failed" not in log
    assert "task_failed" not in log
    if url:
        request.getfixturevalue("postgres").drop_database(url)


@schema.given(exists=st.booleans())
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=not LONG_RUN,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_no_call_fails_and_every_answer_is_as_described(
    case: schemathesis.Case, target: Target, *, exists: bool
) -> None:
    """Each call is made by everybody in turn: making calls up takes longer than making them."""
    known = {name: value for name, value in target.objects.items() if exists and name in (case.path_parameters or {})}
    case.path_parameters = {**(case.path_parameters or {}), **known}
    holds_token = {"X-Upload-Token": target.upload_token} if known and case.method in ("PUT", "POST") else {}
    for actor in ACTORS:
        note(f"as {actor}")
        headers = {**target.sign_in(actor), **holds_token}
        answer = case.call(base_url=str(target.http.base_url), session=target.session, headers=headers, timeout=30)
        case.validate_response(answer, checks=list(CHECKS))
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            judge_problem(answer)


def judge_problem(answer: schemathesis.Response) -> None:
    """Assert that an error is a problem document whose code is in `docs/errors.md`."""
    assert answer.headers["content-type"] == ["application/problem+json"]
    body = answer.json()
    assert re.fullmatch(r"/problems/[a-z0-9-]+", body["type"])
    assert body["type"].removeprefix("/problems/") in CODES
    assert body["status"] == answer.status_code
