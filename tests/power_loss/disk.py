"""A model of a disk that forgets what was not synced, kept as simple as it can be and harsher than real ones.

- A file is what was durable, and the writes and truncations since. `fsync` and `fdatasync` make durable what had ended
  before they began, when they end. Syncing a file says nothing about its name.
- A folder is a list of names in the same way: making, renaming, linking and removing names is durable after an `fsync`
  of that folder. Renaming is two changes, which need not survive together.
- After the power failure nothing that was not durable is there; or, with `chance`, each single change may have
  survived, whatever came before or after it. A change is never torn: SQLite's checksums would find that.
- Shared memory of SQLite (`-shm`) is left out: it is made anew whenever a database is opened first.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.power_loss.recording import Call


@dataclass
class File:
    durable: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, int, bytes | None]] = field(default_factory=list)  # (ended, offset, None: cut here)

    def sync(self, before: int) -> None:
        for _, offset, data in _take(self.pending, before):
            _change(self.durable, offset, data)

    def after_failure(self, survives: Callable[[], bool]) -> bytes:
        content = bytearray(self.durable)
        for _, offset, data in self.pending:
            if survives():
                _change(content, offset, data)
        return bytes(content)


@dataclass
class Folder:
    entries: dict[str, "File | Folder"] = field(default_factory=dict)  # as the running process sees them
    durable: dict[str, "File | Folder"] = field(default_factory=dict)
    pending: list[tuple[int, str, "File | Folder | None"]] = field(default_factory=list)

    def set(self, at: int, name: str, node: "File | Folder | None") -> None:
        self.pending.append((at, name, node))
        _name(self.entries, name, node)

    def sync(self, before: int) -> None:
        for _, name, node in _take(self.pending, before):
            _name(self.durable, name, node)

    def after_failure(self, survives: Callable[[], bool]) -> dict[str, "File | Folder"]:
        names = dict(self.durable)
        for _, name, node in self.pending:
            if survives():
                _name(names, name, node)
        return names


class Disk:
    """The folder `root`, empty at first, under a series of calls."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._top = Folder()
        self._offsets: dict[tuple[int, Path], int] = {}

    def apply(self, call: Call) -> None:
        match call.name:
            case "openat":
                self._open(call)
            case "mkdir" | "mkdirat":
                self._set(call, call.paths[0], Folder())
            case "rename" | "renameat" | "renameat2" | "link" | "linkat":
                old, new = call.paths[:2]
                if self._has(old) and self._has(new.parent):
                    self._set(call, new, self._node(old))
                    if call.name.startswith("rename"):
                        self._set(call, old, None)
            case "unlink" | "unlinkat" | "rmdir":
                self._set(call, call.paths[0], None)
            case "fsync" | "fdatasync":
                if self._has(path := call.descriptor[1]):
                    self._node(path).sync(call.begun)
            case _:
                self._write(call)

    def rebuild(self, chance: random.Random | None = None) -> None:
        """Make `root`, which must not exist, what it would be after a power failure now."""

        def survives() -> bool:
            return chance is not None and chance.random() < 0.5

        self._root.mkdir()
        for path, node in self._walk(self._root, self._top, survives):
            if isinstance(node, Folder):
                path.mkdir()
            else:
                path.write_bytes(node.after_failure(survives))

    def _walk(self, path: Path, folder: Folder, survives: Callable[[], bool]) -> Iterator[tuple[Path, "File | Folder"]]:
        for name, node in folder.after_failure(survives).items():
            yield path / name, node
            if isinstance(node, Folder):
                yield from self._walk(path / name, node, survives)

    def _open(self, call: Call) -> None:
        path = call.paths[0]
        if path.name.endswith("-shm") or not self._has(path.parent):
            return
        if "O_CREAT" in call.arguments and not self._has(path):
            self._set(call, path, File())
        if "O_TRUNC" in call.arguments and isinstance(node := self._node(path), File):
            node.pending.append((call.ended, 0, None))
        self._offsets[call.result, path] = 0

    def _write(self, call: Call) -> None:
        descriptor, path = call.descriptor
        if not self._has(path) or not isinstance(file := self._node(path), File):
            return
        if call.name == "ftruncate":
            file.pending.append((call.ended, call.last_number, None))
            return
        data = b"".join(call.texts)[: call.result]
        assert len(data) == call.result
        if call.name.startswith("pwrite"):
            offset = call.last_number
        else:
            offset = self._offsets[descriptor, path]
            self._offsets[descriptor, path] += len(data)
        file.pending.append((call.ended, offset, data))

    def _has(self, path: Path) -> bool:
        try:
            self._node(path)
        except (KeyError, ValueError, AttributeError):
            return False
        return True

    def _node(self, path: Path) -> File | Folder:
        node: File | Folder = self._top
        for part in path.relative_to(self._root).parts:
            assert isinstance(node, Folder)
            node = node.entries[part]
        return node

    def _set(self, call: Call, path: Path, node: File | Folder | None) -> None:
        if path != self._root and self._has(path.parent) and isinstance(parent := self._node(path.parent), Folder):
            parent.set(call.ended, path.name, node)


def _take(pending: list, before: int) -> list:  # type: ignore[type-arg]
    """Take the changes out of a list that had ended before a moment."""
    ended = [change for change in pending if change[0] < before]
    pending[:] = [change for change in pending if change[0] >= before]
    return ended


def _change(content: bytearray, offset: int, data: bytes | None) -> None:
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    if data is None:
        del content[offset:]
    else:
        content[offset : offset + len(data)] = data


def _name(names: dict[str, File | Folder], name: str, node: File | Folder | None) -> None:
    if node is None:
        names.pop(name, None)
    else:
        names[name] = node
