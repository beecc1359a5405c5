"""The process that inspects files: `python -m relaypacs.adapters.dicom.child`, started by `inspector`.

Requests and answers are frames on standard input and output: the length in 8 bytes, then a pickle. It holds
nothing, may be killed at any time, and ends when its input does.
"""

import ctypes
import os
import pickle
import signal
import sys
import traceback
from types import TracebackType
from typing import BinaryIO

from relaypacs.adapters.dicom.base import DocumentRequest, PixelPair
from relaypacs.adapters.dicom.documents import read_document
from relaypacs.adapters.dicom.inspection import inspect_blob
from relaypacs.adapters.storage.base import StoredBlob

LENGTH_BYTES = 8
PR_SET_PDEATHSIG = 1
ADDRESS_SPACE = 1024**3
OPEN_FILES = 64


def main() -> None:
    """Answer requests until the input ends."""
    parent, cpu_seconds = int(sys.argv[1]), int(sys.argv[2])
    sys.excepthook = _report_without_values
    for request_to_stop in (signal.SIGINT, signal.SIGTERM):  # are for the server, which drains first
        signal.signal(request_to_stop, signal.SIG_IGN)
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing else may write between the answers
    _die_with(parent)
    _limit_resources()
    _write(answers, None)
    while frame := requests.read(LENGTH_BYTES):
        request = pickle.loads(requests.read(int.from_bytes(frame)))  # noqa: S301 - from our own parent
        _allow_cpu(cpu_seconds)
        try:
            _write(answers, _answer(request))
        except OSError as error:  # of the storage, not of the content: the caller's to handle
            _write(answers, error)


def _answer(request: StoredBlob | PixelPair | DocumentRequest) -> object:
    if isinstance(request, DocumentRequest):
        return read_document(request.blob)
    if not isinstance(request, PixelPair):
        return inspect_blob(request)
    # The decoders take 50 MB and a third of a second, for what few PACS make necessary.
    from relaypacs.adapters.dicom.decoded import compare_pixels  # noqa: PLC0415

    return compare_pixels(request)


def _write(answers: BinaryIO, answer: object) -> None:
    frame = pickle.dumps(answer)
    answers.write(len(frame).to_bytes(LENGTH_BYTES) + frame)
    answers.flush()


def _die_with(parent: int) -> None:
    """Have the kernel end this process with its parent, even in the middle of a file."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the call
        sys.exit(0)


def _limit_resources() -> None:
    """Bound memory and descriptors, and forbid core dumps, which would hold patient data."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - absent on Windows

    bounds = {
        resource.RLIMIT_AS: ADDRESS_SPACE,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for kind, bound in bounds.items():
        resource.setrlimit(kind, (bound, bound))


def _allow_cpu(seconds: int) -> None:
    """Let the next file have `seconds` of processor time; beyond, the kernel ends the process."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - absent on Windows

    used = resource.getrusage(resource.RUSAGE_SELF)
    bound = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (bound, resource.RLIM_INFINITY))


def _report_without_values(kind: type[BaseException], _error: BaseException, where: TracebackType | None) -> None:
    """Print where an unforeseen error came from, without its message, which may quote patient data."""
    sys.stderr.write(f"inspection failed: {kind.__name__}\n{''.join(traceback.format_tb(where))}")


if __name__ == "__main__":
    main()
