"""An OpenID provider that lies when it is told to. Otherwise it answers like a real one, whatever the code.

with running_hostile_oidc() as peer:
    peer.claims["aud"] = "somebody-else"  # in the next ID tokens
    peer.faults["/keys"] = Respond(500)  # until it is removed
"""

import base64
import hashlib
import hmac
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import get_default_algorithms

CLIENT_ID = "relaypacs"
DOCUMENT = "/.well-known/openid-configuration"
ACCESS_TOKEN = "an-access-token"

MAKE_KEY: Mapping[str, Callable[[], Any]] = {
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
    "PS256": lambda: rsa.generate_private_key(65537, 2048),
    "RS512": lambda: rsa.generate_private_key(65537, 2048),
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
}


@dataclass(frozen=True)
class Respond:
    """Give this answer."""

    status: int
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Hang:
    """Say nothing."""


@dataclass(frozen=True)
class Trickle:
    """Begin an answer, and give a byte of it now and then."""


Fault = Respond | Hang | Trickle


class HostileOidc:
    """What the provider publishes, signs and was asked. Change `claims`, `document` and `published` as you like."""

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        self.closing = threading.Event()
        self.server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"peer": self}))
        self._scheme = "https" if tls else "http"
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.asked: list[str] = []  # paths
        self.forms: list[tuple[str | None, dict[str, str]]] = []  # Authorization, and form, of each token request
        self.faults: dict[str, Fault] = {}
        self.token: dict[str, Any] = {}  # changes of the token endpoint's answer
        self.raw_token: str | None = None  # instead of a token of ours
        self.published: list[dict[str, Any]] = []
        self.claims: dict[str, Any] = {}
        self.document: dict[str, Any] = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?tenant=one",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        self.use_key("first")

    @property
    def issuer(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.server.server_port}"

    def use_key(self, kid: str | None, algorithm: str = "RS256", *, publish: bool = True) -> None:
        """Sign with a new key from now on, published in the place of all others."""
        self._kid, self._algorithm, self._key = kid, algorithm, MAKE_KEY[algorithm]()
        if publish:
            jwk = get_default_algorithms()[algorithm].to_jwk(self._key.public_key(), as_dict=True)
            self.published = [jwk | ({"kid": kid} if kid else {})]

    def sign(self, claims: Mapping[str, Any]) -> str:
        headers = {"kid": self._kid} if self._kid else {}
        return jwt.encode(dict(claims), self._key, self._algorithm, headers=headers)

    def sign_with_the_public_key(self, claims: Mapping[str, Any]) -> str:
        """Sign with HS256, the secret being what everybody can read (RFC 8725 section 2.1)."""
        secret = self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        signed = ".".join(_segment(part) for part in ({"alg": "HS256", "kid": self._kid}, claims))
        return f"{signed}.{_base64(hmac.digest(secret, signed.encode(), 'sha256'))}"

    def good_claims(self, nonce: str) -> dict[str, Any]:
        half = hashlib.sha256(ACCESS_TOKEN.encode()).digest()[:16]
        now = int(time.time())
        return {
            "iss": self.issuer,
            "sub": "subject-1",
            "aud": CLIENT_ID,
            "exp": now + 300,
            "iat": now,
            "nonce": nonce,
            "at_hash": _base64(half),
        }

    def answer(self, path: str) -> Mapping[str, Any]:
        match path:
            case "/.well-known/openid-configuration":
                return self.document
            case "/keys":
                return {"keys": self.published}
            case _:
                told = {name: value for name, value in self.claims.items() if value is not None}
                token = self.raw_token or self.sign(told)
                return {"access_token": ACCESS_TOKEN, "token_type": "Bearer", "id_token": token} | self.token

    def count(self, path: str) -> int:
        return self.asked.count(path)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that hang up: they are to."""


class _Handler(BaseHTTPRequestHandler):
    peer: HostileOidc
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing: requests are kept in `HostileOidc.asked`."""

    def do_GET(self) -> None:
        self.peer.asked.append(self.path)
        match self.peer.faults.get(self.path):
            case Respond(status, body, headers):
                self._answer(status, body, headers)
            case Hang():
                self.peer.closing.wait()
            case Trickle():
                self._trickle()
            case None:
                self._answer(200, json.dumps(self.peer.answer(self.path)).encode(), {})

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        fields = {name: values[0] for name, values in form.items()}
        self.peer.forms.append((self.headers["Authorization"], fields))
        self.do_GET()

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _trickle(self) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.peer.closing.wait(0.05):
            self.wfile.write(b" ")


def _segment(part: Mapping[str, Any]) -> str:
    return _base64(json.dumps(dict(part)).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@contextmanager
def running_hostile_oidc(tls: ssl.SSLContext | None = None) -> Iterator[HostileOidc]:
    """Serve on a free port until the context is left."""
    peer = HostileOidc(tls)
    thread = threading.Thread(target=peer.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        peer.closing.set()
        peer.server.shutdown()
        thread.join()
        peer.server.server_close()
