"""The role that somebody gets: the mightiest that was given, or none."""

import itertools

import pytest

from relaypacs.core.role_map import ROLES, parse_role_map, role_for
from relaypacs.features.identity.models import Role


def test_the_roles_are_those_of_the_accounts() -> None:
    assert sorted(ROLES) == sorted(Role)


def test_a_map_is_read() -> None:
    text = "radiology=radiologist, ct-lab = radiographer,,cn=a%2Cou=b%25=admin"
    assert parse_role_map(text) == {"radiology": "radiologist", "ct-lab": "radiographer", "cn=a,ou=b%": "admin"}
    assert parse_role_map("") == {}


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("radiology", "radiology is not"),
        ("=admin", "=admin is not"),
        ("staff=owner", "the role owner"),
        ("staff=Admin", "the role Admin"),
        ("staff=", "the role ;"),
        ("staff=admin,staff=clinician", "staff two roles"),
    ],
)
def test_an_entry_that_is_wrong_is_named(text: str, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        parse_role_map(text)


def test_the_mightiest_role_wins_whatever_the_order() -> None:
    mapping = {f"group-{role}": role for role in ROLES}
    for some in range(1, len(ROLES) + 1):
        for values in itertools.permutations(mapping, some):
            mightiest = next(role for role in ROLES if f"group-{role}" in values)
            assert role_for(values, mapping) == mightiest


@pytest.mark.parametrize("values", [set(), {"cleaning"}, {"STAFF"}, {"admin"}, {"staff "}])
def test_no_match_is_no_role(values: set[str]) -> None:
    assert role_for(values, {"staff": "clinician"}) is None
