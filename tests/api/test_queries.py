"""How many statements a request costs: as many with twenty rows as with two, and few for each chunk."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import event

from relaypacs.core.clock import new_id, now
from relaypacs.core.settings import Settings
from relaypacs.features.notifications.models import Channel, MessageState, NotificationType, OutgoingMessage
from tests.builders.cache import forget_kept
from tests.builders.dicom import make_study
from tests.builders.gateway import ADMIN, CHUNK_SIZE, GatewayClient, OpenUpload
from tests.builders.pacs import make_destination
from tests.builders.people import make_site, make_user, signed_in
from tests.conftest import running_gateway
from tests.features.access.test_table import EXPECTED, Person, url_of

FEW, MANY = 2, 20
OF_A_CHUNK = 3
"""Its row, and the counters of its file and its upload, in a transaction that others share. All else is remembered."""
NOT_COUNTED = ("/stream", "/openapi.json", "/docs", "/{path:path}", "/health/live", "/oidc")
READ = [path for method, path in EXPECTED if method == "GET" and not path.endswith(NOT_COUNTED)]
LISTS = [path for path in READ if "{" not in path and not path.startswith(("/api/v1/stats", "/health", "/metrics"))]
REFUSED = {"/api/v1/reports/{report_id}/pdf"}  # nothing is signed
ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
asked: ContextVar[list[str] | None] = ContextVar("asked", default=None)


@pytest.fixture
async def counted(settings: Settings) -> AsyncIterator[GatewayClient]:
    """A gateway whose cache can be emptied. Noted are the statements of what a test asks itself, not those of jobs."""
    async with running_gateway(settings) as gateway:
        await gateway.sign_in(ADMIN)

        @event.listens_for(gateway.infrastructure.database.engine.sync_engine, "before_cursor_execute")
        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if (statements := asked.get()) is not None:
                statements.append(statement)

        yield gateway


@contextmanager
def noted() -> Iterator[list[str]]:
    statements: list[str] = []
    token = asked.set(statements)
    try:
        yield statements
    finally:
        asked.reset(token)


class Region:
    """Grows: so many of everything, all of which concern one patient."""

    def __init__(self, gateway: GatewayClient) -> None:
        self.gateway = gateway
        self._numbers = count(1)
        self._of: dict[str, str] = {}
        self.clients: dict[str, httpx.AsyncClient] = {}

    async def begin(self) -> None:
        self._of["site_id"] = site = await make_site(self.gateway, "Of all")
        for role in ("clinician", "radiologist"):
            self._of["user_id"] = await make_user(self.gateway, f"a-{role}", role=role, site_id=site)
            self.clients[role] = (await signed_in(self.gateway, f"a-{role}")).http
        self.clients["admin"] = self.gateway.http

    async def grow(self, rows: int) -> Person:
        """Have so many more of everything. Returns one of each kind; upload, report, delivery are of so many files."""
        owner = Person("a-radiologist", self._of["user_id"], self._of["site_id"])
        owner.upload = await self._send(rows)
        await asyncio.gather(*(self._send(1) for _ in range(rows - 1)))
        owner.objects = {**self._of, **await self._reported(owner.upload), "upload_id": owner.upload.upload_id}
        for number in range(rows):
            owner.objects |= await self._administered(owner, f"{rows} {number}")
        owner.objects["webhook_id"] = self._of.setdefault("webhook_id", owner.objects["webhook_id"])
        await self._called(owner.objects["webhook_id"], rows)
        return owner

    async def _send(self, files: int) -> OpenUpload:
        number = next(self._numbers)
        content = make_study(files, rows=8, columns=8, patient_id="one", study_uid=f"2.25.{number}")
        upload, answer = await (await signed_in(self.gateway, "a-clinician")).send(content)
        assert answer.json()["stage"] == "verified"
        return upload

    async def _reported(self, upload: OpenUpload) -> dict[str, str]:
        found = (await self.gateway.http.get("/deliveries", params={"upload_id": upload.upload_id})).json()
        state = await self.gateway.status(upload)
        return {"delivery_id": found["items"][0]["id"], "report_id": state["report_id"]}

    async def _administered(self, owner: Person, name: str) -> dict[str, str]:
        site = owner.site_id
        template = {"name": name, **dict.fromkeys(("findings", "impression", "recommendation"), "")}
        made = await self.clients["radiologist"].post("/report-templates", json=template)
        elsewhere = f"folder://{self.gateway.infrastructure.settings.data_dir}/elsewhere"
        await make_site(self.gateway, f"Site {name}")
        destination = await make_destination(self.gateway, f"of {name}", elsewhere, enabled=False)
        hook = {"site_id": site, "url": "https://hook.invalid/", "types": []}
        await signed_in(self.gateway, owner.name)
        return {
            "pacs_id": destination["id"],
            "user_id": owner.user_id,
            "invitation_id": (await self.gateway.http.post("/invitations", json={"site_id": site})).json()["id"],
            "template_id": made.raise_for_status().json()["id"],
            "webhook_id": (await self.gateway.http.post("/webhooks", json=hook)).json()["id"],
        }

    async def _called(self, webhook_id: str, rows: int) -> None:
        async with self.gateway.infrastructure.database.write() as session:
            for _ in range(rows):
                call = OutgoingMessage(id=new_id(), channel=Channel.WEBHOOK, target_id=UUID(webhook_id))
                call.state, call.ended_at, call.type = MessageState.SENT, now(), NotificationType.REPORT_READY
                session.add(call)


async def costs(region: Region, owner: Person) -> dict[str, list[str]]:
    """Return the statements of every call that reads. The first time somebody looks at something is written down."""
    found = {}
    calls = [("admin", path) for path in READ] + [
        (role, path) for path in LISTS for role in ("clinician", "radiologist")
    ]
    for role, path in calls:
        url = url_of(path, owner)
        first = await region.clients[role].get(url)
        if first.status_code in (401, 403) and role != "admin":
            continue
        if first.status_code == 404 and path in REFUSED:
            continue
        await forget_kept(region.gateway)
        with noted() as statements:
            (await region.clients[role].get(url)).raise_for_status()
        found[f"{role} {path}"] = list(statements)
    return found


@ON_POSTGRESQL
async def test_a_call_asks_as_often_for_twenty_rows_as_for_two(counted: GatewayClient) -> None:
    region = Region(counted)
    await region.begin()
    few = await costs(region, await region.grow(FEW))
    many = await costs(region, await region.grow(MANY))
    assert few.keys() == many.keys()
    assert len(few) > 50
    wrong = [
        f"{call}: {len(few[call])} statements become {len(many[call])}:\n  " + "\n  ".join(many[call])
        for call in few
        if len(few[call]) != len(many[call])
    ]
    assert not wrong, "\n".join(wrong)


@ON_POSTGRESQL
async def test_a_chunk_costs_a_few_statements_however_many_there_were(counted: GatewayClient) -> None:
    upload = await counted.open([("scan.dcm", bytes(40 * CHUNK_SIZE))])
    numbers = set()
    for index in range(1, 21):
        with noted() as statements:
            await counted.put(upload, "scan", index, bytes(CHUNK_SIZE))
        if index > 1:
            numbers.add(len(statements))
    assert numbers == {OF_A_CHUNK}, statements
