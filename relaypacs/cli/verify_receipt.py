"""`relaypacs verify-receipt`: checks a custody receipt, without a server."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

EXIT_INVALID = 1


def verify_receipt_command(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The receipt, as the gateway gave it.")],
    public_key: Annotated[
        list[str] | None,
        typer.Option(help="The gateway's key, base64, from its administrator; more than once where it had several."),
    ] = None,
) -> None:
    """Check a custody receipt's signature. Exit code 0: it is whole and, with a key, from that gateway; 1: not."""
    from relaypacs.core.signing import ReceiptInvalid, verify_receipt  # noqa: PLC0415 - only this command needs it

    try:
        document = json.loads(file.read_bytes())
        verify_receipt(document, public_key or None)
    except ReceiptInvalid as error:
        _refuse(str(error))
    except ValueError:
        _refuse("This is not a custody receipt: it is no JSON document.")
    _describe(document["receipt"])
    typer.echo("The receipt is whole: nothing in it was changed after it was signed.")
    if public_key:
        typer.echo("It was signed with the key that you gave.")
        return
    typer.echo(f"WHO signed it is not proven. The key's id is {document['signature']['key_id']}:")
    typer.echo("compare it with the one your gateway's administrator gives you, or give the key with --public-key.")


def _describe(receipt: Mapping[str, Any]) -> None:
    for name, value in receipt.items():
        if isinstance(value, str | int | float):
            typer.echo(f"{name}: {value}")
        elif isinstance(value, list):
            typer.echo(f"{name}: {len(value)}")


def _refuse(message: str) -> None:
    typer.echo(f"INVALID: {message}", err=True)
    raise typer.Exit(EXIT_INVALID)
