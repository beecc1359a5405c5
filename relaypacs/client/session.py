"""A signed-in conversation with one gateway: tokens, retries, and refusals as named errors."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from relaypacs.client.errors import BadServerAddress, ClientClosed, Refused, SignInRefused, TotpRequired
from relaypacs.client.retry import API_RETRIES, OnRetry, persist
from relaypacs.client.wire import Answer, Wire

API = "/api/v1"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who signs in. `totp_code` is that of the second factor, and good for one sign-in."""

    username: str
    password: str
    totp_code: str | None = None

    def __repr__(self) -> str:
        return f"Credentials(username={self.username!r})"


@dataclass(frozen=True, slots=True)
class _Tokens:
    access: str
    refresh: str


class Session:
    """Makes API calls. Every method may be called from any thread.

    Network errors, 5xx and 429 are retried three times, or without end where the caller says so; then
    ServerUnreachable. Any 4xx is Refused. An access token that ran out is renewed unseen.
    """

    def __init__(self, wire: Wire, credentials: Credentials, on_retry: OnRetry) -> None:
        self._wire = wire
        self._credentials = credentials
        self._stop = threading.Event()
        self._on_retry = on_retry
        self._tokens: _Tokens | None = None
        self._renewing = threading.Lock()

    def close(self) -> None:
        """Break off every call that is under way, in any thread. Idempotent."""
        self._stop.set()
        self._wire.close()

    def pause(self, seconds: float) -> None:
        """Wait, but no longer than until `close`: then ClientClosed."""
        if self._stop.wait(seconds):
            raise ClientClosed("The client was closed.")

    def sign_in(self) -> None:
        """Exchange the credentials for tokens. Raises SignInRefused, or TotpRequired when a code is missing."""
        form: dict[str, Any] = {
            "username": self._credentials.username,
            "password": self._credentials.password,
        }
        if self._credentials.totp_code:
            form["totp_code"] = self._credentials.totp_code
        answer = self._persist("POST", f"{API}/auth/login", {}, form, API_RETRIES)
        if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise SignInRefused(_refusal(answer).args[0])
        document = checked(answer).json()
        if document.get("totp_required"):
            raise TotpRequired("This account needs a code of six digits as well: give it with --totp-code.")
        self._keep(answer)

    def ensure_signed_in(self) -> None:
        """Sign in unless that was done: a code of the second factor is good for once. Raises as `sign_in` does."""
        if self._tokens is None:
            self._renew(None)

    def probe(self) -> None:
        """Make the smallest exchange there is."""
        self._persist("GET", "/health/live", {}, None, API_RETRIES)

    def call(
        self, method: str, path: str, form: Mapping[str, Any] | None = None, *, retries: int | None = API_RETRIES
    ) -> Answer:
        """Make a call with the bearer token and return its 2xx answer."""
        self.ensure_signed_in()
        tokens = self._tokens
        answer = self._persist(method, API + path, _bearer(tokens), form, retries)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            self._renew(tokens)
            answer = self._persist(method, API + path, _bearer(self._tokens), form, retries)
        return checked(answer)

    def call_with(
        self, headers: Mapping[str, str], method: str, path: str, body: bytes = b"", *, retries: int | None
    ) -> Answer:
        """Make a call that another header than the bearer token authorises; return its 2xx answer."""

        def exchange() -> Answer:
            return self._wire.exchange(method, API + path, headers=headers, body=body)

        return checked(persist(exchange, stop=self._stop, retries=retries, on_retry=self._on_retry))

    def _renew(self, stale: _Tokens | None) -> None:
        """Get new tokens, once for all threads that found the `stale` ones refused."""
        with self._renewing:
            if self._tokens is not stale:
                return
            if stale is not None:
                form = {"refresh_token": stale.refresh}
                answer = self._persist("POST", f"{API}/auth/refresh", {}, form, API_RETRIES)
                if answer.status == HTTPStatus.OK:
                    self._keep(answer)
                    return
            self.sign_in()

    def _keep(self, answer: Answer) -> None:
        document = answer.json()
        try:
            self._tokens = _Tokens(document["access_token"], document["refresh_token"])
        except KeyError as error:
            raise BadServerAddress("What answers at this address is not a RelayPACS gateway.") from error

    def _persist(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        form: Mapping[str, Any] | None,
        retries: int | None,
    ) -> Answer:
        body = b"" if form is None else json.dumps(form).encode()
        sent = {**headers, "Content-Type": "application/json"} if body else headers

        def exchange() -> Answer:
            return self._wire.exchange(method, path, headers=sent, body=body)

        return persist(exchange, stop=self._stop, retries=retries, on_retry=self._on_retry)


def _bearer(tokens: _Tokens | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.access}"} if tokens else {}


def checked(answer: Answer) -> Answer:
    """Return a 2xx answer; raise Refused for a 4xx and BadServerAddress for a redirect."""
    if answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return answer
    if answer.status < HTTPStatus.BAD_REQUEST:
        raise BadServerAddress(f"The server is elsewhere: {answer.headers.get('location', 'it did not say where')}.")
    raise _refusal(answer)


def _refusal(answer: Answer) -> Refused:
    problem = answer.json()
    code = str(problem.get("type", "")).rpartition("/problems/")[2]
    detail = problem.get("detail") or problem.get("title") or f"The server answered {answer.status}."
    return Refused(answer.status, code, str(detail), problem)
