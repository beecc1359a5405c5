"""Browsers that people are told by: which, for how long, and what they get."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import func, select

from relaypacs.core.clock import new_id
from relaypacs.core.settings import Settings
from relaypacs.features.notifications.models import Channel, MessageState, NotificationType, PushSubscription
from relaypacs.features.notifications.service import push
from relaypacs.features.notifications.service.push import PushCourier
from tests.builders.browsers import Browser, proven_claims
from tests.builders.gateway import ADMIN, GatewayClient
from tests.builders.people import signed_in
from tests.builders.problems import is_problem
from tests.builders.telling import outgoing, prefer, preferences, tell, until_states
from tests.conftest import running_gateway
from tests.features.notifications.conftest import PUBLIC_URL
from tests.servers.receiver import Receiver, receiving

SENT, WAITING, FAILED, DROPPED = MessageState.SENT, MessageState.WAITING, MessageState.FAILED, MessageState.DROPPED


@pytest.fixture(autouse=True)
def impatient_push(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PushCourier, "longest_pause", 0.05)


@pytest.fixture
def service() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
async def pushing(settings: Settings) -> AsyncIterator[GatewayClient]:
    more = {"public_url": PUBLIC_URL, "outbound_networks": "127.0.0.0/8", "wake_interval": 0.1}
    async with running_gateway(settings.model_copy(update=more)) as client:
        await client.sign_in(ADMIN)
        yield client


async def subscribe(client: GatewayClient, service: Receiver, name: str = "one") -> tuple[Browser, str]:
    browser = Browser(f"{service.address}/{name}")
    answer = await client.http.post("/notifications/push", json=browser.subscription())
    assert answer.status_code == 201
    return browser, answer.json()["id"]


async def subscriptions(gateway: GatewayClient) -> int:
    async with gateway.infrastructure.database.read() as session:
        return await session.scalar(select(func.count()).select_from(PushSubscription)) or 0


async def test_a_browser_gets_what_happened_and_nothing_about_a_patient(
    pushing: GatewayClient, service: Receiver
) -> None:
    rosa = await pushing.another("rosa")
    browser, _ = await subscribe(rosa, service)
    report_id = new_id()
    await tell(pushing, "rosa", related_id=report_id)
    (arrival,) = await service.wait_for(1)
    (item,) = (await rosa.http.get("/notifications")).json()["items"]
    message = browser.message(arrival)
    assert message.pop("at")
    assert message == {
        "tag": item["id"],
        "type": "critical_result",
        "page": f"/reports/{report_id}",
        "message": "In the gateway's own words.",
    }
    (sent,) = await until_states(pushing, SENT)
    assert (arrival.headers["topic"], arrival.headers["urgency"]) == (sent.id.hex, "high")
    key = (await preferences(rosa))["channels"]["push"]["public_key"]
    assert proven_claims(arrival, key, service.address)["sub"] == PUBLIC_URL


async def test_every_browser_of_a_person_is_told_and_nobody_elses(pushing: GatewayClient, service: Receiver) -> None:
    rosa, bert = await pushing.another("rosa"), await pushing.another("bert")
    await subscribe(rosa, service, "phone")
    await subscribe(rosa, service, "desk")
    await subscribe(bert, service, "other")
    assert (await preferences(rosa))["channels"]["push"]["browsers"] == 2
    await tell(pushing, "rosa")
    await until_states(pushing, SENT, SENT)
    assert {arrival.path for arrival in service.arrivals} == {"/phone", "/desk"}


async def test_what_is_not_wanted_is_not_pushed(pushing: GatewayClient, service: Receiver) -> None:
    rosa = await pushing.another("rosa")
    await subscribe(rosa, service)
    await tell(pushing, "rosa", NotificationType.UPLOAD_COMPLETE)
    await prefer(rosa, NotificationType.CRITICAL_RESULT, push=False)
    await tell(pushing, "rosa")
    assert await outgoing(pushing) == []


async def test_subscribing_again_changes_nothing_and_a_browser_changes_hands(
    pushing: GatewayClient, service: Receiver
) -> None:
    rosa, bert = await pushing.another("rosa"), await pushing.another("bert")
    first, identifier = await subscribe(rosa, service)
    second, same = await subscribe(rosa, service)
    assert (first.endpoint, identifier) == (second.endpoint, same)
    browser, same = await subscribe(bert, service)
    assert (same, await subscriptions(pushing)) == (identifier, 1)
    await tell(pushing, "rosa")
    await tell(pushing, "bert")
    await until_states(pushing, SENT)
    assert browser.message(service.arrivals[0])["type"] == "critical_result"


async def test_a_removed_browser_is_told_no_more(pushing: GatewayClient, service: Receiver) -> None:
    rosa, bert = await pushing.another("rosa"), await pushing.another("bert")
    _, identifier = await subscribe(rosa, service)
    is_problem(await bert.http.delete(f"/notifications/push/{identifier}"), 404, "push-subscription-not-found")
    is_problem(await bert.http.post(f"/notifications/push/{identifier}/test"), 404, "push-subscription-not-found")
    assert (await rosa.http.delete(f"/notifications/push/{identifier}")).status_code == 204
    is_problem(await rosa.http.delete(f"/notifications/push/{identifier}"), 404, "push-subscription-not-found")
    await tell(pushing, "rosa")
    assert await outgoing(pushing) == []


async def test_a_browser_goes_with_its_session(pushing: GatewayClient, service: Receiver) -> None:
    rosa = await pushing.another("rosa")
    phone = await signed_in(pushing, "rosa")
    await subscribe(phone, service, "phone")
    await subscribe(rosa, service, "desk")
    service.status = 503
    await tell(pushing, "rosa")
    await until_states(pushing, WAITING, WAITING)
    sessions = (await rosa.http.get("/auth/sessions")).json()["items"]
    (other,) = [row["id"] for row in sessions if not row["is_current"]]
    (await rosa.http.delete(f"/auth/sessions/{other}")).raise_for_status()
    await until_states(pushing, DROPPED, WAITING)
    service.status = 201
    await until_states(pushing, DROPPED, SENT)
    assert service.arrivals[-1].path == "/desk"
    await tell(pushing, "rosa")
    assert len(await outgoing(pushing)) == 3


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_the_push_service_has_forgotten_is_removed(
    pushing: GatewayClient, service: Receiver, status: int
) -> None:
    rosa = await pushing.another("rosa")
    await subscribe(rosa, service)
    service.status = status
    await tell(pushing, "rosa")
    await until_states(pushing, DROPPED)
    assert await subscriptions(pushing) == 0


async def test_a_push_service_that_is_busy_gets_it_again(pushing: GatewayClient, service: Receiver) -> None:
    rosa = await pushing.another("rosa")
    browser, _ = await subscribe(rosa, service)
    service.status = 503
    await tell(pushing, "rosa")
    await service.wait_for(2)
    service.status = 201
    (message,) = await until_states(pushing, SENT)
    assert {arrival.headers["topic"] for arrival in service.arrivals} == {message.id.hex}
    assert len({browser.message(arrival)["tag"] for arrival in service.arrivals}) == 1


async def test_a_test_message_and_one_that_is_refused(pushing: GatewayClient, service: Receiver) -> None:
    rosa = await pushing.another("rosa")
    browser, identifier = await subscribe(rosa, service)
    assert (await rosa.http.post(f"/notifications/push/{identifier}/test")).status_code == 202
    message = browser.message((await service.wait_for(1))[0])
    assert (message["type"], message["page"], message["message"]) == ("test", "/notifications/settings", "")
    await until_states(pushing, SENT)
    service.status = 400
    await rosa.http.post(f"/notifications/push/{identifier}/test")
    _, refused = await until_states(pushing, SENT, FAILED)
    assert refused.last_reason == "the push service answers with HTTP 400"


async def test_the_oldest_browser_makes_room(
    pushing: GatewayClient, service: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "MOST_BROWSERS", 2)
    rosa = await pushing.another("rosa")
    for name in ("a", "b", "c"):
        await subscribe(rosa, service, name)
    await tell(pushing, "rosa")
    await until_states(pushing, SENT, SENT)
    assert {arrival.path for arrival in service.arrivals} == {"/b", "/c"}


@pytest.mark.parametrize("endpoint", ["https://192.168.7.7/x", "http://push.example/x", "https://[::1]/x"])
async def test_nobody_has_the_gateway_call_into_its_own_network(pushing: GatewayClient, endpoint: str) -> None:
    answer = await pushing.http.post("/notifications/push", json=Browser(endpoint).subscription())
    is_problem(answer, 422, "push-subscription-wrong")


async def test_a_gateway_without_an_address_offers_no_push(gateway: GatewayClient) -> None:
    offer = (await preferences(gateway))["channels"]["push"]
    assert offer == {"offered": False, "public_key": None, "browsers": 0}
    answer = await gateway.http.post("/notifications/push", json=Browser("https://push.example/x").subscription())
    is_problem(answer, 409, "channel-not-offered")
    assert await outgoing(gateway, Channel.PUSH) == []
