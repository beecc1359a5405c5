"""What reading an instance back can show, and in what words."""

from dataclasses import dataclass
from enum import StrEnum

from relaypacs.adapters.pacs.causes import Cause


class Comparison(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    # Held in a form that cannot be compared with what was sent: nothing is proven, nothing is wrong.
    NOT_COMPARABLE = "not comparable"
    ABSENT = "absent"
    # The destination gives nothing back, whatever it holds.
    NOT_OFFERED = "not offered"


@dataclass(frozen=True, slots=True)
class Judgement:
    comparison: Comparison
    reason: str = ""
    cause: Cause | None = None  # of what contradicts


SAME = Judgement(Comparison.SAME)
DIFFERENT = Judgement(
    Comparison.DIFFERENT, "What the destination holds differs from what was sent.", Cause.OTHER_CONTENT
)
UNRELATED = Judgement(
    Comparison.DIFFERENT, "The destination gives back something else than this instance.", Cause.OTHER_CONTENT
)
ABSENT = Judgement(Comparison.ABSENT, "The destination does not hold this instance any more.", Cause.NOT_KEPT)
LOSSY = Judgement(
    Comparison.NOT_COMPARABLE, "The destination keeps this instance in another form, and one of the two is lossy."
)
UNDECODABLE = Judgement(
    Comparison.NOT_COMPARABLE, "The destination keeps this instance in another form, which cannot be decoded here."
)
OWN_COPY_GONE = Judgement(
    Comparison.NOT_COMPARABLE,
    "The destination keeps this instance in another form, and the gateway's own copy is gone or damaged.",
)
NOT_CHECKED = Judgement(Comparison.NOT_COMPARABLE, "What the destination gives back could not be checked here.")
NOT_GIVEN_BACK = Judgement(Comparison.NOT_COMPARABLE, "The destination lists this instance, and does not give it back.")
NOT_OFFERED = Judgement(Comparison.NOT_OFFERED, "The destination offers no way to give instances back.")
REMOVED = Judgement(Comparison.NOT_COMPARABLE, "The destination was removed before it gave this instance back.")
# An instance that is listed, with one of these reasons, has had its turn.
NOT_COMPARABLE = tuple(
    judgement.reason
    for judgement in (LOSSY, UNDECODABLE, OWN_COPY_GONE, NOT_CHECKED, NOT_GIVEN_BACK, NOT_OFFERED, REMOVED)
)
