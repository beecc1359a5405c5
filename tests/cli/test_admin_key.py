"""`relaypacs admin rotate-key`: another secret key in its place, while no gateway runs, or everything as it was."""

import json
import shutil
from pathlib import Path

import pytest

from relaypacs.core.one_process import alone_in
from tests.cli.admin import done, events, refused
from tests.conftest import SECRET

NEW = "Kx7-another-key-that-somebody-made-anew-2f9"


@pytest.fixture
def data(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a gateway with something in its trail."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "relaypacs.db")
    (folder / "secret.key").write_text(SECRET)
    monkeypatch.setenv("RELAYPACS_DATA_DIR", str(folder))
    done("create-user", "rosa", "--role", "clinician")
    return folder


def receipt_keys() -> list[dict[str, str | None]]:
    return [json.loads(line) for line in done("receipt-keys", "--json").splitlines()]


def test_the_new_key_is_in_its_place_and_opens_everything(data: Path) -> None:
    (before,) = receipt_keys()
    said = done("rotate-key")
    assert "The new secret key is in its place." in said
    new = (data / "secret.key").read_text()
    assert new != SECRET
    assert new not in said
    assert (data / "secret.key").stat().st_mode & 0o077 == 0
    present, retired = receipt_keys()
    assert (retired["public_key"], present["until"]) == (before["public_key"], None)
    assert retired["until"]
    assert events()[-2]["action"] == "keys.changed"
    assert "The trail is whole." in done("audit", "verify")
    (data / "secret.key").write_text(SECRET)
    assert "sealed with another secret key" in refused("list-users")


def test_a_gateway_that_runs_keeps_its_keys(data: Path) -> None:
    with alone_in(data):
        assert refused("rotate-key") == f"Another relaypacs process serves from {data}. Stop it first."
    assert (data / "secret.key").read_text() == SECRET


def test_a_new_key_that_can_not_be_put_in_its_place_leaves_the_old_one_good(data: Path) -> None:
    (data / "secret.new").mkdir()
    assert refused("rotate-key").startswith(f"{data}/secret.new: ")
    assert (data / "secret.key").read_text() == SECRET
    assert "The trail is whole." in done("audit", "verify")
    (data / "secret.new").rmdir()
    done("rotate-key")
    assert "The trail is whole." in done("audit", "verify")


def test_a_key_that_was_given_is_given_again(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (data / "secret.key").unlink()
    monkeypatch.setenv("RELAYPACS_SECRET_KEY", SECRET)
    assert "--new-key-stdin" in refused("rotate-key", code=2)
    assert "at least 32 characters" in refused("rotate-key", "--new-key-stdin", given="short\n", code=2)
    assert refused("rotate-key", "--new-key-stdin", given=f"{SECRET}\n") == "This is the present secret key."
    assert "Set RELAYPACS_SECRET_KEY to the new key" in done("rotate-key", "--new-key-stdin", given=f"{NEW}\n")
    for key in (SECRET, NEW):  # the old one until a gateway has started with the new
        monkeypatch.setenv("RELAYPACS_SECRET_KEY", key)
        assert "The trail is whole." in done("audit", "verify")
    assert not (data / "secret.key").exists()


def test_a_key_that_is_lost_is_replaced_only_when_it_is(data: Path) -> None:
    assert "nothing is lost" in refused("rotate-key", "--lost")
    done("rotate-key")
    (data / "secret.key").unlink()
    assert "There is no secret key" in refused("list-users")
    assert "The gateway goes on" in done("rotate-key", "--lost")
    assert "rosa" in done("list-users")
    assert "The trail is whole." in done("audit", "verify")
