"""What the commands of `relaypacs admin webhook` do, and what they say about it."""

from collections.abc import AsyncIterator, Collection
from uuid import UUID

import typer
from pydantic import ValidationError

from relaypacs.cli.admin_desk import actor, run, wrong_command_line
from relaypacs.cli.tables import print_table
from relaypacs.features.admin.service.sites import Sites
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.service.accounts import first_site
from relaypacs.features.notifications.models import NotificationType, Webhook
from relaypacs.features.notifications.schemas import WebhookChange, WebhookNew, WebhookView
from relaypacs.features.notifications.service.webhooks import Webhooks
from relaypacs.infrastructure import Infrastructure

PAGE = 200


def make(url: str, types: Collection[str], site: str | None) -> None:
    if unknown := set(types) - set(NotificationType):
        there_are = ", ".join(NotificationType)
        raise typer.BadParameter(f"There is no type {min(unknown)!r}. There are: {there_are}.")

    async def work(infrastructure: Infrastructure) -> tuple[Webhook, str]:
        site_id = await _site_id(infrastructure, site)
        try:
            request = WebhookNew(site_id=site_id, url=url, types={NotificationType(each) for each in types})
        except ValidationError as error:
            wrong_command_line(error)
        return await Webhooks(infrastructure).create(request, actor())

    webhook, secret = run(work)
    typer.echo(f"{webhook.id} was created. Its calls are signed with this secret, which is not shown again:")
    typer.echo(secret)


def show(*, as_json: bool) -> None:
    async def work(infrastructure: Infrastructure) -> tuple[list[Webhook], dict[UUID, str]]:
        webhooks = [webhook async for webhook in _all(infrastructure)]
        async with infrastructure.database.read() as session:
            names = await IdentityRepository(session).site_names({webhook.site_id for webhook in webhooks})
        return webhooks, names

    webhooks, sites = run(work)
    if as_json:
        for webhook in webhooks:
            typer.echo(WebhookView.model_validate(webhook).model_dump_json())
        return
    print_table(
        ("id", "site", "address", "state", "last error", "types"),
        (
            (
                webhook.id,
                sites[webhook.site_id],
                webhook.url,
                _state(webhook),
                webhook.last_error,
                ", ".join(webhook.types),
            )
            for webhook in webhooks
        ),
    )


def turn(webhook_id: str, *, on: bool) -> None:
    identifier = _identifier(webhook_id)

    async def work(infrastructure: Infrastructure) -> None:
        await Webhooks(infrastructure).change(identifier, WebhookChange(enabled=on), None, actor())

    run(work)
    typer.echo(f"{identifier} is {'on' if on else 'off'} now.")


def forget(webhook_id: str) -> None:
    identifier = _identifier(webhook_id)

    async def work(infrastructure: Infrastructure) -> None:
        await Webhooks(infrastructure).remove(identifier, None, actor())

    run(work)
    typer.echo(f"{identifier} was removed.")


def try_out(webhook_id: str) -> None:
    identifier = _identifier(webhook_id)

    async def work(infrastructure: Infrastructure) -> int:
        return await Webhooks(infrastructure).test(identifier, actor())

    typer.echo(f"{identifier} has taken the call, in {run(work)} ms.")


def _identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is no id of a webhook.") from None


def _state(webhook: Webhook) -> str:
    if not webhook.enabled:
        return "off"
    if webhook.parked_at:
        return "parked"
    return "failing" if webhook.failing_since else "on"


async def _site_id(infrastructure: Infrastructure, name: str | None) -> UUID:
    if name is not None:
        return (await Sites(infrastructure).named(name)).id
    async with infrastructure.database.write() as session:
        return (await first_site(IdentityRepository(session))).id


async def _all(infrastructure: Infrastructure) -> AsyncIterator[Webhook]:
    after = None
    while page := await Webhooks(infrastructure).page(after=after, limit=PAGE):
        for webhook in page:
            yield webhook
        after = page[-1].id
