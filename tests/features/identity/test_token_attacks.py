"""Tokens that are not quite ours: none of them opens anything, and none of them breaks anything.

Where a forgery is signed with our own key, it shows what a leak of a part, or a fault of our own, could open.
"""

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from relaypacs.core.clock import now
from relaypacs.core.keys import derive_key
from tests.builders.gateway import ADMIN, GatewayClient
from tests.builders.people import nobody
from tests.conftest import SECRET

KEY = derive_key(SECRET, "tokens")
KINDS = ("access", "refresh", "upload")
pytestmark = pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")

Claims = dict[str, Any]


def b64(raw: bytes | str) -> str:
    return base64.urlsafe_b64encode(raw.encode() if isinstance(raw, str) else raw).rstrip(b"=").decode()


def claims_of(token: str) -> Claims:
    claims: Claims = jwt.decode(token, options={"verify_signature": False})
    return claims


def signed(claims: object, key: bytes = KEY, header: Mapping[str, object] | None = None) -> str:
    """Return a token of any claims and header, with a right HS256 signature."""
    content = f"{b64(json.dumps(header or {'alg': 'HS256', 'typ': 'JWT'}))}.{b64(json.dumps(claims))}"
    signature = hmac.new(key, content.encode(), sha256).digest()
    return f"{content}.{b64(signature)}"


@dataclass
class Doors:
    """Every place that takes a token, and a good token of each kind, used up by nothing."""

    gateway: GatewayClient
    good: dict[str, str]
    upload_id: str
    others_id: str

    async def knock(self, kind: str, token: str) -> list[httpx.Response]:
        """Show the token as if it were of `kind`, wherever that kind is taken."""
        http, bearer, upload = self.gateway.http, {"Authorization": f"Bearer {token}"}, {"X-Upload-Token": token}
        match kind:
            case "access":
                calls = [http.get(path, headers=bearer) for path in ("/auth/me", f"/upload/{self.upload_id}")]
            case "refresh":
                calls = [http.post("/auth/refresh", json={"refresh_token": token})]
            case _:
                path = f"/upload/{self.upload_id}"
                where = {"file_id": "scan", "chunk_index": 0}
                calls = [
                    http.get(path, headers=upload),
                    http.put(f"{path}/chunk", params=where, content=b"x", headers=upload),
                    http.post(f"{path}/complete", headers=upload),
                    http.delete(path, headers=upload),
                ]
        return [await call for call in calls]


@pytest.fixture
async def doors(gateway: GatewayClient) -> Doors:
    pair = await gateway.sign_in(ADMIN)
    upload = await gateway.open([("scan.dcm", b"body")])
    other = await gateway.open([("scan.dcm", b"other")])
    good = {"access": pair["access_token"], "refresh": pair["refresh_token"], "upload": upload.session_token}
    return Doors(nobody(gateway), good, upload.upload_id, other.upload_id)


async def test_the_forger_of_these_tests_is_able(doors: Doors) -> None:
    """A token with nothing wrong is taken at every door, so that the other tests fail for their own reason."""
    for kind in ("access", "upload", "refresh"):
        for answer in await doors.knock(kind, signed(claims_of(doors.good[kind]))):
            assert answer.status_code not in (401, 403, 404), answer.text


Attack = Callable[[Mapping[str, str], str], dict[str, str]]
ATTACKS: list[Attack] = []


def attack(forge: Attack) -> Attack:
    """Add a function that makes forgeries, by name, of a kind of token out of good ones."""
    ATTACKS.append(forge)
    return forge


@attack
def another_kind(good: Mapping[str, str], kind: str) -> dict[str, str]:
    """Each kind where another is expected."""
    return {other: good[other] for other in KINDS if other != kind}


