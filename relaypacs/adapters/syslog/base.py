"""The syslog port: how audit records get into an audit record repository (IHE ITI TF-2 3.20)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol


class SyslogUnavailable(Exception):
    """The server cannot take the records now; sending all of them again later may help.

    The message is for the administrator.
    """


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """Who did what, when and from where. Holds nothing that a patient could be recognised by.

    Attributes:
        position: the record's number in the gateway's audit log, by which a receiver knows it again.
        at: when it happened, in UTC.
        action: a dotted constant, such as "session.opened"; `events.py` says what it is in DICOM's terms.
        actor_name: the name that was signed in with, or claimed; actor_id is empty when there is no such user.
        address: the client's IP address; empty when nobody called.
        object_type: "user", "upload", "site", "invitation", "audit" or empty.
    """

    position: int
    at: datetime
    action: str
    outcome: Literal["success", "failure"]
    actor_id: str
    actor_name: str
    actor_role: str
    address: str
    object_type: str
    object_id: str
    trace_id: str


class SyslogSender(Protocol):
    """One syslog server.

    `tests/conformance/test_syslog.py` shows what every implementation guarantees:

    - Records leave in the order in which they were given, each as one message of RFC 5424.
    - After SyslogUnavailable some of the records may have arrived. Whoever sends all of them again loses
      none, and the receiver tells repeated ones by their position.
    - Each `send` stands alone: after a failure the next one connects anew.
    """

    async def send(self, records: Sequence[AuditRecord]) -> None:
        """Return when all records were handed over. Raises SyslogUnavailable, within bounded time.

        Over TCP and TLS that means: acknowledged by the server's TCP. Syslog knows no acknowledgement by the
        application. Over UDP it means: given to the network, which may lose them.

        No records at all is a question whether the server can be reached; UDP can't ask it.
        """
        ...

    async def close(self) -> None:
        """Let go of the connection. Idempotent."""
        ...
