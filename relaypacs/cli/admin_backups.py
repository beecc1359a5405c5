"""What `relaypacs admin backup` and `restore` do, and what they say about it."""

from pathlib import Path
from typing import NoReturn

import typer

from relaypacs.adapters.backups.manifest import ARCHIVE, SECRET_KEY, UPLOADS, BackupBroken, Manifest
from relaypacs.cli.admin_desk import EXIT_REFUSED, NotReady, run
from relaypacs.cli.backup_making import make_backup
from relaypacs.cli.backup_restoring import restore_backup, verify_backup
from relaypacs.cli.settings_report import load_settings
from relaypacs.core.settings import MIB
from relaypacs.infrastructure import Infrastructure

AFTERWARDS = """\
Start the gateway now. It goes on where the backup was made: uploads resume, and what waited is delivered. Before it
sends anything it asks the PACS what is there already, and does not send that again. Who has signed in since the backup
signs in again; what came in since then is sent once more by those who have it."""


def make(target: Path, *, with_archive: bool) -> None:
    async def work(infrastructure: Infrastructure) -> Manifest:
        return await make_backup(infrastructure, target, with_archive=with_archive)

    try:
        manifest = run(work)
    except (BackupBroken, OSError) as fault:
        _refuse(fault)
    typer.echo(f"{target}: {_summary(manifest)}")
    if not manifest.has(SECRET_KEY):
        typer.echo("The secret key is not in it, because it is given by RELAYPACS_SECRET_KEY: keep it elsewhere.")
    if manifest.bucket:
        typer.echo(
            f"The files are not in it, because they are in {manifest.bucket}: back up the bucket by its own means."
        )
    if manifest.absent:
        typer.echo(
            f"These files are named by the database, and are not in the storage: {', '.join(manifest.absent)}", err=True
        )
        raise typer.Exit(EXIT_REFUSED)


def check(target: Path) -> None:
    try:
        manifest, faults = verify_backup(target)
    except BackupBroken as fault:
        _refuse(fault)
    for sentence in faults:
        typer.echo(sentence, err=True)
    if faults:
        raise typer.Exit(EXIT_REFUSED)
    typer.echo(f"The backup is whole: {_summary(manifest)}")


def put_back(source: Path) -> None:
    settings = load_settings()
    try:
        manifest = restore_backup(source, settings)
    except (NotReady, BackupBroken, OSError) as fault:
        _refuse(fault)
    typer.echo(f"Restored into {settings.data_dir.absolute()}: {_summary(manifest)}")
    typer.echo(AFTERWARDS)


def _summary(manifest: Manifest) -> str:
    """Return what a backup holds, and how far its audit trail reaches: `audit verify` takes both afterwards."""
    return (
        f"made {manifest.made_at} by {manifest.version}, {manifest.size / MIB:.1f} MiB, "
        f"{len(manifest.below(UPLOADS))} files of uploads and reports, {len(manifest.below(ARCHIVE))} of the archive. "
        f"Audit trail: position {manifest.audit_position}, seal {manifest.audit_seal}."
    )


def _refuse(fault: Exception) -> NoReturn:
    said = f"{fault.filename or 'The backup'}: {fault.strerror}" if isinstance(fault, OSError) else str(fault)
    typer.echo(said, err=True)
    raise typer.Exit(EXIT_REFUSED)
