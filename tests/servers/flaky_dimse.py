"""A DICOM node that fails when it is told to. Otherwise it keeps, lists and gives back like a real one.

with running_flaky_dimse() as peer:
    peer.inject(Answer(0xA700), Abort(When.DURING))  # the first C-STORE, and the second
"""

import io
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pydicom
from pydicom import Dataset
from pynetdicom import AE, evt
from pynetdicom.events import Event
from pynetdicom.pdu import P_DATA_TF
from pynetdicom.presentation import build_context

from tests.servers.certificates import serving_with
from tests.servers.dimse_faults import Abort, Answer, Coerce, Commitment, Drop, Fault, Refuse, Stall, When

AE_TITLE = "FLAKY"
USER, PASSWORD = "relay", "relay"
VERIFICATION, COMMITMENT = "1.2.840.10008.1.1", "1.2.840.10008.1.20.1"
FIND, GET = "1.2.840.10008.5.1.4.1.2.2.1", "1.2.840.10008.5.1.4.1.2.2.3"
COMMITMENT_INSTANCE = "1.2.840.10008.1.20.1.1"


@dataclass
class FlakyDimse:
    """What the peer holds, what it was asked, and what it will do wrong."""

    stored: dict[str, bytes] = field(default_factory=dict)  # by SOPInstanceUID: Part 10 files
    associations: list[tuple[tuple[str, str], ...]] = field(default_factory=list)  # what each one proposed
    identities: list[tuple[bytes, bytes]] = field(default_factory=list)
    transactions: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)  # who called
    refused_classes: set[str] = field(default_factory=set)
    refused_syntaxes: set[str] = field(default_factory=set)
    rejection: tuple[int, int, int] | None = None  # result, source, reason
    reject_after: int | None = None  # so many associations, with a lack of resources
    commitment: Commitment | None = None
    find_status: int = 0
    hangs_up_on_questions: bool = False  # with an A-ABORT, as Orthanc does on who may not ask
    tells_class: bool = True
    lists_too_much: bool = False
    port: int = 0
    longest_piece: int = 0  # of a message, as PS3.8 D.1 counts
    _faults: list[Fault] = field(default_factory=list)
    _refused: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _aborts: dict[int, Abort] = field(default_factory=dict)
    closing: threading.Event = field(default_factory=threading.Event)
    asked_to_commit: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"dicom://{AE_TITLE}@127.0.0.1:{self.port}"

    def inject(self, *faults: Fault) -> None:
        """Do wrong what comes next: one C-STORE per fault."""
        with self._lock:
            self._faults += faults

    def heal(self) -> None:
        with self._lock:
            self._faults.clear()
            self._refused.clear()
        self.rejection = self.reject_after = None
        self.refused_classes, self.refused_syntaxes = set(), set()

    def handlers(self) -> list[tuple[Any, Any]]:
        return [
            (evt.EVT_CONN_OPEN, self._opened),
            (evt.EVT_REQUESTED, self._requested),
            (evt.EVT_USER_ID, self._identified),
            (evt.EVT_PDU_RECV, self._received),
            (evt.EVT_C_ECHO, lambda _: 0),
            (evt.EVT_C_STORE, self._store),
            (evt.EVT_C_FIND, self._find),
            (evt.EVT_C_GET, self._get),
            (evt.EVT_N_ACTION, self._commit),
        ]

    def _opened(self, event: Event) -> None:
        _socket(event).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _requested(self, event: Event) -> None:
        """Offer what is asked for, but for what is to be refused."""
        association = event.assoc
        request = association.requestor
        proposed = [(str(c.abstract_syntax), str(c.transfer_syntax[0])) for c in request.requested_contexts]
        self.associations.append(tuple(proposed))
        self.titles.append(str(request.primitive.calling_ae_title))
        full = self.reject_after is not None and len(self.associations) > self.reject_after
        if rejection := (2, 3, 2) if full else self.rejection:
            association.acse.send_reject(*rejection)
            association.kill()
            return
        refused = self.refused_classes | (set() if self.commitment else {COMMITMENT})
        contexts: dict[str, Any] = {}
        for context in request.requested_contexts:
            name = str(context.abstract_syntax)
            known = contexts.get(name)
            syntaxes = [*(known.transfer_syntax if known else []), *context.transfer_syntax]
            taken = [uid for uid in dict.fromkeys(syntaxes) if uid not in self.refused_syntaxes]
            if name not in refused and taken:
                contexts[name] = build_context(name, taken)
                contexts[name].scu_role = contexts[name].scp_role = True
        association.acceptor.supported_contexts = list(contexts.values())

    def _identified(self, event: Event) -> tuple[bool, None]:
        self.identities.append((event.primary_field, event.secondary_field))
        return (event.primary_field, event.secondary_field) == (USER.encode(), PASSWORD.encode()), None

    def _received(self, event: Event) -> None:
        """Break off a store at the right piece of it."""
        pdu = event.pdu
        if not isinstance(pdu, P_DATA_TF):
            return
        self.longest_piece = max(self.longest_piece, pdu.pdu_length)
        for item in pdu.presentation_data_value_items:
            is_command = bool(item.presentation_data_value[0] & 1)
            key = id(event.assoc)
            if is_command and b"\x00\x00\x00\x01\x02\x00\x00\x00\x01\x00" in item.presentation_data_value:  # C-STORE-RQ
                with self._lock:
                    fault = self._faults[0] if self._faults else None
                    if isinstance(fault, Abort) and fault.when is not When.AFTER:
                        self._aborts[key] = fault
                        self._faults.pop(0)
            pending = self._aborts.get(key)
            if pending and is_command == (pending.when is When.BEFORE):
                del self._aborts[key]
                _end(event, pending)

    def _store(self, event: Event) -> int | Dataset:
        uid = str(event.request.AffectedSOPInstanceUID)
        with self._lock:
            fault = self._faults.pop(0) if self._faults else None
            if isinstance(fault, Refuse):
                self._refused |= fault.statuses
            status = self._refused.get(uid, 0)
        if isinstance(fault, Answer):
            answer = Dataset()
            answer.Status, answer.ErrorComment = fault.status, fault.comment
            return answer
        if not status and not isinstance(fault, Drop):
            self.stored.setdefault(uid, event.encoded_dataset())
        if isinstance(fault, Abort):
            _end(event, fault)
        if isinstance(fault, Stall):
            self.closing.wait(fault.seconds)
        return fault.code if isinstance(fault, Coerce) else status

    def _find(self, event: Event) -> Iterator[tuple[int, Dataset | None]]:
        if self.hangs_up_on_questions:
            event.assoc.abort()
            return
        if self.find_status:
            yield self.find_status, None
            return
        query = event.identifier
        seen: set[str] = set()
        for held in map(_read, list(self.stored.values())):
            if not self.lists_too_much and not _matches(held, query):
                continue
            match = Dataset()
            match.QueryRetrieveLevel = query.QueryRetrieveLevel
            for element in query:
                if element.keyword != "QueryRetrieveLevel" and (self.tells_class or element.keyword != "SOPClassUID"):
                    setattr(match, element.keyword, held.get(element.keyword, ""))
            name = str(match.get("SOPInstanceUID") or match.get("SeriesInstanceUID"))
            if name not in seen:
                seen.add(name)
                yield 0xFF00, match

    def _get(self, event: Event) -> Iterator[Any]:
        wanted = self.stored.get(str(event.identifier.SOPInstanceUID))
        yield 1 if wanted else 0
        if wanted:
            yield 0xFF00, pydicom.dcmread(io.BytesIO(wanted))

    def _commit(self, event: Event) -> tuple[int, None]:
        behaviour = self.commitment
        assert behaviour is not None
        request = event.action_information
        self.transactions.append(str(request.TransactionUID))
        self.asked_to_commit.set()
        if behaviour.status == 0 and behaviour.reports:
            threading.Thread(target=self._report, args=(event.assoc, request, behaviour), daemon=True).start()
        return behaviour.status, None

    def _report(self, association: Any, request: Dataset, behaviour: Commitment) -> None:
        time.sleep(0.05)  # not before the answer to the request
        report = Dataset()
        report.TransactionUID = request.TransactionUID
        report.ReferencedSOPSequence, report.FailedSOPSequence = [], []
        for item in request.ReferencedSOPSequence:
            uid = str(item.ReferencedSOPInstanceUID)
            reason = behaviour.failed.get(uid, 0 if uid in self.stored else 0x0112)
            if uid in behaviour.omits:
                continue
            if reason:
                item.FailureReason = reason
            (report.FailedSOPSequence if reason else report.ReferencedSOPSequence).append(item)
        event_type = 2 if report.FailedSOPSequence else 1
        if event_type == 1:
            del report.FailedSOPSequence
        association.send_n_event_report(report, event_type, COMMITMENT, COMMITMENT_INSTANCE)


