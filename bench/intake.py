"""Chunk intake: 1 MiB chunks over 4 connections, against the bare handler (promise S2: at least 0.8 of it)."""

import hashlib
import http.client
import os
import statistics
import time
from base64 import b64encode
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import httpx

from bench.servers import Server, bare_server, gateway, sign_in

CHUNK = 1024**2
CHUNKS = 200
CONNECTIONS = 4
ROUNDS = 5
Request = tuple[str, dict[str, str]]


def put_all(server: Server, body: bytes, requests: Iterable[Request]) -> float:
    """Send every request over a few keep-alive connections; return MB/s."""
    pending = iter(requests)

    def work(_: int) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        sent = 0
        for path, headers in pending:
            connection.request("PUT", path, body, headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == http.HTTPStatus.OK, answer.status
            sent += len(body)
        connection.close()
        return sent

    started = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        sent = sum(pool.map(work, range(CONNECTIONS)))
    return sent / (time.perf_counter() - started) / 1e6


def measure(server: Server, run: Callable[[], float]) -> tuple[float, float]:
    """Return MB/s, and milliseconds of processor time for each chunk."""
    before = server.cpu_seconds()
    speed = run()
    return speed, (server.cpu_seconds() - before) / CHUNKS * 1000


def fill_upload(server: Server, client: httpx.Client, body: bytes) -> float:
    """Send an upload's chunks, each of them `body`; return MB/s."""
    request = {
        "file_names": ["big.dcm"],
        "file_sizes": [CHUNK * CHUNKS + 1],  # never whole: intake alone is measured
        "metadata": {"patient_name": "BENCH", "study_date": "20260115", "modality": "CT"},
        "chunk_size": CHUNK,
    }
    upload = client.post("/upload/init", json=request).raise_for_status().json()
    path = f"/api/v1/upload/{upload['upload_id']}/chunk?file_id=big&chunk_index="
    headers = {**digest(body), "X-Upload-Token": upload["session_token"]}
    return put_all(server, body, [(f"{path}{i}", headers) for i in range(CHUNKS)])


def digest(body: bytes) -> dict[str, str]:
    return {"Content-MD5": b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()}


def uploading(relay: Server) -> Callable[[], float]:
    """Return what sends the chunks of an upload of its own each time, and returns MB/s."""
    body, client = os.urandom(CHUNK), sign_in(relay)
    return lambda: fill_upload(relay, client, body)


def main() -> None:
    body = os.urandom(CHUNK)
    headers = digest(body)
    numbers = count()
    with bare_server() as bare, gateway() as relay:
        gateway_run = uploading(relay)

        def bare_run() -> float:
            name = next(numbers)  # a file of its own each time, as the gateway has: overwriting one is cheaper
            return put_all(bare, body, [(f"/chunk?name={name}&offset={i * CHUNK}", headers) for i in range(CHUNKS)])

        measure(bare, bare_run), measure(relay, gateway_run)  # warm up
        rounds = [(measure(bare, bare_run), measure(relay, gateway_run)) for _ in range(ROUNDS)]
    ratios = [relayed[0] / bare_[0] for bare_, relayed in rounds]
    for name, index in (("bare handler", 0), ("gateway", 1)):
        speed = statistics.median(r[index][0] for r in rounds)
        cpu = statistics.median(r[index][1] for r in rounds)
        print(f"{name:>12}: {speed:6.0f} MB/s, {cpu:5.2f} ms of processor time a chunk")
    print(f"       ratio: {statistics.median(ratios):.2f} (promise S2: 0.80), {min(ratios):.2f} to {max(ratios):.2f}")


if __name__ == "__main__":
    main()
