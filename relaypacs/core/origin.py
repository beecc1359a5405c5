"""Where a request comes from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """The client's address (behind a trusted proxy the one it names), what it calls itself, and the trace id."""

    address: str
    user_agent: str
    trace_id: str


NOWHERE = Origin("", "", "")
"""For what the gateway does by itself, or from a command."""
