"""`relaypacs serve`."""

import subprocess
import sys
from pathlib import Path

from tests.servers.gateway import running_gateway
from tests.servers.ports import free_port


def test_a_second_process_on_the_same_data_is_refused(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("relaypacs")), "serve", "--port", str(free_port())]
    with running_gateway(tmp_path) as gateway:
        second = subprocess.run(
            command,
            env={"RELAYPACS_DATA_DIR": str(gateway.data)},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert second.returncode == 3
    assert second.stderr.strip() == f"Another relaypacs process serves from {gateway.data}. Stop it first."
