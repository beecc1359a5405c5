"""Infrastructure: what every feature stands on, built once for the process."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from relaypacs.adapters.cache.base import Cache
from relaypacs.adapters.cache.memory import MemoryCache
from relaypacs.adapters.dicom.base import Inspector
from relaypacs.adapters.dicom.inspector import ProcessInspector
from relaypacs.adapters.events.base import Events
from relaypacs.adapters.events.memory import MemoryEvents
from relaypacs.adapters.mail.base import Mailer
from relaypacs.adapters.mail.factory import open_mailer
from relaypacs.adapters.oidc.base import IdentityProvider
from relaypacs.adapters.oidc.factory import open_provider
from relaypacs.adapters.outbound.base import Outbound
from relaypacs.adapters.outbound.http import GuardedHttp
from relaypacs.adapters.pacs.commitments import CommitmentReports
from relaypacs.adapters.pdf.typesetter import Typesetter
from relaypacs.adapters.push.base import PushSender
from relaypacs.adapters.push.factory import open_push
from relaypacs.adapters.storage.base import Storage
from relaypacs.adapters.storage.factory import open_storage
from relaypacs.adapters.storage.sealed import SealedStorage
from relaypacs.adapters.storage.space import FreeSpace
from relaypacs.adapters.syslog.base import SyslogSender
from relaypacs.adapters.syslog.factory import open_syslog
from relaypacs.adapters.wakeups.base import Wakeups
from relaypacs.core.clock import now
from relaypacs.core.database import Database, sqlite_file
from relaypacs.core.errors import StorageKeyMissing
from relaypacs.core.jobs import JobBook
from relaypacs.core.keys import Keys
from relaypacs.core.security import Tokens, Vault
from relaypacs.core.settings import Settings
from relaypacs.core.signing import ReceiptSigner

if TYPE_CHECKING:
    from relaypacs.adapters.redis.link import RedisLink

STREAM_LOOKS = 4
"""How many of all open streams ask the database at one time: a thousand that wake together wait here, and not at its
connections, where they would hold up everybody else until it seems to be out of reach."""


@dataclass(frozen=True, slots=True)
class Infrastructure:
    settings: Settings
    database: Database
    storage: Storage
    bare_storage: Storage
    """What lies in the storage as it lies there: of files that are sealed, ciphertext."""
    space: FreeSpace
    inspector: Inspector
    typesetter: Typesetter
    commitments: CommitmentReports
    events: Events
    cache: Cache
    wakeups: Wakeups
    tokens: Tokens
    vault: Vault
    signer: ReceiptSigner
    rate_limits: MovingWindowRateLimiter
    lenient_limits: MovingWindowRateLimiter
    keys: Keys
    syslog: SyslogSender | None
    identity_provider: IdentityProvider | None
    mailer: Mailer | None
    outbound: Outbound
    push: PushSender | None
    redis: "RedisLink | None" = None
    stream_looks: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(STREAM_LOOKS))
    jobs: JobBook = field(default_factory=JobBook)
    started_at: datetime = field(default_factory=now)

    def with_keys(self, keys: Keys) -> "Infrastructure":
        """Return the same with other keys, for the process's beginning: what was built on this one keeps its own."""
        parts = _sealed_with(keys, self.settings, self.outbound)
        return replace(self, keys=keys, storage=SealedStorage(self.bare_storage, keys.storage), **parts)

    @property
    def sealed_by(self) -> int | None:
        """Return the number of the storage key that seals what is stored from now on; None where nothing is sealed."""
        if not self.settings.encrypt_files:
            return None
        if not self.keys.storage:
            raise StorageKeyMissing("The gateway has no key for stored files yet. Start it with its own secret key.")
        return self.keys.storage[-1].number

    async def close(self) -> None:
        await self.events.close()
        await self.inspector.close()
        if self.syslog:
            await self.syslog.close()
        if self.identity_provider:
            await self.identity_provider.close()
        if self.redis:
            await self.redis.close()
        await self.database.close()


def open_redis(settings: Settings) -> "RedisLink | None":
    """Return the way to Redis, None where there is none; then its library is not loaded, either."""
    if not settings.redis_url:
        return None
    from relaypacs.adapters.redis.link import open_link  # noqa: PLC0415 - the embedded set-up starts without it

    return open_link(settings.redis_url)


def build_infrastructure(settings: Settings, wakeups: Wakeups, redis: "RedisLink | None" = None) -> Infrastructure:
    """Choose the adapters that the settings name. `redis` is the way to Redis where there is one already.

    The keys are those of a gateway whose secret key was never changed, until the database says which they are.
    """
    keys = Keys.of(settings.effective_secret_key)
    bare_storage = open_storage(settings)
    outbound = GuardedHttp(settings.open_networks)
    database_file = sqlite_file(settings.effective_database_url)
    return Infrastructure(
        settings=settings,
        database=Database(settings.effective_database_url, pool=settings.database_pool),
        storage=SealedStorage(bare_storage, keys.storage),
        bare_storage=bare_storage,
        space=FreeSpace(bare_storage, database_file and database_file.parent, settings.storage_reserve),
        inspector=ProcessInspector(settings.check_processes),
        typesetter=Typesetter(font_dir=settings.font_dir),
        commitments=CommitmentReports(),
        wakeups=wakeups,
        keys=keys,
        syslog=open_syslog(settings),
        identity_provider=open_provider(settings),
        mailer=open_mailer(settings),
        outbound=outbound,
        **_shared(redis or open_redis(settings)),
        **_sealed_with(keys, settings, outbound),
    )


def _shared(redis: "RedisLink | None") -> dict[str, Any]:
    """Return the parts of the infrastructure that all processes of a gateway share; without Redis there is one."""
    if redis is None:
        limits = MovingWindowRateLimiter(MemoryStorage())
        return {"events": MemoryEvents(), "cache": MemoryCache(), "rate_limits": limits, "lenient_limits": limits}
    from relaypacs.adapters.cache.redis import RedisCache  # noqa: PLC0415 - the embedded set-up starts without it
    from relaypacs.adapters.events.redis import RedisEvents  # noqa: PLC0415
    from relaypacs.adapters.limits.redis import RedisLimits  # noqa: PLC0415

    return {
        "redis": redis,
        "events": RedisEvents(redis),
        "cache": RedisCache(redis),
        "rate_limits": MovingWindowRateLimiter(RedisLimits(redis)),
        "lenient_limits": MovingWindowRateLimiter(RedisLimits(redis, substitute=MemoryStorage())),
    }


def _sealed_with(keys: Keys, settings: Settings, outbound: Outbound) -> dict[str, Any]:
    """Return the parts of the infrastructure that work with keys."""
    return {
        "tokens": Tokens(keys),
        "vault": Vault(keys.vault),
        "signer": ReceiptSigner(keys),
        "push": open_push(settings, outbound, keys),
    }
