"""What the scripted DICOM node can do wrong, and how it commits itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto


class When(Enum):
    BEFORE = auto()  # the command was read
    DURING = auto()  # some of the data set was read
    AFTER = auto()  # all was read, and stored


@dataclass(frozen=True)
class Abort:
    """Reset the connection; `politely`, with an A-ABORT."""

    when: When
    politely: bool = False


@dataclass(frozen=True)
class Answer:
    """Store nothing, and give this status."""

    status: int
    comment: str = ""


@dataclass(frozen=True)
class Refuse:
    """Store all from now on but these SOPInstanceUIDs, which get a status of their own."""

    statuses: Mapping[str, int]


@dataclass(frozen=True)
class Coerce:
    """Store it, with a warning."""

    code: int = 0xB000


@dataclass(frozen=True)
class Drop:
    """Acknowledge it and store nothing."""


@dataclass(frozen=True)
class Stall:
    """Store it, and answer so much later."""

    seconds: float


Fault = Abort | Answer | Refuse | Coerce | Drop | Stall


@dataclass(frozen=True)
class Commitment:
    """How storage commitment is done: what is stored is committed, but for `failed`."""

    status: int = 0  # of the answer to the request
    failed: Mapping[str, int] = field(default_factory=dict)
    reports: bool = True  # on the same association; otherwise it is left to the test
    omits: frozenset[str] = frozenset()  # neither committed nor failed
