"""`relaypacs admin webhook`: addresses that are told what the people of a site are told."""

from typing import Annotated

import typer

WebhookId = Annotated[str, typer.Argument(metavar="ID", help="As `list` prints it.", show_default=False)]
Types = Annotated[list[str] | None, typer.Option("--type", help="What it is told of; may be given more than once.")]

webhook = typer.Typer(help="Webhooks of sites.", no_args_is_help=True)


@webhook.command("create")
def create(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where calls go to.", show_default=False)],
    types: Types = None,
    site: Annotated[str | None, typer.Option(help="Name of the site; the first one unless given.")] = None,
) -> None:
    """Make a webhook, and print the secret that its calls are signed with: it is never shown again."""
    from relaypacs.cli.admin_webhooks import make  # noqa: PLC0415 - needs the server's libraries

    make(url, types or [], site)


@webhook.command("list")
def list_webhooks(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object a line.")] = False,  # noqa: FBT002
) -> None:
    """List webhooks, the oldest first, and how they are doing."""
    from relaypacs.cli.admin_webhooks import show  # noqa: PLC0415 - as above

    show(as_json=as_json)


@webhook.command("enable")
def enable(webhook_id: WebhookId) -> None:
    """Call a webhook that was off, or has taken nothing for so long that it was parked."""
    from relaypacs.cli.admin_webhooks import turn  # noqa: PLC0415 - as above

    turn(webhook_id, on=True)


@webhook.command("disable")
def disable(webhook_id: WebhookId) -> None:
    """Call a webhook no more until it is enabled. What waits for it is dropped."""
    from relaypacs.cli.admin_webhooks import turn  # noqa: PLC0415 - as above

    turn(webhook_id, on=False)


@webhook.command("remove")
def remove(webhook_id: WebhookId) -> None:
    """Remove a webhook."""
    from relaypacs.cli.admin_webhooks import forget  # noqa: PLC0415 - as above

    forget(webhook_id)


@webhook.command("test")
def test(webhook_id: WebhookId) -> None:
    """Call a webhook from this machine now, and say what is wrong."""
    from relaypacs.cli.admin_webhooks import try_out  # noqa: PLC0415 - as above

    try_out(webhook_id)
