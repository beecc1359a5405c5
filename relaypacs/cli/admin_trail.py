"""What the commands of `relaypacs admin audit` do, and what they say about it."""

import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import NoReturn, TextIO

import typer

from relaypacs.cli.admin_desk import EXIT_REFUSED, NotReady, actor, run
from relaypacs.cli.tables import print_table
from relaypacs.features.admin.errors import UserNotFound
from relaypacs.features.admin.schemas import AuditEventView, ExportFormat
from relaypacs.features.admin.service.audit import AuditReader
from relaypacs.features.admin.service.users import Users
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.repository import AuditFilter
from relaypacs.features.audit.service.verify import KnownSeal, Verification
from relaypacs.infrastructure import Infrastructure

SEAL = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events the command line asks for; None asks for all."""

    since: datetime | None
    until: datetime | None
    action: str | None
    actor: str | None

    def __post_init__(self) -> None:
        """Refuse an action that does not exist, which would look as if it had never happened."""
        if self.action is not None and self.action not in list(Action):
            raise typer.BadParameter(f"There is no action {self.action!r}. There are: {', '.join(Action)}.")

    async def filter(self, infrastructure: Infrastructure) -> AuditFilter:
        """Look for a user by the account, for others, such as `system`, by the name that the trail gives them."""
        action = Action(self.action) if self.action else None
        wanted = AuditFilter(action=action, since=self.since, until=self.until)
        if self.actor is None:
            return wanted
        try:
            return replace(wanted, actor_id=(await Users(infrastructure).named(self.actor)).id)
        except UserNotFound:
            return replace(wanted, actor_name=self.actor)


def show(wanted: Wanted, limit: int) -> None:
    async def work(infrastructure: Infrastructure) -> Sequence[AuditEventView]:
        found = await wanted.filter(infrastructure)
        return await AuditReader(infrastructure).page(found, actor(), before=None, limit=limit)

    events = run(work)
    if not events:
        typer.echo("There is no such event.", err=True)
        return
    print_table(
        ("position", "at (UTC)", "action", "outcome", "actor", "address", "object", "details"),
        (
            (
                event.position,
                f"{event.at:%Y-%m-%d %H:%M:%S}" if event.at else "",
                event.action.value if event.action else "UNREADABLE",
                event.outcome.value if event.outcome else "",
                event.actor_name,
                event.address,
                f"{event.object_kind} {event.object_id}".strip(),
                event.details_line,
            )
            for event in events
        ),
    )


def save(wanted: Wanted, form: str, output: Path | None) -> None:
    async def work(infrastructure: Infrastructure) -> int:
        found = await wanted.filter(infrastructure)
        lines = await AuditReader(infrastructure).export(found, actor(), ExportFormat(form))
        with nullcontext(sys.stdout) if output is None else _whole_file(output) as file:
            written = 0
            async for line in lines:
                file.write(line)
                written += 1
        return written - (form == ExportFormat.CSV)  # its first line has the names of the columns

    written = run(work)
    typer.echo(f"{written} event{'s were' if written != 1 else ' was'} written.", err=True)


def check(position: int | None, seal: str | None) -> None:
    """Print what was found; end the command with 1 when the trail is not whole."""
    kept = None
    if position is not None and seal is not None:
        if not SEAL.fullmatch(seal.lower()):
            raise typer.BadParameter("A seal has 64 hexadecimal digits.", param_hint="--expect-seal")
        kept = KnownSeal(position, seal.lower())

    async def work(infrastructure: Infrastructure) -> Verification:
        return await AuditReader(infrastructure).verify(kept)

    found = run(work, with_any_key=True)
    typer.echo(f"events: {found.events}\nseal: {found.seal}")
    if found.broken_at is not None:
        _refuse(found.broken_at, kept)
    if kept:
        typer.echo(f"The trail is whole, and the seal at position {kept.position} is the one that was kept.")
        return
    typer.echo(
        "The trail is whole. Keep its number of events and its seal outside of this machine: given to a later run"
    )
    typer.echo("as --expect-position and --expect-seal, they also find an end that was cut off.")


def _refuse(broken_at: int, kept: KnownSeal | None) -> NoReturn:
    typer.echo(f"BROKEN at position {broken_at}: this event was changed, taken out, or put in later.", err=True)
    if kept and broken_at <= kept.position:
        typer.echo(f"The trail does not lead to the seal that was kept at position {kept.position}.", err=True)
    if broken_at == 1:
        typer.echo("The first event also looks like this when RELAYPACS_SECRET_KEY is not the gateway's.", err=True)
    raise typer.Exit(EXIT_REFUSED)


@contextmanager
def _whole_file(path: Path) -> Iterator[TextIO]:
    """Make a file that its owner alone can read, and that has its name only when it is whole. Raises NotReady."""
    if path.exists() and not path.is_file():
        raise NotReady(f"{path} is no file.")
    try:
        descriptor, made = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
        try:
            with open(descriptor, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123 - a descriptor
                yield file
            Path(made).replace(path)
        finally:
            Path(made).unlink(missing_ok=True)
    except OSError as error:
        raise NotReady(f"{path} can't be written: {error.strerror}.") from None
