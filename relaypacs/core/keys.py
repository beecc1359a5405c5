"""The keys that the gateway works with, one for each purpose.

At first all of them are derived from the secret key. Once the gateway has started they are kept in the database, sealed
with it (`features/admin/service/keys.py`): so the secret key can be changed without changing what must stay, and what
was made by a key can outlive it.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
SINGLE = ("recovery_codes", "vault", "receipts", "web_push")  # of each of these there is one at a time


def derive_key(secret_key: str, purpose: str) -> bytes:
    """Return 32 bytes for one purpose (HKDF, RFC 5869), so that no key is ever used for two things."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"relaypacs {purpose}".encode()).derive(
        secret_key.encode()
    )


def secret_key_id(secret_key: str) -> str:
    """Return 16 hex digits that tell secret keys apart, and nothing of what they are."""
    return derive_key(secret_key, "name of the secret key").hex()[:16]


def public_receipt_key(private: bytes) -> str:
    """Return the public half of a key that signs receipts, in base64."""
    return b64encode(Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()).decode()


@dataclass(frozen=True, slots=True)
class AgedKey:
    """A key of tokens. The newest one makes them; an earlier one is good until the last token of it has expired."""

    key: bytes
    until: datetime | None = None  # None: the newest


@dataclass(frozen=True, slots=True)
class TrailKeys:
    """The keys of the audit trail: each seals the events from its position to that of the next."""

    begins: tuple[tuple[int, bytes], ...]
    generation: int = 0

    @classmethod
    def of(cls, key: bytes) -> "TrailKeys":
        return cls(((1, key),))

    @property
    def newest(self) -> bytes:
        return self.begins[-1][1]

    @property
    def first_position(self) -> int:
        """Return from where on the trail can be verified: beyond 1 where an earlier key was lost."""
        return self.begins[0][0]

    def at(self, position: int) -> bytes | None:
        """Return the key that has sealed an event; None for one whose key was lost."""
        found = [key for begin, key in self.begins if begin <= position]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True, repr=False)
class StorageKey:
    """A key that stored files are sealed with. Its number is in the key of each of them, and never given twice."""

    number: int
    key: bytes


@dataclass(frozen=True, slots=True)
class RetiredSigner:
    """The public half of a key that has signed receipts until then."""

    public_key: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Published:
    """What of the keys is no secret. `gateway` never changes: UIDs in the PACS follow from it."""

    gateway: str
    retired: tuple[RetiredSigner, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """`generation` counts the changes. What `renewed` leaves as it is says why."""

    tokens: tuple[AgedKey, ...]
    refresh_chain: tuple[AgedKey, ...]
    recovery_codes: bytes
    vault: bytes
    receipts: bytes
    web_push: bytes
    trail: TrailKeys
    published: Published
    generation: int = 0
    storage: tuple[StorageKey, ...] = ()
    """The last one seals new files. Made at random, so it is there once the database holds the keys."""

    def with_storage_key(self) -> "Keys":
        """Return the same with a key that seals files from now on. Earlier ones open what they have sealed."""
        return replace(self, storage=(*self.storage, StorageKey(self.generation + 1, _new())))

    @classmethod
    def of(cls, secret_key: str) -> "Keys":
        """Return those that follow from the secret key of a gateway whose key was never changed."""
        receipts = derive_key(secret_key, "custody receipts")
        return cls(
            tokens=(AgedKey(derive_key(secret_key, "tokens")),),
            refresh_chain=(AgedKey(derive_key(secret_key, "refresh token chain")),),
            recovery_codes=derive_key(secret_key, "recovery codes"),
            vault=derive_key(secret_key, "secrets at rest"),
            receipts=receipts,
            web_push=derive_key(secret_key, "web push"),
            trail=TrailKeys.of(derive_key(secret_key, "audit trail")),
            published=Published(public_receipt_key(receipts)),
        )

    def renewed(self, at: datetime, *, next_position: int, tokens_until: datetime | None) -> "Keys":
        """Return other keys for everything that can have one.

        Tokens of the present keys are good until `tokens_until`, or with None no more. Recovery codes are kept as keyed
        hashes alone, and browsers have subscribed to the key of push messages: those two stay. So does what UIDs follow
        from, which was public all the time.
        """

        def aged(keys: tuple[AgedKey, ...]) -> tuple[AgedKey, ...]:
            earlier = [replace(key, until=key.until or tokens_until) for key in keys if tokens_until]
            return (AgedKey(_new()), *(key for key in earlier if key.until and key.until > at))

        retired = (*self.published.retired, RetiredSigner(public_receipt_key(self.receipts), at))
        generation = self.generation + 1
        return replace(
            self,
            tokens=aged(self.tokens),
            refresh_chain=aged(self.refresh_chain),
            vault=_new(),
            receipts=_new(),
            trail=TrailKeys((*self.trail.begins, (next_position, _new())), generation),
            published=replace(self.published, retired=retired),
            generation=generation,
        ).with_storage_key()

    @classmethod
    def anew(cls, published: Published, generation: int, *, next_position: int) -> "Keys":
        """Return the keys of a gateway that has lost its own: none of them, but who it is to others."""
        return cls(
            tokens=(AgedKey(_new()),),
            refresh_chain=(AgedKey(_new()),),
            recovery_codes=_new(),
            vault=_new(),
            receipts=_new(),
            web_push=_new(),
            trail=TrailKeys(((next_position, _new()),), generation),
            published=published,
            generation=generation,
        ).with_storage_key()


def _new() -> bytes:
    return token_bytes(KEY_BYTES)


def encode_published(published: Published) -> dict[str, Any]:
    """Return plain JSON values."""
    retired = [{"public_key": key.public_key, "until": key.until.isoformat()} for key in published.retired]
    return {"gateway": published.gateway, "retired": retired}


def decode_published(document: Mapping[str, Any]) -> Published:
    retired = [RetiredSigner(key["public_key"], datetime.fromisoformat(key["until"])) for key in document["retired"]]
    return Published(document["gateway"], tuple(retired))


def encode_keys(keys: Keys) -> str:
    """Return all of the keys as a text, to be sealed."""

    def aged(known: tuple[AgedKey, ...]) -> list[list[str | None]]:
        return [[key.key.hex(), key.until.isoformat() if key.until else None] for key in known]

    return json.dumps(
        {
            "generation": keys.generation,
            "tokens": aged(keys.tokens),
            "refresh_chain": aged(keys.refresh_chain),
            "trail": [[begin, key.hex()] for begin, key in keys.trail.begins],
            "storage": [[each.number, each.key.hex()] for each in keys.storage],
            "published": encode_published(keys.published),
            **{name: getattr(keys, name).hex() for name in SINGLE},
        }
    )


def decode_keys(text: str) -> Keys:
    """Raises ValueError, LookupError or TypeError when it is no such text."""
    document = json.loads(text)

    def aged(known: list[list[str]]) -> tuple[AgedKey, ...]:
        return tuple(AgedKey(bytes.fromhex(k), datetime.fromisoformat(until) if until else None) for k, until in known)

    generation = int(document["generation"])
    begins = tuple((int(begin), bytes.fromhex(key)) for begin, key in document["trail"])
    return Keys(
        tokens=aged(document["tokens"]),
        refresh_chain=aged(document["refresh_chain"]),
        trail=TrailKeys(begins, generation),
        published=decode_published(document["published"]),
        generation=generation,
        storage=tuple(StorageKey(int(number), bytes.fromhex(key)) for number, key in document.get("storage", ())),
        **{name: bytes.fromhex(document[name]) for name in SINGLE},
    )
