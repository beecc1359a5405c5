"""Promise R8: of 1,000 bodies with one bit flipped, 1,000 are refused, and nothing of them is stored."""

import gzip
import random

import pytest

from tests.builders.blobs import blob_content
from tests.builders.gateway import GatewayClient, md5, sha256_digest
from tests.builders.problems import is_problem

FLIPS = 250  # in each of the four ways to send a chunk


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("is_zipped", [False, True])
@pytest.mark.parametrize("is_sha256", [False, True])
async def test_a_flipped_bit_is_always_found(gateway: GatewayClient, is_zipped: bool, is_sha256: bool) -> None:  # noqa: FBT001
    chance = random.Random(2 * is_zipped + is_sha256)  # noqa: S311
    content = chance.randbytes(2000)
    upload = await gateway.open([("scan.dcm", content)])
    wire = gzip.compress(content, 1) if is_zipped else content
    headers = {"content_md5": "", "content_digest": sha256_digest(wire)} if is_sha256 else {"content_md5": md5(wire)}
    if is_zipped:
        headers["content_encoding"] = "gzip"
    for _ in range(FLIPS):
        flipped = bytearray(wire)
        flipped[chance.randrange(len(wire))] ^= 1 << chance.randrange(8)
        answer = await gateway.put(upload, "scan", 0, bytes(flipped), **headers)
        is_problem(answer, 422, "chunk-checksum-mismatch")
    with pytest.raises(FileNotFoundError):
        await blob_content(gateway.infrastructure.storage, f"{upload.upload_id}/0")
    assert (await gateway.status(upload))["uploaded_bytes"] == 0
    assert (await gateway.put(upload, "scan", 0, wire, **headers)).status_code == 200
