"""`relaypacs admin backup` and `restore`: a copy of the embedded set-up while it runs, and the way back."""

from pathlib import Path
from typing import Annotated

import typer


def backup(
    target: Annotated[
        Path, typer.Argument(metavar="FOLDER|FILE.tar", help="What to make; with --verify, what to check.")
    ],
    verify: Annotated[bool, typer.Option("--verify", help="Check a backup instead of making one.")] = False,  # noqa: FBT002
    archive: Annotated[bool, typer.Option(help="Copy the archive folder, too, where the data folder has one.")] = True,  # noqa: FBT002
) -> None:
    """Copy database, secret key and files while the gateway runs. Who has the copy has all that the gateway has."""
    from relaypacs.cli.admin_backups import check, make  # noqa: PLC0415 - needs the server's libraries

    if verify:
        check(target)
    else:
        make(target, with_archive=archive)


def restore(
    source: Annotated[Path, typer.Argument(metavar="FOLDER|FILE.tar", help="A backup.", exists=True)],
) -> None:
    """Put a backup into the empty folders that the settings name. Start the gateway afterwards."""
    from relaypacs.cli.admin_backups import put_back  # noqa: PLC0415 - as above

    put_back(source)
