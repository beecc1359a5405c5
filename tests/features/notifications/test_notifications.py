"""The list of notifications, and the live stream over real HTTP."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from relaypacs.core import clock
from relaypacs.core.clock import first_id_at, new_id, now
from relaypacs.core.settings import Settings
from relaypacs.features.identity.models import User
from relaypacs.features.notifications import service
from relaypacs.features.notifications.models import NotificationType
from relaypacs.features.notifications.repository import NotificationRepository
from relaypacs.features.notifications.service import notify
from tests.builders.dicom import make_study
from tests.builders.gateway import ADMIN, PASSWORD, GatewayClient
from tests.builders.problems import is_problem
from tests.builders.streams import served_gateway, stream


async def tell(gateway: GatewayClient, username: str, *messages: str) -> None:
    """Notify a user as a feature does."""
    infrastructure = gateway.infrastructure
    for message in messages:
        async with infrastructure.database.write() as session:
            user = (await session.scalars(select(User).where(User.username == username))).one()
            kind = NotificationType.UPLOAD_COMPLETE
            await notify(session, infrastructure, user.id, kind=kind, message=message, related_id=new_id())


async def listed(gateway: GatewayClient, **parameters: Any) -> dict[str, Any]:
    answer = await gateway.http.get("/notifications", params=parameters)
    body: dict[str, Any] = answer.raise_for_status().json()
    return body


async def test_an_upload_that_is_complete_is_a_notification(gateway: GatewayClient) -> None:
    upload, _ = await gateway.send(make_study(1, patient_name="CANARY^JANE"))
    body = await listed(gateway)
    (item,) = body["items"]
    assert item.keys() == {"id", "type", "message", "related_id", "is_read", "created_at"}
    assert (item["type"], item["related_id"], item["is_read"]) == ("upload_complete", upload.upload_id, False)
    assert (body["unread"], body["next_cursor"]) == (1, None)
    assert "CANARY" not in item["message"]


async def test_the_list_pages_from_the_newest_on(gateway: GatewayClient) -> None:
    await tell(gateway, ADMIN, *"abcde")
    first = await listed(gateway, limit=3)
    rest = await listed(gateway, limit=3, cursor=first["next_cursor"])
    assert [item["message"] for item in [*first["items"], *rest["items"]]] == list("edcba")
    assert (first["unread"], rest["next_cursor"]) == (5, None)
    for wrong in ({"limit": 0}, {"limit": 201}, {"cursor": "x"}):
        is_problem(await gateway.http.get("/notifications", params=wrong), 400, "validation-error")


async def test_reading_one_and_all(gateway: GatewayClient) -> None:
    await tell(gateway, ADMIN, *"abc")
    items = (await listed(gateway))["items"]
    for _ in range(2):
        assert (await gateway.http.post(f"/notifications/{items[0]['id']}/read")).status_code == 204
    body = await listed(gateway)
    assert [item["is_read"] for item in body["items"]] == [True, False, False]
    assert body["unread"] == 2
    assert (await gateway.http.post("/notifications/read-all")).status_code == 204
    assert (await listed(gateway))["unread"] == 0


async def test_another_users_notifications_do_not_exist(gateway: GatewayClient) -> None:
    await tell(gateway, ADMIN, "mine")
    (item,) = (await listed(gateway))["items"]
    stranger = await gateway.another("stranger")
    assert (await listed(stranger)) == {"items": [], "next_cursor": None, "unread": 0}
    for identifier in (item["id"], new_id()):
        answer = await stranger.http.post(f"/notifications/{identifier}/read")
        is_problem(answer, 404, "notification-not-found")
    assert (await stranger.http.post("/notifications/read-all")).status_code == 204
    assert (await listed(gateway))["unread"] == 1


# -- the stream ------------------------------------------------------------------------------------------------


@pytest.fixture
async def served(settings: Settings) -> AsyncIterator[GatewayClient]:
    async with served_gateway(settings) as gateway:
        yield gateway


async def test_a_frame_is_as_specified(served: GatewayClient) -> None:
    async with stream(served) as frames:
        assert frames.answer.headers["content-type"].startswith("text/event-stream")
        assert frames.answer.headers["cache-control"] == "no-store"
        await tell(served, ADMIN, "news")
        data = await frames.notification()
    assert data.keys() >= {"id", "type", "message", "related_id", "created_at"}
    assert (data["type"], data["message"]) == ("upload_complete", "news")
    UUID(data["id"])


async def test_unread_ones_come_first_then_what_comes_in_order_and_once(served: GatewayClient) -> None:
    await tell(served, ADMIN, "a", "b")
    async with stream(served) as frames:
        seen = [(await frames.notification())["message"] for _ in range(2)]
        await tell(served, ADMIN, "c", "d", "e")
        seen += [(await frames.notification())["message"] for _ in range(3)]
    assert seen == list("abcde")


async def test_what_was_missed_is_replayed_after_the_last_event_id(
    served: GatewayClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "REPLAY_PAGE", 2)
    await tell(served, ADMIN, *"abcdefg")
    await served.http.post("/notifications/read-all")
    newest_first = (await listed(served))["items"]
    async with stream(served, last_event_id=newest_first[-2]["id"]) as frames:
        assert [(await frames.notification())["message"] for _ in range(5)] == list("cdefg")


async def test_nothing_is_passed_over_that_was_begun_earlier_and_committed_later(served: GatewayClient) -> None:
    infrastructure = served.infrastructure
    async with stream(served) as frames:
        await tell(served, ADMIN, "first")
        await frames.notification()
        async with infrastructure.database.write() as session:
            user = (await session.scalars(select(User).where(User.username == ADMIN))).one()
            kind = NotificationType.UPLOAD_COMPLETE
            await notify(session, infrastructure, user.id, kind=kind, message="early", related_id=new_id())
            telling = asyncio.create_task(tell(served, ADMIN, "late"))
            await asyncio.wait([telling], timeout=1)  # one database has it wait, the other one does not
            heard = [await frames.notification()] if telling.done() else []
        await telling
        heard += [await frames.notification() for _ in range(2 - len(heard))]
    assert {item["message"] for item in heard} == {"early", "late"}
    assert [item["id"] for item in heard] == sorted(item["id"] for item in heard)
    assert [item["id"] for item in (await listed(served))["items"][:2]] == [item["id"] for item in reversed(heard)]


async def test_nothing_is_passed_over_that_a_process_with_a_slower_clock_has_written(
    gateway: GatewayClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream goes on behind the last id that it has sent, whoever made it."""
    user_id = UUID((await gateway.http.get("/auth/me")).json()["id"])
    with monkeypatch.context() as ahead:
        hour_later = first_id_at(now() + timedelta(hours=1))
        ahead.setattr(clock, "new_id", lambda: hour_later)
        await tell(gateway, ADMIN, "of the process ahead")
    await tell(gateway, ADMIN, *"ab")
    async with gateway.infrastructure.database.read() as session:
        found = await NotificationRepository(session).since(user_id, hour_later, 10)
    assert [each.message for each in found] == ["a", "b"]
    assert [item["message"] for item in (await listed(gateway))["items"]] == ["b", "a", "of the process ahead"]


