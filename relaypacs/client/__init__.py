"""Client of the gateway: finds studies on the disk, sends them over bad links, and reports what is proven.

`scan_paths` finds the studies, `RelayClient.upload` sends them and returns what became of each. The names here are
what scripts may rely on; `docs/client.md` shows them at work. Modules below may change at any time.
"""

from relaypacs.adapters.dicom.announcement import Order, ServiceLevel
from relaypacs.client.answers import Counts, FileStatus, InstanceStatus, UploadStatus
from relaypacs.client.client import Options, RelayClient
from relaypacs.client.encoding import Compression
from relaypacs.client.errors import (
    BadServerAddress,
    ClientClosed,
    ClientError,
    FileChanged,
    Refused,
    ServerUnreachable,
    SignInRefused,
    TotpRequired,
)
from relaypacs.client.observer import Observer
from relaypacs.client.results import Outcome, StudyResult, UploadResult
from relaypacs.client.scan import LocalFile, LocalStudy, Scan, scan_paths
from relaypacs.client.session import Credentials
from relaypacs.core.signing import ReceiptInvalid, verify_receipt

__all__ = [
    "BadServerAddress",
    "ClientClosed",
    "ClientError",
    "Compression",
    "Counts",
    "Credentials",
    "FileChanged",
    "FileStatus",
    "InstanceStatus",
    "LocalFile",
    "LocalStudy",
    "Observer",
    "Options",
    "Order",
    "Outcome",
    "ReceiptInvalid",
    "Refused",
    "RelayClient",
    "Scan",
    "ServerUnreachable",
    "ServiceLevel",
    "SignInRefused",
    "StudyResult",
    "TotpRequired",
    "UploadResult",
    "UploadStatus",
    "scan_paths",
    "verify_receipt",
]
