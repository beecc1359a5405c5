"""Locks out whoever guesses: an account from one address, or an address.

The lock is on the pair, so that nobody in a hospital behind one address can lock out the others, and nobody
elsewhere can lock out somebody whose name he knows.
"""

import math
import time

from limits.aio.storage import Storage

from relaypacs.features.identity.errors import TooManyFailures

LOCKED_SECONDS = 15 * 60
FAILURES_OF_A_PAIR = 5
FAILURES_OF_AN_ADDRESS = 100


class Lockout:
    """Counts failures in the store of the rate limits, where every process sees them.

    Guesses that are made side by side all pass `check` before the first of them fails. So whoever is about to say
    that a guess was right calls `check` once more, and `failed` says only of the first five that they were wrong.
    The lock is a count of its own, as the failures are never counted anew while guesses are made elsewhere.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def check(self, username: str, address: str) -> None:
        """Raise TooManyFailures until 15 minutes after the failure that was one too many."""
        for key, most in _counters(username, address):
            if await self._storage.get(_lock(key)) or await self._storage.get(key) >= most:
                raise await self._refusal(key)

    async def failed(self, username: str, address: str) -> None:
        """Count a wrong guess. Raises TooManyFailures when the lock was closed before it."""
        for key, most in _counters(username, address):
            failures = await self._storage.incr(key, LOCKED_SECONDS)
            if failures == most:  # the quarter of an hour begins now
                await self._storage.incr(_lock(key), LOCKED_SECONDS)
            if failures > most:
                raise await self._refusal(key)

    async def forgive(self, username: str, address: str) -> None:
        """Forget the failures of a pair.

        Only for whoever has proven everything: a right password alone would allow five more guesses at the code.
        """
        for key in (_pair(username, address), _lock(_pair(username, address))):
            await self._storage.clear(key)

    async def _refusal(self, key: str) -> TooManyFailures:
        closed = _lock(key) if await self._storage.get(_lock(key)) else key
        left = max(1, math.ceil(await self._storage.get_expiry(closed) - time.time()))
        return TooManyFailures(
            "There were too many failures. Wait a quarter of an hour, or ask the administrator.",
            headers={"Retry-After": str(left)},
        )


def _counters(username: str, address: str) -> tuple[tuple[str, int], ...]:
    return ((_pair(username, address), FAILURES_OF_A_PAIR), (f"failures/{address}", FAILURES_OF_AN_ADDRESS))


def _lock(key: str) -> str:
    return f"locked/{key}"


def _pair(username: str, address: str) -> str:
    return f"failures/{address}/{username.lower()}"
