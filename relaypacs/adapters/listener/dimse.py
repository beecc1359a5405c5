"""The listener over pynetdicom: its threads do the network, the event loop takes the instances."""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import structlog
from pydicom import Dataset
from pydicom.uid import UID
from pynetdicom import AE, evt
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.pdu_primitives import A_ASSOCIATE

from relaypacs.adapters.listener.base import (
    NOT_TAKEN,
    CommitmentHandler,
    CommitmentReport,
    CommittedInstance,
    IncomingInstance,
    ListenerUnavailable,
    StoreAnswer,
    StoreHandler,
)
from relaypacs.adapters.listener.contexts import as_storage, supported
from relaypacs.adapters.listener.server import StoreServer, tls_context
from relaypacs.adapters.listener.spool import (
    IMPLEMENTATION_CLASS_UID,
    IMPLEMENTATION_VERSION,
    Spool,
    SpoolingProvider,
    file_meta,
)
from relaypacs.core.dicom_peers import DicomPeer, peer_for

READ_PIECE = 1024 * 1024
COMMENT_LENGTH = 64  # Error Comment (0000,0902) is an LO
STOP_SECONDS = 10.0
CANNOT_UNDERSTAND = 0xC000
REJECTED_PERMANENTLY, BY_SERVICE_USER, CALLING_AE_TITLE = 0x01, 0x01, 0x03  # PS3.8 table 9-21
SUCCESS, PROCESSING_FAILURE = 0x0000, 0x0110
T = TypeVar("T")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ListenerConfig:
    """Where to listen, who may call, and what each may cost. Sizes are bytes, times seconds.

    `patience` bounds how long a handler may take; after that the sender is told to try again.
    """

    host: str
    port: int
    ae_title: str
    peers: Sequence[DicomPeer]
    spool_folder: Path
    max_instance: int
    certificate: str = ""
    key: str = ""
    authority: str = ""
    associations: int = 20
    pdu_bytes: int = 128 * 1024
    timeout: float = 60.0
    patience: float = 120.0


