"""Signs and checks custody receipts with Ed25519 (RFC 8032).

The key is one of those that the secret key opens, so that every replica has the same one. A receipt carries its
public key: the signature proves that nothing was changed, and comparing
the key id proves which gateway made it.
"""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from relaypacs.core.keys import Keys


class ReceiptInvalid(ValueError):
    """The document is not a receipt, was changed after signing, or was signed by another key."""


def canonical(payload: dict[str, Any]) -> bytes:
    """Return the one byte form of a JSON object that is signed: sorted keys, no spaces, UTF-8."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def key_id(public_key: bytes) -> str:
    """Return the first 16 hex digits of the SHA-256 of the raw public key."""
    return hashlib.sha256(public_key).hexdigest()[:16]


class ReceiptSigner:
    def __init__(self, keys: Keys) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(keys.receipts)
        self._public = self._key.public_key().public_bytes_raw()

    @property
    def public_key(self) -> str:
        return b64encode(self._public).decode()

    def sign(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Return the document `{receipt, signature}` for a payload of plain JSON values."""
        return {
            "receipt": payload,
            "signature": {
                "algorithm": "Ed25519",
                "key_id": key_id(self._public),
                "public_key": self.public_key,
                "value": b64encode(self._key.sign(canonical(payload))).decode(),
            },
        }


def verify_receipt(document: Any, public_keys: Sequence[str] | None = None) -> None:
    """Check the signature, and that it was made by one of `public_keys` (base64) where they are given.

    Raises ReceiptInvalid with a sentence that says what is wrong.
    """
    try:
        payload, signature = document["receipt"], document["signature"]
        raw_key = b64decode(signature["public_key"], validate=True)
        value = b64decode(signature["value"], validate=True)
        key = Ed25519PublicKey.from_public_bytes(raw_key)
        expected = [raw_key] if public_keys is None else [b64decode(given, validate=True) for given in public_keys]
    except (KeyError, TypeError, ValueError) as error:
        raise ReceiptInvalid("This is not a custody receipt.") from error
    if raw_key not in expected:
        raise ReceiptInvalid("The receipt was signed by another key than the one given.")
    try:
        key.verify(value, canonical(payload))
    except InvalidSignature as error:
        raise ReceiptInvalid("The receipt was changed after it was signed.") from error
