"""What arrives over a link that cuts, lies or crawls: a problem document or a closed connection, and nothing stored."""

import socket
import struct
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from tests.faults.wire import Wire, chunk_head, connected, in_chunks
from tests.main_job.process import CHUNK_SIZE, GatewayProcess, Sender, gateway_process

BODY = bytes(range(256)) * 4
LENGTH = f"Content-Length: {len(BODY)}"
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with RST
# A gateway of little patience: the same code with shorter times.
IMPATIENT = """
import sys
from relaypacs.core import body_limit, http_protocol

body_limit.PATIENCE_SECONDS = http_protocol.PATIENCE_SECONDS = 2.0
from relaypacs.cli.main import app

sys.argv = sys.argv[1:]
app()
"""


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    folder = tmp_path_factory.mktemp("wire")
    with gateway_process(folder / "data", [sys.executable, "-c", IMPATIENT]) as running:
        yield running


@pytest.fixture
def sender(gateway: GatewayProcess) -> Sender:
    sender = Sender(gateway, [("scan.dcm", BODY)])
    sender.open()
    return sender


@pytest.fixture
def wire(gateway: GatewayProcess) -> Iterator[Wire]:
    with connected(gateway.port) as opened:
        yield opened


def assert_nothing_is_stored(sender: Sender) -> None:
    """The gateway lives, has no file of the upload, and takes the right chunk as if nothing had been."""
    assert not (sender.gateway.data / "uploads" / sender.upload["upload_id"]).exists()
    assert sender.status()["uploaded_bytes"] == 0
    assert sender.put(("scan", 0)).status_code == 200


def memory(gateway: GatewayProcess) -> int:
    return int(psutil.Process(gateway.process.pid).memory_full_info().pss)


def test_a_body_that_ends_early_is_dropped(sender: Sender, wire: Wire) -> None:
    wire.send(chunk_head(sender, BODY, LENGTH) + BODY[:-1])
    wire.socket.shutdown(socket.SHUT_WR)
    wire.socket.close()
    time.sleep(0.2)
    assert_nothing_is_stored(sender)


@pytest.mark.parametrize("sent", [0, 1, 700])
def test_a_connection_that_is_reset_is_dropped(sender: Sender, wire: Wire, sent: int) -> None:
    wire.send(chunk_head(sender, BODY, LENGTH) + BODY[:sent])
    wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    wire.socket.close()
    time.sleep(0.2)
    assert_nothing_is_stored(sender)


@pytest.mark.parametrize("length", [len(BODY) - 1, len(BODY) + 1])
def test_another_length_than_the_chunk_has_is_refused(sender: Sender, wire: Wire, length: int) -> None:
    sent = (BODY + b"x")[:length]
    wire.send(chunk_head(sender, sent, f"Content-Length: {length}") + sent)
    answer = wire.answer()
    assert answer
    assert (answer.status, answer.problem) == (422, "chunk-size-mismatch")
    assert_nothing_is_stored(sender)


def test_what_follows_a_body_is_no_part_of_it(sender: Sender, wire: Wire) -> None:
    wire.send(chunk_head(sender, BODY[:-4], f"Content-Length: {len(BODY) - 4}") + BODY)
    first = wire.answer()
    assert first
    assert first.status in (400, 422)
    assert wire.is_closed()
    assert_nothing_is_stored(sender)


@pytest.mark.parametrize("length", ["-1", "0x400", "1e3", "", "99999999999999999999999", "1024, 1024", "+1024"])
def test_a_length_that_is_none_closes_the_connection(sender: Sender, wire: Wire, length: str) -> None:
    wire.send(chunk_head(sender, BODY, f"Content-Length: {length}") + BODY)
    answer = wire.answer()
    assert answer is None or answer.status in (400, 413), answer
    assert wire.is_closed()
    assert_nothing_is_stored(sender)


def test_a_body_above_every_limit_is_refused_without_being_read(sender: Sender, wire: Wire) -> None:
    wire.send(chunk_head(sender, BODY, f"Content-Length: {10**12}"))
    answer = wire.answer()
    assert answer
    assert (answer.status, answer.problem) == (413, "body-too-large")
    assert_nothing_is_stored(sender)


def test_chunked_coding_that_is_right_is_taken(sender: Sender, wire: Wire) -> None:
    wire.send(chunk_head(sender, BODY, "Transfer-Encoding: chunked") + in_chunks(BODY[:10], BODY[10:]))
    answer = wire.answer()
    assert answer
    assert answer.status == 200


@pytest.mark.parametrize(
    "coded",
    [
        in_chunks(BODY[:10], BODY[10:-1]),  # too short in all
        in_chunks(BODY, b"more"),  # too long in all
        b"FFFFFFFFFFFFFFFFF\r\n" + BODY,  # a size beyond 64 bits
        b"-5\r\nhello\r\n0\r\n\r\n",
        b"zz\r\n" + BODY,
        b"5\r\nhelloXX0\r\n\r\n",  # more than the size says
        in_chunks(*[b"x"] * 3000),
    ],
)
def test_chunked_coding_that_lies_is_refused(sender: Sender, wire: Wire, coded: bytes) -> None:
    wire.send(chunk_head(sender, BODY, "Transfer-Encoding: chunked") + coded)
    answer = wire.answer()
    assert answer is None or answer.status in (400, 413, 422), answer
    if answer and answer.status != 400:
        assert answer.problem
    assert_nothing_is_stored(sender)


