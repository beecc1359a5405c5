"""Follows an upload from its last byte to the end: verified, held, duplicate, rejected or failed."""

from collections.abc import Callable
from typing import Any, TypeVar

from relaypacs.client.answers import InstanceStatus, UploadStatus
from relaypacs.client.errors import Refused, ServerUnreachable
from relaypacs.client.gateway import Gateway
from relaypacs.client.results import Outcome, UploadResult
from relaypacs.client.retry import retry_after
from relaypacs.client.sending import PATIENCE, Sent

T = TypeVar("T")

FIRST_PAUSE = 0.25  # seconds, where the answer holds no Retry-After
LONGEST_PAUSE = 10.0
REJECTED = "rejected"  # as a verdict and as a stage

# Refusals of `complete` that are outcomes: the upload's own state says the rest
OUTCOMES = frozenset({"duplicate-study", "no-acceptable-instance"})
OUTCOME_OF_STAGE = {
    "duplicate": (Outcome.DUPLICATE, "The gateway delivered the same study earlier."),
    REJECTED: (Outcome.REJECTED, "The gateway could accept none of the files."),
    "cancelled": (Outcome.FAILED, "The upload was cancelled at the gateway."),
    "expired": (Outcome.FAILED, "The upload expired at the gateway before it was complete."),
}


class Follower:
    """Waits for the gateway. A link that drops only makes it wait longer: the gateway works on by itself."""

    def __init__(self, gateway: Gateway, stage_reached: Callable[[str], None]) -> None:
        self._gateway = gateway
        self._stage_reached = stage_reached

    def settle(self, sent: Sent, *, force: bool) -> UploadResult:
        """Complete the upload, see it through and return what became of it.

        With `force` a study that was delivered earlier is delivered again. Raises Refused for a 4xx that is
        none of the outcomes.
        """
        self.complete(sent, force=force)
        shown = ""
        pause = FIRST_PAUSE
        while True:
            status, answer = self._patiently(lambda: self._gateway.status(sent.upload_id))
            if status.stage != shown:
                shown = status.stage
                self._stage_reached(shown)
            if (result := self._patiently(lambda: self._result(status))) is not None:  # noqa: B023 - called at once
                return result
            asked = retry_after(answer)
            self._gateway.pause(pause if asked is None else asked)
            pause = min(pause * 1.5, LONGEST_PAUSE)

    def complete(self, sent: Sent, *, force: bool) -> None:
        """Say that every byte is there. A refusal that is an outcome is left to be read from the upload's state."""
        ticket = sent.ticket
        if ticket is None:
            return
        try:
            self._patiently(lambda: self._gateway.complete(ticket, force=force))
        except Refused as refused:
            if refused.code not in OUTCOMES:
                raise

    def result(self, upload_id: str) -> UploadResult | None:
        """Return what became of an upload, None while that is open."""
        return self._patiently(lambda: self._result(self._gateway.status(upload_id)[0]))

    def _patiently(self, call: Callable[[], T]) -> T:
        """Make a call until the server can be reached; its retries have been told to the observer."""
        while True:
            try:
                return call()
            except ServerUnreachable:
                self._gateway.pause(PATIENCE)

    def _result(self, status: UploadStatus) -> UploadResult | None:
        """Return the result of an upload that has come to its end, or has stopped for a person; else None."""
        if status.status == "completed":
            rejected = self._rejected(status) if status.counts.rejected else []
            lost = f"{len(rejected)} of {status.counts.instances} files were not accepted."
            outcome = (Outcome.PARTIAL, lost) if rejected else (Outcome.VERIFIED, "")
            return _result(status, *outcome, rejected)
        if status.stage == "held":
            return _result(status, Outcome.HELD, "The study waits for a decision at the gateway.", [])
        if status.status == "failed":
            unnamed = (Outcome.FAILED, f"The gateway gave the upload up at the stage {status.stage!r}.")
            outcome = OUTCOME_OF_STAGE.get(status.stage, unnamed)
            return _result(status, *outcome, self._rejected(status))
        return None

    def _rejected(self, status: UploadStatus) -> list[InstanceStatus]:
        return [item for item in self._gateway.instances(status.upload_id) if item.verdict == REJECTED]


def _result(status: UploadStatus, outcome: Outcome, detail: str, rejected: list[InstanceStatus]) -> UploadResult:
    return UploadResult(
        outcome=outcome,
        upload_id=status.upload_id,
        detail=detail,
        counts=status.counts,
        rejected=rejected,
        warnings=[_sentence(warning) for warning in status.warnings],
        report_id=status.report_id,
        receipt_id=status.pacs_receipt_id,
        duplicate_of=status.duplicate_of,
    )


def _sentence(warning: Any) -> str:
    """Return the words of a warning, which is a sentence or an object that holds one."""
    if isinstance(warning, dict):
        return str(warning.get("sentence") or warning.get("detail") or warning.get("code") or warning)
    return str(warning)
