"""The main job: 300 CT slices from the command line client to verified in Orthanc (promise S1: at most 1.5 times).

The peer is what a user would do instead: `POST /instances` of the same files to Orthanc, on 4 connections.
"""

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.servers import PASSWORD, gateway
from tests.builders.dicom import make_study
from tests.servers.orthanc import PASSWORD as ORTHANC_PASSWORD
from tests.servers.orthanc import USER, Orthanc, running_orthanc

SLICES = 300
ROUNDS = 3
CONNECTIONS = 4


def post_directly(orthanc: Orthanc, files: list[bytes]) -> float:
    """Return the seconds that Orthanc's own interface takes for the files."""
    pending = iter(files)
    credentials = b64encode(f"{USER}:{ORTHANC_PASSWORD}".encode()).decode()

    def work(_: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", orthanc.http_port)
        for body in pending:
            connection.request("POST", "/instances", body, {"Authorization": f"Basic {credentials}"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == http.HTTPStatus.OK, answer.status
        connection.close()

    started = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(work, range(CONNECTIONS)))
    return time.perf_counter() - started


def send_through_gateway(port: int, folder: Path, state: Path) -> float:
    """Return the seconds from starting the client to everything being verified."""
    command = [str(Path(sys.executable).parent / "relaypacs"), "upload", str(folder), "--quiet"]
    command += ["--server", f"http://127.0.0.1:{port}", "--username", "admin"]
    environment = {**os.environ, "RELAYPACS_PASSWORD": PASSWORD, "XDG_STATE_HOME": str(state)}
    started = time.perf_counter()
    subprocess.run(command, env=environment, check=True)
    return time.perf_counter() - started


def main() -> None:
    rounds = []
    with tempfile.TemporaryDirectory() as name, running_orthanc() as orthanc:
        for number in range(ROUNDS):
            direct, relayed = (make_study(SLICES, rows=512, columns=512, seed=2 * number + which) for which in range(2))
            folder = Path(name, str(number))
            folder.mkdir()
            for file_name, content in relayed:
                (folder / file_name).write_bytes(content)
            straight = post_directly(orthanc, [content for _, content in direct])
            with gateway(PACS=orthanc.pacs_url) as relay:
                through = send_through_gateway(relay.port, folder, Path(name, f"state{number}"))
            rounds.append((straight, through))
            orthanc.clear()
    size = SLICES * 512 * 512 * 2 / 1e6
    ratio = statistics.median(through / straight for straight, through in rounds)
    print(f"POST /instances: {size / statistics.median(r[0] for r in rounds):.0f} MB/s")
    print(f" through us    : {size / statistics.median(r[1] for r in rounds):.0f} MB/s, verified")
    print(f"          ratio: {ratio:.2f} of the time (promise S1: at most 1.50)")


if __name__ == "__main__":
    main()
