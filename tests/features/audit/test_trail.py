"""The chain of seals: unbroken under load, and broken by any change that did not come through us."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from relaypacs.core.clock import now
from relaypacs.core.database import Database
from relaypacs.core.errors import DatabaseUnavailable
from relaypacs.features.audit.models import Action, AuditEvent, AuditHead, AuditOutcome
from relaypacs.features.audit.service.seal import seal_of
from relaypacs.features.audit.service.trail import Actor, AuditTrail, Entry
from relaypacs.features.audit.service.verify import verify_trail
from relaypacs.features.identity.models import Site
from tests.builders.gateway import GatewayClient
from tests.builders.limits import pass_time
from tests.builders.people import make_site, nobody
from tests.builders.problems import is_problem

MANY = 200
EVENTS, HEAD = AuditEvent.__table__, AuditHead.__table__
SOMEBODY = Actor(None, "somebody", "clinician")


async def length(database: Database) -> int:
    async with database.read() as session:
        return int(await session.scalar(select(func.count()).select_from(AuditEvent)) or 0)


async def broken_at(gateway: GatewayClient) -> int | None:
    infrastructure = gateway.infrastructure
    found = await verify_trail(infrastructure.database, infrastructure.keys.trail)
    answer = (await gateway.http.get("/audit/verify")).json()
    assert (answer["events"], answer["broken_at"], answer["seal"]) == (found.events, found.broken_at, found.seal)
    return found.broken_at


async def test_two_hundred_at_once_are_one_chain_without_gaps(gateway: GatewayClient) -> None:
    """Half of them looks of their own, half of them written together with a row, one in ten rolled back."""
    database, trail = gateway.infrastructure.database, AuditTrail(gateway.infrastructure)
    before = await length(database)

    async def look(number: int) -> None:
        await trail.note(Entry(Action.UPLOAD_VIEWED, SOMEBODY, "upload", str(number)))

    async def change(number: int) -> None:
        async with database.write() as session:
            session.add(Site(name=f"Site {number}"))
            await session.flush()
            trail.record(session, Entry(Action.SITE_CREATED, SOMEBODY, "site", str(number)))
            trail.record(session, Entry(Action.SITE_CHANGED, SOMEBODY, "site", str(number)))
            if number % 10 == 0:
                raise InterruptedError

    done = await asyncio.gather(
        *(work(number) for number in range(MANY // 2) for work in (look, change)), return_exceptions=True
    )
    assert [error for error in done if error and not isinstance(error, InterruptedError)] == []
    rolled_back = sum(isinstance(error, InterruptedError) for error in done)
    assert rolled_back == MANY // 20
    assert await length(database) == before + MANY // 2 + 2 * (MANY // 2 - rolled_back)
    assert await broken_at(gateway) is None


async def test_what_is_rolled_back_leaves_no_row(gateway: GatewayClient) -> None:
    database, trail = gateway.infrastructure.database, AuditTrail(gateway.infrastructure)
    await make_site(gateway, "Here")
    before = await length(database)

    async def change_one_s_mind() -> None:
        async with database.write() as session:
            trail.record(session, Entry(Action.SITE_CREATED, SOMEBODY))
            raise InterruptedError

    with pytest.raises(InterruptedError):
        await change_one_s_mind()
    is_problem(await gateway.http.post("/sites", json={"name": "Here"}), 409, "site-name-taken")
    is_problem(await gateway.http.post("/users", json={"username": "root-admin"}), 409, "username-taken")
    assert await length(database) == before
    assert await broken_at(gateway) is None


# -- what somebody with access to the database might do ----------------------------------------------------------


async def change(connection: AsyncConnection, **values: Any) -> None:
    await connection.execute(update(EVENTS).where(EVENTS.c.position == 3).values(**values))


async def remove(connection: AsyncConnection, *positions: int) -> None:
    await connection.execute(delete(EVENTS).where(EVENTS.c.position.in_(positions)))


async def close_up(connection: AsyncConnection) -> None:
    """Take a row out, and number those after it again."""
    await remove(connection, 3)
    for position in (4, 5):
        query = update(EVENTS).where(EVENTS.c.position == position)
        await connection.execute(query.values(position=position - 1))
    await connection.execute(update(HEAD).values(position=4))


async def swap(connection: AsyncConnection) -> None:
    for position, other in ((3, 100), (4, 3), (100, 4)):
        await connection.execute(update(EVENTS).where(EVENTS.c.position == position).values(position=other))


async def add(connection: AsyncConnection, key: bytes) -> None:
    """Add a row at the end, sealed as well as somebody can who does not know the key."""
    (seal,) = (await connection.execute(select(EVENTS.c.seal).where(EVENTS.c.position == 5))).scalars()
    event = AuditEvent(
        position=6,
        at=now(),
        action=Action.SITE_CREATED,
        outcome=AuditOutcome.SUCCESS,
        actor_id=None,
        actor_name="forged",
        actor_role="",
        address="",
        trace_id="",
        object_kind="",
        object_id="",
        details={},
    )
    event.seal = seal_of(event, seal, key)
    values = {column.name: getattr(event, column.name) for column in EVENTS.columns}
    await connection.execute(insert(EVENTS).values(**values))
    await connection.execute(update(HEAD).values(position=6, seal=event.seal))


Tampering = Callable[[AsyncConnection], Awaitable[None]]
TAMPERING: dict[str, tuple[Tampering, int]] = {
    "another name": (lambda c: change(c, actor_name="somebody else"), 3),
    "another action": (lambda c: change(c, action=Action.SITE_CHANGED), 3),
    "another outcome": (lambda c: change(c, outcome=AuditOutcome.FAILURE), 3),
    "another time": (lambda c: change(c, at=now()), 3),
    "another address": (lambda c: change(c, address="192.0.2.1"), 3),
    "another object": (lambda c: change(c, object_id="x"), 3),
    "another trace": (lambda c: change(c, trace_id="x"), 3),
    "other details": (lambda c: change(c, details={"role": "clinician"}), 3),
    "another seal": (lambda c: change(c, seal="0" * 64), 3),
    "one removed": (lambda c: remove(c, 3), 3),
    "the first removed": (lambda c: remove(c, 1), 1),
    "the last removed": (lambda c: remove(c, 5), 5),
    "all removed": (lambda c: remove(c, 1, 2, 3, 4, 5), 1),
    "one removed, the rest closed up": (close_up, 3),
    "two swapped": (swap, 3),
    "one added": (lambda c: add(c, b"not the key"), 6),
}


async def test_whatever_is_done_to_the_rows_is_found(gateway: GatewayClient) -> None:
    database, trail = gateway.infrastructure.database, AuditTrail(gateway.infrastructure)
    while await length(database) < 5:
        await trail.note(Entry(Action.SITE_CREATED, SOMEBODY, "site", "1", details={"role": "admin"}))
    async with database.write_rows() as connection:
        kept = [dict(row) for row in (await connection.execute(select(EVENTS))).mappings()]
        head = dict((await connection.execute(select(HEAD))).mappings().one())
    assert len(kept) == 5
    found = {}
    for name, (tamper, _) in TAMPERING.items():
        async with database.write_rows() as connection:
            await tamper(connection)
        found[name] = await broken_at(gateway)
        async with database.write_rows() as connection:
            await connection.execute(delete(EVENTS))
            await connection.execute(insert(EVENTS), kept)
            await connection.execute(update(HEAD).values(**head))
        assert await broken_at(gateway) is None
    assert found == {name: position for name, (_, position) in TAMPERING.items()}


# -- looks -------------------------------------------------------------------------------------------------------


async def looks(gateway: GatewayClient) -> int:
    answer = await gateway.http.get("/audit", params={"action": "upload.viewed"})
    return len(answer.json()["items"])


async def test_a_page_that_polls_is_one_look_in_five_minutes(gateway: GatewayClient) -> None:
    upload = await gateway.open([("scan.dcm", b"body")])
    for _ in range(5):
        assert (await gateway.http.get(f"/upload/{upload.upload_id}")).status_code == 200
    assert await looks(gateway) == 1
    await nobody(gateway).status(upload)  # by token: somebody else
    await nobody(gateway, "192.0.2.7").status(upload)  # and from somewhere else
    assert await looks(gateway) == 3
    other = await gateway.open([("scan.dcm", b"body")])
    await gateway.http.get(f"/upload/{other.upload_id}")
    assert await looks(gateway) == 4
    await pass_time(gateway, 301)
    await gateway.http.get(f"/upload/{upload.upload_id}")
    assert await looks(gateway) == 5


async def test_a_look_that_could_not_be_written_down_is_not_shown_and_not_forgotten(
    gateway: GatewayClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = await gateway.open([("scan.dcm", b"body")])

    async def fails(*_arguments: object) -> None:
        raise DatabaseUnavailable("The database does not answer.")

    with monkeypatch.context() as patch:
        patch.setattr(AuditTrail, "_append", fails)
        answer = await gateway.http.get(f"/upload/{upload.upload_id}")
        is_problem(answer, 503, "database-unavailable")
    assert (await gateway.http.get(f"/upload/{upload.upload_id}")).status_code == 200
    assert await looks(gateway) == 1
