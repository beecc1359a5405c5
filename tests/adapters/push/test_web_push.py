"""What the push port promises: the vector of RFC 8291, and a push service that reads with a browser's keys."""

from base64 import urlsafe_b64decode

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from relaypacs.adapters.outbound.http import GuardedHttp
from relaypacs.adapters.push.base import PushGone, PushRefused, PushUnavailable, Subscription, SubscriptionWrong
from relaypacs.adapters.push.web_push import WebPushSender, encrypted
from relaypacs.core.clock import now
from relaypacs.core.keys import Keys
from relaypacs.core.outbound import parse_networks
from tests.builders.browsers import Browser, b64, proven_claims, unb64
from tests.servers.receiver import Receiver, receiving

HERE = parse_networks("127.0.0.0/8")
CONTACT = "https://gateway.example"
SECRET = "a secret key that only the tests know, long enough"

# RFC 8291 Appendix A.
PLAIN = unb64("V2hlbiBJIGdyb3cgdXAsIEkgd2FudCB0byBiZSBhIHdhdGVybWVsb24")
SENDER_PRIVATE = unb64("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
BROWSER_PRIVATE = unb64("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")
AUTH, VECTOR_SALT = unb64("BTBZMqHH6r4Tts7J_aSIgg"), unb64("DGv6ra1nlYgDCS1FRnbzlw")
ENCRYPTED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def private(raw: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(raw), ec.SECP256R1())


def sender(secret: str = SECRET) -> WebPushSender:
    return WebPushSender(GuardedHttp(HERE, seconds=2), Keys.of(secret), CONTACT)


def given(browser: Browser) -> Subscription:
    made = browser.subscription()
    return Subscription(made["endpoint"], **made["keys"])


async def send(receiver: Receiver, browser: Browser, message: bytes = b"{}") -> None:
    browser.endpoint = f"{receiver.address}/push/abc"
    await sender().send(given(browser), message, topic="t" * 32, is_urgent=True, seconds=60)


def test_the_vector_of_the_standard() -> None:
    browser = Browser("https://push.example/x", private(BROWSER_PRIVATE), AUTH)
    made = encrypted(PLAIN, given(browser), salt=VECTOR_SALT, sender_key=private(SENDER_PRIVATE))
    assert b64(made) == ENCRYPTED
    assert browser.read(urlsafe_b64decode(ENCRYPTED + "=" * (-len(ENCRYPTED) % 4))) == PLAIN


async def test_a_message_reaches_its_browser_and_nobody_else_can_read_it() -> None:
    browser, other = Browser(""), Browser("")
    with receiving() as service:
        await send(service, browser, "نتيجة".encode())
        await send(service, browser, "نتيجة".encode())
    first, second = service.arrivals
    assert browser.read(first.body).decode() == "نتيجة"
    assert first.body != second.body
    with pytest.raises(InvalidTag):
        other.read(first.body)
    wanted = {"ttl": "60", "urgency": "high", "topic": "t" * 32, "content-encoding": "aes128gcm"}
    assert wanted.items() <= first.headers.items()


async def test_the_push_service_can_tell_who_sends() -> None:
    with receiving() as service:
        await send(service, Browser(""))
    claims = proven_claims(service.arrivals[0], sender().public_key, service.address)
    assert claims["sub"] == CONTACT
    assert 0 < claims["exp"] - now().timestamp() <= 24 * 3600


def test_the_key_stays_the_same_and_belongs_to_the_secret() -> None:
    assert sender().public_key == sender().public_key
    assert sender().public_key != sender("another secret key, which is long enough too").public_key
    assert len(unb64(sender().public_key)) == 65


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, PushGone),
        (410, PushGone),
        (429, PushUnavailable),
        (500, PushUnavailable),
        (503, PushUnavailable),
        (400, PushRefused),
        (403, PushRefused),
        (413, PushRefused),
        (302, PushRefused),
    ],
)
async def test_what_an_answer_means(status: int, kind: type[Exception]) -> None:
    with receiving() as service:
        service.status, service.extra = status, {"Retry-After": "30"}
        with pytest.raises(kind) as caught:
            await send(service, Browser(""))
    if isinstance(caught.value, PushUnavailable):
        assert caught.value.retry_after == 30


@pytest.mark.parametrize(
    "changes",
    [
        {"p256dh": b64(b"\x04" + bytes(64))},
        {"p256dh": "AAAA"},
        {"auth": b64(bytes(15))},
        {"endpoint": "http://push.example/x"},
        {"endpoint": "https://192.168.0.1/x"},
    ],
)
def test_what_is_no_subscription(changes: dict[str, str]) -> None:
    made = Browser("https://push.example/x").subscription()
    whole = {"endpoint": made["endpoint"], **made["keys"], **changes}
    with pytest.raises(SubscriptionWrong):
        sender().check(Subscription(**whole))
