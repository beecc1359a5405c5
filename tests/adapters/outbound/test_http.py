"""Requests to addresses that somebody else has given: where they may go, and that they end."""

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from relaypacs.adapters.outbound.base import AddressNotAllowed, OutboundUnavailable
from relaypacs.adapters.outbound.http import GuardedHttp
from relaypacs.core.outbound import is_open, parse_networks
from tests.servers.certificates import make_certificate, serving_with
from tests.servers.ports import free_port
from tests.servers.receiver import receiving

HERE = parse_networks("127.0.0.0/8")
PRIVATE = (
    "10.0.0.1 172.16.3.4 192.168.1.1 127.0.0.1 0.0.0.0 169.254.169.254 100.64.0.1 198.18.0.1 224.0.0.1 ::1 :: fe80::1"
)
PRIVATE += " fd00:ec2::254 fc00::1 ff02::1 ::ffff:10.0.0.1 64:ff9b::a00:1 2002:a00:1::1 255.255.255.255 fe80::1%eth0"


@pytest.mark.parametrize("address", PRIVATE.split())
def test_what_is_not_of_the_internet_is_closed(address: str) -> None:
    assert not is_open(address, ())


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_the_internet_is_open(address: str) -> None:
    assert is_open(address, ())


def test_a_network_that_is_allowed_is_open_and_no_other() -> None:
    networks = parse_networks("10.1.0.0/16, fd12::/32")
    assert [is_open(address, networks) for address in ("10.1.2.3", "fd12::9", "10.2.0.1", "::ffff:10.1.0.1")] == [
        True,
        True,
        False,
        True,
    ]
    with pytest.raises(ValueError, match=r"10\.1\.0\.1/16 is none"):
        parse_networks("10.0.0.0/8, 10.1.0.1/16")


@pytest.mark.parametrize(
    "url",
    [
        "http://hook.example/",
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://user:secret@hook.example/",
        "ftp://hook.example/",
        "https:///path",
        "hook.example",
        "https://hook.example:99999/",
    ],
)
async def test_where_no_request_goes(url: str) -> None:
    guarded = GuardedHttp(())
    with pytest.raises(AddressNotAllowed):
        guarded.check(url)
    with pytest.raises(AddressNotAllowed):
        await guarded.post(url, {}, b"")


def test_a_name_is_looked_up_only_when_something_is_sent() -> None:
    GuardedHttp(()).check("https://no-such-host.invalid/hook")


async def test_a_name_that_leads_inside_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as inside:
        port = int(inside.address.rpartition(":")[2])
        _resolve_to(monkeypatch, [["93.184.215.14", "127.0.0.1"]])
        with pytest.raises(AddressNotAllowed, match="private network"):
            await GuardedHttp(()).post(f"https://rebinding.example:{port}/", {}, b"")
    assert inside.arrivals == []


async def test_a_name_is_resolved_once_and_its_certificate_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that changes its mind between the look and the connection leads nowhere else."""
    path = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    asked = _resolve_to(monkeypatch, [["127.0.0.1"], ["10.255.255.1"]])
    with receiving(tls=serving_with(path)) as receiver:
        port = receiver.address.rpartition(":")[2]
        with pytest.raises(OutboundUnavailable, match="certificate is not trusted"):
            await GuardedHttp(HERE).post(f"https://hook.example:{port}/", {}, b"x")  # it is for 127.0.0.1
    assert len(asked) == 1
    assert receiver.arrivals == []


async def test_an_answer_is_given_back_whatever_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    guarded = GuardedHttp(HERE)
    with receiving(tls=serving_with(path)) as receiver:
        answer = await guarded.post(f"{receiver.address}/a?b=c", {"X-It": "1"}, b"body")
        assert (answer.status, answer.retry_after) == (201, None)
        receiver.status, receiver.extra = 302, {"Location": f"{receiver.address}/elsewhere", "Retry-After": "7"}
        answer = await guarded.post(f"{receiver.address}/a", {}, b"")
        assert (answer.status, answer.retry_after) == (302, 7)
    first, _second = receiver.arrivals
    assert (first.path, first.body, first.headers["x-it"]) == ("/a?b=c", b"body", "1")
    assert first.headers["host"] == receiver.address.removeprefix("https://")


async def test_another_address_of_a_name_is_tried_where_one_does_not_take_the_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_certificate(tmp_path, "hook.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    _resolve_to(monkeypatch, [["127.0.0.2", "127.0.0.1"]])
    with receiving(tls=serving_with(path)) as receiver:
        url = f"https://hook.example:{receiver.address.rpartition(':')[2]}"
        assert (await GuardedHttp(HERE).post(f"{url}/a", {}, b"x")).status == 201
    (arrival,) = receiver.arrivals
    assert arrival.headers["host"] == url.removeprefix("https://")


async def test_what_does_not_answer_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OutboundUnavailable, match="cannot be reached"):
        await GuardedHttp(HERE).post(f"http://127.0.0.1:{free_port()}/", {}, b"")
    with receiving() as receiver:
        receiver.pause = 0.5
        with pytest.raises(OutboundUnavailable, match=r"no answer within 0\.1 s"):
            await GuardedHttp(HERE, seconds=0.1).post(receiver.address, {}, b"")
    with pytest.raises(OutboundUnavailable, match="cannot be resolved"):
        await GuardedHttp(()).post("https://no-such-host.invalid/", {}, b"")
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    with receiving() as receiver:
        assert (await GuardedHttp(HERE).post(receiver.address, {}, b"")).status == 201


def _resolve_to(monkeypatch: pytest.MonkeyPatch, answers: list[list[str]]) -> list[str]:
    """Have the next look-ups answered so; the last answer stays. Returns the names that were asked for."""
    asked: list[str] = []
    loop_class = type(asyncio.get_running_loop())

    async def getaddrinfo(_loop: Any, host: str, port: int, **_more: Any) -> list[Any]:
        asked.append(host)
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(loop_class, "getaddrinfo", getaddrinfo)
    return asked
