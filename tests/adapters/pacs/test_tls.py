"""Certificates of a destination, and DICOMweb over TLS with them."""

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from relaypacs.adapters.pacs.base import OutgoingInstance, PacsUnavailable, StoreStatus
from relaypacs.adapters.pacs.factory import PacsAddress, open_pacs
from relaypacs.adapters.pacs.tls import Tls, client_context
from tests.adapters.pacs.outgoing import outgoing, statuses
from tests.builders.dicom import make_study
from tests.servers.certificates import Authority, make_certificate, serving_with
from tests.servers.flaky_dicomweb import PASSWORD, ROOT, USER, FlakyDicomweb


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


@pytest.fixture
def issued(authority: Authority) -> tuple[str, str]:
    """Return a certificate and its key."""
    certificate, key = authority.issue()
    return certificate.read_text(), key.read_text()


@pytest.fixture
def secure_peer(flaky_dicomweb: FlakyDicomweb, tmp_path: Path) -> Iterator[FlakyDicomweb]:
    """Serve DICOMweb over TLS, to those who show a certificate of the same authority."""
    context = serving_with(make_certificate(tmp_path / "server"))
    context.load_verify_locations(tmp_path / "server" / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    plain = flaky_dicomweb.server.socket
    flaky_dicomweb.server.socket = context.wrap_socket(plain, server_side=True)
    yield flaky_dicomweb
    flaky_dicomweb.server.socket.close()


def test_no_key_is_shown(issued: tuple[str, str]) -> None:
    tls = Tls(certificate=issued[0], key=issued[1])
    assert issued[1][40:80] not in repr(tls)
    assert issued[1][40:80] not in repr(PacsAddress("dimse", "dicom+tls://A@b:1", tls=tls))


def test_tls_is_new_and_checks_the_host_name() -> None:
    context = client_context(Tls())
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_wrong_texts_are_told_without_them(issued: tuple[str, str], tmp_path: Path) -> None:
    certificate, key = issued
    body = key.splitlines()[1]
    other = Authority(tmp_path / "other").issue()[1].read_text()
    wrong = [
        ({"ca": "hunter2"}, "certificate authority is not a certificate"),
        ({"certificate": "hunter2", "key": key}, "client certificate is not a certificate"),
        ({"certificate": certificate, "key": key.replace(body, body[:-9])}, "not a private key"),
        ({"certificate": certificate, "key": other}, "does not belong to the key"),
        ({"certificate": certificate}, "together"),
        ({"key": key}, "together"),
    ]
    for texts, words in wrong:
        with pytest.raises(ValueError, match=words) as caught:
            Tls(**texts)
        assert body[:20] not in str(caught.value)
        assert "hunter2" not in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__ or caught.value.__context__ is None


async def test_dicomweb_shows_its_certificate_and_trusts_no_other(
    secure_peer: FlakyDicomweb, tmp_path: Path, issued: tuple[str, str]
) -> None:
    study: list[OutgoingInstance] = [outgoing(content) for _, content in make_study(slices=2)]
    url = f"https://127.0.0.1:{secure_peer.server.server_port}{ROOT}"
    ca = (tmp_path / "server" / "ca.pem").read_text()
    key_and_certificate = (tmp_path / "server" / "certificate.pem").read_text()
    ours = Tls(ca=ca, certificate=key_and_certificate, key=key_and_certificate)

    async def stored(tls: Tls) -> list[StoreStatus]:
        pacs = open_pacs(PacsAddress("dicomweb", url, USER, PASSWORD, tls=tls))
        try:
            await pacs.echo()
            return await statuses(pacs, study)
        finally:
            await pacs.close()

    assert await asyncio.wait_for(stored(ours), 20) == [StoreStatus.STORED] * 2
    for wary in (Tls(), Tls(ca=issued[0]), Tls(ca=ca)):
        with pytest.raises(PacsUnavailable):
            await stored(wary)
