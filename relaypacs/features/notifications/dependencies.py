"""The notification service for an endpoint."""

from typing import Annotated

from fastapi import Depends

from relaypacs.dependencies import InfrastructureDep
from relaypacs.features.notifications.service import NotificationService


async def notification_service(infrastructure: InfrastructureDep) -> NotificationService:
    return NotificationService(infrastructure.database, infrastructure.events)


NotificationServiceDep = Annotated[NotificationService, Depends(notification_service)]
