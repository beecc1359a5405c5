"""A provider that is not on this machine: over TLS, perhaps through a proxy."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from relaypacs.adapters.oidc.base import OidcUnavailable
from relaypacs.adapters.oidc.provider import OpenIdProvider
from tests.adapters.oidc.conftest import PATIENCE, make_client, sign_in
from tests.servers.certificates import make_certificate, serving_with
from tests.servers.hostile_oidc import HostileOidc, running_hostile_oidc


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def secure_peer(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HostileOidc]:
    """A provider behind TLS. To trust it is up to the test."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with running_hostile_oidc(serving_with(certificate)) as peer:
        yield peer


async def test_an_authority_of_the_system_is_trusted(
    secure_peer: HostileOidc, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    provider = OpenIdProvider(make_client(secure_peer.issuer), seconds=PATIENCE)
    assert (await sign_in(provider, secure_peer)).issuer == secure_peer.issuer
    await provider.close()


async def test_no_other_is(secure_peer: HostileOidc) -> None:
    provider = OpenIdProvider(make_client(secure_peer.issuer), seconds=PATIENCE)
    with pytest.raises(OidcUnavailable, match="certificate"):
        await provider.check()
    assert secure_peer.asked == []
    await provider.close()


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
async def test_nothing_leads_from_tls_to_where_there_is_none(
    secure_peer: HostileOidc, certificate: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    secure_peer.document[name] = secure_peer.document[name].replace("https:", "http:")
    provider = OpenIdProvider(make_client(secure_peer.issuer), seconds=PATIENCE)
    with pytest.raises(OidcUnavailable, match=f"{name} is not an https address"):
        await provider.begin()
    await provider.close()


async def test_the_proxy_of_the_environment_is_asked_for_a_provider_on_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def refuse() -> None:
            connection, _ = listener.accept()
            with connection:
                asked.append(connection.recv(65536).partition(b"\r\n")[0])
                connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=refuse, daemon=True)
        thread.start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{listener.getsockname()[1]}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        provider = OpenIdProvider(make_client("https://idp.example/realms/one"), seconds=PATIENCE)
        with pytest.raises(OidcUnavailable, match="403"):
            await provider.check()
        await provider.close()
        thread.join(5)
    assert asked == [b"CONNECT idp.example:443 HTTP/1.1"]
