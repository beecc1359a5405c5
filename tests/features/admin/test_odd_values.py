"""Values that are allowed by their type and still odd: refused or answered, never a failure of ours."""

from urllib.parse import quote

import httpx

from tests.builders.gateway import GatewayClient
from tests.builders.problems import is_problem

REFUSED = (
    "/users?q=%00",
    "/users?q=a%00b",
    "/audit?object_id=%00",
    "/audit/export?object_id=%00",
    "/audit?since=0001-01-01T00:00:00%2B14:00",
    "/audit?until=9999-12-31T23:59:59-14:00",
    "/audit/export?until=9999-12-31T23:59:59-14:00",
    "/audit?since=2026-01-01T00:00:00",  # of which zone?
    f"/audit?cursor={2**63}",
    "/audit?cursor=0",
    "/users?cursor=x",
    "/users?limit=0",
    "/users?limit=201",
)
ANSWERED = (
    "/users?q=%FF",
    "/users?q=%25_%5C",
    f"/users?q={quote(chr(0x1F600))}",
    "/audit?since=9999-12-31T23:59:59Z",
    "/audit?until=0001-01-01T00:00:00Z",
    f"/audit?cursor={2**63 - 1}",
    "/users?cursor=ffffffff-ffff-ffff-ffff-ffffffffffff",
    "/upload?cursor=00000000-0000-0000-0000-000000000000",
)


async def test_odd_values_in_addresses_are_refused_or_answered(gateway: GatewayClient) -> None:
    for path in REFUSED:
        is_problem(await gateway.http.get(path), 400, "validation-error")
    for path in ANSWERED:
        assert (await gateway.http.get(path)).status_code == 200, path


async def test_bodies_that_no_parser_bears_are_refused(gateway: GatewayClient) -> None:
    for body in ("[" * 100_000, '{"file_sizes": [' + "9" * 5000 + "]}", '{"file_sizes": [1e999, NaN]}'):
        answer = await gateway.http.post("/upload/init", content=body, headers={"Content-Type": "application/json"})
        is_problem(answer, 400, "validation-error")


async def test_an_address_that_can_be_no_file_is_the_page(gateway: GatewayClient) -> None:
    gateway.infrastructure.settings.web_dir.mkdir()
    for path in ("%00", "a%00b", "x" * 300, "%ff", "a/" * 200, "%2e%2e/%2e%2e/etc/passwd"):
        answer = await gateway.http.get(httpx.URL(f"http://gateway/{path}"))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8"), path
