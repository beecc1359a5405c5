"""Where studies go: the first destination, and what administrators do with all of them."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.pacs.base import Pacs, PacsUnavailable
from relaypacs.adapters.pacs.causes import Cause
from relaypacs.adapters.pacs.factory import open_pacs, parse_pacs_url
from relaypacs.adapters.pacs.observed import ObservedPacs
from relaypacs.adapters.wakeups.base import Task
from relaypacs.core.clock import new_id, now
from relaypacs.core.conditional import require_match
from relaypacs.core.database import after_commit
from relaypacs.core.turns import take_turns
from relaypacs.features.audit.models import Action, AuditOutcome
from relaypacs.features.audit.service.trail import SYSTEM, Actor, AuditTrail, Entry
from relaypacs.features.deliveries.destination_rows import EMPTY, DestinationRepository, Queue
from relaypacs.features.deliveries.errors import (
    CredentialsRequired,
    DestinationAddressWrong,
    DestinationInUse,
    DestinationNameTaken,
    DestinationNotFound,
    DestinationUnavailable,
)
from relaypacs.features.deliveries.models import DeliveryState, Destination, DestinationKind
from relaypacs.features.deliveries.schemas import DestinationChange, DestinationNew, TlsNew
from relaypacs.features.deliveries.service.addresses import (
    address_of,
    read_address,
    seal_password,
    seal_tls_key,
    sentence,
)
from relaypacs.features.deliveries.service.health import note_failure, note_success
from relaypacs.infrastructure import Infrastructure

ECHO_SECONDS = 15.0
PLAIN = ("name", "calling_ae_title", "required", "enabled", "concurrency", "early")


async def seed_first_destination(infrastructure: Infrastructure) -> None:
    """Make a destination from RELAYPACS_PACS, or of the archive folder, when there is none yet."""
    settings = infrastructure.settings
    url = settings.pacs.get_secret_value() or f"folder://{settings.data_dir.absolute()}/archive"
    address = parse_pacs_url(url)
    async with infrastructure.database.write() as session:
        await take_turns(session, "first destination")
        repository = DestinationRepository(session)
        if await repository.any_destination():
            return
        destination = Destination(
            id=new_id(),
            name="First destination",
            kind=DestinationKind(address.kind),
            address=address.address,
            username=address.username or None,
            concurrency=settings.delivery_concurrency,
        )
        seal_password(infrastructure.vault, destination, address.password)
        await repository.add(destination)
        entry = Entry(Action.DESTINATION_CREATED, SYSTEM, "destination", str(destination.id))
        AuditTrail(infrastructure).record(session, entry)


def open_destination(destination: Destination, infrastructure: Infrastructure) -> Pacs:
    """Return the adapter for a destination, with its credentials unsealed."""
    pacs = open_pacs(address_of(destination, infrastructure.vault), reports=infrastructure.commitments)
    return ObservedPacs(pacs, destination.kind.value)


class Destinations:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._database = infrastructure.database
        self._vault = infrastructure.vault
        self._trail = AuditTrail(infrastructure)

    async def page(self, *, after: UUID | None, limit: int) -> Sequence[tuple[Destination, Queue]]:
        async with self._database.read() as session:
            repository = DestinationRepository(session)
            rows = await repository.destination_page(after=after, limit=limit)
            queues = await repository.queues([row.id for row in rows])
        return [(row, queues.get(row.id, EMPTY)) for row in rows]

    async def get(self, destination_id: UUID) -> tuple[Destination, Queue]:
        """Return a destination and its queue. Raises DestinationNotFound."""
        async with self._database.read() as session:
            repository = DestinationRepository(session)
            destination = _present(await repository.destination(destination_id))
            queues = await repository.queues([destination_id])
        return destination, queues.get(destination_id, EMPTY)

    async def create(self, request: DestinationNew, actor: Actor) -> Destination:
        """Make a destination. Raises DestinationAddressWrong, DestinationNameTaken."""
        found = read_address(request.address, request.kind)
        destination = Destination(
            id=new_id(),
            kind=DestinationKind(found.kind),
            address=found.address,
            username=request.username or found.username or None,
            rule=request.rule.model_dump(mode="json"),
            **{name: getattr(request, name) for name in PLAIN},
        )
        given = request.password.get_secret_value() if request.password else None
        seal_password(self._vault, destination, given or found.password)
        self._set_tls(destination, request.tls)
        self._check(destination)
        with _named_once():
            async with self._database.write() as session:
                await DestinationRepository(session).add(destination)
                self._record(session, Action.DESTINATION_CREATED, actor, destination, request.model_fields_set)
                self._wake(session, destination)
        return destination

    async def change(
        self, destination_id: UUID, request: DestinationChange, if_match: str | None, actor: Actor
    ) -> Destination:
        """Change what the request names.

        Raises DestinationNotFound, StaleEdit, DestinationAddressWrong, CredentialsRequired, DestinationNameTaken.
        """
        with _named_once():
            async with self._database.write() as session:
                destination = _present(await DestinationRepository(session).lock_destination(destination_id))
                require_match(if_match, destination.version)
                self._apply(destination, request)
                self._check(destination)
                destination.version += 1
                await session.flush()
                self._record(session, Action.DESTINATION_CHANGED, actor, destination, request.model_fields_set)
                await DestinationRepository(session).try_now(destination_id)
                self._wake(session, destination)
        return destination

    def _apply(self, destination: Destination, request: DestinationChange) -> None:
        for name in PLAIN:
            if (value := getattr(request, name)) is not None:
                setattr(destination, name, value)
        if request.rule is not None:
            destination.rule = request.rule.model_dump(mode="json")
        if request.tls is not None:
            self._set_tls(destination, request.tls)
        if "username" in request.model_fields_set:
            destination.username = request.username or None
        if request.address is not None:
            self._move(destination, request)
        elif request.kind not in (None, destination.kind):
            raise DestinationAddressWrong("Give the address, too: it is of another kind.")
        if "password" in request.model_fields_set:
            seal_password(self._vault, destination, request.password.get_secret_value() if request.password else None)
        destination.failures, destination.retry_at = 0, None  # what has been changed is tried at once

    def _move(self, destination: Destination, request: DestinationChange) -> None:
        """Set another address. A password is for where it was entered for: it does not go along unasked."""
        found = read_address(request.address or "", request.kind, destination.kind)
        moved = (found.kind, found.address) != (destination.kind.value, destination.address)
        if moved and destination.password and not found.password and "password" not in request.model_fields_set:
            raise CredentialsRequired("Give the password again, or null: it was entered for another address.")
        destination.kind, destination.address = DestinationKind(found.kind), found.address
        if found.password:
            destination.username = found.username or None
            seal_password(self._vault, destination, found.password)

    async def remove(self, destination_id: UUID, if_match: str | None, actor: Actor) -> None:
        """Use a destination no more, and forget its secrets. What was delivered there stays on record.

        Raises DestinationNotFound, StaleEdit, DestinationInUse.
        """
        async with self._database.write() as session:
            repository = DestinationRepository(session)
            destination = _present(await repository.lock_destination(destination_id))
            require_match(if_match, destination.version)
            queue = (await repository.queues([destination_id])).get(destination_id, EMPTY)
            if count := sum(n for state, n in queue.states.items() if state is not DeliveryState.CANCELLED):
                raise DestinationInUse(f"{count} deliveries to it are not finished. Cancel them first, or disable it.")
            destination.removed_at, destination.enabled = now(), False
            destination.password = destination.tls_key = destination.alerted_at = None
            self._record(session, Action.DESTINATION_REMOVED, actor, destination, set())

    async def echo(self, destination_id: UUID, actor: Actor) -> int:
        """Speak with a destination. Returns how many milliseconds that took.

        Raises DestinationNotFound, and DestinationUnavailable with the cause and the destination's own words.
        """
        destination, _ = await self.get(destination_id)
        began = time.monotonic()
        outcome, failure = AuditOutcome.SUCCESS, None
        pacs = open_destination(destination, self._infrastructure)
        try:
            async with asyncio.timeout(ECHO_SECONDS):
                await pacs.echo()
        except PacsUnavailable as fault:
            outcome, failure = AuditOutcome.FAILURE, fault
        except TimeoutError:
            failure = PacsUnavailable(f"no answer within {ECHO_SECONDS:.0f} s", Cause.TIMED_OUT)
            outcome = AuditOutcome.FAILURE
        finally:
            await pacs.close()
        await self._trail.note(Entry(Action.DESTINATION_TESTED, actor, "destination", str(destination_id), outcome))
        if failure:
            await note_failure(self._infrastructure, destination_id, failure)
            raise DestinationUnavailable(str(failure)[:500], cause=failure.cause.value)
        await note_success(self._infrastructure, destination_id)
        return round((time.monotonic() - began) * 1000)

    def _set_tls(self, destination: Destination, tls: TlsNew) -> None:
        destination.tls_ca, destination.tls_certificate = tls.ca, tls.certificate
        seal_tls_key(self._vault, destination, tls.key.get_secret_value() if tls.key else None)

    def _check(self, destination: Destination) -> None:
        try:
            address_of(destination, self._vault)
        except ValueError as fault:
            raise DestinationAddressWrong(sentence(fault)) from None

    def _record(
        self, session: AsyncSession, action: Action, actor: Actor, destination: Destination, fields: set[str]
    ) -> None:
        """Write down which members were given; never what they hold."""
        details = {"fields": sorted(fields)} if fields else {}
        self._trail.record(session, Entry(action, actor, "destination", str(destination.id), details=details))

    def _wake(self, session: AsyncSession, destination: Destination) -> None:
        after_commit(session, partial(self._infrastructure.wakeups.wake, Task.DELIVER, destination.id))


@contextmanager
def _named_once() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise DestinationNameTaken("A destination of this name exists.") from error


def _present(destination: Destination | None) -> Destination:
    if destination is None or destination.removed_at:
        raise DestinationNotFound("There is no such destination.")
    return destination
