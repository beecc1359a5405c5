"""`relaypacs doctor`: examines this machine's set-up, or a server from outside, and says what to do about it."""

from typing import Annotated

import typer

EXIT_PROBLEM = 1


def doctor(
    server: Annotated[
        str | None, typer.Option(help="Examine this server from outside, instead of the set-up of this machine.")
    ] = None,
) -> None:
    """Examine the set-up and print what is wrong and what to do. Exit code 0: nothing is wrong; 1: something is."""
    if server is None:
        from relaypacs.cli.doctor_local import examine_local  # noqa: PLC0415 - needs the server's libraries
        from relaypacs.cli.settings_report import load_settings  # noqa: PLC0415

        findings = examine_local(load_settings())
    else:
        from relaypacs.cli.doctor_server import examine_server  # noqa: PLC0415 - needs the client's libraries

        findings = examine_server(server)
    healthy = True
    for finding in findings:
        healthy = healthy and finding.ok
        typer.echo(f"{'ok     ' if finding.ok else 'PROBLEM'}  {finding.what}: {finding.detail}")
        if finding.remedy:
            typer.echo(f"         → {finding.remedy}")
    raise typer.Exit(0 if healthy else EXIT_PROBLEM)
