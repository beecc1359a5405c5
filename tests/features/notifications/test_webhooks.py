"""Webhooks of sites: what they get, how it is proven, and what becomes of one that takes nothing."""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from relaypacs.core.clock import new_id, now
from relaypacs.core.settings import Settings
from relaypacs.features.identity.models import User
from relaypacs.features.notifications.models import Channel, MessageState, NotificationType, OutgoingMessage
from relaypacs.features.notifications.service import notify
from relaypacs.features.notifications.service.webhook_calls import WebhookCourier, signed
from tests.builders.gateway import ADMIN, GatewayClient
from tests.builders.people import make_site, make_user
from tests.builders.problems import is_problem
from tests.builders.telling import outgoing, tell, until_states
from tests.builders.waiting import until
from tests.conftest import running_gateway
from tests.features.notifications.conftest import PUBLIC_URL
from tests.servers.ports import free_port
from tests.servers.receiver import Arrival, Receiver, receiving

SENT, WAITING, FAILED, DROPPED = MessageState.SENT, MessageState.WAITING, MessageState.FAILED, MessageState.DROPPED


@pytest.fixture(autouse=True)
def impatient_webhooks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WebhookCourier, "longest_pause", 0.05)


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiving() as receiver:
        receiver.status = 200
        yield receiver


@pytest.fixture
async def calling(settings: Settings) -> AsyncIterator[GatewayClient]:
    more = {"public_url": PUBLIC_URL, "outbound_networks": "127.0.0.0/8", "wake_interval": 0.1}
    async with running_gateway(settings.model_copy(update=more)) as client:
        await client.sign_in(ADMIN)
        yield client


