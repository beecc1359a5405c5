"""Who signed in, from the claims: nothing is made of what is not a proof."""

from typing import Any

import pytest

from relaypacs.adapters.oidc.base import OidcIdentity
from relaypacs.adapters.oidc.claims import identity_of, role_values


def identity(**claims: Any) -> OidcIdentity:
    return identity_of({"iss": "https://idp.example", "sub": "subject-1"} | claims, role_claim="roles")


@pytest.mark.parametrize("verified", [None, False, "true", "false", 1, [True]], ids=str)
def test_an_address_counts_only_where_the_provider_has_verified_it(verified: object) -> None:
    claims = {"email": "erika@hospital.example", "email_verified": verified}
    found = identity(**claims)
    assert (found.email, found.username) == (None, "subject-1")
    assert identity(email="erika@hospital.example").email is None
    assert identity(**claims | {"email_verified": True}).email == "erika@hospital.example"


def test_the_name_to_sign_in_with_comes_from_the_best_that_is_there() -> None:
    email = {"email": "erika@hospital.example", "email_verified": True}
    assert identity(preferred_username="emuster", **email).username == "emuster"
    assert identity(**email).username == "erika"
    assert identity(preferred_username="  ", email="@", email_verified=True).username == "subject-1"


@pytest.mark.parametrize("odd", [None, 7, ["Erika"], {"name": "Erika"}], ids=str)
def test_what_is_not_text_is_left_out(odd: object) -> None:
    found = identity(preferred_username=odd, name=odd, email=odd, email_verified=True)
    assert found == OidcIdentity("https://idp.example", "subject-1", "subject-1", None, "", frozenset())


def test_text_becomes_one_line_of_bounded_length() -> None:
    assert identity(name=" Erika\r\nMuster\x00\u202e ").full_name == "Erika Muster"
    assert len(identity(name="x" * 10_000).full_name) == 254


@pytest.mark.parametrize(
    ("claims", "path", "values"),
    [
        ({"roles": ["staff", "radiology"]}, "roles", {"staff", "radiology"}),
        ({"roles": "staff  radiology"}, "roles", {"staff", "radiology"}),
        ({"roles": ["PACS Admins", 7, None]}, "roles", {"PACS Admins"}),
        ({"realm_access": {"roles": ["staff"]}}, "realm_access.roles", {"staff"}),
        ({"resource_access": {"relay": {"roles": ["staff"]}}}, "resource_access.relay.roles", {"staff"}),
        ({"https://hospital.example/roles": ["staff"]}, "https://hospital.example/roles", {"staff"}),
        ({"hd": "hospital.example"}, "hd", {"hospital.example"}),
        ({"roles": {"staff": True}}, "roles", set()),
        ({"roles": True}, "roles", set()),
        ({"realm_access": ["roles"]}, "realm_access.roles", set()),
        ({}, "realm_access.roles", set()),
        ({}, "roles", set()),
    ],
    ids=str,
)
def test_roles_are_found_where_they_lie(claims: dict[str, Any], path: str, values: set[str]) -> None:
    assert role_values(claims, path) == values
