"""A browser's side of Web Push: makes a subscription, and reads what comes for it (RFC 8291, RFC 8188)."""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.servers.receiver import Arrival

SALT, SIZE, ID_LENGTH = slice(0, 16), slice(16, 20), 20


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Browser:
    """Has the keys of one subscription at `endpoint`."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self) -> dict[str, Any]:
        """Return what PushSubscription.toJSON() returns."""
        keys = {"p256dh": b64(self.point), "auth": b64(self.auth)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    def read(self, body: bytes) -> bytes:
        """Return the message in one record of aes128gcm. Raises InvalidTag for what is not for this browser."""
        sender_point = body[ID_LENGTH + 1 : ID_LENGTH + 1 + body[ID_LENGTH]]
        sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender_point)
        secret = self.key.exchange(ec.ECDH(), sender)
        keying = _hkdf(self.auth, secret, b"WebPush: info\0" + self.point + sender_point, 32)
        content_key = _hkdf(body[SALT], keying, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(body[SALT], keying, b"Content-Encoding: nonce\0", 12)
        record = body[ID_LENGTH + 1 + body[ID_LENGTH] :]
        assert len(record) <= int.from_bytes(body[SIZE]), "more than one record"
        padded = AESGCM(content_key).decrypt(nonce, record, None).rstrip(b"\0")
        assert padded[-1:] == b"\x02", "not the last record"
        return padded[:-1]

    def message(self, arrival: Arrival) -> dict[str, Any]:
        assert arrival.headers["content-encoding"] == "aes128gcm"
        content: dict[str, Any] = json.loads(self.read(arrival.body))
        return content


def proven_claims(arrival: Arrival, public_key: str, audience: str) -> dict[str, Any]:
    """Return the claims of a request's VAPID token, after checking it as a push service does (RFC 8292)."""
    scheme, _, parameters = arrival.headers["authorization"].partition(" ")
    given = dict(part.strip().split("=", 1) for part in parameters.split(","))
    assert (scheme, given["k"]) == ("vapid", public_key)
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(public_key))
    claims: dict[str, Any] = jwt.decode(given["t"], key, algorithms=["ES256"], audience=audience)
    return claims


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)
