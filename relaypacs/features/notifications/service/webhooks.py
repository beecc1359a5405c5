"""The webhooks of sites, as administrators manage them."""

import os
import time
from base64 import b64encode
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.outbound.base import AddressNotAllowed
from relaypacs.core.clock import new_id, now
from relaypacs.core.conditional import require_match
from relaypacs.features.audit.models import Action, AuditOutcome
from relaypacs.features.audit.service.trail import Actor, AuditTrail, Entry
from relaypacs.features.identity.errors import UnknownSite
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.notifications.errors import (
    WebhookAddressWrong,
    WebhookNotFound,
    WebhookUnavailable,
)
from relaypacs.features.notifications.models import Channel, OutgoingMessage, Webhook
from relaypacs.features.notifications.outgoing_rows import OutgoingRepository
from relaypacs.features.notifications.schemas import WebhookChange, WebhookNew
from relaypacs.features.notifications.service.webhook_calls import (
    SECRET_PREFIX,
    WITHDRAWN,
    call,
    call_body,
    note_success,
    secret_context,
)
from relaypacs.features.notifications.webhook_rows import WebhookRepository
from relaypacs.infrastructure import Infrastructure

SECRET_BYTES = 32


class Webhooks:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._database = infrastructure.database
        self._vault = infrastructure.vault
        self._trail = AuditTrail(infrastructure)

    async def page(self, *, site_id: UUID | None = None, after: UUID | None, limit: int) -> Sequence[Webhook]:
        async with self._database.read() as session:
            return await WebhookRepository(session).page(site_id=site_id, after=after, limit=limit)

    async def get(self, webhook_id: UUID) -> Webhook:
        """Return a webhook. Raises WebhookNotFound."""
        async with self._database.read() as session:
            return _present(await WebhookRepository(session).get(webhook_id))

    async def messages(self, webhook_id: UUID, *, before: UUID | None, limit: int) -> Sequence[OutgoingMessage]:
        """Return what was to be sent there in the last month, the newest first. Raises WebhookNotFound."""
        async with self._database.read() as session:
            repository = WebhookRepository(session)
            _present(await repository.get(webhook_id))
            return await repository.messages(webhook_id, before=before, limit=limit)

    async def create(self, request: WebhookNew, actor: Actor) -> tuple[Webhook, str]:
        """Make a webhook. Returns it with its secret, which is never shown again.

        Raises WebhookAddressWrong, UnknownSite.
        """
        self._check(request.url)
        webhook = Webhook(id=new_id(), site_id=request.site_id, url=request.url, enabled=request.enabled)
        webhook.types = sorted(request.types)
        secret = self._new_secret(webhook)
        async with self._database.write() as session:
            if await IdentityRepository(session).site(request.site_id) is None:
                raise UnknownSite("There is no such site.")
            await WebhookRepository(session).add(webhook)
            self._record(session, Action.WEBHOOK_CREATED, actor, webhook, request.model_fields_set)
        return webhook, secret

    async def change(
        self, webhook_id: UUID, request: WebhookChange, if_match: str | None, actor: Actor
    ) -> tuple[Webhook, str | None]:
        """Change what the request names; with a new secret return that, which is never shown again.

        Raises WebhookNotFound, StaleEdit, WebhookAddressWrong.
        """
        if request.url is not None:
            self._check(request.url)
        async with self._database.write() as session:
            webhook = _present(await WebhookRepository(session).lock(webhook_id))
            require_match(if_match, webhook.version)
            secret = self._new_secret(webhook) if request.new_secret else None
            webhook.url = request.url or webhook.url
            if request.types is not None:
                webhook.types = sorted(request.types)
            if request.enabled is not None:
                webhook.enabled = request.enabled
            if request.enabled or request.url:  # somebody has looked: it is called again
                webhook.parked_at = webhook.failing_since = None
            webhook.version += 1
            await session.flush()
            if webhook.enabled:
                await OutgoingRepository(session).try_now(Channel.WEBHOOK, webhook_id)
            else:
                await OutgoingRepository(session).drop_waiting(Channel.WEBHOOK, webhook_id, WITHDRAWN)
            self._record(session, Action.WEBHOOK_CHANGED, actor, webhook, request.model_fields_set)
        return webhook, secret

    async def remove(self, webhook_id: UUID, if_match: str | None, actor: Actor) -> None:
        """Call a webhook no more. Raises WebhookNotFound, StaleEdit."""
        async with self._database.write() as session:
            webhook = _present(await WebhookRepository(session).lock(webhook_id))
            require_match(if_match, webhook.version)
            await OutgoingRepository(session).drop_waiting(Channel.WEBHOOK, webhook_id, WITHDRAWN)
            await WebhookRepository(session).remove(webhook_id)
            self._record(session, Action.WEBHOOK_REMOVED, actor, webhook, set())

    async def test(self, webhook_id: UUID, actor: Actor) -> int:
        """Call a webhook now, also one that is off or parked. Returns the milliseconds that it took.

        Raises WebhookNotFound, and WebhookUnavailable with what is wrong.
        """
        webhook = await self.get(webhook_id)
        began = time.monotonic()
        body = call_body(self._infrastructure.settings, webhook, None, None, now())
        _, problem = await call(self._infrastructure, webhook, new_id(), body)
        outcome = AuditOutcome.FAILURE if problem else AuditOutcome.SUCCESS
        async with self._database.write() as session:
            self._trail.record(session, Entry(Action.WEBHOOK_TESTED, actor, "webhook", str(webhook_id), outcome))
            row = await WebhookRepository(session).lock(webhook_id)
            if row and not problem:
                note_success(row)
                await session.flush()
                await OutgoingRepository(session).try_now(Channel.WEBHOOK, webhook_id)
        if problem:
            raise WebhookUnavailable(f"{problem[:1].upper()}{problem[1:].removesuffix('.')}.")
        return round((time.monotonic() - began) * 1000)

    def _check(self, url: str) -> None:
        try:
            self._infrastructure.outbound.check(url)
        except AddressNotAllowed as refusal:
            raise WebhookAddressWrong(str(refusal)) from None

    def _new_secret(self, webhook: Webhook) -> str:
        secret = SECRET_PREFIX + b64encode(os.urandom(SECRET_BYTES)).decode()
        webhook.secret = self._vault.seal(secret, secret_context(webhook.id))
        return secret

    def _record(self, session: AsyncSession, action: Action, actor: Actor, webhook: Webhook, fields: set[str]) -> None:
        """Write down which members were given; never what they hold."""
        details = {"fields": sorted(fields)} if fields else {}
        self._trail.record(session, Entry(action, actor, "webhook", str(webhook.id), details=details))


def _present(webhook: Webhook | None) -> Webhook:
    if webhook is None:
        raise WebhookNotFound("There is no such webhook.")
    return webhook
