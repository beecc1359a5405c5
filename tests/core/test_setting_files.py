"""Settings from files, as Compose and Kubernetes lay down secrets."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from relaypacs.cli.settings_report import problems_of
from relaypacs.core.settings import Settings

SECRET = "9f1c62d07ab84e35c2e8d94b07fa613c"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RELAYPACS_SECRETS_DIR", str(tmp_path))
    return tmp_path


def problem() -> str:
    with pytest.raises(ValidationError) as caught:
        Settings()
    (only,) = problems_of(caught.value)
    return only


def test_a_file_is_a_setting_and_ends_before_the_end_of_its_line(folder: Path) -> None:
    (folder / "RELAYPACS_SECRET_KEY").write_text(f"{SECRET}\n")
    (folder / "RELAYPACS_MAX_FILES").write_text("7\r\n")
    settings = Settings()
    assert settings.secret_key.get_secret_value() == SECRET
    assert settings.max_files == 7


def test_the_links_of_kubernetes_and_the_secrets_of_others_are_passed_over(folder: Path) -> None:
    (folder / "..2026_01_01").mkdir()
    (folder / "..2026_01_01/RELAYPACS_SECRET_KEY").write_text(SECRET)
    (folder / "..data").symlink_to("..2026_01_01")
    (folder / "RELAYPACS_SECRET_KEY").symlink_to("..data/RELAYPACS_SECRET_KEY")
    (folder / "postgres_password").write_text("of somebody else")
    assert Settings().secret_key.get_secret_value() == SECRET


def test_an_empty_variable_gives_way_and_another_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "RELAYPACS_PACS").write_text("folder:///of-the-file")
    monkeypatch.setenv("RELAYPACS_PACS", "")
    assert Settings().pacs.get_secret_value() == "folder:///of-the-file"
    monkeypatch.setenv("RELAYPACS_PACS", "folder:///of-the-environment")
    assert problem() == "RELAYPACS_SECRETS_DIR: has what the environment gives as well: RELAYPACS_PACS"


def test_a_name_that_is_no_setting_is_refused_without_what_it_holds(folder: Path) -> None:
    (folder / "RELAYPACS_SECRETKEY").write_text(SECRET)
    assert problem() == "RELAYPACS_SECRETS_DIR: has files that are no settings: RELAYPACS_SECRETKEY"


def test_what_cannot_be_read_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "RELAYPACS_SECRET_KEY").mkdir()
    assert problem() == "RELAYPACS_SECRETS_DIR: can't be read: RELAYPACS_SECRET_KEY"
    monkeypatch.setenv("RELAYPACS_SECRETS_DIR", str(folder / "absent"))
    assert problem() == f"RELAYPACS_SECRETS_DIR: can't be read: {folder / 'absent'}"


def test_what_is_wrong_with_a_file_is_said_by_the_name_of_the_setting(folder: Path) -> None:
    (folder / "RELAYPACS_SECRET_KEY").write_text("short")
    assert problem() == "RELAYPACS_SECRET_KEY: must have at least 32 characters"
