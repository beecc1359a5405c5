"""Tells people something as a feature does, and looks at what goes out for it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from relaypacs.core.clock import new_id
from relaypacs.features.identity.models import User
from relaypacs.features.notifications.models import Channel, MessageState, NotificationType, OutgoingMessage
from relaypacs.features.notifications.service import notify
from tests.builders.gateway import GatewayClient
from tests.builders.waiting import until


async def tell(
    gateway: GatewayClient,
    username: str,
    kind: NotificationType = NotificationType.CRITICAL_RESULT,
    *,
    message: str = "In the gateway's own words.",
    related_id: UUID | None = None,
) -> None:
    async with gateway.infrastructure.database.write() as session:
        user = (await session.scalars(select(User).where(User.username == username))).one()
        await notify(
            session, gateway.infrastructure, user.id, kind=kind, message=message, related_id=related_id or new_id()
        )


async def outgoing(gateway: GatewayClient, channel: Channel | None = None) -> Sequence[OutgoingMessage]:
    """Return what is to go out, or did, in the order in which it was written."""
    query = select(OutgoingMessage).order_by(OutgoingMessage.id)
    async with gateway.infrastructure.database.read() as session:
        return (await session.scalars(query.where(OutgoingMessage.channel == channel) if channel else query)).all()


async def until_states(gateway: GatewayClient, *states: MessageState) -> Sequence[OutgoingMessage]:
    """Return all messages as soon as their states are these."""

    async def reached() -> bool:
        return [message.state for message in await outgoing(gateway)] == list(states)

    await until(reached)
    return await outgoing(gateway)


async def preferences(client: GatewayClient) -> dict[str, Any]:
    body: dict[str, Any] = (await client.http.get("/notifications/preferences")).raise_for_status().json()
    return body


async def prefer(client: GatewayClient, kind: NotificationType, *, language: str = "en", **channels: bool) -> None:
    """Change how the client is told of one type."""
    present = {choice["type"]: choice for choice in (await preferences(client))["choices"]}
    body = {"language": language, "choices": [{**present[kind.value], **channels}]}
    (await client.http.put("/notifications/preferences", json=body)).raise_for_status()
