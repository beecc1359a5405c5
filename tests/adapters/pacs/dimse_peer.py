"""Adapters for the scripted DICOM node."""

from relaypacs.adapters.pacs.commitments import CommitmentReports
from relaypacs.adapters.pacs.dimse.adapter import DimsePacs
from relaypacs.adapters.pacs.dimse.node import Node, Timeouts
from tests.servers.flaky_dimse import AE_TITLE

PATIENT = Timeouts()  # those of the product: a busy machine is no fault of the node
IMPATIENT = Timeouts(connect=1, association=1, progress=0.5, answer=0.5, commitment=0.5, release=0.2)


def connect(
    port: int,
    *,
    connections: int = 4,
    reports: CommitmentReports | None = None,
    timeouts: Timeouts = PATIENT,
    **node: object,
) -> DimsePacs:
    """Return an adapter for the node on this port; `node` are fields of `Node`."""
    fields: dict[str, object] = {"ae_title": AE_TITLE, "host": "127.0.0.1", "port": port}
    found = Node(**fields | node)  # type: ignore[arg-type]
    return DimsePacs(found, connections=connections, timeouts=timeouts, reports=reports)
