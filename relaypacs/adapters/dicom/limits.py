"""How much of a received file is believed before it is called hostile."""

from dataclasses import dataclass, replace

MIB = 1024**2
GIB = 1024**3
BYTES_PER_ELEMENT = 4  # of a ZIP, compressed; real instances take more


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


class Allowance:
    """What the members of one ZIP may cost altogether, beyond what each may by itself.

    A ZIP has room for as many elements as one instance, and for more as it is larger; a deflated data set in a
    member counts against the bytes that were received, not against what the member unpacks to.
    """

    def __init__(self, limits: Limits, received: int) -> None:
        self.whole = limits
        self._elements = limits.elements + received // BYTES_PER_ELEMENT
        self._growth = limits.free_growth

    def for_member(self, compressed: int) -> Limits:
        """Return the limits of a member that takes `compressed` bytes in the ZIP."""
        whole = self.whole
        return replace(
            whole,
            elements=min(whole.elements, self._elements),
            free_growth=self._growth,
            max_decoded=min(whole.max_decoded, max(self._growth, compressed * whole.max_ratio)),
        )

    def spend(self, compressed: int, elements: int, inflated: int) -> None:
        """Note what that member has cost: elements, and decoded bytes of its data set if that is deflated."""
        self._elements = max(0, self._elements - elements)
        self._growth = max(0, self._growth - max(0, inflated - compressed * self.whole.max_ratio))


DEFAULT_LIMITS = Limits()
