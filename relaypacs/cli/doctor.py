"""`relaypacs doctor`: examines this machine's set-up, or a server from outside, and says what to do about it."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from relaypacs.cli.findings import Finding

EXIT_PROBLEM = 1


def doctor(
    server: Annotated[
        str | None, typer.Option(help="Examine this server from outside, instead of the set-up of this machine.")
    ] = None,
    username: Annotated[
        str | None,
        typer.Option(help="With --server: sign in as, and try the live stream. RELAYPACS_PASSWORD, or asked."),
    ] = None,
    totp_code: Annotated[str | None, typer.Option(help="Code of the second factor.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object for each thing examined.")] = False,  # noqa: FBT002
) -> None:
    """Examine the set-up and print what is wrong and what to do. Exit code 0: nothing is wrong; 1: something is."""
    healthy = True
    for finding in _examine(server, username, totp_code):
        healthy = healthy and finding.ok
        if as_json:
            typer.echo(json.dumps(asdict(finding), ensure_ascii=False))
        else:
            _print(finding)
    raise typer.Exit(0 if healthy else EXIT_PROBLEM)


def _examine(server: str | None, username: str | None, totp_code: str | None) -> Iterator[Finding]:
    if server is None:
        from relaypacs.cli.doctor_local import examine_local  # noqa: PLC0415 - needs the server's libraries
        from relaypacs.cli.settings_report import load_settings  # noqa: PLC0415

        return examine_local(load_settings())
    from relaypacs.cli.doctor_server import examine_server  # noqa: PLC0415 - needs the client's libraries
    from relaypacs.client.session import Credentials  # noqa: PLC0415

    if username is None:
        return examine_server(server)
    password = os.environ.get("RELAYPACS_PASSWORD") or typer.prompt("Password", hide_input=True, err=True)
    return examine_server(server, Credentials(username, password, totp_code))


def _print(finding: Finding) -> None:
    typer.echo(f"{'ok     ' if finding.ok else 'PROBLEM'}  {finding.what}: {finding.detail}")
    if finding.remedy:
        typer.echo(f"         → {finding.remedy}")
