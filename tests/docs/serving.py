"""`relaypacs serve` as a page has it, until it is ready: `python -m tests.docs.serving serve --host … --port …`.

On data of its own: the folder that the page names is in use by the gateway beside it.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx

from tests.servers.ports import NO_CERTIFICATES
from tests.servers.processes import stop, wait_until_ready


def main(arguments: list[str]) -> int:
    address = f"http://127.0.0.1:{arguments[arguments.index('--port') + 1]}/health/ready"

    def is_ready() -> bool:
        try:
            return httpx.get(address, verify=NO_CERTIFICATES).is_success
        except httpx.TransportError:
            return False

    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        command = [Path(sys.executable).with_name("relaypacs"), *arguments]
        environment = os.environ | {"RELAYPACS_DATA_DIR": f"{folder}/data"}
        with log.open("wb") as output:
            process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        wait_until_ready(process, is_ready, log)
        stop(process)
        return process.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
