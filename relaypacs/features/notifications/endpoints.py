"""`/notifications`: the list, and the live stream (server-sent events, WHATWG HTML 9.2)."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Response, status
from sse_starlette import EventSourceResponse, ServerSentEvent

from relaypacs.core.conditional import etag
from relaypacs.dependencies import IfMatch, InfrastructureDep, PageLimit
from relaypacs.features.identity.dependencies import BearerToken, SessionsDep, SignedIn
from relaypacs.features.identity.errors import InvalidToken
from relaypacs.features.identity.models import Role
from relaypacs.features.notifications.dependencies import (
    Listening,
    NotificationServiceDep,
    PreferencesDep,
    PushSubscriptionsDep,
)
from relaypacs.features.notifications.schemas import (
    NotificationPage,
    PreferencesChange,
    PreferencesView,
    PushSubscriptionNew,
    PushSubscriptionView,
)
from relaypacs.features.notifications.service import WorklistChanged
from relaypacs.features.notifications.service.email import send_test

router = APIRouter(prefix="/notifications", tags=["notifications"])


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


def _tagged(response: Response, view: PreferencesView) -> PreferencesView:
    response.headers["ETag"] = etag(view.version)
    return view
