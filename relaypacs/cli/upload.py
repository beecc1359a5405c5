"""`relaypacs upload`: sends files, folders and ZIPs, and waits until they are proven to be in the PACS.

Run it again after a failure: it goes on where it was, and what was verified is not sent twice. The exit code
is that of the first row that applies to any study:

| code | meaning |
|-----:|---------|
|  130 | interrupted; run it again to go on |
|    9 | the server could not be reached, or is no gateway |
|   10 | user name, password or code refused |
|    1 | the server refused an upload, or it failed, was cancelled or expired |
|    6 | no file of a study could be accepted |
|    5 | some files were rejected, or could not be read here; all others are verified |
|    8 | a study is held at the gateway until a person decides |
|    7 | a study was delivered earlier (`--force` sends it again) |
|    4 | there was nothing to send: no DICOM file was found |
|    3 | sent, but not waited for (`--no-wait`) |
|    2 | the command line is wrong |
|    0 | everything was verified |
"""

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

KIB = 1024
MIB = 1024**2

ServiceLevel = Literal["stat", "emergency", "routine", "subspecialty"]
Compress = Literal["auto", "always", "never"]


def upload(
    paths: Annotated[list[Path], typer.Argument(exists=True, help="DICOM files, folders (with all below) and ZIPs.")],
    *,
    server: Annotated[str, typer.Option(envvar="RELAYPACS_SERVER", help="Address, such as https://gateway.example.")],
    username: Annotated[str, typer.Option(envvar="RELAYPACS_USERNAME", help="The password is asked for.")],
    totp_code: Annotated[str | None, typer.Option(help="Code of the second factor.")] = None,
    service_level: Annotated[ServiceLevel, typer.Option(help="How urgent it is.")] = "routine",
    clinical_history: Annotated[str | None, typer.Option(help="For the radiologist; up to 500 characters.")] = None,
    chunk_size: Annotated[
        int | None, typer.Option(min=512 * KIB, max=5 * MIB, help="Bytes; by default as the link suggests.")
    ] = None,
    connections: Annotated[
        int | None, typer.Option(min=1, max=16, help="At once; by default as the link suggests.")
    ] = None,
    compress: Annotated[Compress, typer.Option(help="gzip on the wire.")] = "auto",
    receipt: Annotated[Path | None, typer.Option(file_okay=False, help="Save the receipts in this folder.")] = None,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Wait until everything is verified.")] = True,
    report: Annotated[str | None, typer.Option(help="Answer a question about this report's study.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Send even what was delivered earlier.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only the result.")] = False,
) -> None:
    """Send studies to a gateway and wait until they are proven to be in the PACS.

    The password is taken from RELAYPACS_PASSWORD or asked for. Exit code 0 only when everything was verified.
    """
    from relaypacs.cli.upload_job import UploadJob, run  # noqa: PLC0415 - only this command needs the client

    password = os.environ.get("RELAYPACS_PASSWORD") or typer.prompt("Password", hide_input=True, err=True)
    job = UploadJob(
        paths=paths,
        server=server,
        username=username,
        password=password,
        totp_code=totp_code,
        service_level=service_level,
        clinical_history=clinical_history,
        chunk_size=chunk_size,
        connections=connections,
        compression=compress,
        receipts=receipt,
        wait=wait,
        force=force,
        report=report,
        quiet=quiet,
    )
    raise typer.Exit(run(job))
