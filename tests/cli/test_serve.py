"""`relaypacs serve`."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.main_job.process import SECRET, GatewayProcess, gateway_process
from tests.servers.gateway import running_gateway
from tests.servers.ports import free_port
from tests.servers.processes import ServerFailed
from tests.servers.redis import RedisServer


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


def test_with_redis_one_process_takes_chunks_into_a_folder(
    tmp_path: Path, postgres_url: str, redis: RedisServer
) -> None:
    folder = tmp_path / "uploads"
    shared = {
        "DATABASE_URL": postgres_url,
        "REDIS_URL": redis.fresh_url(),
        "STORAGE_URL": f"file://{folder}",
        "SECRET_KEY": SECRET,
    }
    with (
        gateway_process(tmp_path / "one", **shared),
        pytest.raises(ServerFailed, match=f"Another relaypacs process serves from {folder}. Stop it first."),
    ):
        GatewayProcess(tmp_path / "other", **shared).start()
