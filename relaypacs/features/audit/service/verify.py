"""Reads the whole trail, and finds what was changed in it, taken out of it or put into it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import NoResultFound

from relaypacs.core.database import Database
from relaypacs.core.keys import TrailKeys
from relaypacs.features.audit.models import NOTHING_BEFORE, AuditEvent
from relaypacs.features.audit.repository import UNREADABLE, AuditRepository
from relaypacs.features.audit.service.seal import is_sealed

PAGE = 1000
LAST_ROWS = 10
BEFORE_ALL = -(2**63)


@dataclass(frozen=True, slots=True)
class Verification:
    """How many rows were read, where the first break is (None: nowhere), and the seal of the last row.

    The seal of the last row, kept elsewhere, finds a trail whose end was cut off.
    """

    events: int
    broken_at: int | None
    seal: str


@dataclass(frozen=True, slots=True)
class KnownSeal:
    """The seal that the row at a position must have."""

    position: int
    seal: str


async def verify_trail(database: Database, keys: TrailKeys, kept: KnownSeal | None = None) -> Verification:
    """Check every seal in order, and that the trail reaches at least to where its head said it ends.

    The head is read first, so that rows which come in meanwhile are no break. With a seal that was kept elsewhere
    the trail must reach its position too, and the row there must carry it: whoever cuts the end off and sets the
    head back is found by that alone.
    """
    async with database.read() as session:
        repository = AuditRepository(session)
        head = await _end(repository)
        chain = _Chain(keys, [known for known in (head, kept) if known])
        rows = await _rows(repository, BEFORE_ALL)
        while rows and chain.takes(rows):
            session.expunge_all()
            rows = await _rows(repository, chain.position)
    return chain.broken if rows or head is None else chain.concluded


async def is_sealed_by(database: Database, keys: TrailKeys) -> bool:
    """Say whether these are the trail's keys: whether they have sealed one of the last rows, or there is none yet.

    Asked by whoever may have been given another gateway's key: what that one seals could never be verified.
    """
    async with database.read() as session:
        repository = AuditRepository(session)
        end = await _end(repository)
        rows = await _rows(repository, end.position - LAST_ROWS) if end else []
    seals = [NOTHING_BEFORE, *(row.seal if row else "" for row in rows)]
    return not rows or any(row and _is_sealed(row, seal, keys) for seal, row in zip(seals, rows, strict=False))


class _Chain:
    """The rows that were read so far, each of which follows the one before it."""

    def __init__(self, keys: TrailKeys, known: Sequence[KnownSeal]) -> None:
        self._keys = keys
        self._known = known
        self.position = 0
        self._seal = NOTHING_BEFORE

    def takes(self, rows: Sequence[AuditEvent | None]) -> bool:
        """Add rows up to the first that does not follow. Returns whether all did."""
        for row in rows:
            if row is None or not self._is_next(row):
                return False
            self.position, self._seal = row.position, row.seal
        return True

    def _is_next(self, row: AuditEvent) -> bool:
        if row.position != self.position + 1 or not _is_sealed(row, self._seal, self._keys):
            return False
        return all(known.seal == row.seal for known in self._known if known.position == row.position)

    @property
    def broken(self) -> Verification:
        """What holds when the next row does not follow."""
        return Verification(self.position, self.position + 1, self._seal)

    @property
    def concluded(self) -> Verification:
        """What holds when there is no next row."""
        if any(known.position > self.position for known in self._known):
            return self.broken
        return Verification(self.position, None, self._seal)


async def _end(repository: AuditRepository) -> KnownSeal | None:
    try:
        head = await repository.head()
    except NoResultFound:  # somebody took it out
        return None
    return KnownSeal(head.position, head.seal)


async def _rows(repository: AuditRepository, after: int) -> Sequence[AuditEvent | None]:
    """Return the next rows, as many as can be read; None stands for one that cannot."""
    limit = PAGE
    while limit:
        try:
            return await repository.after(after, limit)
        except UNREADABLE:
            limit //= 2
    return [None]


def _is_sealed(row: AuditEvent, seal_before: str, keys: TrailKeys) -> bool:
    """Check one seal. Those of a key that was lost are taken as they are: the seals behind them hold them in place."""
    try:
        key = keys.at(row.position)
        return key is None or is_sealed(row, seal_before, key)
    except UNREADABLE:
        return False
