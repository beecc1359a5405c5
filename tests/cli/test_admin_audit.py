"""`relaypacs admin audit`: what it shows of the trail, and that it finds what was done to it."""

import csv
import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from relaypacs.core.csv_cells import STARTS_A_FORMULA
from tests.cli.admin import admin, admin_environment, done, events, refused
from tests.cli.commands import RELAYPACS
from tests.conftest import SECRET

Tamper = Callable[..., None]
SEAL = re.compile(r"^seal: ([0-9a-f]{64})$", re.MULTILINE)

COPY = (
    "INSERT INTO audit_events SELECT {}, at, action, outcome, actor_id, actor_name, actor_role, address, trace_id, "
    "object_kind, object_id, details, seal FROM audit_events WHERE position = 5"
)


@pytest.fixture(autouse=True)
def data(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder whose trail begins with five events, of two users that are made and one that is changed."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "relaypacs.db")
    (folder / "secret.key").write_text(SECRET)
    monkeypatch.setenv("RELAYPACS_DATA_DIR", str(folder))
    done("create-user", "root", "--role", "admin")
    done("create-user", "rosa", "--role", "clinician")
    done("set-role", "rosa", "radiologist")
    return folder


@pytest.fixture
def tamper(data: Path) -> Tamper:
    """Change the database behind the gateway's back."""

    def run(*statements: str) -> None:
        with closing(sqlite3.connect(data / "relaypacs.db")) as connection, connection:
            for statement in statements:
                assert connection.execute(statement).rowcount > 0, statement

    return run


def verified(*arguments: str) -> tuple[int, str, str]:
    """Return the exit code, the seal that was printed, and what was said on standard error."""
    result = admin("audit", "verify", *arguments)
    (seal,) = SEAL.findall(result.stdout)
    return result.exit_code, seal, result.stderr


def test_the_list_has_one_line_for_each_event_and_the_newest_is_first() -> None:
    lines = done("audit", "list").splitlines()
    assert lines[0].split()[:2] == ["position", "at"]
    assert [line.split()[0] for line in lines[1:]] == ["6", "5", "4", "3", "2", "1"]
    assert "audit.viewed" in lines[1]
    assert "fields: ['role']; role: radiologist" in lines[2]


def test_what_is_looked_for() -> None:
    assert [line.split()[0] for line in done("audit", "list", "--action", "user.created").splitlines()[1:]] == [
        "3",
        "1",
    ]
    assert len(done("audit", "list", "--limit", "2").splitlines()) == 3
    assert admin("audit", "list", "--actor", "rosa").stderr == "There is no such event.\n"
    assert admin("audit", "list", "--until", "2026-01-01").stdout == ""
    name = events()[0]["actor_name"]
    assert {event["actor_name"] for event in events("--actor", name)} == {name}
    moments = [event["at"] for event in events("--action", "user.created")]
    found = events("--action", "user.created", "--since", moments[0], "--until", moments[1])
    assert [event["position"] for event in found] == [1]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("list", "--action", "user.eaten"), "There is no action 'user.eaten'. There are: service.started,"),
        (("list", "--since", "yesterday"), "Invalid value for '--since'"),
        (("list", "--limit", "0"), "Input should be greater than or equal to 1"),
        (("export", "--format", "xml"), "'xml' is not one of"),
        (("verify", "--expect-position", "5"), "--expect-seal and --expect-position belong together."),
        (("verify", "--expect-seal", "0" * 64), "--expect-seal and --expect-position belong together."),
        (("verify", "--expect-seal", "seal", "--expect-position", "5"), "A seal has 64 hexadecimal digits."),
    ],
)
def test_a_wrong_command_line(arguments: tuple[str, ...], reason: str) -> None:
    said = refused("audit", *arguments, code=2)
    assert reason in " ".join(said.replace("│", " ").split())


def test_an_export_is_a_private_file_that_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "trail.jsonl"
    result = admin("audit", "export", "--format", "jsonl", "--output", path)
    assert (result.stdout, result.stderr) == ("", "6 events were written.\n")
    assert path.stat().st_mode & 0o777 == 0o600
    assert [json.loads(line)["position"] for line in path.read_text().splitlines()] == [6, 5, 4, 3, 2, 1]
    done("audit", "export", "--format", "csv", "--output", path, "--action", "user.changed")
    with path.open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["position"], row["action"]) == ("5", "user.changed")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["data", "trail.jsonl"]


