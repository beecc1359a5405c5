"""Addresses that may be trusted with a sign-in."""

import pytest

from relaypacs.core.web_addresses import is_secure


@pytest.mark.parametrize(
    "url",
    [
        "https://idp.example",
        "https://idp.example:8443/realms/one?a=b",
        "http://127.0.0.1:8080/realms/one",
        "http://[::1]:8080",
        "http://localhost",
    ],
)
def test_https_and_this_machine_are_secure(url: str) -> None:
    assert is_secure(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "idp.example",
        "//idp.example",
        "http://idp.example",
        "http://127.0.0.1.example",
        "http://localhost.example",
        "http://127.0.0.1@idp.example",
        "https://user:password@idp.example",
        "https://@idp.example",
        "https://",
        "https://[::1",
        "https://idp.example:port",
        "https://idp.example:99999",
        "https://idp.\nexample",
        "https://idp.example/ ",
        "https://übung.example",
        "javascript:alert(1)",
        "file:///etc/passwd",
    ],
)
def test_everything_else_is_not(url: str) -> None:
    assert not is_secure(url)
