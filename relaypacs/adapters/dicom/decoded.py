"""Compares two files of one instance by their decoded pixels, for a PACS that keeps them in another transfer syntax.

Runs in the child process alone: the decoders are C code, and what they decode comes from elsewhere.
"""

import logging
import warnings
from collections.abc import Generator
from contextlib import closing
from itertools import zip_longest
from typing import BinaryIO

import numpy as np
import pydicom
from pydicom.pixels.utils import iter_pixels

from relaypacs.adapters.dicom.base import PixelComparison, PixelPair
from relaypacs.adapters.dicom.syntaxes import transfer_syntax

Frame = np.ndarray

# What pydicom has to say about a file quotes it, and the file is about a patient.
warnings.simplefilter("ignore")
logging.getLogger("pydicom").disabled = True


class _Decoded:
    """The pixels of one file, frame by frame."""

    def __init__(self, file: BinaryIO) -> None:
        self.header = pydicom.dcmread(file, specific_tags=["PhotometricInterpretation", "BitsStored", "HighBit"])
        syntax = transfer_syntax(str(self.header.file_meta.TransferSyntaxUID))
        file.seek(0)
        # pydicom reads frames where they lie, which it can't where the whole data set is deflated.
        source = pydicom.dcmread(file) if syntax and syntax.deflated else file
        self._frames = iter_pixels(source, raw=True)

    def frames(self) -> Generator[bytes]:
        """Yield each frame's stored values. Bits that hold no part of a value (PS3.5 8.1.1) do not count."""
        for frame in self._frames:
            values = frame.astype(frame.dtype.newbyteorder("<"), copy=False)
            yield self._shape(values) + (values.view(f"<u{values.itemsize}") & self._mask(values)).tobytes()

    @property
    def colours(self) -> str:
        """What the values stand for. Grey values are stored as they are; colours may be converted on the way."""
        interpretation = str(self.header.get("PhotometricInterpretation", ""))
        return "grey" if interpretation.startswith("MONOCHROME") else interpretation

    def _mask(self, frame: Frame) -> int:
        allocated = 8 * frame.itemsize
        stored = int(self.header.get("BitsStored", allocated))
        # A value that does not begin at the lowest bit is of an old kind (retired), and compared with all bits.
        at_the_bottom = int(self.header.get("HighBit", stored - 1)) == stored - 1
        return (1 << (stored if at_the_bottom else allocated)) - 1

    @staticmethod
    def _shape(frame: Frame) -> bytes:
        return f"{frame.shape} of {frame.itemsize};".encode()


def compare_pixels(pair: PixelPair) -> PixelComparison:
    """Return what decoding both files shows. Raises OSError when a file cannot be read."""
    with pair.ours.open() as our_file, pair.theirs.open() as their_file:
        try:
            ours, theirs = _Decoded(our_file), _Decoded(their_file)
            with closing(ours.frames()) as our_frames, closing(theirs.frames()) as their_frames:
                same = all(a == b for a, b in zip_longest(our_frames, their_frames))
        except OSError:
            raise
        except Exception:  # noqa: BLE001 - whatever a decoder does not understand, in whatever words it says so
            return PixelComparison.UNDECODABLE
    if same:
        return PixelComparison.SAME
    return PixelComparison.DIFFERENT if ours.colours == theirs.colours else PixelComparison.UNDECODABLE