async def test_one_users_news_are_not_anothers(served: GatewayClient) -> None:
    (await served.register("stranger")).raise_for_status()
    async with stream(served) as frames:
        await tell(served, "stranger", "not for you")
        await tell(served, ADMIN, "for you")
        assert (await frames.notification())["message"] == "for you"


async def test_every_open_stream_of_a_user_gets_it(served: GatewayClient) -> None:
    async with stream(served) as phone, stream(served) as desk:
        await tell(served, ADMIN, "news")
        assert (await phone.notification()) == (await desk.notification())


async def test_heartbeats_are_comments(served: GatewayClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "LOOK_AGAIN_SECONDS", 0.05)
    async with stream(served) as frames:
        assert await frames.next() == {"": "heartbeat"}


async def test_what_no_signal_announced_is_found_by_looking_again(
    served: GatewayClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "LOOK_AGAIN_SECONDS", 0.05)

    async def lost(_channel: str) -> None:
        """Nobody hears this."""

    monkeypatch.setattr(served.infrastructure.events, "signal", lost)
    async with stream(served) as frames:
        await tell(served, ADMIN, "news")
        assert (await frames.notification())["message"] == "news"


async def test_the_stream_ends_soon_after_logout(served: GatewayClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "LOOK_AGAIN_SECONDS", 0.05)
    async with stream(served) as frames:
        await frames.next()
        assert (await served.http.post("/auth/logout")).status_code == 204
        await frames.until_the_end()


async def test_nothing_is_told_after_logout_also_where_news_keep_coming(served: GatewayClient) -> None:
    async with stream(served) as frames:
        await tell(served, ADMIN, "before")
        assert (await frames.notification())["message"] == "before"
        assert (await served.http.post("/auth/logout")).status_code == 204
        await tell(served, ADMIN, "after")
        await frames.until_the_end(allowed=set())


async def test_the_token_travels_in_the_header_only(served: GatewayClient) -> None:
    tokens = await served.sign_in(ADMIN, PASSWORD)
    del served.http.headers["Authorization"]
    for name in ("token", "access_token"):
        answer = await served.http.get("/notifications/stream", params={name: tokens["access_token"]})
        is_problem(answer, 401, "invalid-token")


async def test_a_last_event_id_that_is_none_is_400(served: GatewayClient) -> None:
    answer = await served.http.get("/notifications/stream", headers={"Last-Event-ID": "x"})
    is_problem(answer, 400, "validation-error")
