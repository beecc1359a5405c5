"""Starting, awaiting and ending a server process."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

READY_SECONDS = 20
STOP_SECONDS = 20


class ServerFailed(Exception):
    """The server did not start; the message is the end of its log."""


def wait_until_ready(process: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path) -> None:
    """Return once `ready()` holds. Raises ServerFailed when the process ends or takes too long."""
    deadline = time.monotonic() + READY_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            stop(process)
            raise ServerFailed(log.read_text(errors="replace")[-2000:])
        time.sleep(0.02)


def stop(process: subprocess.Popen[bytes], polite: signal.Signals = signal.SIGTERM) -> None:
    """End the process with the `polite` signal, and with SIGKILL when it does not listen. Idempotent."""
    if process.poll() is not None:
        return
    process.send_signal(polite)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
