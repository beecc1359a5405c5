"""What the provider publishes about itself: its addresses and its keys, asked once an hour."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from relaypacs.adapters.oidc.base import OidcUnavailable
from relaypacs.adapters.oidc.http import OidcHttp
from relaypacs.core.web_addresses import is_secure

KEEP_SECONDS = 3600.0
WELL_KNOWN = "/.well-known/openid-configuration"
KEY_TYPES = ("RSA", "EC", "OKP")  # a shared secret among published keys would be none
DOCUMENT, KEYS = "discovery document", "signing keys"

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class ProviderDocument:
    """The part of OpenID Connect Discovery 1.0 section 3 that the gateway uses."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_auth_methods: frozenset[str]


class Discovery:
    """The documents of one issuer. Every method raises OidcUnavailable; a failure is not remembered."""

    def __init__(self, issuer: str, http: OidcHttp, *, keep_seconds: float = KEEP_SECONDS) -> None:
        self._issuer = issuer
        self._http = http
        self._document = _Cache(self._fetch_document, keep_seconds)
        self._keys = _Cache(self._fetch_keys, keep_seconds)

    async def document(self, *, fresh: bool = False) -> ProviderDocument:
        return await self._document.get(fresh=fresh)

    async def keys(self, *, fresh: bool = False) -> KeySet:
        """Return the keys that can sign (RFC 7517); there is at least one."""
        return await self._keys.get(fresh=fresh)

    async def _fetch_document(self) -> ProviderDocument:
        # A slash at the end of the issuer is left out here, and nowhere else (Discovery section 4.1).
        found = await self._http.get(DOCUMENT, self._issuer.removesuffix("/") + WELL_KNOWN)
        if found.get("issuer") != self._issuer:
            raise OidcUnavailable(f"{DOCUMENT}: it names another issuer than the one that is configured")
        if "S256" not in _words(found, "code_challenge_methods_supported", default="S256"):
            raise OidcUnavailable(f"{DOCUMENT}: PKCE with S256 is not among what the provider supports")
        return ProviderDocument(
            authorization_endpoint=self._endpoint(found, "authorization_endpoint"),
            token_endpoint=self._endpoint(found, "token_endpoint"),
            jwks_uri=self._endpoint(found, "jwks_uri"),
            token_auth_methods=_words(found, "token_endpoint_auth_methods_supported", default="client_secret_basic"),
        )

    def _endpoint(self, found: Mapping[str, Any], name: str) -> str:
        """Return an address that is at least as well protected as the issuer's own."""
        url = found.get(name)
        if not isinstance(url, str) or not is_secure(url) or not _is_requestable(url):
            raise OidcUnavailable(f"{DOCUMENT}: {name} is not an https address")
        if self._issuer.startswith("https:") and not url.startswith("https:"):
            raise OidcUnavailable(f"{DOCUMENT}: {name} is not an https address")
        return url

    async def _fetch_keys(self) -> KeySet:
        document = await self.document()
        found = (await self._http.get(KEYS, document.jwks_uri)).get("keys")
        usable = [key for key in map(_signing_key, found if isinstance(found, list) else []) if key]
        if not usable:
            raise OidcUnavailable(f"{KEYS}: there is none of a kind that is known here")
        return KeySet(usable)


class _Cache(Generic[Kept]):
    """What `load` returned, for a while. Who asks meanwhile waits for the same request, and shares its failure."""

    def __init__(self, load: Callable[[], Awaitable[Kept]], seconds: float) -> None:
        self._load = load
        self._seconds = seconds
        self._kept: tuple[Kept, float] | None = None
        self._loading: asyncio.Task[Kept] | None = None

    async def get(self, *, fresh: bool) -> Kept:
        if self._kept and not fresh and time.monotonic() < self._kept[1]:
            return self._kept[0]
        if self._loading is None:
            self._loading = asyncio.create_task(self._load_and_keep())
            self._loading.add_done_callback(self._loaded)
        return await asyncio.shield(self._loading)  # one who gives up must not end it for the others

    async def _load_and_keep(self) -> Kept:
        loaded = await self._load()
        self._kept = loaded, time.monotonic() + self._seconds
        return loaded

    def _loaded(self, task: asyncio.Task[Kept]) -> None:
        self._loading = None
        if not task.cancelled():
            task.exception()  # known to those who wait; when none is left, asyncio need not complain


def _signing_key(data: object) -> Key | None:
    """Read one JWK; None for one that cannot sign, or of a kind that is not known here (RFC 7517 section 5)."""
    if not isinstance(data, dict) or data.get("kty") not in KEY_TYPES or data.get("use", "sig") != "sig":
        return None
    try:
        key = JWKRegistry.import_key(data)
        key.ensure_kid()
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return key


def _words(found: Mapping[str, Any], name: str, *, default: str) -> frozenset[str]:
    listed = found.get(name)
    return frozenset(filter(_is_text, listed)) if isinstance(listed, list) else frozenset({default})


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_requestable(url: str) -> bool:
    try:
        httpx.URL(url)
    except httpx.InvalidURL:
        return False
    return True
