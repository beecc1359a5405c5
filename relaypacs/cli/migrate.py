"""`relaypacs migrate`: brings the database up to date, or says whether it is, and ends."""

from typing import Annotated

import typer


def migrate(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; say how it stands.")] = False,  # noqa: FBT002
) -> None:
    """Bring the database up to date, as the gateway does when it starts."""
    from relaypacs.cli.migrating import bring_up_to_date, look  # noqa: PLC0415 - needs the server's libraries

    if check:
        look()
    else:
        bring_up_to_date()
