"""What comes before the first message, and what ends it: addresses, rejections, TLS, silence, nonsense."""

import asyncio
import random
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from relaypacs.adapters.pacs.base import OutgoingInstance, PacsUnavailable, StoreStatus
from relaypacs.adapters.pacs.dimse.association import Association
from relaypacs.adapters.pacs.dimse.commands import MalformedCommand, decode_command, encode_command
from relaypacs.adapters.pacs.dimse.negotiation import MalformedAnswer, Proposal, decode_acceptance
from relaypacs.adapters.pacs.tls import Tls
from tests.adapters.pacs.dimse_peer import IMPATIENT, connect
from tests.adapters.pacs.outgoing import outgoing, statuses, store_all
from tests.builders.dicom import make_dicom, make_study
from tests.servers.certificates import Authority, make_certificate
from tests.servers.flaky_dimse import PASSWORD, USER, VERIFICATION, FlakyDimse, running_flaky_dimse, running_silence

FAILED = StoreStatus.FAILED


@pytest.fixture
def peer(flaky_dimse: FlakyDimse) -> FlakyDimse:
    return flaky_dimse


@pytest.fixture(scope="module")
def study() -> list[OutgoingInstance]:
    return [outgoing(content) for _, content in make_study(slices=30, rows=8, columns=8)]


@pytest.mark.parametrize(
    ("rejection", "words"),
    [
        ((1, 1, 7), "rejected permanently: called AE title not recognized"),
        ((1, 1, 3), "rejected permanently: calling AE title not recognized"),
        ((2, 3, 1), "rejected for the moment: temporary congestion"),
        ((2, 3, 2), "rejected for the moment: local limit exceeded"),
        ((1, 2, 2), "rejected permanently: protocol version not supported"),
    ],
)
async def test_a_rejection_is_told_in_the_words_of_the_standard(
    peer: FlakyDimse, study: list[OutgoingInstance], rejection: tuple[int, int, int], words: str
) -> None:
    peer.rejection = rejection
    pacs = connect(peer.port)
    with pytest.raises(PacsUnavailable, match=words):
        await pacs.echo()
    asked = len(peer.associations)
    outcomes = await store_all(pacs, study)
    assert {outcome.status for outcome in outcomes.values()} == {FAILED}
    assert all(words in outcome.reason for outcome in outcomes.values())
    assert len(peer.associations) == asked + 1  # the next one would hear the same


async def test_we_say_who_we_are(peer: FlakyDimse) -> None:
    await connect(peer.port, calling_ae_title="GATEWAY 7", username=USER, password=PASSWORD).echo()
    assert peer.titles == ["GATEWAY 7"]
    assert peer.identities == [(USER.encode(), PASSWORD.encode())]


async def test_a_wrong_password_is_told_without_it(peer: FlakyDimse) -> None:
    with pytest.raises(PacsUnavailable, match="perhaps user or password") as caught:
        await connect(peer.port, username=USER, password="hunter2").echo()
    assert "hunter2" not in str(caught.value)


async def test_nothing_waits_to_be_sent_together(peer: FlakyDimse) -> None:
    async with connect(peer.port)._association([Proposal(VERIFICATION, ("1.2.840.10008.1.2",))]) as association:
        assert _socket_of(association).getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_a_half_open_connection_ends_in_time(study: list[OutgoingInstance]) -> None:
    started = time.monotonic()
    with running_silence() as port:
        pacs = connect(port, timeouts=IMPATIENT)
        assert set(await statuses(pacs, study)) == {FAILED}
        with pytest.raises(PacsUnavailable, match="no answer in time"):
            await pacs.echo()
    assert time.monotonic() - started < 4


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x02\0\xff\xff\xff\xff",
        b"\x02\0\0\0\0\x02\0\1",
        b"\x03\0\0\0\0\0",
        b"\x07\0\0\0\0\x04\0\0\x02\x06",
        b"\x05\0\0\0\0\x04\0\0\0\0",
    ],
)
async def test_nonsense_is_no_association(answer: bytes) -> None:
    with answering(answer) as port:
        pacs = connect(port)
        with pytest.raises(PacsUnavailable):
            await pacs.echo()


async def test_link_local_addresses_are_not_called() -> None:
    with pytest.raises(PacsUnavailable, match="not allowed"):
        await connect(104, host="169.254.169.254").echo()


async def test_tls_checks_whom_it_talks_to(tmp_path: Path, study: list[OutgoingInstance]) -> None:
    certificate = make_certificate(tmp_path / "good")
    stranger = Authority(tmp_path / "stranger").file.read_text()
    with running_flaky_dimse(certificate) as peer:
        trusting = connect(peer.port, tls=Tls(ca=(tmp_path / "good" / "ca.pem").read_text()))
        await trusting.echo()
        large = outgoing(make_dicom(rows=1024, columns=1024, frames=2, instance_number=99))
        assert await statuses(trusting, [*study[:2], large]) == [StoreStatus.STORED] * 3
        for wary in (Tls(ca=stranger), Tls()):
            with pytest.raises(PacsUnavailable, match="not trusted"):
                await connect(peer.port, tls=wary).echo()
        with pytest.raises(PacsUnavailable):
            await connect(peer.port).echo()


def test_no_acceptance_breaks_its_reader() -> None:
    proposals = [Proposal(VERIFICATION, ("1.2.840.10008.1.2",))]
    context = b"\x21\0\0\x19\1\0\0\0\x40\0\0\x11" + b"1.2.840.10008.1.2"
    sound = bytes(68) + context + b"\x50\0\0\x08\x51\0\0\4\0\0\x40\0"
    accepted = decode_acceptance(sound, proposals)
    assert (accepted.contexts[0].identifier, accepted.max_length) == (1, 0x4000)
    _survives(lambda data: decode_acceptance(data, proposals), sound, MalformedAnswer)


def test_no_command_breaks_its_reader() -> None:
    sound = encode_command({})
    _survives(decode_command, sound + sound, MalformedCommand)


def _survives(read: object, sound: bytes, fault: type[Exception]) -> None:
    """Change bytes, cut and lengthen: the reader either reads it, or raises its own error."""
    chance = random.Random(7)  # noqa: S311 - so that it can be repeated
    outcomes = set()
    for _ in range(3000):
        data = bytearray(sound)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        cut = bytes(data[: chance.randint(0, len(data))])
        try:
            read(cut)  # type: ignore[operator]
            outcomes.add("read")
        except fault:
            outcomes.add("refused")
    assert outcomes == {"read", "refused"}


def _socket_of(association: Association) -> socket.socket:
    found: socket.socket = association._wire._writer.get_extra_info("socket")
    return found


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """Serve connections that get `answer` for whatever they send, and are then closed."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer)
        await writer.drain()
        writer.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        task = asyncio.get_running_loop().create_task(_serve(listener, serve))
        yield listener.getsockname()[1]
        task.cancel()


async def _serve(listener: socket.socket, serve: object) -> None:
    server = await asyncio.start_server(serve, sock=listener.dup())  # type: ignore[arg-type]
    async with server:
        await server.serve_forever()
