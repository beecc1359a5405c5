"""What travels: a file as it lies on the disk, or many small ones as one ZIP that is made when it is needed."""

import io
import threading
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from relaypacs.client.errors import FileChanged
from relaypacs.client.scan import LocalFile

LOCAL_HEADER = 30  # bytes beside the name, PKWARE APPNOTE 4.3.7
CENTRAL_HEADER = 46  # 4.3.12
END_OF_DIRECTORY = 22  # 4.3.16
EPOCH = (1980, 1, 1, 0, 0, 0)
UNIX = 3
REGULAR_FILE = 0o100600 << 16


class Source(Protocol):
    """One file of an upload. The same local files always give the same bytes."""

    @property
    def name(self) -> str: ...

    @property
    def size(self) -> int: ...

    @property
    def files(self) -> Sequence[LocalFile]:
        """The local files whose bytes these are."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Return that range. Raises FileChanged when the local files are not what they were; thread-safe."""
        ...


@dataclass(frozen=True, slots=True)
class WholeFile:
    name: str
    file: LocalFile

    @property
    def size(self) -> int:
        return self.file.size

    @property
    def files(self) -> Sequence[LocalFile]:
        return (self.file,)

    def read(self, offset: int, length: int) -> bytes:
        with _opened(self.file) as stream:
            stream.seek(offset)
            content = stream.read(length)
        if len(content) != length:
            raise FileChanged(f"{self.file.label} became shorter while it was being sent.")
        return content


@dataclass(frozen=True, slots=True)
class Bundle:
    """A ZIP with method STORED (gzip on the wire does the rest), without dates: its bytes follow from its files."""

    name: str
    files: tuple[LocalFile, ...]
    members: tuple[str, ...]

    @property
    def size(self) -> int:
        return stored_zip_size(self.members, [file.size for file in self.files])

    def read(self, offset: int, length: int) -> bytes:
        with _BUILDING:  # one thread makes it, the others find it
            content = _built(self)
        return content[offset : offset + length]


def stored_zip_size(members: Sequence[str], sizes: Sequence[int]) -> int:
    """Return the size in bytes of a ZIP of stored members, without building it."""
    names = sum(len(member.encode()) for member in members)
    return sum(sizes) + len(members) * (LOCAL_HEADER + CENTRAL_HEADER) + 2 * names + END_OF_DIRECTORY


_BUILDING = threading.Lock()


@lru_cache(maxsize=2)
def _built(bundle: Bundle) -> bytes:
    """Make the ZIP. Two are kept: threads at the end of one and at the start of the next need both."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for member, file in zip(bundle.members, bundle.files, strict=True):
            entry = zipfile.ZipInfo(member, EPOCH)
            entry.create_system, entry.external_attr = UNIX, REGULAR_FILE
            with _opened(file) as stream:
                content = stream.read(file.size + 1)
            if len(content) != file.size:
                raise FileChanged(f"{file.label} changed while it was being sent.")
            archive.writestr(entry, content)
    return target.getvalue()


def forget_bundles() -> None:
    """Give back the memory of the bundles made last."""
    _built.cache_clear()


def _opened(file: LocalFile) -> io.BufferedReader:
    try:
        stream = file.path.open("rb")
    except OSError as error:
        raise FileChanged(f"{file.label} can't be read any more: {error.strerror}.") from error
    return stream
