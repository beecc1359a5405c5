"""What a client tells while it works. Methods are called from several threads."""

from collections.abc import Sequence


class Observer:
    """Hears nothing and says nothing: subclasses override what they show."""

    def upload_started(self, label: str, total: int, acknowledged: int) -> None:
        """An upload of `total` bytes begins; the gateway has `acknowledged` of them from an earlier run."""

    def chunk_acknowledged(self, size: int) -> None:
        """Another `size` bytes of the upload started last are safe at the gateway."""

    def upload_sent(self, label: str) -> None:
        """All bytes are at the gateway."""

    def stage_reached(self, label: str, stage: str) -> None:
        """The gateway has come to another stage, such as received, validated, delivering or verified."""

    def retrying(self, reason: str, seconds: float) -> None:
        """A call failed and is made again in that many seconds."""

    def warned(self, label: str, warnings: Sequence[str]) -> None:
        """The study's files lack something that the upload form needs."""
