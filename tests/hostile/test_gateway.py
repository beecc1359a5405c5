"""The hostile files in a running gateway: a good study beside them arrives, and nothing of them does."""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from relaypacs.adapters.dicom.base import Verdict
from relaypacs.core.settings import Settings
from tests.adapters.dicom.blobs import inspect
from tests.builders.dicom import make_study, make_zip
from tests.builders.gateway import ADMIN, GatewayClient, NamedBytes, OpenUpload
from tests.conftest import running_gateway
from tests.hostile.cases import CASES, small_cases

LARGEST = 1024**2  # larger ones say nothing more here, and take their time
FILES_AT_ONCE = 98  # an upload has 100 at most
OF_WHOLE_FILES = {"archive-unsupported", "no-dicom-in-file"}  # in a ZIP, there are other words for these
BOMBS = ("bomb-of-zeros", "bomb-of-elements", "zip-bomb-of-deflate", "zip-bomb-of-elements")

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def wholly_bad() -> Iterator[tuple[str, bytes, frozenset[str]]]:
    """Yield (name, bytes, codes) of each case in which there is nothing to forward."""
    for case in small_cases():
        if case.verdict is Verdict.REJECTED and len(content := case.make()) <= LARGEST:
            instances = inspect(content).instances
            if all(instance.verdict is Verdict.REJECTED for instance in instances):
                yield f"{case.name}.dcm", content, case.codes


async def reasons_by_file(gateway: GatewayClient, upload: OpenUpload) -> dict[str, set[str]]:
    """Return the codes that the API lists for each file, and for each member of `bad.zip`."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    cursor: str | None = None
    while True:
        page: dict[str, Any] = (
            await gateway.http.get(
                f"/upload/{upload.upload_id}/instances",
                params={"limit": 100, **({"cursor": cursor} if cursor else {})},
            )
        ).json()
        for instance in page["items"]:
            name = instance["member"] if instance["file_name"] == "bad.zip" else instance["file_name"]
            found[name] |= set(instance["reason_codes"])
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def archived(settings: Settings) -> list[str]:
    return sorted(_digest(path.read_bytes()) for path in Path(settings.data_dir / "archive").rglob("*.dcm"))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


async def test_only_the_good_study_beside_them_arrives(settings: Settings):
    bad = list(wholly_bad())
    assert len(bad) >= 250
    files = [(name, content) for name, content, codes in bad if codes & OF_WHOLE_FILES or name.startswith("zip")]
    by_themselves = {name for name, _ in files}
    packed = {name: content for name, content, _ in bad if name not in by_themselves}
    good: list[bytes] = []
    expected = {name: codes for name, _, codes in bad}
    async with running_gateway(settings) as gateway:
        await gateway.sign_in(ADMIN)
        for start in range(0, len(files), FILES_AT_ONCE):
            study = dict(make_study(3, rows=8, columns=8, seed=1000 + start))
            good.extend(study.values())
            some = [
                *files[start : start + FILES_AT_ONCE],
                ("study.zip", make_zip(study)),
                ("bad.zip", make_zip(packed)),
            ]
            upload, answer = await gateway.send(some)
            assert answer.status_code in {200, 202}, answer.text
            counts = (await gateway.until(upload, "verified"))["counts"]
            assert (counts["accepted"], counts["verified"]) == (3, 3)
            listed = await reasons_by_file(gateway, upload)
            sent = {name for name, _ in some} | packed.keys()
            assert {name: listed[name] for name in expected.keys() & sent} == {
                name: codes for name, codes in expected.items() if name in sent
            }
    assert archived(settings) == sorted(map(_digest, good))


async def test_four_bombs_at_once_do_not_keep_a_study_from_arriving(settings: Settings):
    bombs = [(case.name, case.make(), case.codes) for case in CASES if case.name in BOMBS]
    assert len(bombs) == len(BOMBS)
    study = make_study(5, rows=64, columns=64, seed=77)
    async with running_gateway(settings.model_copy(update={"check_processes": 2})) as gateway:
        await gateway.sign_in(ADMIN)
        other = await gateway.another("somebody")
        sent = await asyncio.gather(
            *(_refused(gateway, [(name, raw)]) for name, raw, _ in bombs), _arrived(other, study)
        )
    assert sent[:-1] == [codes for _, _, codes in bombs]
    forwarded = set(archived(settings))
    assert {_digest(content) for _, content in study} <= forwarded


async def _refused(gateway: GatewayClient, files: NamedBytes) -> set[str]:
    """Send files, and return the codes of what is rejected in them."""
    upload, _ = await gateway.send(files)
    await gateway.until(upload, "rejected", "verified", "held")
    listed = await reasons_by_file(gateway, upload)
    return set().union(*listed.values())


async def _arrived(gateway: GatewayClient, files: NamedBytes) -> set[str]:
    upload, _ = await gateway.send(files)
    assert (await gateway.until(upload, "verified"))["counts"]["verified"] == len(files)
    return set()