class DimseListener:
    """The `Listener` port over DICOM's own network protocol."""

    def __init__(
        self, config: ListenerConfig, store: StoreHandler, commitments: CommitmentHandler | None = None
    ) -> None:
        self._config = config
        self._store = store
        self._commitments = commitments
        self._server: StoreServer | None = None
        self._is_stopping = False
        self._handled = 0
        self._changed = threading.Condition()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1]) if self._server else self._config.port

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._server = await asyncio.to_thread(self._bind)
        threading.Thread(target=self._server.serve_forever, args=(0.1,), name="listener", daemon=True).start()
        log.info("listener_started", address=f"{self._config.host}:{self.port}")

    def _bind(self) -> StoreServer:
        config = self._config
        handlers = [
            (evt.EVT_REQUESTED, self._on_requested),
            (evt.EVT_SOP_COMMON, self._on_common),
            (evt.EVT_C_STORE, self._on_store),
            (evt.EVT_N_EVENT_REPORT, self._on_commitment),
            (evt.EVT_CONN_CLOSE, self._on_close),
        ]
        ae = AE(config.ae_title)
        ae.maximum_associations = config.associations
        ae.maximum_pdu_size = config.pdu_bytes
        ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = config.timeout
        ae.implementation_class_uid = UID(IMPLEMENTATION_CLASS_UID)
        ae.implementation_version_name = IMPLEMENTATION_VERSION
        try:
            config.spool_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            tls = tls_context(config.certificate, config.key, config.authority) if config.certificate else None
            return StoreServer(
                ae,
                (config.host, config.port),
                handlers=handlers,
                tls=tls,
                timeout=config.timeout,
                spool_folder=config.spool_folder,
                max_instance=config.max_instance,
            )
        except OSError as error:
            raise ListenerUnavailable(f"The DICOM listener cannot begin: {error.strerror or error}") from error

    async def stop(self) -> None:
        if self._server is None or self._is_stopping:
            return
        self._is_stopping = True
        await asyncio.to_thread(self._end, self._server)
        log.info("listener_stopped")

    def _end(self, server: StoreServer) -> None:
        server.shutdown()
        with self._changed:
            self._changed.wait_for(lambda: not self._handled, STOP_SECONDS)
        for association in server.active_associations:
            association.abort()

    # -- what pynetdicom calls, in the thread of the association ---------------------------------------------------

    def _on_requested(self, event: evt.Event) -> None:
        """Let in whom the list names, and accept what is fit to be taken."""
        association = event.assoc
        peer = self._peer(event)
        if peer is None or self._is_stopping:
            log.info("association_refused", address=association.requestor.address)
            association.acse.send_reject(REJECTED_PERMANENTLY, BY_SERVICE_USER, CALLING_AE_TITLE)
            association.kill()
            return
        association.acceptor.supported_contexts = supported(_request(event).presentation_context_definition_list)

    def _on_common(self, event: evt.Event) -> dict[Any, Any]:
        return as_storage(_request(event).presentation_context_definition_list)

    def _on_store(self, event: evt.Event) -> Dataset:
        request = cast(C_STORE, event.request)
        spool = cast("Spool | None", request._dataset_file)  # noqa: SLF001 - where the data set was written to
        answer = StoreAnswer(NOT_TAKEN, "The gateway is about to stop. Send it again.")
        with self._changed:
            self._handled += 1
        try:
            if not self._is_stopping:
                answer = self._answer(event, request, spool)
        finally:
            with self._changed:
                self._handled -= 1
                self._changed.notify_all()
        status = Dataset()
        status.Status = answer.status
        if answer.status and answer.comment:
            status.ErrorComment = answer.comment[:COMMENT_LENGTH]
        return status

    def _answer(self, event: evt.Event, request: C_STORE, spool: Spool | None) -> StoreAnswer:
        peer = self._peer(event)
        if peer is None or spool is None:
            return StoreAnswer(CANNOT_UNDERSTAND, "There is no data set.")
        if spool.is_too_large:
            return StoreAnswer(NOT_TAKEN, f"More than {self._config.max_instance} bytes are not taken.")
        if spool.is_disk_full:
            return StoreAnswer(NOT_TAKEN, "There is no room for the instance.")
        begin = file_meta(
            str(request.AffectedSOPClassUID),
            str(request.AffectedSOPInstanceUID),
            str(event.context.transfer_syntax),
            peer.ae_title,
        )
        spool.rewind()
        incoming = IncomingInstance(peer, str(event.assoc.requestor.address), _content(begin, spool))
        return self._on_loop(self._stored(incoming)) or StoreAnswer(NOT_TAKEN, "It takes too long. Send it again.")

    async def _stored(self, incoming: IncomingInstance) -> StoreAnswer:
        try:
            return await self._store(incoming)
        except Exception:  # whatever it is, the sender must not believe that it was stored
            log.exception("instance_failed")
            return StoreAnswer(PROCESSING_FAILURE, "The gateway failed. Its log says more.")

    def _on_commitment(self, event: evt.Event) -> tuple[int, None]:
        if self._commitments is None:
            return SUCCESS, None
        try:
            report = _report(str(event.assoc.requestor.ae_title), event.event_information)
        except AttributeError:
            return PROCESSING_FAILURE, None
        is_known = self._on_loop(self._reported(report))
        return (SUCCESS if is_known else PROCESSING_FAILURE), None

    async def _reported(self, report: CommitmentReport) -> bool:
        assert self._commitments is not None  # noqa: S101 - asked before
        try:
            await self._commitments(report)
        except Exception:  # the peer reports it again
            log.exception("commitment_failed")
            return False
        return True

    @staticmethod
    def _on_close(event: evt.Event) -> None:
        provider = event.assoc.dimse
        if isinstance(provider, SpoolingProvider):
            provider.discard()

    # --------------------------------------------------------------------------------------------------------------

    def _peer(self, event: evt.Event) -> DicomPeer | None:
        title = str(_request(event).calling_ae_title).strip()
        return peer_for(self._config.peers, title, str(event.assoc.requestor.address))

    def _on_loop(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Have work done on the event loop; None when it takes too long, or the loop has ended."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(self._config.patience)
        except TimeoutError:
            future.cancel()
            return None


def _request(event: evt.Event) -> A_ASSOCIATE:
    """Return the A-ASSOCIATE request, which every event of an association comes after."""
    return cast(A_ASSOCIATE, event.assoc.requestor.primitive)


async def _content(begin: bytes, spool: Spool) -> AsyncIterator[bytes]:
    yield begin
    while piece := await asyncio.to_thread(spool.read, READ_PIECE):
        yield piece


def _report(ae_title: str, information: Dataset) -> CommitmentReport:
    """Read the event information (PS3.4 table J.3-2). Raises AttributeError for what has no transaction."""
    return CommitmentReport(
        ae_title=ae_title,
        transaction_uid=str(information.TransactionUID),
        committed=_instances(information.get("ReferencedSOPSequence", ())),
        failed=_instances(information.get("FailedSOPSequence", ())),
    )


def _instances(items: Sequence[Dataset]) -> Sequence[CommittedInstance]:
    return tuple(
        CommittedInstance(
            str(item.ReferencedSOPClassUID), str(item.ReferencedSOPInstanceUID), int(item.get("FailureReason", 0))
        )
        for item in items
    )
