"""What `relaypacs admin rotate-key` and `receipt-keys` do, and what they say about it."""

import json
import sys
from base64 import b64decode
from collections.abc import Awaitable, Callable
from secrets import token_urlsafe

import typer

from relaypacs.cli.admin_desk import EXIT_REFUSED, NotReady, actor, run
from relaypacs.cli.settings_report import load_settings
from relaypacs.cli.tables import print_table
from relaypacs.core.files import write_private
from relaypacs.core.one_process import AlreadyServed, alone_in
from relaypacs.core.passwords import MIN_SECRET_LENGTH, secret_weakness
from relaypacs.core.settings import SECRET_KEY_FILE, Settings
from relaypacs.core.signing import key_id
from relaypacs.features.admin.service.keys import (
    Change,
    SecretKeyWrong,
    change_keys,
    finish_change,
    open_keys,
    replace_lost_keys,
)
from relaypacs.infrastructure import Infrastructure

GENERATED_BYTES = 48


def rotate(*, keep_sessions: bool, from_stdin: bool) -> None:
    settings = load_settings()
    is_given = bool(settings.secret_key.get_secret_value())
    if is_given and not from_stdin:
        raise typer.BadParameter("This gateway's secret key is given by RELAYPACS_SECRET_KEY: use --new-key-stdin.")
    new_secret = _read_secret() if from_stdin else token_urlsafe(GENERATED_BYTES)

    async def work(infrastructure: Infrastructure) -> Change:
        try:
            change = await change_keys(infrastructure, new_secret, actor(), keep_sessions=keep_sessions)
        except SecretKeyWrong as fault:
            raise NotReady(str(fault)) from None
        if not is_given:
            # Until this is done the old secret key opens the same keys, and from then on the new one alone.
            write_private(settings.data_dir / SECRET_KEY_FILE, new_secret)
            await finish_change(infrastructure, new_secret)
        return change

    _report(_alone(settings, work))
    if is_given:
        typer.echo("Set RELAYPACS_SECRET_KEY to the new key for every process, then start the gateway.")
        typer.echo("The old key opens the database until then, and nothing afterwards.")
    else:
        typer.echo("The new secret key is in its place. Start the gateway, and make a backup: it goes by the new key.")


def replace_lost() -> None:
    settings = load_settings()
    path = settings.data_dir / SECRET_KEY_FILE
    if not settings.secret_key.get_secret_value() and settings.data_dir.is_dir() and not path.exists():
        write_private(path, token_urlsafe(GENERATED_BYTES))

    async def work(infrastructure: Infrastructure) -> Change:
        try:
            await open_keys(infrastructure)
        except SecretKeyWrong:
            return await replace_lost_keys(infrastructure, actor())
        raise NotReady("The secret key opens the database: nothing is lost. Without --lost it is changed.")

    change = _alone(settings, work, with_any_key=True)
    typer.echo(f"The gateway goes on with the secret key that is set. {change.sessions_ended} sessions were ended.")
    typer.echo(
        "Gone are the credentials of destinations, second factors with their recovery codes, webhooks, and what the "
        "audit trail was sealed with: give the credentials again, and have people set up their second factors."
    )


def list_receipt_keys(*, as_json: bool) -> None:
    async def work(infrastructure: Infrastructure) -> list[tuple[str, str]]:
        retired = infrastructure.keys.published.retired
        return [
            (infrastructure.signer.public_key, ""),
            *((key.public_key, key.until.isoformat(timespec="seconds")) for key in reversed(retired)),
        ]

    rows = [(key_id(b64decode(public)), public, until) for public, until in run(work)]
    if as_json:
        for identifier, public, until in rows:
            typer.echo(json.dumps({"key_id": identifier, "public_key": public, "until": until or None}))
        return
    print_table(("key id", "public key", "until"), ((*row[:2], row[2] or "now") for row in rows))


def _alone(
    settings: Settings, work: Callable[[Infrastructure], Awaitable[Change]], *, with_any_key: bool = False
) -> Change:
    """Do the work while no gateway serves from the data folder, and keep one from beginning."""
    if not settings.data_dir.is_dir():
        return run(work, with_any_key=with_any_key)  # says what is wrong; with PostgreSQL there need not be one
    try:
        with alone_in(settings.data_dir):
            return run(work, with_any_key=with_any_key)
    except AlreadyServed as fault:
        typer.echo(str(fault), err=True)
    except OSError as fault:
        typer.echo(f"{fault.filename}: {fault.strerror}. The old secret key is still good; do it again.", err=True)
    raise typer.Exit(EXIT_REFUSED)


def _report(change: Change) -> None:
    typer.echo(f"The keys were replaced, and {change.resealed} secrets in the database sealed anew.")
    if change.sessions_ended:
        typer.echo(f"{change.sessions_ended} sessions were ended.")
    if change.unreadable:
        typer.echo(
            f"{change.unreadable} secrets could not be opened by the old key either, and are as they were: give the "
            "credentials of destinations that fail again.",
            err=True,
        )


def _read_secret() -> str:
    secret = sys.stdin.readline().rstrip("\n")
    if len(secret) < MIN_SECRET_LENGTH:
        raise typer.BadParameter(f"A secret key must have at least {MIN_SECRET_LENGTH} characters.")
    if weakness := secret_weakness(secret):
        raise typer.BadParameter(f"The new secret key {weakness}.")
    return secret
