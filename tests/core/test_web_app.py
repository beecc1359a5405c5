"""The web app's files, as browsers with different abilities get them."""

import gzip
import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from relaypacs.webapp import mount_web_app

SCRIPT = b"console.log('plain')"
BROTLI = b"what the build made of it with Brotli"
GZIP = gzip.compress(SCRIPT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    for name in ("assets/index-1a2b.js", "sw.js"):
        for suffix, content in {"": SCRIPT, ".br": BROTLI, ".gz": GZIP}.items():
            (tmp_path / f"{name}{suffix}").write_bytes(content)
    (tmp_path / "index.html").write_text("<!doctype html>")
    return tmp_path


@pytest.fixture
async def browser(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    mount_web_app(app, folder)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
        yield client


@pytest.mark.parametrize("path", ["/assets/index-1a2b.js", "/sw.js"])
@pytest.mark.parametrize(
    ("accepted", "coding", "content"),
    [
        ("gzip, deflate, br, zstd", "br", BROTLI),
        ("gzip, deflate", "gzip", SCRIPT),
        ("br;q=0, GZIP ;q=0.5", "gzip", SCRIPT),
        ("br;q=0.000, gzip; q=0", None, SCRIPT),
        ("identity", None, SCRIPT),
        ("", None, SCRIPT),
    ],
)
async def test_a_file_goes_in_the_smallest_coding_that_is_accepted(
    browser: httpx.AsyncClient, path: str, accepted: str, coding: str | None, content: bytes
) -> None:
    async with browser.stream("GET", path, headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join([piece async for piece in answer.aiter_raw()])
    assert answer.headers.get("content-encoding") == coding
    assert (gzip.decompress(raw) if coding == "gzip" else raw) == content
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert int(answer.headers["content-length"]) == len(raw)


async def test_each_coding_has_an_etag_of_its_own(browser: httpx.AsyncClient) -> None:
    tags = set()
    for coding in ("br", "gzip", "identity"):
        answer = await browser.head("/assets/index-1a2b.js", headers={"Accept-Encoding": coding})
        tags.add(answer.headers["etag"])
    assert len(tags) == 3


async def test_what_is_older_than_its_file_is_not_sent(browser: httpx.AsyncClient, folder: Path) -> None:
    later = (folder / "sw.js.gz").stat().st_mtime_ns + 10**9
    os.utime(folder / "sw.js", ns=(later, later))
    answer = await browser.get("/sw.js", headers={"Accept-Encoding": "br"})
    assert answer.content == SCRIPT
    assert "content-encoding" not in answer.headers


async def test_a_page_that_was_not_coded_goes_as_it_is(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/uploads/1", headers={"Accept-Encoding": "br"})
    assert (answer.text, answer.headers["content-type"]) == ("<!doctype html>", "text/html; charset=utf-8")
    assert "content-encoding" not in answer.headers
