"""Gathers what comes in over an association: a data set on the disk, everything else in bounded memory."""

import tempfile
from pathlib import Path
from typing import IO

from pydicom.dataset import FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_file_meta_info
from pydicom.uid import UID
from pynetdicom.association import Association
from pynetdicom.dimse import DIMSEServiceProvider
from pynetdicom.dimse_messages import C_STORE_RQ
from pynetdicom.pdu_primitives import P_DATA

IN_MEMORY = 2 * 1024 * 1024
MAX_COMMAND = 64 * 1024
MAX_OTHER_DATA = 8 * 1024 * 1024  # a storage commitment lists every instance of a study
MAX_WAITING = 4  # who gets no answer sends nothing more: no asynchronous operations are negotiated
PREAMBLE = bytes(128) + b"DICM"
IMPLEMENTATION_CLASS_UID = "2.25.208353914021817393498150372906461827351"
IMPLEMENTATION_VERSION = "RELAYPACS"
INVALID_PDU = "Evt19"  # the state machine answers it with A-ABORT (PS3.8 9.2)


def file_meta(sop_class: str, sop_instance: str, transfer_syntax: str, ae_title: str) -> bytes:
    """Return what comes before the data set in a Part 10 file (PS3.10 7.1): always the same for the same instance."""
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\0\1"
    meta.MediaStorageSOPClassUID = UID(sop_class)
    meta.MediaStorageSOPInstanceUID = UID(sop_instance)
    meta.TransferSyntaxUID = UID(transfer_syntax)
    meta.ImplementationClassUID = UID(IMPLEMENTATION_CLASS_UID)
    meta.ImplementationVersionName = IMPLEMENTATION_VERSION
    meta.SourceApplicationEntityTitle = ae_title
    target = DicomBytesIO()
    write_file_meta_info(target, meta, enforce_standard=True)
    return PREAMBLE + target.getvalue()


class Spool:
    """A data set on its way in. It has no name in the file system, so that nothing of it outlives the process.

    Has what pynetdicom wants of the file that it writes a data set to.

    Attributes:
        size: bytes of the data set, also of those that were not kept.
        is_too_large, is_disk_full: why it was not kept.
    """

    name = ""

    def __init__(self, folder: Path, limit: int) -> None:
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY, dir=str(folder))  # noqa: SIM115 - `close` closes it
        self._limit = limit
        self.size = 0
        self.is_too_large = False
        self.is_disk_full = False

    @property
    def file(self) -> "Spool":
        return self

    def write(self, data: bytes) -> int:
        self.size += len(data)
        self.is_too_large = self.size > self._limit
        if not (self.is_too_large or self.is_disk_full):
            try:
                self._file.write(data)
            except OSError:
                self.is_disk_full = True
        return len(data)

    def flush(self) -> None:
        """Do nothing: who reads it has the same file object."""

    def rewind(self) -> None:
        self._file.seek(0)

    def read(self, size: int) -> bytes:
        return self._file.read(size)

    def close(self) -> None:
        self._file.close()


class SpoolingProvider(DIMSEServiceProvider):
    """Takes messages apart into fragments, so that a data set goes to a spool before its first byte is kept."""

    def __init__(self, assoc: Association, folder: Path, limit: int) -> None:
        super().__init__(assoc)
        self._folder = folder
        self._limit = limit
        self._gathered = 0
        self._spool: Spool | None = None

    def receive_primitive(self, primitive: P_DATA) -> None:
        for fragment in primitive.presentation_data_value_list:
            if not self._has_room(len(fragment[1])):
                self.discard()
                self.dul.event_queue.put(INVALID_PDU)
                return
            one = P_DATA()
            one.presentation_data_value_list = [list(fragment)]  # type: ignore[list-item]  # its setter takes lists alone
            super().receive_primitive(one)
            self._after(fragment[1])

    def _has_room(self, size: int) -> bool:
        """Count what is kept in memory until the message is whole."""
        if self._spool is not None:
            return True
        self._gathered += size
        most = MAX_COMMAND if self.message is None or not self.message.command_set else MAX_OTHER_DATA
        return self._gathered <= most and self.msg_queue.qsize() < MAX_WAITING

    def _after(self, fragment: bytes) -> None:
        message = self.message
        if message is None:  # whole: whoever serves it closes its spool
            self._spool, self._gathered = None, 0
        elif self._spool is None and isinstance(message, C_STORE_RQ) and fragment[0] & 2:
            self._spool = Spool(self._folder, self._limit)
            message._data_set_file = self._spool  # type: ignore[assignment]  # noqa: SLF001 - where data sets are written to

    def discard(self) -> None:
        """Drop a data set that will not become whole."""
        if self._spool is not None:
            self._spool.close()
            self._spool = None
