"""The port for any provider that speaks OpenID Connect: Keycloak, Entra ID, Google and others."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from secrets import token_urlsafe
from typing import Any
from urllib.parse import quote_plus

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from relaypacs.adapters.oidc.base import OidcFlow, OidcIdentity, OidcRefused, OidcUnavailable
from relaypacs.adapters.oidc.claims import identity_of
from relaypacs.adapters.oidc.discovery import DOCUMENT, KEEP_SECONDS, Discovery, ProviderDocument
from relaypacs.adapters.oidc.http import SECONDS, OidcHttp
from relaypacs.adapters.oidc.id_token import KeyUnknown, verify_id_token

ENTROPY = 32  # bytes; the verifier becomes 43 characters (RFC 7636 section 4.1)
TOKENS = "token endpoint"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

# RFC 6749 section 5.2. Other words of the provider are not passed on: nobody knows what is in them.
ERRORS = (
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
)


# OpenID Connect Core section 3.1.2.1. With max_age the provider must say when it was (auth_time, section 2).
AGAIN = {"prompt": "login", "max_age": "0"}


@dataclass(frozen=True, slots=True)
class OidcClient:
    """How the gateway is registered at the provider. Without a secret it is a public client (RFC 6749 section 2.1)."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    scopes: str
    role_claim: str


class OpenIdProvider:
    """See `IdentityProvider`. Nothing is connected before the first call."""

    def __init__(self, client: OidcClient, *, seconds: float = SECONDS, keep_seconds: float = KEEP_SECONDS) -> None:
        self._client = client
        self._http = OidcHttp(secure=client.issuer.startswith("https:"), seconds=seconds)
        self._discovery = Discovery(client.issuer, self._http, keep_seconds=keep_seconds)

    async def begin(self, *, again: bool = False) -> OidcFlow:
        document = await self._discovery.document()
        state, nonce, code_verifier = (token_urlsafe(ENTROPY) for _ in range(3))
        url: str = prepare_grant_uri(
            document.authorization_endpoint,
            client_id=self._client.client_id,
            response_type="code",
            redirect_uri=self._client.redirect_uri,
            scope=self._client.scopes,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(code_verifier),
            code_challenge_method="S256",
            **(AGAIN if again else {}),
        )
        return OidcFlow(url, state, nonce, code_verifier)

    async def finish(
        self, *, code: str, state: str, expected_state: str, nonce: str, code_verifier: str
    ) -> OidcIdentity:
        if not expected_state or not hmac.compare_digest(_bytes(state), _bytes(expected_state)):
            raise OidcRefused("the state is not that of this sign-in")
        if not (code and code.isascii() and code.isprintable()):  # RFC 6749 appendix A.11
            raise OidcRefused("there is no code")
        id_token, access_token = await self._trade(code, code_verifier)
        claims = await self._verify(id_token, nonce=nonce, access_token=access_token)
        return identity_of(claims, role_claim=self._client.role_claim)

    async def check(self) -> None:
        document = await self._discovery.document(fresh=True)
        self._authentication(document)
        await self._discovery.keys(fresh=True)

    async def close(self) -> None:
        await self._http.close()

    async def _trade(self, code: str, code_verifier: str) -> tuple[str, str]:
        """Return the ID token and the access token for the code (RFC 6749 section 4.1.3)."""
        document = await self._discovery.document()
        form = prepare_token_request(
            "authorization_code", redirect_uri=self._client.redirect_uri, code=code, code_verifier=code_verifier
        )
        authentication = self._authentication(document)
        url, headers, form = authentication.prepare("POST", document.token_endpoint, dict(FORM), form)
        status, answer = await self._http.post(TOKENS, url, headers, form)
        if status != HTTPStatus.OK:
            raise OidcRefused(f"the provider does not take the code: {_error(answer, status)}")
        id_token, access_token = answer.get("id_token"), answer.get("access_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str) or not access_token:
            raise OidcUnavailable(f"{TOKENS}: the answer has no ID token or no access token")
        return id_token, access_token

    def _authentication(self, document: ProviderDocument) -> Any:
        """Return how the client proves who it is, in a header or in the form (RFC 6749 section 2.3.1)."""
        name, secret = self._client.client_id, self._client.client_secret
        if not secret:
            return ClientAuth(name, None, "none")
        if "client_secret_basic" in document.token_auth_methods:
            return ClientAuth(quote_plus(name), quote_plus(secret), "client_secret_basic")
        if "client_secret_post" in document.token_auth_methods:
            return ClientAuth(name, secret, "client_secret_post")
        raise OidcUnavailable(f"{DOCUMENT}: the provider takes no client secret")

    async def _verify(self, id_token: str, *, nonce: str, access_token: str) -> Mapping[str, Any]:
        """Return the claims, asking for the keys once more when the token names one that is new."""
        expected = {
            "issuer": self._client.issuer,
            "client_id": self._client.client_id,
            "nonce": nonce,
            "access_token": access_token,
        }
        try:
            return verify_id_token(id_token, await self._discovery.keys(), **expected)
        except KeyUnknown:
            keys = await self._discovery.keys(fresh=True)
        try:
            return verify_id_token(id_token, keys, **expected)
        except KeyUnknown as fault:
            raise OidcRefused("the ID token is signed with a key that the provider does not publish") from fault


def _bytes(text: str) -> bytes:
    """Encode whatever a browser may bring, half a surrogate pair too."""
    return text.encode(errors="backslashreplace")


def _error(answer: Mapping[str, Any], status: int) -> str:
    error = answer.get("error")
    return error if isinstance(error, str) and error in ERRORS else f"HTTP {status}"
