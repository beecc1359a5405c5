"""Reads the whole trail, and finds what was changed in it, taken out of it or put into it."""

from dataclasses import dataclass

from relaypacs.core.database import Database
from relaypacs.features.audit.models import NOTHING_BEFORE
from relaypacs.features.audit.repository import AuditRepository
from relaypacs.features.audit.service.seal import is_sealed

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Verification:
    """How many rows were read, where the first break is (None: nowhere), and the seal of the last row.

    The seal of the last row, kept elsewhere, finds a trail whose end was cut off.
    """

    events: int
    broken_at: int | None
    seal: str


async def verify_trail(database: Database, key: bytes) -> Verification:
    """Check every seal in order, and that the trail reaches at least to where its head said it ends.

    The head is read first, so that rows which come in meanwhile are no break.
    """
    seal, position = NOTHING_BEFORE, 0
    async with database.read() as session:
        repository = AuditRepository(session)
        head = await repository.head()
        while rows := await repository.after(position, PAGE):
            for row in rows:
                is_next = row.position == position + 1 and is_sealed(row, seal, key)
                if not is_next or (row.position == head.position and row.seal != head.seal):
                    return Verification(position, position + 1, seal)
                seal, position = row.seal, row.position
            session.expunge_all()
    return Verification(position, position + 1 if position < head.position else None, seal)
