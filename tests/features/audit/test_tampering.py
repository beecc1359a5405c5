"""Whoever writes to the database without the key is found, whatever he does to the trail."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from taskiq import InMemoryBroker

from relaypacs.adapters.wakeups.broker import BrokerWakeups
from relaypacs.core.database import Database
from relaypacs.core.keys import Keys, TrailKeys
from relaypacs.core.settings import Settings
from relaypacs.features.audit.models import NOTHING_BEFORE, Action
from relaypacs.features.audit.service import verify
from relaypacs.features.audit.service.trail import SYSTEM, AuditTrail, Entry
from relaypacs.features.audit.service.verify import KnownSeal, Verification, is_sealed_by, verify_trail
from relaypacs.infrastructure import Infrastructure, build_infrastructure

EVENTS = 7
NO_SEAL = "f" * 64
THIRD = "UPDATE audit_events SET {} WHERE position = 3"
COPY = (
    "INSERT INTO audit_events (position, at, action, outcome, actor_id, actor_name, actor_role, address, trace_id, "
    "object_kind, object_id, details, seal) SELECT {}, at, action, outcome, actor_id, actor_name, actor_role, address, "
    "trace_id, object_kind, object_id, details, seal FROM audit_events WHERE position = 7"
)
HEAD = "UPDATE audit_head SET position = {}, seal = '{}'"
CUT_OFF = "DELETE FROM audit_events WHERE position > 5"
SET_BACK = "UPDATE audit_head SET position = 5, seal = (SELECT seal FROM audit_events WHERE position = 5)"

TAMPERED = {
    "another actor": (3, THIRD.format("actor_name = 'somebody'")),
    "another action": (3, THIRD.format("action = 'audit.viewed'")),
    "an action that does not exist": (3, THIRD.format("action = 'nothing'")),
    "another outcome": (3, THIRD.format("outcome = 'failure'")),
    "another moment": (3, THIRD.format("at = (SELECT at FROM audit_events WHERE position = 1)")),
    "other details": (3, THIRD.format("details = '{\"number\": 4}'")),
    "another seal": (3, THIRD.format(f"seal = '{NO_SEAL}'")),
    "a seal that is no hex": (3, THIRD.format("seal = 'ß'")),
    "the first row deleted": (1, "DELETE FROM audit_events WHERE position = 1"),
    "a row deleted": (3, "DELETE FROM audit_events WHERE position = 3"),
    "the last row deleted": (7, "DELETE FROM audit_events WHERE position = 7"),
    "a row deleted, and the others moved up": (
        3,
        "DELETE FROM audit_events WHERE position = 3",
        "UPDATE audit_events SET position = position + 1000 WHERE position > 3",
        "UPDATE audit_events SET position = position - 1001 WHERE position > 3",
        "UPDATE audit_head SET position = 6",
    ),
    "two rows exchanged": (
        3,
        "UPDATE audit_events SET position = 1000 WHERE position = 3",
        "UPDATE audit_events SET position = 3 WHERE position = 4",
        "UPDATE audit_events SET position = 4 WHERE position = 1000",
    ),
    "a row put in at the end": (8, COPY.format(8)),
    "a row put in at the end, and the head moved on": (8, COPY.format(8), "UPDATE audit_head SET position = 8"),
    "a row put in before the first": (1, COPY.format(0)),
    "a row put in long before the first": (1, COPY.format(-5)),
    "the end cut off": (6, CUT_OFF),
    "the head moved on": (8, "UPDATE audit_head SET position = 8"),
    "the head's seal changed": (7, HEAD.format(7, NO_SEAL)),
    "the head deleted": (8, "DELETE FROM audit_head"),
}


async def tamper(database: Database, *statements: str) -> None:
    async with database.engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement.replace(":", "\\:")))


async def write(infrastructure: Infrastructure, events: int) -> None:
    trail = AuditTrail(infrastructure)
    for number in range(events):
        await trail.note(Entry(Action.USERS_LISTED, SYSTEM, details={"number": number}))


@pytest.fixture
async def infrastructure(settings: Settings) -> AsyncIterator[Infrastructure]:
    """What the features stand on, with a trail of seven events."""
    built = build_infrastructure(settings, BrokerWakeups(InMemoryBroker()))
    await write(built, EVENTS)
    yield built
    await built.close()


@pytest.fixture
async def kept(infrastructure: Infrastructure) -> KnownSeal:
    """The seal that an auditor wrote down while the trail was whole."""
    found = await verified(infrastructure)
    assert (found.events, found.broken_at) == (EVENTS, None)
    return KnownSeal(found.events, found.seal)


async def verified(infrastructure: Infrastructure, kept: KnownSeal | None = None) -> Verification:
    return await verify_trail(infrastructure.database, infrastructure.keys.trail, kept)


@pytest.mark.parametrize("how", TAMPERED)
async def test_the_first_row_that_is_not_as_it_was_written_is_named(infrastructure: Infrastructure, how: str) -> None:
    broken_at, *statements = TAMPERED[how]
    await tamper(infrastructure.database, *map(str, statements))
    found = await verified(infrastructure)
    assert (found.events, found.broken_at) == (int(broken_at) - 1, broken_at)


async def test_what_is_no_json_is_found(infrastructure: Infrastructure) -> None:
    statement = THIRD.format("details = '{'")
    if infrastructure.database.is_sqlite:
        await tamper(infrastructure.database, statement)
        assert (await verified(infrastructure)).broken_at == 3
        return
    with pytest.raises(DBAPIError, match="invalid input syntax for type json"):
        await tamper(infrastructure.database, statement)


async def test_more_rows_than_a_page(infrastructure: Infrastructure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "PAGE", 2)
    assert (await verified(infrastructure)).events == EVENTS
    await tamper(infrastructure.database, "UPDATE audit_events SET action = 'nothing' WHERE position = 6")
    assert (await verified(infrastructure)).broken_at == 6


async def test_rows_that_came_afterwards_change_nothing(infrastructure: Infrastructure, kept: KnownSeal) -> None:
    await write(infrastructure, 2)
    found = await verified(infrastructure, kept)
    assert (found.events, found.broken_at) == (EVENTS + 2, None)


async def test_an_end_that_was_cut_off_with_the_head_set_back(infrastructure: Infrastructure, kept: KnownSeal) -> None:
    await tamper(infrastructure.database, CUT_OFF, SET_BACK)
    assert (await verified(infrastructure)).broken_at is None, "only the seal that was kept can tell"
    assert (await verified(infrastructure, kept)).broken_at == 6
    await write(infrastructure, EVENTS)
    assert (await verified(infrastructure)).broken_at is None
    assert (await verified(infrastructure, kept)).broken_at == kept.position, "the gateway wrote others in their place"


async def test_a_trail_that_was_emptied(infrastructure: Infrastructure, kept: KnownSeal) -> None:
    await tamper(infrastructure.database, "DELETE FROM audit_events", HEAD.format(0, NOTHING_BEFORE))
    assert await verified(infrastructure) == Verification(0, None, NOTHING_BEFORE)
    assert (await verified(infrastructure, kept)).broken_at == 1


async def test_the_key_of_another_gateway_is_recognised(infrastructure: Infrastructure) -> None:
    other = Keys.of("the secret key of some other gateway").trail
    database, key = infrastructure.database, infrastructure.keys.trail
    assert await is_sealed_by(database, key)
    assert not await is_sealed_by(database, other)
    await tamper(database, "UPDATE audit_events SET actor_name = 'somebody' WHERE position = 7")
    assert await is_sealed_by(database, key), "a change at the end makes no key wrong"
    await write(infrastructure, verify.LAST_ROWS)
    assert await is_sealed_by(database, key)
    assert not await is_sealed_by(database, other)


async def test_every_key_fits_an_empty_trail(database: Database) -> None:
    assert await is_sealed_by(database, TrailKeys.of(b"any key"))