@attack
def another_algorithm_or_key(good: Mapping[str, str], kind: str) -> dict[str, str]:
    """No signature, a weaker one, one by another key."""
    claims = claims_of(good[kind])
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    payload = b64(json.dumps(claims))
    signature = good[kind].rpartition(".")[2]
    tokens = {
        f"alg {name!r}, {end[:1]}": f"{b64(json.dumps({'alg': name}))}.{payload}.{end}"
        for name in ("none", "None", "NONE", "nOnE", "", None, 0, ["HS256"], {"HS256": 1}, "hs256")
        for end in ("", signature)
    }
    tokens |= {f"{algorithm} with our key": jwt.encode(claims, KEY, algorithm) for algorithm in ("HS384", "HS512")}
    tokens |= {
        f"HS256 with {name}": jwt.encode(claims, key)
        for name, key in {
            "the secret itself": SECRET,
            "a key of another purpose": derive_key(SECRET, "secrets at rest"),
            "the key in hex": KEY.hex(),
            "nothing": b"\0",
            "a common word": "secret",
        }.items()
    }
    tokens["RS256"] = jwt.encode(claims, private, "RS256")
    tokens["HS256 with a public key"] = signed(claims, public)
    return tokens


@attack
def a_header_with_a_key_of_its_own(good: Mapping[str, str], kind: str) -> dict[str, str]:
    """Headers that tell the reader which key to use (RFC 8725 2.6)."""
    claims, own_key = claims_of(good[kind]), b"a key of the attacker's own, 32 bytes"
    jwk = {"kty": "oct", "k": b64(own_key), "alg": "HS256"}
    headers: dict[str, dict[str, object]] = {
        "jwk": {"jwk": jwk},
        "jku": {"jku": "http://127.0.0.1:9/keys.json"},
        "x5u": {"x5u": "http://127.0.0.1:9/cert.pem"},
        "kid": {"kid": "../../../../dev/null"},
        "kid, SQL": {"kid": "x' UNION SELECT 'key"},
        "kid, number": {"kid": 1},
    }
    tokens = {name: signed(claims, own_key, {"alg": "HS256", **header}) for name, header in headers.items()}
    tokens["kid, empty key"] = signed(claims, b"\0", {"alg": "HS256", "kid": "/dev/null"})
    tokens["crit, signed by us"] = signed(claims, KEY, {"alg": "HS256", "crit": ["exp"], "exp": 1})
    tokens["detached, signed by us"] = signed(claims, KEY, {"alg": "HS256", "crit": ["b64"], "b64": False})
    return tokens


@attack
def changed_on_the_way(good: Mapping[str, str], kind: str) -> dict[str, str]:
    """A good token in which something was changed, or that is spelled otherwise."""
    header, payload, signature = good[kind].split(".")
    claims = claims_of(good[kind])
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    sibling = alphabet[alphabet.index(signature[-1]) ^ 1]  # differs in bits that are no part of the signature
    return {
        "other subject": f"{header}.{b64(json.dumps(claims | {'sub': str(uuid4())}))}.{signature}",
        "later end": f"{header}.{b64(json.dumps(claims | {'exp': claims['exp'] + 1}))}.{signature}",
        "same claims, other bytes": f"{header}.{b64(json.dumps(claims, indent=1))}.{signature}",
        "other header": f"{b64(json.dumps({'alg': 'HS256', 'typ': 'jwt'}))}.{payload}.{signature}",
        "first bit": f"{header}.{payload}.{alphabet[alphabet.index(signature[0]) ^ 32]}{signature[1:]}",
        "spare bits": f"{header}.{payload}.{signature[:-1]}{sibling}",
        "shorter": f"{header}.{payload}.{signature[:-4]}",
        "longer": f"{header}.{payload}.{signature}AAAA",
        "no signature": f"{header}.{payload}.",
        "two parts": f"{header}.{payload}",
        "four parts": f"{good[kind]}.{signature}",
        "padded": f"{good[kind]}=",
    }


@attack
def white_space(good: Mapping[str, str], kind: str) -> dict[str, str]:
    """A token in a body with white space in it; a header loses that on its way."""
    if kind != "refresh":
        return {}
    token = good[kind]
    header, payload, signature = token.split(".")
    spaced = [f" {token}", f"{token} ", f"{token}\n", f"\t{token}", f"{header}. {payload}.{signature}"]
    spaced += [f"{header}.{payload}.{signature[:20]} {signature[20:]}", f"{header}.{payload}.{signature}\u00a0", " "]
    return {repr(spelling): spelling for spelling in spaced}


