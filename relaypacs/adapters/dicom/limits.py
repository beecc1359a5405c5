"""How much of a received file is believed before it is called hostile."""

from dataclasses import dataclass

MIB = 1024**2
GIB = 1024**3


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one inspection. The defaults leave room for the largest objects that scanners make.

    Compressed data may grow by any factor up to `free_growth` bytes; beyond, by `max_ratio` at most, and never
    above `max_decoded` bytes. Deflate itself cannot exceed 1032 : 1, CT deflates about 2.4 : 1.
    """

    depth: int = 64  # sequences inside each other
    elements: int = 500_000  # elements, items and fragments of one instance
    meta_elements: int = 1000  # elements of the file meta information
    captured_value: int = 16 * 1024  # bytes of an attribute that is shown or compared
    free_growth: int = 64 * MIB
    max_ratio: int = 200
    max_decoded: int = 4 * GIB
    zip_members: int = 10_000
    zip_directory: int = 16 * MIB
    zip_decoded: int = 8 * GIB

    def allow_growth(self, compressed: int, decoded: int) -> bool:
        """Tell whether `compressed` bytes may stand for `decoded` bytes."""
        return decoded <= self.free_growth or decoded <= min(self.max_decoded, compressed * self.max_ratio)


DEFAULT_LIMITS = Limits()
