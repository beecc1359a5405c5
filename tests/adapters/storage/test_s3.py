"""What an object store does beyond the port's suite: other replicas, faults on the way, and what is on the wire."""

import asyncio
import base64
import hashlib
import time
from collections.abc import Iterator

import pytest

from relaypacs.adapters.storage import s3 as adapter
from relaypacs.adapters.storage import s3_objects
from relaypacs.adapters.storage.s3 import S3Storage
from relaypacs.adapters.storage.s3_causes import Cause, cause_of
from relaypacs.core.errors import StorageFull, StorageUnavailable
from relaypacs.core.s3_address import parse_s3_address
from tests.builders.blobs import blob_content, prefixes_of
from tests.servers.ports import free_port
from tests.servers.s3 import BUCKET, Part
from tests.servers.s3_faults import Fault, Refusal, S3Proxy, running_s3_proxy

KEY = "0199a0c2-upload/0"
KIB = 1024
SLOW_DOWN = Refusal(503, "SlowDown")


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(s3_objects.RETRIES["backoff"], "init_backoff", s3_objects.RETRIES["retry_timeout"] / 1000)
    monkeypatch.setitem(s3_objects.RETRIES["backoff"], "max_backoff", s3_objects.RETRIES["retry_timeout"] / 200)


@pytest.fixture
def proxy(s3: Part) -> Iterator[S3Proxy]:
    with running_s3_proxy(s3.server) as running:
        yield running


def through(proxy: S3Proxy, s3: Part, options: str = "") -> S3Storage:
    return S3Storage(s3.address(port=proxy.port, options=options), copies=2)


async def read(storage: S3Storage, offset: int, length: int) -> bytes:
    return b"".join([piece async for piece in storage.read(KEY, offset, length)])


async def cause(storage: S3Storage) -> Cause:
    with pytest.raises((StorageUnavailable, StorageFull)) as caught:
        await storage.check()
    assert isinstance(caught.value.__cause__, Exception)
    return cause_of(caught.value.__cause__)


async def test_chunks_of_one_blob_come_in_at_several_replicas(s3: Part) -> None:
    replicas = [S3Storage(s3.address(), copies=1) for _ in range(2)]
    chunks = [bytes([number]) * 1000 for number in range(40)]
    await replicas[0].write(KEY, 0, chunks[0])
    await asyncio.gather(
        *(
            replica.write(KEY, 1000 * number, chunk, must_exist=True)
            for number, chunk in enumerate(chunks)
            for replica in (replicas if number % 10 == 0 else [replicas[number % 2]])
        )
    )
    for replica in replicas:
        assert await read(replica, 500, 39_000) == b"".join(chunks)[500:39_500]
        assert await blob_content(replica, KEY) == b"".join(chunks)
    assert len(s3.names()) == 40


async def test_other_bytes_for_a_range_are_refused_and_the_first_stay(s3: Part, proxy: S3Proxy) -> None:
    proxy.refuses_others = True
    replicas = [through(proxy, s3) for _ in range(2)]
    answers = await asyncio.gather(
        *(replicas[number % 2].write(KEY, 0, body) for number, body in enumerate([b"body", b"evil"] * 4)),
        return_exceptions=True,
    )
    winner = await read(replicas[0], 0, 4)
    refused = [isinstance(answer, FileExistsError) for answer in answers]
    assert refused == [winner == b"evil", winner == b"body"] * 4


async def test_a_store_that_cannot_refuse_others_is_asked_once(s3: Part, proxy: S3Proxy) -> None:
    proxy.faults["PUT"] = [Refusal(501, "NotImplemented")] * 5  # the library asks again after each but the last
    storage = through(proxy, s3)
    await storage.write(KEY, 0, b"hello ")
    await storage.write(KEY, 6, b"world")
    assert await read(storage, 0, 11) == b"hello world"
    assert ["if-none-match" in request.headers for request in proxy.requests[:7]] == [True] * 5 + [False] * 2


@pytest.mark.parametrize("fault", [Fault.CUT_REQUEST, Fault.LOSE_ANSWER, Fault.CUT_ANSWER, SLOW_DOWN])
async def test_a_write_that_is_disturbed_is_done_once(s3: Part, proxy: S3Proxy, fault: Fault | Refusal) -> None:
    proxy.refuses_others = True
    proxy.faults["PUT"] = [fault, fault]
    storage, body = through(proxy, s3), b"x" * 256 * KIB
    await storage.write(KEY, 0, body)
    assert [name.rpartition("/")[2] for name in s3.names()] == [f"{len(body):015}"]
    assert await read(S3Storage(s3.address(), copies=1), 0, len(body)) == body


