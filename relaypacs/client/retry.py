"""When a call is made again, and after how long."""

import random
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from relaypacs.client.errors import BadServerAddress, ClientClosed, ServerUnreachable
from relaypacs.client.wire import Answer, ExchangeFailed

API_RETRIES = 3
FIRST_DELAY = 0.4  # seconds
LONGEST_DELAY = 15.0
LONGEST_RETRY_AFTER = 120.0

OnRetry = Callable[[str, float], None]
"""Told why a call failed and in how many seconds it is made again."""


def retry_after(answer: Answer) -> float | None:
    """Return the seconds of the Retry-After header (RFC 9110 10.2.3: a number, or a date), None without one."""
    value = answer.headers.get("retry-after", "").strip()
    if value.isdigit():
        return min(float(value), LONGEST_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    seconds = (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def backoff(attempt: int) -> float:
    """Return the seconds to wait after failed attempt number `attempt` (from 0): exponential, with jitter."""
    longest: float = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(attempt, 16))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads clients, guards nothing


def persist(exchange: Callable[[], Answer], *, stop: threading.Event, retries: int | None, on_retry: OnRetry) -> Answer:
    """Make the exchange until it gives an answer that is neither 5xx nor 429, and return that.

    `retries` is the number of further attempts, None for no end. Raises ServerUnreachable with the last reason
    when they are used up, ClientClosed as soon as `stop` is set, BadServerAddress for a certificate that no
    trusted authority vouches for.
    """
    attempt = 0
    while True:
        wait: float | None = None
        try:
            answer = exchange()
        except ssl.SSLCertVerificationError as error:
            raise BadServerAddress(f"The server's certificate is not trusted: {error.verify_message}.") from error
        except ExchangeFailed as error:
            reason = _in_words(error)
        else:
            if not _worth_retrying(answer):
                return answer
            reason, wait = _what_it_said(answer), retry_after(answer)
        if retries is not None and attempt >= retries:
            raise ServerUnreachable(reason)
        wait = backoff(attempt) if wait is None else wait
        attempt += 1
        on_retry(reason, wait)
        if stop.wait(wait):
            raise ClientClosed("The client was closed.")


def _worth_retrying(answer: Answer) -> bool:
    return answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status == HTTPStatus.TOO_MANY_REQUESTS


def _in_words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "nothing moved on the connection for 30 seconds"
    return str(error) or type(error).__name__


def _what_it_said(answer: Answer) -> str:
    detail = answer.json().get("detail")
    return f"the server answered {answer.status}" + (f": {detail}" if detail else "")
