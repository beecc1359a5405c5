"""The identity provider port: people sign in with the accounts that their hospital already keeps.

OpenID Connect Core 1.0, Authorization Code Flow (section 3.1) with PKCE (RFC 7636).
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class OidcUnavailable(Exception):
    """The provider cannot be asked now, or answers what cannot be understood; nobody is at fault who signs in.

    The message is for the administrator: it names no person, and no token, code or secret.
    """


class OidcRefused(Exception):
    """Nobody is signed in: the code is not good, or what came for it is not a proof.

    The message is for the administrator, with the same promise.
    """


@dataclass(frozen=True, slots=True)
class OidcFlow:
    """One sign-in that has begun.

    The browser goes to `authorization_url`. The caller keeps the other three, unreadable for whoever carries them,
    until the browser is back: the adapter remembers nothing.
    """

    authorization_url: str = field(repr=False)  # has the state and the nonce in it
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    code_verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OidcIdentity:
    """Who signed in, as the provider says.

    Only `issuer` and `subject` together name a person for good (OpenID Connect Core section 5.7); names and addresses
    are given to somebody else one day, and never find an account.
    """

    issuer: str
    subject: str
    username: (
        str  # a proposal, as the provider writes it: preferred_username, else the e-mail's local part, else subject
    )
    email: str | None  # only where the provider says that it has verified it
    full_name: str  # may be empty
    roles: frozenset[str]  # the values of the configured claim
    authenticated_at: datetime | None = None  # when the person proved it to the provider, where that says so


class IdentityProvider(Protocol):
    """One provider, at which the gateway is registered as a client.

    - No method follows redirects, waits without end, or reads an answer without bounds.
    - Nothing is kept between `begin` and `finish` but what the provider publishes about itself.
    """

    async def begin(self, *, again: bool = False) -> OidcFlow:
        """Start a sign-in, with a state, a nonce and a verifier that nobody can guess. Raises OidcUnavailable.

        `again` has the provider ask the person anew, whoever is signed in there, and say when that was.
        """
        ...

    async def finish(
        self, *, code: str, state: str, expected_state: str, nonce: str, code_verifier: str
    ) -> OidcIdentity:
        """Trade the code with which the browser came back for a proof of who it is.

        `code` and `state` are what the browser brought; the other three are those of the flow. Raises OidcRefused and
        OidcUnavailable. A code is good for one call.
        """
        ...

    async def check(self) -> None:
        """Prove, without any cache, that the provider answers and is set up for us. Raises OidcUnavailable."""
        ...

    async def close(self) -> None:
        """Let go of connections. Idempotent."""
        ...
