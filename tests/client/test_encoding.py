"""When gzip pays."""

import gzip
import os

import pytest

from relaypacs.client.encoding import Compression, Encoder
from tests.builders.dicom import make_dicom

NEAR, FAR = 0.0005, 0.3
PIXELS = make_dicom(rows=512, columns=512)
NOISE = os.urandom(512 * 1024)
FAST, SLOW = 100_000_000, 500_000  # bytes/s


def encodes(encoder: Encoder, content: bytes = PIXELS) -> bool:
    body, gzipped = encoder.encode(content)
    assert (gzip.decompress(body) if gzipped else body) == content
    return gzipped


@pytest.mark.parametrize(
    ("mode", "round_trip", "expected"),
    [
        (Compression.AUTO, NEAR, False),
        (Compression.AUTO, FAR, True),
        (Compression.ALWAYS, NEAR, True),
        (Compression.NEVER, FAR, False),
    ],
)
def test_the_first_guess_follows_the_round_trip(mode: Compression, round_trip: float, *, expected: bool) -> None:
    assert encodes(Encoder(mode, round_trip)) is expected


def test_then_the_measured_rate_decides() -> None:
    encoder = Encoder(Compression.AUTO, NEAR)
    for _ in range(10):
        encoder.measured(SLOW // 4, 1.0, 4)
    assert encodes(encoder)
    for _ in range(10):
        encoder.measured(FAST // 4, 1.0, 4)
    assert not encodes(encoder)


@pytest.mark.parametrize("mode", [Compression.AUTO, Compression.ALWAYS])
def test_what_does_not_shrink_goes_as_it_is(mode: Compression) -> None:
    assert not encodes(Encoder(mode, FAR), NOISE)


def test_pixels_shrink_to_less_than_half() -> None:
    body, _ = Encoder(Compression.ALWAYS, NEAR).encode(PIXELS)
    assert len(body) < 0.5 * len(PIXELS)
