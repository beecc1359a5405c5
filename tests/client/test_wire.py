"""Connections: what is reused, what is given up, and who is trusted."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import uvicorn

from relaypacs.client import BadServerAddress, ClientClosed, ServerUnreachable
from relaypacs.client.retry import LONGEST_DELAY, LONGEST_RETRY_AFTER, backoff, persist, retry_after
from relaypacs.client.wire import Answer, ExchangeFailed, Wire
from tests.client.bad_link import running_bad_link
from tests.client.peer import Peer, serving
from tests.servers.certificates import make_certificate
from tests.servers.ports import free_port


def test_a_connection_is_used_again(peer: Peer) -> None:
    with running_bad_link(peer.port, cuts=[]) as link:
        wire = Wire(link.address)
        assert [wire.exchange("GET", "/health/live").status for _ in range(5)] == [200] * 5
        assert link.connections == 1
        wire.close()


def test_one_broken_connection_condemns_the_idle_ones(peer: Peer) -> None:
    with running_bad_link(peer.port, cuts=[]) as link:
        wire = Wire(link.address)
        with ExitStack() as stack:
            for _ in range(4):
                stack.enter_context(wire._connection())
        link.cut_all(4)
        with pytest.raises(ExchangeFailed):
            wire.exchange("GET", "/health/live")
        assert wire.exchange("GET", "/health/live").status == 200
        wire.close()


def test_closing_wakes_whoever_waits_for_an_answer(peer: Peer) -> None:
    with running_bad_link(peer.port, cuts=[]) as link:
        wire = Wire(link.address)
        wire.exchange("GET", "/health/live")
        link.hold_after = 0
        raised: list[Exception] = []

        def wait() -> None:
            try:
                wire.exchange("GET", "/health/live")
            except ClientClosed as error:
                raised.append(error)

        waiting = threading.Thread(target=wait)
        waiting.start()
        time.sleep(0.1)
        wire.close()
        waiting.join(2)
        link.hold_after = None
        assert raised
        with pytest.raises(ClientClosed):
            wire.exchange("GET", "/health/live")


def test_a_proxy_is_taken_from_the_environment(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://rosa:secret@127.0.0.1:{peer.port}")
    wire = Wire("http://gateway.invalid")
    assert wire.exchange("GET", "/health/live").json() == {"status": "live"}
    assert peer.last_headers["proxy-authorization"].startswith("Basic ")
    wire.close()


@contextmanager
def tls_peer(folder: Path) -> Iterator[tuple[str, Path]]:
    """Serve a peer with a certificate of its own making; yield its address and the certificate's file."""
    pem = make_certificate(folder)
    port = free_port()
    config = uvicorn.Config(Peer().app(), port=port, log_level="critical", lifespan="off", ssl_certfile=pem)
    with serving(config):
        yield f"https://127.0.0.1:{port}", pem


def test_a_certificate_must_be_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tls_peer(tmp_path) as (address, certificate):
        stranger = Wire(address)
        with pytest.raises(BadServerAddress, match="not trusted"):
            attempt(lambda: stranger.exchange("GET", "/health/live"))
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        friend = Wire(address)
        assert friend.exchange("GET", "/health/live").status == 200
        friend.close()


def attempt(exchange: Callable[[], Answer], retries: int = 0) -> Answer:
    return persist(exchange, stop=threading.Event(), retries=retries, on_retry=lambda _reason, _seconds: None)


def answer(status: int, **headers: str) -> Answer:
    return Answer(status, headers, b'{"detail": "Said so."}')


def test_retries_are_counted_and_the_last_reason_is_told() -> None:
    made = []

    def failing() -> Answer:
        made.append(1)
        return answer(503)

    with pytest.raises(ServerUnreachable, match="503: Said so"):
        attempt(failing, retries=3)
    assert len(made) == 4


def test_a_stopped_client_does_not_wait() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(ClientClosed):
        persist(lambda: answer(503), stop=stop, retries=None, on_retry=lambda _reason, _seconds: None)


@pytest.mark.parametrize(
    ("value", "seconds"), [("7", 7.0), ("999999", LONGEST_RETRY_AFTER), ("soon", None), ("", None)]
)
def test_retry_after_in_seconds(value: str, seconds: float | None) -> None:
    assert retry_after(answer(503, **{"retry-after": value})) == seconds


def test_retry_after_as_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    seconds = retry_after(answer(503, **{"retry-after": later}))
    assert seconds is not None
    assert 55 < seconds <= 60


def test_waits_grow_and_have_an_end() -> None:
    assert all(backoff(attempt_number) <= LONGEST_DELAY for attempt_number in range(100))
    assert backoff(50) >= LONGEST_DELAY / 2
