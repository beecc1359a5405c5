"""The services of notifications for endpoints."""

from typing import Annotated

from fastapi import Depends

from relaypacs.dependencies import InfrastructureDep, OriginDep
from relaypacs.features.identity.dependencies import BearerToken, SessionsDep, signed_in
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.notifications.service import NotificationService
from relaypacs.features.notifications.service.preferences import Preferences
from relaypacs.features.notifications.service.push import PushSubscriptions
from relaypacs.features.notifications.service.webhooks import Webhooks


async def notification_service(infrastructure: InfrastructureDep) -> NotificationService:
    return NotificationService(infrastructure)


async def listening(
    infrastructure: InfrastructureDep, token: BearerToken, origin: OriginDep, service: SessionsDep
) -> Caller:
    """Any user with a valid access token, who waits for his turn where a thousand come back at one time."""
    async with infrastructure.stream_looks:
        return await signed_in(token, origin, service)


async def preferences(infrastructure: InfrastructureDep) -> Preferences:
    return Preferences(infrastructure)


async def push_subscriptions(infrastructure: InfrastructureDep) -> PushSubscriptions:
    return PushSubscriptions(infrastructure)


async def webhooks(infrastructure: InfrastructureDep) -> Webhooks:
    return Webhooks(infrastructure)


Listening = Annotated[Caller, Depends(listening)]
NotificationServiceDep = Annotated[NotificationService, Depends(notification_service)]
PreferencesDep = Annotated[Preferences, Depends(preferences)]
PushSubscriptionsDep = Annotated[PushSubscriptions, Depends(push_subscriptions)]
WebhooksDep = Annotated[Webhooks, Depends(webhooks)]
