"""What a process asked of a file system, with every byte, as strace records it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CALLS = (
    "openat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,unlink,unlinkat,rmdir,"
    "write,writev,pwrite64,pwritev,ftruncate,fsync,fdatasync,sendto,sendmsg"
)
BYTES_RECORDED = 2 * 1024**2  # of each argument; more than any write of the gateway
HEX = re.compile(r"\\x([0-9a-f]{2})")
CALL = re.compile(r"(\w+)\((.*)\)\s+= (-?\d+)")
QUOTED = re.compile(r'"([^"]*)"')
DESCRIPTOR = re.compile(r"(\w+)<([^>]*)>")


@dataclass(frozen=True)
class Call:
    """One system call that succeeded. `begun` and `ended` are positions in the record: what overlaps, overlapped."""

    name: str
    arguments: str
    result: int
    begun: int
    ended: int

    @property
    def texts(self) -> list[bytes]:
        """The strings among the arguments: paths, or what is written."""
        return [_bytes(text) for text in QUOTED.findall(self.arguments)]

    @property
    def paths(self) -> list[Path]:
        """The paths among the arguments; a relative one counts from the folder that stands before it."""
        folders = [Path(_bytes(path).decode()) for _, path in DESCRIPTOR.findall(self.arguments)] or [Path("/")]
        return [folders[min(i, len(folders) - 1)] / text.decode() for i, text in enumerate(self.texts)]

    @property
    def descriptor(self) -> tuple[int, Path]:
        """The file descriptor that the call works on, and what it stands for."""
        found = DESCRIPTOR.match(self.arguments)
        assert found, self.arguments[:80]
        return int(found[1]), Path(_bytes(found[2]).decode(errors="replace"))

    @property
    def last_number(self) -> int:
        return int(self.arguments.rpartition(",")[2])


def recording(log: Path) -> list[str]:
    """Return the command to put before another one, so that `calls` can read from `log` what it did."""
    options = f"-f -y -qq -xx -s {BYTES_RECORDED} -e signal=none -e trace={CALLS} -o"
    return ["strace", *options.split(), str(log)]


def calls(log: Path) -> Iterator[Call]:
    """Yield the calls in the order in which they ended."""
    begun: dict[str, tuple[int, str]] = {}
    with log.open(errors="replace") as lines:
        for number, line in enumerate(lines):
            thread, _, rest = line.strip().partition(" ")
            text, begin = rest.strip(), number
            if text.endswith("<unfinished ...>"):
                begun[thread] = (number, text.removesuffix("<unfinished ...>"))
                continue
            if text.startswith("<... "):
                begin, before = begun.pop(thread)
                text = before + text.partition("resumed>")[2]
            if (match := CALL.match(text)) and int(match[3]) >= 0:
                yield Call(match[1], match[2], int(match[3]), begin, number)


def _bytes(text: str) -> bytes:
    return bytes.fromhex("".join(HEX.findall(text)))