@pytest.mark.parametrize("fault", [Fault.CUT_REQUEST, Fault.LOSE_ANSWER, Fault.CUT_ANSWER, SLOW_DOWN])
async def test_a_reading_that_is_disturbed_gives_every_byte(s3: Part, proxy: S3Proxy, fault: Fault | Refusal) -> None:
    body = hashlib.sha256(b"").digest() * 8 * KIB
    await through(proxy, s3).write(KEY, 0, body)
    proxy.faults["GET"] = [fault, None, fault, fault]  # type: ignore[list-item]
    assert await read(through(proxy, s3), 0, len(body)) == body


async def test_a_store_that_stays_down_is_unavailable_soon_and_well_again_by_itself(s3: Part) -> None:
    storage = S3Storage(s3.address(), copies=1)
    await storage.write(KEY, 0, b"hello ")
    s3.server.stop()
    began = time.monotonic()
    for work in (storage.write(KEY, 6, b"world"), storage.check(), storage.delete("other"), prefixes_of(storage)):
        with pytest.raises(StorageUnavailable) as caught:
            await work
        assert cause_of(caught.value.__cause__ or caught.value) is Cause.UNREACHABLE
    assert time.monotonic() - began < 10
    s3.server.start()
    await storage.write(KEY, 6, b"world", must_exist=True)
    assert await read(storage, 0, 11) == b"hello world"