def test_cells_of_a_csv_export_are_no_formulas() -> None:
    rows = list(csv.reader(done("audit", "export", "--format", "csv").splitlines()))
    assert len(rows) == 7
    assert not any(cell.startswith(STARTS_A_FORMULA) for row in rows for cell in row)


def test_a_file_that_can_not_be_written(tmp_path: Path) -> None:
    missing = tmp_path / "missing" / "trail.csv"
    said = refused("audit", "export", "--format", "csv", "--output", missing)
    assert said == f"{missing} can't be written: No such file or directory."
    assert refused("audit", "export", "--format", "csv", "--output", "/dev/null") == "/dev/null is no file."


def test_a_reader_that_goes_away_gets_no_traceback(data: Path) -> None:
    process = subprocess.Popen(
        [str(RELAYPACS), "admin", "audit", "export", "--format", "csv"],
        env=admin_environment(data),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(30) == 1
    assert b"Traceback" not in said


def test_a_whole_trail(data: Path) -> None:
    said = done("audit", "verify")
    assert said.startswith("events: 5\nseal: ")
    (seal,) = SEAL.findall(said)
    done("list-users")
    said = done("audit", "verify", "--expect-position", "5", "--expect-seal", seal.upper())
    assert said.startswith("events: 6\n")
    assert "the seal at position 5 is the one that was kept" in said
    assert SECRET not in said
    assert (data / "secret.key").read_text() == SECRET


@pytest.mark.parametrize(
    ("position", "statement"),
    [
        (3, "UPDATE audit_events SET actor_name = 'somebody' WHERE position = 3"),
        (3, "UPDATE audit_events SET action = 'nothing' WHERE position = 3"),
        (3, "DELETE FROM audit_events WHERE position = 3"),
        (5, "DELETE FROM audit_events WHERE position = 5"),
        (1, COPY.format(-1)),
        (6, COPY.format(6)),
        (6, "DELETE FROM audit_head"),
    ],
)
def test_a_trail_that_was_tampered_with(tamper: Tamper, position: int, statement: str) -> None:
    tamper(statement)
    code, _, said = verified()
    assert code == 1
    assert said.startswith(f"BROKEN at position {position}: ")
    assert ("RELAYPACS_SECRET_KEY" in said) == (position == 1)


def test_an_event_that_cannot_be_read_is_listed_as_such(tamper: Tamper) -> None:
    tamper("UPDATE audit_events SET action = 'nothing' WHERE position = 3")
    listed = done("audit", "list").splitlines()
    assert [line.split()[:2] for line in listed if "UNREADABLE" in line] == [["3", "UNREADABLE"]]
    assert len(listed) == 7  # with the names of the columns, and this look


def test_an_end_that_was_cut_off_is_found_by_the_seal_that_was_kept(tamper: Tamper) -> None:
    _, seal, _ = verified()
    kept = ("--expect-position", "5", "--expect-seal", seal)
    tamper(
        "DELETE FROM audit_events WHERE position > 3",
        "UPDATE audit_head SET position = 3, seal = (SELECT seal FROM audit_events WHERE position = 3)",
    )
    assert verified()[0] == 0, "nothing else can tell"
    code, _, said = verified(*kept)
    assert (code, said.splitlines()[0][:23]) == (1, "BROKEN at position 4: t")
    assert "does not lead to the seal that was kept at position 5" in said
    done("list-users")
    done("list-users", "--role", "admin")
    assert verified()[0] == 0
    assert verified(*kept)[2].startswith("BROKEN at position 5: ")


def test_a_change_at_the_end_does_not_keep_anybody_from_working(tamper: Tamper) -> None:
    tamper("UPDATE audit_events SET actor_name = 'somebody' WHERE position = 5")
    done("reset-password", "root")
    assert verified()[2].startswith("BROKEN at position 5: ")


def test_another_secret_key_makes_the_first_event_look_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAYPACS_SECRET_KEY", "the secret key of some other gateway")
    code, _, said = verified()
    assert (code, said.splitlines()[0][:22]) == (1, "BROKEN at position 1: ")
    assert "RELAYPACS_SECRET_KEY is not the gateway's" in said
