"""An object store beside a local disk: the speed of chunk intake, and what a study of 158 MB asks of the store.

The store is the tests' rclone on the same machine and disk, so it takes processor time of its own; a store elsewhere
does not, and is further away. `python -m bench.object_storage`
"""

import os
import re
import statistics
import tempfile
from collections import Counter
from pathlib import Path

from bench.intake import CHUNKS, fill_upload, measure
from bench.main_job import send_through_gateway
from bench.servers import gateway, sign_in
from tests.builders.dicom import make_study
from tests.servers.s3 import S3, running_s3
from tests.servers.s3_faults import Request, running_s3_proxy

ROUNDS = 5
SLICES = 300


def compare_intake(store: S3) -> None:
    body = os.urandom(1024**2)
    with gateway() as disk, gateway(STORAGE_URL=store.part().url()) as bucket:
        servers = {"local disk": (disk, sign_in(disk)), "object store": (bucket, sign_in(bucket))}
        rounds = [
            {
                name: measure(server, lambda s=server, c=client: fill_upload(s, c, body))
                for name, (server, client) in servers.items()
            }
            for _ in range(ROUNDS + 1)
        ][1:]  # the first warms up
    for name in servers:
        speed = statistics.median(each[name][0] for each in rounds)
        cpu = statistics.median(each[name][1] for each in rounds)
        print(
            f"{name:>12}: {speed:5.0f} MB/s, {cpu:5.2f} ms of the gateway's processor time a chunk ({CHUNKS} of 1 MiB)"
        )


def count_requests(store: S3) -> None:
    with tempfile.TemporaryDirectory() as name, running_s3_proxy(store) as proxy:
        folder = Path(name, "study")
        folder.mkdir()
        for file_name, content in make_study(SLICES, rows=512, columns=512):
            (folder / file_name).write_bytes(content)
        part = store.part()
        with gateway(STORAGE_URL=part.url(port=proxy.port)) as relay:
            proxy.requests.clear()
            send_through_gateway(relay.port, folder, Path(name, "state"))
            asked = Counter(_kind(request) for request in proxy.requests if ".probe" not in request.path)
        print(f"a study of {SLICES} slices, sent and verified: {dict(asked)}; {len(part.names())} objects")


def _kind(request: Request) -> str:
    if request.method == "GET":
        return "LIST" if re.search(r"[?&]list-type=2", request.path) else "GET"
    return request.method


def main() -> None:
    with running_s3() as store:
        compare_intake(store)
        count_requests(store)


if __name__ == "__main__":
    main()
