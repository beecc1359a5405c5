"""Which role somebody has here, from what an identity provider says of them."""

from collections.abc import Collection, Mapping
from urllib.parse import unquote

ROLES = ("admin", "radiologist", "radiographer", "clinician")  # the mightiest first


def parse_role_map(text: str) -> Mapping[str, str]:
    """Read `value=role,value=role`; in a value a comma is written `%2C` and a percent sign `%25`.

    Raises ValueError with a sentence that names the first entry that is wrong.
    """
    found: dict[str, str] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        written, equals, role = (part.strip() for part in entry.rpartition("="))
        value = unquote(written)
        if not equals or not value:
            raise ValueError(f"must be value=role, separated by commas; {entry} is not")
        if role not in ROLES:
            raise ValueError(f"gives {value} the role {role}; the roles are {', '.join(ROLES)}")
        if found.setdefault(value, role) != role:
            raise ValueError(f"gives {value} two roles")
    return found


def role_for(values: Collection[str], mapping: Mapping[str, str]) -> str | None:
    """Return the mightiest role that `mapping` gives for one of `values`; None when it gives none."""
    given = {mapping[value] for value in values if value in mapping}
    return next((role for role in ROLES if role in given), None)
