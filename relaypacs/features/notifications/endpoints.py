"""`/notifications`: the list, the live stream (server-sent events, WHATWG HTML 9.2) and other ways; `/webhooks`."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Response, status
from sse_starlette import EventSourceResponse, ServerSentEvent

from relaypacs.core.conditional import etag
from relaypacs.dependencies import IfMatch, InfrastructureDep, PageLimit
from relaypacs.features.identity.dependencies import Admin, BearerToken, SessionsDep, SignedIn
from relaypacs.features.identity.errors import InvalidToken
from relaypacs.features.identity.models import Role
from relaypacs.features.notifications.dependencies import (
    Listening,
    NotificationServiceDep,
    PreferencesDep,
    PushSubscriptionsDep,
    WebhooksDep,
)
from relaypacs.features.notifications.metrics import STREAMS
from relaypacs.features.notifications.models import Webhook
from relaypacs.features.notifications.schemas import (
    NotificationPage,
    PreferencesChange,
    PreferencesView,
    PushSubscriptionNew,
    PushSubscriptionView,
    WebhookAnswer,
    WebhookChange,
    WebhookMessage,
    WebhookMessagePage,
    WebhookNew,
    WebhookPage,
    WebhookTest,
    WebhookView,
)
from relaypacs.features.notifications.service import WorklistChanged
from relaypacs.features.notifications.service.email import send_test

router = APIRouter(prefix="/notifications", tags=["notifications"])
webhooks = APIRouter(prefix="/webhooks", tags=["webhooks"])


@router.get("")
async def list_notifications(
    caller: SignedIn,
    service: NotificationServiceDep,
    limit: PageLimit = 50,
    cursor: UUID | None = None,
) -> NotificationPage:
    return await service.page(caller.user_id, before=cursor, limit=limit)


@router.get("/stream", response_class=EventSourceResponse)
async def stream(
    caller: Listening,
    token: BearerToken,
    sessions: SessionsDep,
    service: NotificationServiceDep,
    last_event_id: Annotated[UUID | None, Header()] = None,
) -> EventSourceResponse:
    """Stream notifications as they come; `Last-Event-ID` replays what was missed. Ends when the session does.

    Radiologists and administrators also get `event: worklist`, without id and data, when it is time to ask for the
    worklist again.
    """
    with_worklist = caller.role in (Role.RADIOLOGIST, Role.ADMIN)

    async def may_listen() -> bool:
        try:
            await sessions.authenticate(token.credentials if token else "", caller.origin)
        except InvalidToken:
            return False
        return True

    async def events() -> AsyncIterator[ServerSentEvent]:
        with STREAMS.track_inprogress():
            async for item in service.follow(caller.user_id, last_event_id, may_listen, with_worklist=with_worklist):
                if item is None:
                    yield ServerSentEvent(comment="heartbeat")
                elif isinstance(item, WorklistChanged):
                    yield ServerSentEvent(event="worklist", data="{}")
                else:
                    yield ServerSentEvent(event="notification", id=str(item.id), data=item.model_dump_json())

    return EventSourceResponse(events(), headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


@router.get("/preferences")
async def get_preferences(caller: SignedIn, service: PreferencesDep, response: Response) -> PreferencesView:
    """Say how the caller is told of what, and by which channels this gateway can tell him."""
    return _tagged(response, await service.get(caller))


@router.put("/preferences")
async def put_preferences(
    change: PreferencesChange, caller: SignedIn, service: PreferencesDep, response: Response, if_match: IfMatch = None
) -> PreferencesView:
    return _tagged(response, await service.put(caller, change, if_match))


@router.post("/test-email", status_code=status.HTTP_202_ACCEPTED)
async def send_test_email(caller: SignedIn, infrastructure: InfrastructureDep) -> None:
    """Send an e-mail to the caller's own address, which says no more than that it works."""
    await send_test(infrastructure, caller.user_id)


@router.post("/push", status_code=status.HTTP_201_CREATED)
async def add_browser(
    request: PushSubscriptionNew, caller: SignedIn, service: PushSubscriptionsDep
) -> PushSubscriptionView:
    """Tell the caller by this browser too, until it is removed or the session ends. Once more changes nothing."""
    return PushSubscriptionView.model_validate(await service.add(request, caller))


