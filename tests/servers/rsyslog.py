"""A real rsyslogd, with a configuration of the test's and nothing of the machine's."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.processes import stop, wait_until_ready

LIBRARIES = Path("/usr/lib")


def available() -> str | None:
    if _program() is None:
        return "rsyslog is not installed: apt-get install --no-install-recommends rsyslog"
    if not any(LIBRARIES.glob("**/rsyslog/lmnsd_gtls.so")):
        return "rsyslog knows no TLS: apt-get install --no-install-recommends rsyslog-gnutls"
    return None


@contextmanager
def running_rsyslog(folder: Path, configuration: str, port: int) -> Iterator[None]:
    """Run rsyslogd until the context is left; it is ready when `port` takes connections."""
    program = _program()
    assert program is not None, available()
    file, log = folder / "rsyslog.conf", folder / "log"
    file.write_text(configuration)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, "-n", "-iNONE", "-f", file], cwd=folder, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        wait_until_ready(process, lambda: _listens(port), log)
        yield
    finally:
        stop(process)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _program() -> str | None:
    return shutil.which("rsyslogd") or shutil.which("rsyslogd", path="/usr/sbin")
