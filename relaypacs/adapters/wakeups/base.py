"""The wake-ups port: tells a worker that a row has work waiting.

The row is the truth and the message only a nudge: losing every message loses nothing, because an
interval job wakes whatever is due again. A task must therefore bear being woken twice, or for nothing.
"""

from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Task(StrEnum):
    """Every task there is, and what its key names. `worker.py` binds each to the function that does it."""

    CHECK_UPLOAD = "check_upload"  # an upload
    CLOSE_UPLOAD = "close_upload"  # an upload that came in by DICOM
    SETTLE_UPLOAD = "settle_upload"  # an upload
    STORE_REPORT = "store_report"  # a report
    DELIVER = "deliver"  # a destination
    READ_BACK = "read_back"  # a destination
    SEND_EMAIL = "send_email"  # an outgoing message; others that are due are sent as well
    SEND_PUSH = "send_push"  # as above
    CALL_WEBHOOK = "call_webhook"  # as above


class Wakeups(Protocol):
    async def wake(self, task: Task, key: UUID) -> None:
        """Have `task` look at the row `key` soon. Never raises: a wake-up that is lost comes again."""
        ...
