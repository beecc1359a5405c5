"""`relaypacs admin`: accounts, on a database of each kind."""

import json
import os
import pwd
from pathlib import Path
from typing import get_args

import pytest

from relaypacs.cli.admin import RoleName, StateName
from relaypacs.features.identity.models import AccountState, Role
from tests.cli.admin import PASSWORD, admin, done, events, refused, users
from tests.conftest import SECRET


@pytest.fixture(autouse=True)
def settings(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """The settings of a gateway with one administrator."""
    monkeypatch.setenv("RELAYPACS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("RELAYPACS_DATABASE_URL", database_url)
    monkeypatch.setenv("RELAYPACS_SECRET_KEY", SECRET)
    monkeypatch.setenv("RELAYPACS_PUBLIC_URL", "https://gateway.example")
    done("create-user", "root", "--role", "admin")
    return monkeypatch


def test_the_choices_are_those_that_there_are() -> None:
    assert get_args(RoleName) == tuple(Role)
    assert get_args(StateName) == tuple(AccountState)


def test_an_account_with_everything(tmp_path: Path) -> None:
    more = ("--full-name", "Dr. Rosa Ärztin", "--email", "rosa@example.org", "--site", "Main site")
    said = done("create-user", "Dr.Rosa", "--role", "radiologist", *more, "--password-stdin", given=f"{PASSWORD}\n")
    assert said == "dr.rosa was created, as radiologist.\n"
    user = users()["dr.rosa"]
    assert (user["full_name"], user["email"], user["role"]) == ("Dr. Rosa Ärztin", "rosa@example.org", "radiologist")
    assert (user["state"], user["site_id"]) == ("active", users()["root"]["site_id"])
    assert not (tmp_path / "data").exists(), "the command leaves nothing behind"


def test_an_account_without_a_password_gets_a_link() -> None:
    said = done("create-user", "dr.rosa", "--role", "clinician")
    (link,) = [line.strip() for line in said.splitlines() if "https://" in line]
    token = json.loads(said.splitlines()[-1])["token"]
    assert link == f"https://gateway.example/reset-password#{token}"
    assert "POST /api/v1/auth/password/reset" in said


def test_a_link_without_a_public_address(settings: pytest.MonkeyPatch) -> None:
    settings.delenv("RELAYPACS_PUBLIC_URL")
    assert "The gateway's address, followed by\n  /reset-password#" in done("reset-password", "root")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("create-user", "ROOT", "--role", "clinician"), "This user name is taken."),
        (("create-user", "rosa", "--role", "clinician", "--site", "Elsewhere"), "There is no site of that name."),
        (("set-role", "nobody", "admin"), "There is no user of that name."),
        (("disable-user", "nobody"), "There is no user of that name."),
        (("enable-user", "nobody"), "There is no user of that name."),
        (("reset-2fa", "nobody"), "There is no user of that name."),
        (("end-sessions", "nobody"), "There is no user of that name."),
        (("reset-password", "nobody"), "There is no user of that name."),
        (("disable-user", "root"), "This is the last administrator. Make another one first."),
        (("set-role", "root", "radiologist"), "This is the last administrator. Make another one first."),
    ],
)
def test_what_is_refused_says_why_and_changes_nothing(arguments: tuple[str, ...], reason: str) -> None:
    before = users()
    assert refused(*arguments) == reason
    assert users() == before


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("a b",), "username: String should match pattern"),
        (("rosa", "--email", "nowhere"), "email: value is not a valid email address"),
        (("rosa", "--full-name", "x" * 201), "full-name: String should have at most 200 characters"),
    ],
)
def test_what_is_malformed_is_a_wrong_command_line(arguments: tuple[str, ...], reason: str) -> None:
    assert refused("create-user", *arguments, "--role", "clinician", code=2).startswith(reason)


@pytest.mark.parametrize(
    ("given", "code", "reason"),
    [
        ("sesame\n", 1, "The password needs at least 12 characters."),
        ("\n", 2, "password: String should have at least 1 character"),
        ("", 2, "password: String should have at least 1 character"),
        ("sesame" * 22, 2, "password: String should have at most 128 characters"),
        (b"sesame\xff\n", 2, "The password on standard input is not UTF-8."),
    ],
)
def test_a_password_that_is_refused_is_not_repeated(given: str | bytes, code: int, reason: str) -> None:
    said = refused("create-user", "rosa", "--role", "clinician", "--password-stdin", given=given, code=code)
    assert reason in " ".join(said.replace("│", " ").split())
    assert "sesame" not in said
    assert "rosa" not in users()


def test_roles_states_and_the_second_factor() -> None:
    done("create-user", "rosa", "--role", "clinician")
    ended = "All sessions of the account were ended.\n"
    unchanged = "Nothing was changed.\n"
    assert done("set-role", "rosa", "admin") == f"rosa has the role admin now. {ended}"
    assert done("set-role", "Rosa", "admin") == f"rosa has the role admin already. {unchanged}"
    assert done("disable-user", "root") == f"root is disabled now. {ended}"
    assert users("--state", "disabled").keys() == {"root"}
    assert "needs `enable-user`" in admin("reset-password", "root").stderr
    assert done("enable-user", "root") == f"root is active now. {ended}"
    assert users("--role", "admin", "--state", "active").keys() == {"root", "rosa"}
    assert done("reset-2fa", "rosa") == f"rosa signs in without a second factor already. {unchanged}"
    assert done("end-sessions", "rosa") == "rosa: 0 sessions were ended.\n"


def test_everything_is_written_down_with_the_name_of_the_systems_user() -> None:
    done("create-user", "rosa", "--role", "clinician")
    done("set-role", "rosa", "radiographer")
    done("end-sessions", "rosa")
    done("list-users")
    written = events()
    assert {(event["actor_name"], event["actor_role"], event["actor_id"]) for event in written} == {
        (f"cli:{pwd.getpwuid(os.getuid()).pw_name}", "admin", None)
    }
    assert [event["action"] for event in written] == [
        *["user.created", "password.reset-issued"] * 2,
        *["user.changed", "session.ended", "users.listed", "audit.exported"],
    ]
    assert written[4]["object_id"] == written[5]["object_id"] == users()["rosa"]["id"]


def test_the_list_has_one_line_for_each_user_however_long() -> None:
    names = {"rosa": "R" * 200, "maria": "[red]Maria[/red] :smile:", "ida": "\N{RIGHT-TO-LEFT OVERRIDE}Ida"}
    for username, full_name in names.items():
        done("create-user", username, "--role", "clinician", "--full-name", full_name)
    lines = done("list-users").splitlines()
    assert [line.split()[0] for line in lines] == ["user", "root", *names]
    assert all(name in line for name, line in zip(["R" * 200, names["maria"], "\ufffdIda"], lines[2:], strict=True))


def test_more_users_than_a_page(settings: pytest.MonkeyPatch) -> None:
    settings.setattr("relaypacs.cli.admin_users.PAGE", 2)
    for name in ("rosa", "maria", "ida", "eva"):
        done("create-user", name, "--role", "clinician")
    assert list(users()) == ["root", "rosa", "maria", "ida", "eva"]