@attack
def enormous_or_endless(good: Mapping[str, str], kind: str) -> dict[str, str]:
    """What a careless parser would choke on."""
    size = 3000 if kind == "refresh" else 40_000
    nested = b64("[" * size)
    _, payload, signature = good[kind].split(".")
    return {
        "long": "x" * size,
        "many parts": "." * size,
        "nested header": f"{nested}.{payload}.{signature}",
        "nested payload": f"{b64(json.dumps({'alg': 'HS256'}))}.{nested}.{signature}",
        "long number": f"{b64(f'[{9:0>{size}}]')}.{payload}.{signature}",
        "long signature": f"{good[kind]}{'A' * size}",
    }


def _changes() -> dict[str, Claims]:
    at = now()
    missing: dict[str, Claims] = {
        f"no {name}": {name: ...} for name in ("iss", "aud", "typ", "ver", "sub", "iat", "exp")
    }
    return missing | {
        "other issuer": {"iss": "somebody"},
        "issuer in a list": {"iss": ["relaypacs"]},
        "audience of another kind": {"aud": "relaypacs:other"},
        "audience only named": {"aud": "relaypacs"},
        "other type": {"typ": "id"},
        "older version": {"ver": 0},
        "newer version": {"ver": 2},
        "version as text": {"ver": "1"},
        "expired": {"exp": int((at - timedelta(seconds=2)).timestamp())},
        "expiry as a word": {"exp": "never"},
        "expiry without bounds": {"exp": float("inf")},
        "expiry in a list": {"exp": [1]},
        "expiry null": {"exp": None},
        "issued later": {"iat": int((at + timedelta(hours=1)).timestamp())},
        "issued without bounds": {"iat": float("inf")},
        "not before later": {"nbf": int((at + timedelta(hours=1)).timestamp())},
        "subject a number": {"sub": 1},
    }


def _session_changes() -> dict[str, Claims]:
    strange = (..., None, "", "x", 1, 1.5, True, [], {}, "0" * 500, str(uuid4()), "\ud800")
    return {f"sid {value!r:.20}": {"sid": value} for value in strange} | {"another's subject": {"sub": str(uuid4())}}


def _identifier_changes() -> dict[str, Claims]:
    return {f"jti {value!r:.20}": {"jti": value} for value in (..., None, 1, [], {}, "\ud800")}


@attack
def claims_of_something_else(good: Mapping[str, str], kind: str) -> dict[str, str]:
    """Signed with our own key, but not what we sign."""
    changes = _changes()
    if kind != "upload":
        changes |= _session_changes()
    if kind == "refresh":
        changes |= _identifier_changes()
    claims = claims_of(good[kind])
    tokens = {
        name: signed({key: value for key, value in (claims | change).items() if value is not ...})
        for name, change in changes.items()
    }
    tokens |= {f"claims {body!r}": signed(body) for body in ([], "text", 1, None, {})}
    return tokens


async def test_no_forgery_is_taken_and_none_breaks_anything(doors: Doors) -> None:
    taken = [
        f"{kind}, {forge.__name__}, {name}: {answer.status_code} {answer.text}"
        for kind in KINDS
        for forge in ATTACKS
        for name, token in forge(doors.good, kind).items()
        for answer in await doors.knock(kind, token)
        if answer.status_code != 401 and not (kind == "refresh" and _is_malformed(token, answer))
    ]
    assert not taken, "\n".join(taken)
    for kind in ("access", "upload", "refresh"):  # and the good ones are as good as before
        assert (await doors.knock(kind, doors.good[kind]))[0].status_code == 200


def _is_malformed(token: str, answer: httpx.Response) -> bool:
    """Whether the schema of the body may refuse it before anybody reads it: over 4096 characters, or none."""
    return answer.status_code == 400 and not 0 < len(token) <= 4096


async def test_the_token_of_one_upload_opens_no_other(doors: Doors) -> None:
    token = {"X-Upload-Token": doors.good["upload"]}
    for method, path in (
        ("GET", ""),
        ("PUT", "/chunk?file_id=scan&chunk_index=0"),
        ("POST", "/complete"),
        ("DELETE", ""),
    ):
        answer = await doors.gateway.http.request(method, f"/upload/{doors.others_id}{path}", headers=token)
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/upload-not-found")


async def test_a_bad_upload_token_is_not_made_good_by_a_good_bearer_token(doors: Doors) -> None:
    headers = {"X-Upload-Token": "x.y.z", "Authorization": f"Bearer {doors.good['access']}"}
    answer = await doors.gateway.http.get(f"/upload/{doors.upload_id}", headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/invalid-upload-token")
