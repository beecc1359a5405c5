"""Multipart bodies, however they are cut into pieces."""

from collections.abc import AsyncIterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relaypacs.core.multipart import MultipartMalformed, MultipartReader, boundary_of, media_type

BOUNDARY = b"line"
PARTS = [b"first", b"", b"\r\n--lin\r\n--linen\r\n--", b"--line in the middle of a line", b"\r\n\r\n"]


async def pieces(body: bytes, cuts: Sequence[int]) -> AsyncIterator[bytes]:
    begin = 0
    for end in [*sorted(cut % (len(body) + 1) for cut in cuts), len(body)]:
        yield body[begin:end]
        begin = end


async def read(body: bytes, cuts: Sequence[int] = ()) -> list[tuple[dict[str, str], bytes]]:
    return [
        (dict(part.headers), b"".join([piece async for piece in part.content]))
        async for part in MultipartReader(pieces(body, cuts), BOUNDARY).parts()
    ]


def written(parts: Sequence[bytes], padding: bytes = b"") -> bytes:
    head = b"--line" + padding + b"\r\nContent-Type: application/dicom\r\nX-Two:  words here \r\n\r\n"
    return b"before\r\n" + b"".join(head + part + b"\r\n" for part in parts) + b"--line--\r\nbehind"


@given(cuts=st.lists(st.integers(0, 2000), max_size=40), padding=st.sampled_from([b"", b" ", b"\t  "]))
@settings(max_examples=150, deadline=None)
async def test_parts_are_read_wherever_the_body_is_cut(cuts: list[int], padding: bytes) -> None:
    headers = {"content-type": "application/dicom", "x-two": "words here"}
    assert await read(written(PARTS, padding), cuts) == [(headers, part) for part in PARTS]


@given(parts=st.lists(st.binary(max_size=300), min_size=1, max_size=4), cuts=st.lists(st.integers(0, 2000), max_size=9))
@settings(max_examples=150, deadline=None)
async def test_any_bytes_come_out_as_they_went_in(parts: list[bytes], cuts: list[int]) -> None:
    assert [content for _, content in await read(written(parts), cuts)] == parts


@given(size=st.integers(0, len(written(PARTS)) - len(b"--\r\nbehind")))
@settings(max_examples=100, deadline=None)
async def test_a_body_that_ends_anywhere_before_its_last_boundary_is_malformed(size: int) -> None:
    with pytest.raises(MultipartMalformed):
        await read(written(PARTS)[:size])


async def test_a_part_without_headers_and_a_body_that_begins_at_once() -> None:
    assert await read(b"--line\r\n\r\nx\r\n--line--") == [({}, b"x")]


async def test_what_is_not_read_of_a_part_is_passed_over() -> None:
    reader = MultipartReader(pieces(written([b"a" * 9000, b"b"]), range(0, 9000, 100)), BOUNDARY)
    seen = [await anext(part.content) async for part in reader.parts()]
    assert [piece[:1] for piece in seen] == [b"a", b"b"]


@pytest.mark.parametrize(
    "body",
    [
        b"x" * 70_000 + b"\r\n--line\r\n\r\nx\r\n--line--",
        b"--line\r\n" + b"A: b\r\n" * 4000 + b"\r\nx\r\n--line--",
        b"--line\r\nA: " + b"b" * 20_000,
        b"--line\r\nno colon\r\n\r\nx\r\n--line--",
    ],
    ids=["a long way to the first boundary", "many headers", "a long header", "no header"],
)
async def test_what_takes_too_much_memory_or_is_no_header(body: bytes) -> None:
    with pytest.raises(MultipartMalformed):
        await read(body, range(0, len(body), 1000))


@pytest.mark.parametrize(
    "header", ["multipart/related", "multipart/related; boundary=", "multipart/related; boundary=a\x01b"]
)
def test_boundaries_that_are_none(header: str) -> None:
    with pytest.raises(MultipartMalformed):
        boundary_of(media_type(header))


def test_a_content_type_is_read() -> None:
    kind = media_type('Multipart/Related; TYPE="application/dicom"; boundary="a b"')
    assert (kind.name, kind.parameters["type"], boundary_of(kind)) == ("multipart/related", "application/dicom", b"a b")
    assert media_type("").name == ""