def _socket(event: Event) -> socket.socket:
    found: socket.socket = event.assoc.dul.socket.socket
    return found


def _end(event: Event, fault: Abort) -> None:
    if fault.politely:
        event.assoc.abort()
        return
    connection = _socket(event)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _read(content: bytes) -> Dataset:
    return pydicom.dcmread(io.BytesIO(content), stop_before_pixels=True)


def _matches(held: Dataset, query: Dataset) -> bool:
    keywords = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
    return all(query.get(keyword) in (None, "", held.get(keyword)) for keyword in keywords)


@contextmanager
def running_flaky_dimse(certificate: Path | None = None, max_pdu: int = 16382) -> Iterator[FlakyDimse]:
    """Serve on a free port until the context is left; over TLS with a certificate and its key in one file."""
    peer = FlakyDimse()
    entity = AE(AE_TITLE)
    entity.maximum_pdu_size = max_pdu
    entity.maximum_associations = 100
    entity.supported_contexts = [build_context(VERIFICATION)]
    context = serving_with(certificate) if certificate else None
    server = entity.start_server(("127.0.0.1", 0), block=False, ssl_context=context, evt_handlers=peer.handlers())
    peer.port = server.server_address[1]
    try:
        yield peer
    finally:
        peer.closing.set()
        server.shutdown()
        entity.shutdown()


@contextmanager
def running_silence() -> Iterator[int]:
    """Accept connections on the port that is yielded, and say nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]
