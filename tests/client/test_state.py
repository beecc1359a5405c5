"""What outlives a kill."""

import os
from pathlib import Path

from relaypacs.client.state import KEEP_SECONDS, ResumeStore


def test_each_user_of_each_server_has_uploads_of_their_own(tmp_path: Path) -> None:
    store = ResumeStore(tmp_path, "https://a", "rosa")
    store.remember("files", "upload-1")
    assert store.recall("files") == "upload-1"
    assert store.recall("other files") is None
    assert ResumeStore(tmp_path, "https://b", "rosa").recall("files") is None
    assert ResumeStore(tmp_path, "https://a", "emil").recall("files") is None
    store.forget("files")
    store.forget("files")
    assert store.recall("files") is None


def test_a_damaged_or_foreign_state_is_as_good_as_none(tmp_path: Path) -> None:
    store = ResumeStore(tmp_path, "https://a", "rosa")
    store.remember("files", "upload-1")
    (path,) = tmp_path.iterdir()
    for content in ("", "[]", '{"version": 99, "upload_id": "x"}', "\x00"):
        path.write_text(content)
        assert store.recall("files") is None


def test_old_state_is_removed(tmp_path: Path) -> None:
    store = ResumeStore(tmp_path / "state", "https://a", "rosa")
    store.prune()
    store.remember("old", "upload-1")
    (path,) = store.folder.iterdir()
    age = path.stat().st_mtime - KEEP_SECONDS - 60
    os.utime(path, (age, age))
    store.remember("new", "upload-2")
    store.prune()
    assert (store.recall("old"), store.recall("new")) == (None, "upload-2")
