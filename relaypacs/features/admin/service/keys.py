"""Opening the keys with the secret key, and changing both.

The keys lie in the database, sealed with the secret key. A change makes other keys, seals everything with them that had
been sealed before, and lets two secret keys open them: the new one, and the old one until a gateway has started with
the new. All of that is one transaction. So whichever secret key a process is left with when something dies in the
middle opens the database, and nothing is sealed by a key that nobody has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from relaypacs.core.clock import now
from relaypacs.core.keys import (
    Keys,
    decode_keys,
    decode_published,
    derive_key,
    encode_keys,
    encode_published,
    secret_key_id,
)
from relaypacs.core.security import Vault
from relaypacs.core.turns import take_turns
from relaypacs.features.admin.key_rows import KeyRepository
from relaypacs.features.admin.models import KeyRing
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.repository import AuditRepository
from relaypacs.features.audit.service.trail import Actor, AuditTrail, Entry
from relaypacs.infrastructure import Infrastructure

CONTEXT = "key ring"


class SecretKeyWrong(Exception):
    """The database was sealed with another secret key, or the new one is none. The message says which."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a change of the keys came to."""

    keys: Keys
    resealed: int
    unreadable: int
    sessions_ended: int


async def open_keys(infrastructure: Infrastructure, *, begins: bool = False) -> Infrastructure:
    """Return the infrastructure with the keys that the database holds. Raises SecretKeyWrong.

    `begins`: for a gateway that starts. It makes the first ring, of the keys that its secret key gave so far, and
    takes away the one of a secret key that has been replaced by its own. It also makes the first key of stored files.
    """
    secret = infrastructure.settings.effective_secret_key
    async with infrastructure.database.write() if begins else infrastructure.database.read() as session:
        repository = KeyRepository(session)
        if begins:
            await take_turns(session, "first keys")
        rings = await repository.rings()
        if not rings:
            if not begins:
                return infrastructure
            keys = infrastructure.keys.with_storage_key()
            await repository.add(_ring(keys, secret))
        else:
            ring = _ring_of(secret, rings)
            keys = _opened(ring, secret)
            if begins and not ring.is_leaving:
                await repository.remove([other for other in rings if other is not ring])
                if not keys.storage:
                    keys = keys.with_storage_key()
                    ring.sealed = _ring(keys, secret).sealed
    return infrastructure.with_keys(keys)


async def change_keys(infrastructure: Infrastructure, new_secret: str, actor: Actor, *, keep_sessions: bool) -> Change:
    """Make other keys, opened by `new_secret` and, until `finish_change`, by the present secret key as well.

    The infrastructure has the present keys. No gateway may run on this database: it would go on with those.
    """
    settings, old, at = infrastructure.settings, infrastructure.keys, now()
    if new_secret == settings.effective_secret_key:
        raise SecretKeyWrong("This is the present secret key.")
    async with infrastructure.database.write() as session:
        head = await AuditRepository(session).lock_head()
        until = at + _longest_life(settings.refresh_token_days) if keep_sessions else None
        new = old.renewed(at, next_position=head.position + 1, tokens_until=until)
        repository = KeyRepository(session)
        before, after = Vault(old.vault), Vault(new.vault)
        resealed, unreadable = await repository.reseal(
            lambda sealed, context: after.seal(before.unseal(sealed, context), context)
        )
        ended = 0 if keep_sessions else await repository.end_all_sessions()
        await repository.remove(await repository.rings())
        await repository.add(_ring(new, new_secret))
        await repository.add(_ring(new, settings.effective_secret_key, is_leaving=True))
        head.generation = new.generation
        await session.flush()
        details = {"generation": new.generation, "sessions_ended": ended}
        entry = Entry(Action.KEYS_CHANGED, actor, details=details)
        AuditTrail(infrastructure.with_keys(new)).record(session, entry)
    return Change(new, resealed, unreadable, ended)


async def finish_change(infrastructure: Infrastructure, new_secret: str) -> None:
    """Let the new secret key alone open the keys: it is where the gateway will find it."""
    async with infrastructure.database.write() as session:
        repository = KeyRepository(session)
        rings = await repository.rings()
        await repository.remove([ring for ring in rings if ring.secret_key_id != secret_key_id(new_secret)])


async def replace_lost_keys(infrastructure: Infrastructure, actor: Actor) -> Change:
    """Begin anew with the secret key of the settings, where the one that opens the keys is lost for good.

    What was sealed is gone: credentials of destinations, second factors, webhooks, subscribed browsers. The gateway
    stays who it was to others: its reports in the PACS are its own, and its receipts are known by their published keys.
    """
    async with infrastructure.database.write() as session:
        head = await AuditRepository(session).lock_head()
        repository = KeyRepository(session)
        rings = await repository.rings()
        published = decode_published(rings[0].published) if rings else infrastructure.keys.published
        new = Keys.anew(published, head.generation + 1, next_position=head.position + 1)
        await repository.forget_sealed()
        ended = await repository.end_all_sessions()
        await repository.remove(rings)
        await repository.add(_ring(new, infrastructure.settings.effective_secret_key))
        head.generation = new.generation
        await session.flush()
        details = {"generation": new.generation, "sessions_ended": ended, "lost": True}
        AuditTrail(infrastructure.with_keys(new)).record(session, Entry(Action.KEYS_CHANGED, actor, details=details))
    return Change(new, 0, 0, ended)


def _longest_life(refresh_token_days: int) -> timedelta:
    """Return how long the tokens that are out there may still be good: those of uploads live for a day."""
    return timedelta(days=max(1, refresh_token_days))


def _ring(keys: Keys, secret: str, *, is_leaving: bool = False) -> KeyRing:
    return KeyRing(
        secret_key_id=secret_key_id(secret),
        sealed=_vault(secret).seal(encode_keys(keys), CONTEXT),
        published=encode_published(keys.published),
        is_leaving=is_leaving,
    )


def _ring_of(secret: str, rings: Sequence[KeyRing]) -> KeyRing:
    named = secret_key_id(secret)
    for ring in rings:
        if ring.secret_key_id == named:
            return ring
    raise SecretKeyWrong(
        "The database was sealed with another secret key than that of RELAYPACS_SECRET_KEY or secret.key."
    )


def _opened(ring: KeyRing, secret: str) -> Keys:
    try:
        return decode_keys(_vault(secret).unseal(ring.sealed, CONTEXT))
    except (ValueError, LookupError, TypeError) as fault:
        raise SecretKeyWrong("The keys in the database can't be opened: they were changed, or damaged.") from fault


def _vault(secret: str) -> Vault:
    return Vault(derive_key(secret, CONTEXT))
