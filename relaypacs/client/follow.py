"""Follows an upload from its last byte to the end: verified, held, duplicate, rejected or failed."""

from collections.abc import Callable
from typing import Any

from relaypacs.client.answers import InstanceStatus, UploadStatus
from relaypacs.client.errors import Refused, ServerUnreachable
from relaypacs.client.gateway import Gateway, Ticket
from relaypacs.client.results import Outcome, UploadResult
from relaypacs.client.retry import retry_after

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

    def settle(self, ticket: Ticket, *, force: bool) -> UploadResult:
        """Complete the upload, see it through and return what became of it.

        With `force` a study that was delivered earlier is delivered again. Raises Refused for a 4xx that is
        none of the outcomes.
        """
        completed = False
        shown = ""
        pause = FIRST_PAUSE
        while True:
            asked: float | None = None
            try:
                if not completed:
                    self._complete(ticket, force=force)
                    completed = True
                status, answer = self._gateway.status(ticket.upload_id)
                if status.stage != shown:
                    shown = status.stage
                    self._stage_reached(shown)
                if (result := self._result(status)) is not None:
                    return result
                asked = retry_after(answer)
            except ServerUnreachable:  # its retries have been told to the observer
                pause = LONGEST_PAUSE
            self._gateway.pause(pause if asked is None else asked)
            pause = min(pause * 1.5, LONGEST_PAUSE)

    def _complete(self, ticket: Ticket, *, force: bool) -> None:
        try:
            self._gateway.complete(ticket, force=force)
        except Refused as refused:
            if refused.code not in OUTCOMES:
                raise

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
