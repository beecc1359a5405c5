"""Settings from files: a folder with a file for each, as Compose and Kubernetes hand over secrets.

What stands in the environment of a process is shown by `docker inspect`, and handed on to its children.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

PREFIX = "RELAYPACS_"
FOLDER = f"{PREFIX}SECRETS_DIR"


class SettingFiles(PydanticBaseSettingsSource):
    """Takes each setting from the file of its name. What cannot be read is left out: `problem_with` says so."""

    def __init__(self, settings_cls: type[BaseSettings], folder: str) -> None:
        super().__init__(settings_cls)
        self._found = _read(folder)[0] if folder else {}

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 - given
        return self._found.get(f"{PREFIX}{field_name.upper()}"), field_name, False

    def __call__(self) -> dict[str, Any]:
        return {
            name: self._found[file]
            for name in self.settings_cls.model_fields
            if (file := f"{PREFIX}{name.upper()}") in self._found
        }


def problem_with(folder: str, known: frozenset[str]) -> str | None:
    """Return what is wrong with the folder and the names in it, without a word of what the files hold."""
    found, unreadable = _read(folder)
    if unreadable:
        return f"can't be read: {', '.join(sorted(unreadable))}"
    if strangers := sorted(found.keys() - known):
        return f"has files that are no settings: {', '.join(strangers)}"
    if twice := sorted(name for name in found if os.environ.get(name)):
        return f"has what the environment gives as well: {', '.join(twice)}"
    return None


def _read(folder: str) -> tuple[Mapping[str, str], frozenset[str]]:
    """Return what each file of ours says, without the end of its line, and the names of those that cannot be read."""
    found: dict[str, str] = {}
    unreadable = set()
    try:
        files = [path for path in Path(folder).iterdir() if path.name.startswith(PREFIX)]
    except OSError:
        return {}, frozenset({folder})
    for path in files:
        try:
            found[path.name] = path.read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            unreadable.add(path.name)
    return found, frozenset(unreadable)