async def test_a_store_that_hangs_is_unavailable_in_time(
    s3: Part, proxy: S3Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(s3_objects.TIMEOUTS, "timeout", "200ms")
    monkeypatch.setitem(s3_objects.RETRIES, "retry_timeout", s3_objects.RETRIES["retry_timeout"] / 50)
    storage = through(proxy, s3)
    await storage.write(KEY, 0, b"hello ")
    proxy.always = dict.fromkeys(("GET", "PUT"), Fault.STALL)
    for work in (storage.write(KEY, 6, b"world"), storage.check(), prefixes_of(storage), blob_content(storage, KEY)):
        began = time.monotonic()
        with pytest.raises(StorageUnavailable) as caught:
            await work
        assert cause_of(caught.value.__cause__ or caught.value) is Cause.TIMED_OUT
        assert time.monotonic() - began < 1  # one attempt, or two, and not all that a quick refusal gets


async def test_what_another_replica_has_deleted_is_not_made_anew(s3: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (S3Storage(s3.address(), copies=1) for _ in range(2))
    await other.write(KEY, 0, b"hello ")
    await one.delete(KEY.partition("/")[0])
    monkeypatch.setattr(adapter, "KNOWN_SECONDS", 0.0)  # as if a minute had gone by
    for _ in range(2):
        with pytest.raises(FileNotFoundError):
            await other.write(KEY, 6, b"world", must_exist=True)
    for work in (read(other, 0, 6), blob_content(other, KEY)):
        with pytest.raises(FileNotFoundError):
            await work
    assert s3.names() == []


async def test_a_gap_is_an_early_end(s3: Part) -> None:
    storage = S3Storage(s3.address(), copies=1)
    await storage.write(KEY, 0, b"aaaa")
    await storage.write(KEY, 8, b"cccc")
    for offset, length in ((0, 12), (4, 4), (2, 4)):
        with pytest.raises(EOFError):
            await read(storage, offset, length)
    assert await read(storage, 8, 4) == b"cccc"


async def test_more_than_a_page_of_objects_is_read_listed_and_removed(s3: Part) -> None:
    storage = S3Storage(s3.address(), copies=1)
    count = 1010
    await asyncio.gather(*(storage.write(KEY, 3 * number, f"{number % 1000:03}".encode()) for number in range(count)))
    await storage.write("other/0", 0, b"x")
    fresh = S3Storage(s3.address(), copies=1)
    assert (await blob_content(fresh, KEY))[-6:] == b"008009"
    assert sorted(prefix.name for prefix in await prefixes_of(fresh)) == [KEY.partition("/")[0], "other"]
    await fresh.delete(KEY.partition("/")[0])
    assert s3.names() == ["other/0/000000000000001"]


async def test_reading_asks_little(s3: Part, proxy: S3Proxy) -> None:
    """One list for each blob, and each object once for readings that follow each other."""
    body = b"0123456789" * 100 * KIB
    for offset in range(0, len(body), 100 * KIB):
        await through(proxy, s3).write(KEY, offset, body[offset : offset + 100 * KIB])
    proxy.requests.clear()
    storage = through(proxy, s3)
    instance = 30 * KIB
    parts = [await read(storage, offset, min(instance, len(body) - offset)) for offset in range(0, len(body), instance)]
    assert b"".join(parts) == body
    assert proxy.methods() == ["GET"] * 11


async def test_protection_is_asked_for_on_the_wire(s3: Part, proxy: S3Proxy) -> None:
    options = "&encryption=aws:kms&kms_key=arn:aws:kms:eu:1:key/2&checksum=sha256&region=eu-west-3"
    storage = through(proxy, s3, options)
    proxy.always["PUT"] = Refusal(503, "SlowDown")
    with pytest.raises(StorageUnavailable):
        await storage.write(KEY, 0, b"hello")
    sent = proxy.requests[0].headers
    digest = hashlib.sha256(b"hello")
    assert sent["x-amz-server-side-encryption"] == "aws:kms"
    assert sent["x-amz-server-side-encryption-aws-kms-key-id"] == "arn:aws:kms:eu:1:key/2"
    assert sent["x-amz-server-side-encryption-bucket-key-enabled"] == "true"
    assert sent["x-amz-checksum-sha256"] == base64.b64encode(digest.digest()).decode()
    assert sent["x-amz-content-sha256"] == digest.hexdigest()
    assert "/eu-west-3/s3/aws4_request" in sent["authorization"]
    assert proxy.requests[0].path.startswith(f"/{BUCKET}/test-")
    proxy.always.clear()
    await through(proxy, s3, "&encryption=AES256&checksum=crc64nvme").write(KEY, 0, b"hello")
    sent = proxy.requests[-1].headers
    assert (sent["x-amz-server-side-encryption"], sent["x-amz-checksum-crc64nvme"]) == ("AES256", "M3eFcAZSQlc=")


async def test_the_bucket_can_be_a_part_of_the_host(proxy: S3Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "from-the-environment")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    proxy.always["PUT"] = Refusal(403, "AccessDenied")
    address = parse_s3_address("s3://hospital/relay?endpoint=http://store.example:9000&style=virtual")
    assert await cause(S3Storage(address, copies=1)) is Cause.NOT_ALLOWED
    assert proxy.requests[0].path.startswith("http://hospital.store.example:9000/relay/.probe/")
    assert "Credential=from-the-environment/" in proxy.requests[0].headers["authorization"]


async def test_plain_http_only_where_the_address_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    storage = S3Storage(parse_s3_address("s3://key:secret@hospital?region=eu-west-3"), copies=1)
    with pytest.raises(StorageUnavailable) as caught:
        await storage.check()
    assert "BadScheme" in str(caught.value.__cause__)


async def test_every_cause_has_its_name(s3: Part, proxy: S3Proxy) -> None:
    def storage(**differently: str) -> S3Storage:
        return S3Storage(s3.address(**differently), copies=1)  # type: ignore[arg-type]

    assert await cause(storage(secret="another")) is Cause.WRONG_CREDENTIALS
    assert await cause(storage(bucket="absent")) is Cause.NO_BUCKET
    for refusal, expected in (
        (Refusal(403, "RequestTimeTooSkewed"), Cause.CLOCK_SKEW),
        (Refusal(403, "AccessDenied"), Cause.NOT_ALLOWED),
        (Refusal(400, "AuthorizationHeaderMalformed"), Cause.WRONG_REGION),
        (Refusal(507, "XMinioStorageFull"), Cause.FULL),
        (Refusal(403, "QuotaExceeded"), Cause.FULL),
        (Refusal(507, "SomethingElse"), Cause.FULL),
        (SLOW_DOWN, Cause.BUSY),
        (Refusal(400, "Whatever507"), Cause.OTHER),
    ):
        proxy.always["PUT"] = refusal
        assert await cause(through(proxy, s3)) is expected


async def test_a_full_store_is_named_so(s3: Part, proxy: S3Proxy) -> None:
    storage = through(proxy, s3)
    await storage.write(KEY, 0, b"safe")
    proxy.always["PUT"] = Refusal(507, "XMinioStorageFull")
    with pytest.raises(StorageFull):
        await storage.write(KEY, 4, b"more")
    proxy.always.clear()
    await storage.write(KEY, 4, b"more")
    assert await read(storage, 0, 8) == b"safemore"