async def make_webhook(gateway: GatewayClient, url: str, site_id: str, **more: Any) -> dict[str, Any]:
    body = {"site_id": site_id, "url": url, "types": ["critical_result", "report_ready"], **more}
    answer = await gateway.http.post("/webhooks", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def scene(gateway: GatewayClient, hook: Receiver, **more: Any) -> dict[str, Any]:
    """Return a webhook of a site at which Rosa and Bert work."""
    site = await make_site(gateway, "Here")
    for name in ("rosa", "bert"):
        await make_user(gateway, name, site_id=site)
    return await make_webhook(gateway, f"{hook.address}/hook", site, **more)


async def webhook(gateway: GatewayClient, made: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = (await gateway.http.get(f"/webhooks/{made['id']}")).raise_for_status().json()
    return body


def is_signed(arrival: Arrival, secret: str) -> bool:
    """Check a call as whoever receives it does (Standard Webhooks)."""
    prefix, _, key = secret.partition("_")
    assert prefix == "whsec"
    identifier, moment = arrival.headers["webhook-id"], arrival.headers["webhook-timestamp"]
    digest = hmac.new(b64decode(key), f"{identifier}.{moment}.".encode() + arrival.body, hashlib.sha256).digest()
    assert abs(int(moment) - now().timestamp()) < 60
    return arrival.headers["webhook-signature"] == f"v1,{b64encode(digest).decode()}"


def test_the_example_of_the_standard() -> None:
    """The one that svix and standardwebhooks document and test with."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    at = now().fromtimestamp(1614265330, tz=now().tzinfo)
    made = signed(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert made["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_a_site_is_told_once_what_its_people_are_told(calling: GatewayClient, hook: Receiver) -> None:
    made = await scene(calling, hook)
    report_id = new_id()
    async with calling.infrastructure.database.write() as session:
        for name in ("rosa", "bert"):
            user = (await session.scalars(select(User).where(User.username == name))).one()
            kind = NotificationType.CRITICAL_RESULT
            await notify(session, calling.infrastructure, user.id, kind=kind, message="Words.", related_id=report_id)
    (arrival,) = await hook.wait_for(1)
    assert (arrival.path, is_signed(arrival, made["secret"])) == ("/hook", True)
    assert not is_signed(arrival, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    (message,) = await until_states(calling, SENT)
    body = json.loads(arrival.body)
    assert body == {
        "type": "critical_result",
        "timestamp": message.created_at.isoformat(),
        "data": {
            "site_id": made["site_id"],
            "page": f"{PUBLIC_URL}/reports/{report_id}",
            "report_id": str(report_id),
        },
    }
    assert arrival.headers["webhook-id"] == str(message.id)
    assert (await webhook(calling, made))["last_success_at"]


async def test_other_sites_other_types_and_those_that_are_off_hear_nothing(
    calling: GatewayClient, hook: Receiver
) -> None:
    made = await scene(calling, hook, enabled=False)
    there = await make_site(calling, "There")
    await make_webhook(calling, f"{hook.address}/there", there)
    await tell(calling, "rosa")
    assert await outgoing(calling) == []
    change = {"enabled": True}
    (await calling.http.patch(f"/webhooks/{made['id']}", json=change)).raise_for_status()
    await tell(calling, "rosa", NotificationType.UPLOAD_FAILED)
    await tell(calling, "rosa", NotificationType.REPORT_READY)
    await until_states(calling, SENT)
    assert [json.loads(arrival.body)["type"] for arrival in hook.arrivals] == ["report_ready"]


async def test_what_is_not_taken_comes_again_under_the_same_name_and_in_order(
    calling: GatewayClient, hook: Receiver
) -> None:
    made = await scene(calling, hook)
    hook.status = 500
    for kind in (NotificationType.CRITICAL_RESULT, NotificationType.REPORT_READY):
        await tell(calling, "rosa", kind)
    await hook.wait_for(3)
    view = await webhook(calling, made)
    assert (view["last_error"], view["failing_since"] is not None) == ("it answers with HTTP 500", True)
    hook.status = 204
    first, second = await until_states(calling, SENT, SENT)
    assert [arrival.headers["webhook-id"] for arrival in hook.arrivals[-2:]] == [str(first.id), str(second.id)]
    assert len({arrival.body for arrival in hook.arrivals}) == 2
    assert all(is_signed(arrival, made["secret"]) for arrival in hook.arrivals)
    view = await webhook(calling, made)
    assert (view["last_error"], view["failing_since"]) == ("", None)


async def test_the_attempts_can_be_looked_at(calling: GatewayClient, hook: Receiver) -> None:
    made = await scene(calling, hook)
    hook.status, hook.extra = 301, {"Location": f"{hook.address}/elsewhere"}
    await tell(calling, "rosa")
    await hook.wait_for(2)

    async def page(**parameters: Any) -> dict[str, Any]:
        answer = await calling.http.get(f"/webhooks/{made['id']}/messages", params=parameters)
        body: dict[str, Any] = answer.raise_for_status().json()
        return body

    async def noted() -> bool:
        return (await page())["items"][0]["attempts"] >= 2

    await until(noted)
    (item,) = (await page())["items"]
    assert (item["type"], item["state"], item["last_reason"]) == (
        "critical_result",
        "waiting",
        "it answers with HTTP 301",
    )
    hook.status = 200
    await until_states(calling, SENT)
    await tell(calling, "rosa", NotificationType.REPORT_READY)
    await until_states(calling, SENT, SENT)
    newest = await page(limit=1)
    assert [row["type"] for row in newest["items"]] == ["report_ready"]
    rest = await page(limit=5, cursor=newest["next_cursor"])
    assert [(row["type"], row["state"]) for row in rest["items"]] == [("critical_result", "sent")]


async def test_one_that_takes_nothing_for_three_days_is_parked_and_told_of_once(
    calling: GatewayClient, hook: Receiver
) -> None:
    made = await scene(calling, hook)
    hook.status = 500
    await tell(calling, "rosa")
    await tell(calling, "rosa", NotificationType.REPORT_READY)
    async with calling.infrastructure.database.write() as session:
        await session.execute(update(OutgoingMessage).values(created_at=now() - timedelta(days=3)))

    async def parked() -> bool:
        return {message.state for message in await outgoing(calling)} == {FAILED, DROPPED}

    await until(parked)  # whichever is tried first then is the one that has failed
    await tell(calling, "rosa")
    assert len(await outgoing(calling, Channel.WEBHOOK)) == 2
    news = (await calling.http.get("/notifications")).json()["items"]
    alerts = [item for item in news if item["type"] == "webhook_alert"]
    assert [item["related_id"] for item in alerts] == [made["id"]]
    assert "“Here”" in alerts[0]["message"]
    assert (await webhook(calling, made))["parked_at"]
    hook.status = 200
    (await calling.http.patch(f"/webhooks/{made['id']}", json={"enabled": True})).raise_for_status()
    await tell(calling, "rosa")

    async def called() -> bool:
        return (await outgoing(calling))[-1].state is SENT

    await until(called)


async def test_a_test_says_at_once_what_is_wrong(calling: GatewayClient, hook: Receiver) -> None:
    made = await scene(calling, hook)
    answer = await calling.http.post(f"/webhooks/{made['id']}/test")
    assert answer.raise_for_status().json()["milliseconds"] >= 0
    (arrival,) = hook.arrivals
    assert (json.loads(arrival.body)["type"], is_signed(arrival, made["secret"])) == ("test", True)
    hook.status = 404
    problem = is_problem(await calling.http.post(f"/webhooks/{made['id']}/test"), 503, "webhook-unavailable")
    assert problem["detail"] == "It answers with HTTP 404."
    dead = await make_webhook(calling, f"http://127.0.0.1:{free_port()}/", made["site_id"])
    is_problem(await calling.http.post(f"/webhooks/{dead['id']}/test"), 503, "webhook-unavailable")


async def test_a_secret_is_shown_once_and_can_be_renewed(calling: GatewayClient, hook: Receiver) -> None:
    made = await scene(calling, hook)
    assert "secret" not in await webhook(calling, made)
    listed = (await calling.http.get("/webhooks", params={"site_id": made["site_id"]})).json()["items"]
    assert [row["id"] for row in listed] == [made["id"]]
    assert "secret" not in listed[0]
    answer = await calling.http.patch(f"/webhooks/{made['id']}", json={"new_secret": True})
    renewed = answer.raise_for_status().json()["secret"]
    assert renewed != made["secret"]
    await calling.http.post(f"/webhooks/{made['id']}/test")
    assert is_signed(hook.arrivals[0], renewed)
    assert (await calling.http.patch(f"/webhooks/{made['id']}", json={"types": []})).json()["secret"] is None


async def test_changes_on_something_stale_are_refused(calling: GatewayClient, hook: Receiver) -> None:
    made = await scene(calling, hook)
    path, stale = (
        f"/webhooks/{made['id']}",
        {"If-Match": (await calling.http.get(f"/webhooks/{made['id']}")).headers["etag"]},
    )
    (await calling.http.patch(path, json={"types": ["report_ready"]}, headers=stale)).raise_for_status()
    is_problem(await calling.http.patch(path, json={"enabled": False}, headers=stale), 409, "stale-edit")
    is_problem(await calling.http.delete(path, headers=stale), 409, "stale-edit")
    assert (await calling.http.delete(path)).status_code == 204
    is_problem(await calling.http.get(path), 404, "webhook-not-found")
    is_problem(await calling.http.get(f"{path}/messages"), 404, "webhook-not-found")
    is_problem(await calling.http.post(f"{path}/test"), 404, "webhook-not-found")
    await tell(calling, "rosa")
    assert await outgoing(calling) == []


@pytest.mark.parametrize("url", ["http://hook.example/", "https://10.1.2.3/", "https://a:b@hook.example/", "hook"])
async def test_an_address_inside_is_refused(gateway: GatewayClient, url: str) -> None:
    site = await make_site(gateway, "Here")
    answer = await gateway.http.post("/webhooks", json={"site_id": site, "url": url, "types": []})
    is_problem(answer, 422, "webhook-address-wrong")
    good = await make_webhook(gateway, "https://hook.example/a", site)
    is_problem(await gateway.http.patch(f"/webhooks/{good['id']}", json={"url": url}), 422, "webhook-address-wrong")


async def test_a_site_that_does_not_exist(gateway: GatewayClient) -> None:
    body = {"site_id": str(new_id()), "url": "https://hook.example/", "types": []}
    is_problem(await gateway.http.post("/webhooks", json=body), 422, "unknown-site")
