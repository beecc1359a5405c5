"""The services of notifications for endpoints."""

from typing import Annotated

from fastapi import Depends

from relaypacs.dependencies import InfrastructureDep
from relaypacs.features.notifications.service import NotificationService
from relaypacs.features.notifications.service.preferences import Preferences


async def notification_service(infrastructure: InfrastructureDep) -> NotificationService:
    return NotificationService(infrastructure.database, infrastructure.events)


async def preferences(infrastructure: InfrastructureDep) -> Preferences:
    return Preferences(infrastructure)


NotificationServiceDep = Annotated[NotificationService, Depends(notification_service)]
PreferencesDep = Annotated[Preferences, Depends(preferences)]