def test_chunked_coding_beside_a_length_is_refused(sender: Sender, wire: Wire) -> None:
    """Two readers could see two requests in it (RFC 9112 11.2)."""
    wire.send(chunk_head(sender, BODY, LENGTH, "Transfer-Encoding: chunked") + in_chunks(BODY))
    answer = wire.answer()
    assert answer is None or answer.status == 400
    assert wire.is_closed()
    assert_nothing_is_stored(sender)


def test_a_client_that_waits_to_be_asked_is_asked(sender: Sender, wire: Wire) -> None:
    wire.send(chunk_head(sender, BODY, LENGTH, "Expect: 100-continue"))
    asked = wire.answer()
    assert asked
    assert asked.status == 100
    wire.send(BODY)
    answer = wire.answer()
    assert answer
    assert answer.status == 200


def test_a_refusal_needs_no_body(sender: Sender, wire: Wire) -> None:
    wire.send(chunk_head(sender, BODY, LENGTH, "Expect: 100-continue", index=7))
    answer = wire.answer()
    assert answer
    assert (answer.status, answer.problem) == (422, "chunk-index-out-of-range")
    assert_nothing_is_stored(sender)


def test_requests_that_come_together_are_answered_in_their_order(sender: Sender, wire: Wire) -> None:
    request = chunk_head(sender, BODY, LENGTH) + BODY
    wire.send(request * 20 + chunk_head(sender, BODY, LENGTH, index=1) + BODY + request)
    answers = [wire.answer() for _ in range(22)]
    assert [answer.status if answer else 0 for answer in answers] == [200] * 20 + [422, 200]
    assert sender.status()["uploaded_bytes"] == len(BODY)


def test_http_1_0_is_served_and_closed(sender: Sender, wire: Wire) -> None:
    wire.send(chunk_head(sender, BODY, LENGTH, version="1.0") + BODY)
    answer = wire.answer()
    assert answer
    assert answer.status == 200
    assert wire.is_closed()


@pytest.mark.parametrize(
    "rubbish", [b"\x16\x03\x01\x02\x00\x01" * 20, b"GET\r\n\r\n", b"\0" * 5000, b"SSH-2.0-x\r\n\r\n"]
)
def test_what_is_no_http_is_closed(sender: Sender, wire: Wire, rubbish: bytes) -> None:
    wire.send(rubbish)
    answer = wire.answer()
    assert answer is None or answer.status == 400
    assert wire.is_closed()
    assert_nothing_is_stored(sender)


@pytest.mark.parametrize("name", [b"X-Long: ", b"GET /"])
def test_a_head_without_end_is_closed_and_fills_no_memory(gateway: GatewayProcess, wire: Wire, name: bytes) -> None:
    before = memory(gateway)
    start = name if name.startswith(b"GET") else b"GET / HTTP/1.1\r\nHost: gateway\r\n" + name
    try:
        wire.send(start)
        for _ in range(500):
            wire.send(b"x" * 65536)
    except ConnectionError:
        pass  # closed while we sent, as it should be
    else:
        pytest.fail("32 MB of a head were taken")
    assert memory(gateway) - before < 8 * 1024**2


def trickle(wire: Wire, seconds: float) -> float:
    """Send a byte every now and then until the connection ends; return how long that took."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        try:
            wire.send(b"x")
        except ConnectionError:
            break
        time.sleep(0.1)
    return time.monotonic() - began


def test_a_body_that_crawls_is_408_and_closed(sender: Sender, wire: Wire) -> None:
    wire.send(chunk_head(sender, BODY, LENGTH) + BODY[:10])
    began = time.monotonic()
    trickling = ThreadPoolExecutor(1).submit(trickle, wire, 10)
    answer = wire.answer()
    assert answer
    assert (answer.status, answer.problem) == (408, "body-too-slow")
    assert answer.headers["connection"] == "close"
    assert 1.5 < time.monotonic() - began < 8
    assert trickling.result() < 9
    assert_nothing_is_stored(sender)


def test_a_body_that_is_slow_but_comes_is_taken(gateway: GatewayProcess, wire: Wire) -> None:
    content = bytes(CHUNK_SIZE // 8)
    sender = Sender(gateway, [("scan.dcm", content)])
    sender.open()
    wire.send(chunk_head(sender, content, f"Content-Length: {len(content)}"))
    for start in range(0, len(content), 8192):  # 3.2 seconds in all; each 16 KiB in less than two
        wire.send(content[start : start + 8192])
        time.sleep(0.4)
    answer = wire.answer()
    assert answer
    assert answer.status == 200


@pytest.mark.parametrize("head", [b"", b"GET / HTTP/1.1\r\nHost: ga"])
def test_a_head_that_crawls_is_closed(wire: Wire, head: bytes) -> None:
    wire.send(head)
    assert trickle(wire, 10) < 8 if head else wire.is_closed()


def test_what_crawls_keeps_nobody_waiting_and_holds_no_memory(gateway: GatewayProcess, sender: Sender) -> None:
    before = memory(gateway)
    opened = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(200)]
    for connection in opened:
        connection.sendall(chunk_head(sender, BODY, LENGTH) + BODY[:10])
    began = time.monotonic()
    assert sender.status()["uploaded_bytes"] == 0
    assert time.monotonic() - began < 2
    time.sleep(3)
    for connection in opened:
        connection.close()
    assert memory(gateway) - before < 16 * 1024**2
    assert_nothing_is_stored(sender)


def test_the_log_tells_of_no_fault(gateway: GatewayProcess) -> None:
    """All of the above was somebody else's doing."""
    assert '"level": "error"' not in gateway.log.read_text()
