"""Client of the gateway: finds studies on the disk, sends them over bad links, and reports what is proven.

`scan_paths` finds the studies, `RelayClient.upload` sends them and returns what became of each.
"""

from relaypacs.adapters.dicom.announcement import Order, ServiceLevel
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

__all__ = [
    "BadServerAddress",
    "ClientClosed",
    "ClientError",
    "Compression",
    "Credentials",
    "FileChanged",
    "LocalFile",
    "LocalStudy",
    "Observer",
    "Options",
    "Order",
    "Outcome",
    "Refused",
    "RelayClient",
    "Scan",
    "ServerUnreachable",
    "ServiceLevel",
    "SignInRefused",
    "StudyResult",
    "TotpRequired",
    "UploadResult",
    "scan_paths",
]
