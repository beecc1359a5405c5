"""`relaypacs admin audit`: reads the audit trail, and checks that nobody has changed it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

MOST_LISTED = 1000

FormatName = Literal["csv", "jsonl"]


def _moment(text: str) -> datetime:
    """Read a moment as ISO 8601 writes it; without a zone it is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Since = Annotated[
    datetime | None,
    typer.Option(parser=_moment, metavar="MOMENT", help="From then on, such as 2026-01-14 or 2026-01-14T10:00Z."),
]
Until = Annotated[datetime | None, typer.Option(parser=_moment, metavar="MOMENT", help="Before then.")]
ActionName = Annotated[str | None, typer.Option(help="Only this action, such as session.refused.")]
ActorName = Annotated[
    str | None, typer.Option(metavar="USERNAME", help="Only what this user did; also system, or cli: and a name.")
]

audit = typer.Typer(help="Reads and checks the audit trail.", no_args_is_help=True)


@audit.command("list")
def list_events(
    since: Since = None,
    until: Until = None,
    action: ActionName = None,
    actor: ActorName = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST_LISTED, help="How many at most.")] = 50,
) -> None:
    """List what was done, the newest first."""
    from relaypacs.cli.admin_trail import Wanted, show  # noqa: PLC0415 - needs the server's libraries

    show(Wanted(since, until, action, actor), limit)


@audit.command("export")
def export(
    form: Annotated[FormatName, typer.Option("--format", help="CSV, or a JSON object a line.")],
    since: Since = None,
    until: Until = None,
    action: ActionName = None,
    actor: ActorName = None,
    output: Annotated[
        Path | None, typer.Option(dir_okay=False, help="File to write; standard output unless given.")
    ] = None,
) -> None:
    """Write down what was done, all of it, the newest first."""
    from relaypacs.cli.admin_trail import Wanted, save  # noqa: PLC0415 - as above

    save(Wanted(since, until, action, actor), form, output)


@audit.command("verify")
def verify(
    expect_seal: Annotated[
        str | None, typer.Option(metavar="HEX", help="A seal that an earlier run printed; with --expect-position.")
    ] = None,
    expect_position: Annotated[
        int | None, typer.Option(min=1, max=2**63 - 1, metavar="N", help="How many events there were then.")
    ] = None,
) -> None:
    """Check every seal of the trail. Exit code 0: it is whole; 1: it is not, and from which position on."""
    from relaypacs.cli.admin_trail import check  # noqa: PLC0415 - as above

    if (expect_seal is None) != (expect_position is None):
        raise typer.BadParameter("--expect-seal and --expect-position belong together.")
    check(expect_position, expect_seal)