@router.delete("/push/{subscription_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_browser(subscription_id: UUID, caller: SignedIn, service: PushSubscriptionsDep) -> None:
    await service.remove(subscription_id, caller)


@router.post("/push/{subscription_id}/test", status_code=status.HTTP_202_ACCEPTED)
async def send_test_push(subscription_id: UUID, caller: SignedIn, service: PushSubscriptionsDep) -> None:
    """Send a message to a browser of the caller's, which says no more than that it works."""
    await service.test(subscription_id, caller)


@router.post("/read-all", status_code=status.HTTP_204_NO_CONTENT)
async def mark_all_read(caller: SignedIn, service: NotificationServiceDep) -> None:
    await service.mark_all_read(caller.user_id)


@router.post("/{notification_id}/read", status_code=status.HTTP_204_NO_CONTENT)
async def mark_read(notification_id: UUID, caller: SignedIn, service: NotificationServiceDep) -> None:
    await service.mark_read(caller.user_id, notification_id)


# -- webhooks: for administrators alone --------------------------------------------------------------------------


@webhooks.get("")
async def list_webhooks(
    _caller: Admin,
    service: WebhooksDep,
    site_id: UUID | None = None,
    limit: PageLimit = 50,
    cursor: UUID | None = None,
) -> WebhookPage:
    rows = await service.page(site_id=site_id, after=cursor, limit=limit)
    items = [WebhookView.model_validate(row) for row in rows]
    return WebhookPage(items=items, next_cursor=str(items[-1].id) if len(items) == limit else None)


@webhooks.post("", status_code=status.HTTP_201_CREATED)
async def create_webhook(request: WebhookNew, caller: Admin, service: WebhooksDep, response: Response) -> WebhookAnswer:
    return _answer(response, *await service.create(request, caller.actor))


@webhooks.get("/{webhook_id}")
async def get_webhook(webhook_id: UUID, _caller: Admin, service: WebhooksDep, response: Response) -> WebhookView:
    return WebhookView.model_validate(_answer(response, await service.get(webhook_id), None))


@webhooks.patch("/{webhook_id}")
async def change_webhook(
    webhook_id: UUID,
    change: WebhookChange,
    caller: Admin,
    service: WebhooksDep,
    response: Response,
    if_match: IfMatch = None,
) -> WebhookAnswer:
    """Change a webhook. With `enabled: true` or another address one that is parked is called again."""
    return _answer(response, *await service.change(webhook_id, change, if_match, caller.actor))


@webhooks.delete("/{webhook_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_webhook(webhook_id: UUID, caller: Admin, service: WebhooksDep, if_match: IfMatch = None) -> None:
    await service.remove(webhook_id, if_match, caller.actor)


@webhooks.get("/{webhook_id}/messages")
async def list_webhook_messages(
    webhook_id: UUID, _caller: Admin, service: WebhooksDep, limit: PageLimit = 50, cursor: UUID | None = None
) -> WebhookMessagePage:
    """List the calls of the last month, the newest first."""
    rows = await service.messages(webhook_id, before=cursor, limit=limit)
    items = [WebhookMessage.model_validate(row) for row in rows]
    return WebhookMessagePage(items=items, next_cursor=str(items[-1].id) if len(items) == limit else None)


@webhooks.post("/{webhook_id}/test")
async def test_webhook(webhook_id: UUID, caller: Admin, service: WebhooksDep) -> WebhookTest:
    """Call it now, with the type `test`. 503 says what is wrong."""
    return WebhookTest(milliseconds=await service.test(webhook_id, caller.actor))


def _tagged(response: Response, view: PreferencesView) -> PreferencesView:
    response.headers["ETag"] = etag(view.version)
    return view


def _answer(response: Response, webhook: Webhook, secret: str | None) -> WebhookAnswer:
    response.headers["ETag"] = etag(webhook.version)
    return WebhookAnswer.model_validate(webhook).model_copy(update={"secret": secret})
