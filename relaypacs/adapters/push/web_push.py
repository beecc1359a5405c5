"""Web Push: encrypted (RFC 8291) and signed (RFC 8292), so that push services learn nothing and know who sends."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from relaypacs.adapters.outbound.base import AddressNotAllowed, Outbound, OutboundUnavailable
from relaypacs.adapters.push.base import PushGone, PushRefused, PushUnavailable, Subscription, SubscriptionWrong
from relaypacs.core.clock import now
from relaypacs.core.keys import Keys
from relaypacs.core.web_addresses import origin_of

CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (SEC 2, 2.4.2)
AUTH_BYTES, SALT_BYTES = 16, 16
TOKEN_GOOD_FOR = timedelta(hours=12)  # RFC 8292 section 2 allows 24
GONE = {404, 410}
LATER = {408, 429}


class WebPushSender:
    def __init__(self, outbound: Outbound, keys: Keys, contact: str) -> None:
        """`contact` is an https: or mailto: address at which a push service may ask about us (RFC 8292 section 2.1)."""
        self._outbound = outbound
        self._contact = contact
        number = int.from_bytes(keys.web_push)
        self._key = ec.derive_private_key(number % (ORDER - 1) + 1, CURVE)
        self.public_key = _encode(_point(self._key.public_key()))

    def check(self, subscription: Subscription) -> None:
        try:
            self._outbound.check(subscription.endpoint)
        except AddressNotAllowed as refusal:
            raise SubscriptionWrong(str(refusal)) from refusal
        _keys_of(subscription)

    async def send(
        self, subscription: Subscription, message: bytes, *, topic: str, is_urgent: bool, seconds: int
    ) -> None:
        headers = {
            "Authorization": f"vapid t={self._token(subscription.endpoint)}, k={self.public_key}",
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(seconds),
            "Urgency": "high" if is_urgent else "normal",
            "Topic": topic,
        }
        try:
            answer = await self._outbound.post(subscription.endpoint, headers, encrypted(message, subscription))
        except OutboundUnavailable as fault:
            raise PushUnavailable(str(fault)) from fault
        except (AddressNotAllowed, SubscriptionWrong) as refusal:
            raise PushRefused(str(refusal)) from refusal
        if answer.status in GONE:
            raise PushGone
        words = f"the push service answers with HTTP {answer.status}"
        if answer.status in LATER or answer.is_server_error:
            raise PushUnavailable(words, answer.retry_after)
        if not answer.is_success:
            raise PushRefused(words)

    def _token(self, endpoint: str) -> str:
        claims = {"aud": origin_of(endpoint), "exp": now() + TOKEN_GOOD_FOR, "sub": self._contact}
        return jwt.encode(claims, self._key, algorithm="ES256")


def encrypted(
    message: bytes,
    subscription: Subscription,
    *,
    salt: bytes | None = None,
    sender_key: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """Return a message that the subscription's browser alone can read (RFC 8291 section 3). Raises SubscriptionWrong.

    Salt and key are new for each message; they are given where a test knows what must come out.
    """
    public, auth = _keys_of(subscription)
    body: bytes = http_ece.encrypt(
        message,
        salt=salt or os.urandom(SALT_BYTES),
        private_key=sender_key or ec.generate_private_key(CURVE),
        dh=_point(public),
        auth_secret=auth,
        version="aes128gcm",
    )
    return body


def _keys_of(subscription: Subscription) -> tuple[ec.EllipticCurvePublicKey, bytes]:
    try:
        public = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, _decode(subscription.p256dh))
        auth = _decode(subscription.auth)
    except ValueError as fault:
        raise SubscriptionWrong("Its keys are not those of a browser.") from fault
    if len(auth) != AUTH_BYTES:
        raise SubscriptionWrong("Its keys are not those of a browser.")
    return public, auth


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
