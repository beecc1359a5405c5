"""From the listener to the intake, and from its outcome to the answer of a C-STORE."""

from relaypacs.adapters.listener.base import NOT_TAKEN, CommitmentReport, IncomingInstance, Listener, StoreAnswer
from relaypacs.adapters.listener.dimse import DimseListener, ListenerConfig
from relaypacs.adapters.pacs.commitments import CommitmentReport as Committed
from relaypacs.core.errors import RelayError
from relaypacs.core.origin import Origin
from relaypacs.core.settings import Settings
from relaypacs.features.deliveries.service.committed import hand_on
from relaypacs.features.inbound.service.intake import InboundIntake
from relaypacs.features.inbound.service.outcome import Outcome, Status, status_of
from relaypacs.features.inbound.service.sender import sender_named
from relaypacs.infrastructure import Infrastructure

BESIDE_THE_CHECK = 60.0  # seconds that writing an instance may take
TRY_AGAIN = "The check takes too long. Send the instance again."


class DimseIntake:
    """Takes what the listener hands over, in the name of the account that the calling AE title stands for."""

    def __init__(self, infrastructure: Infrastructure, intake: InboundIntake) -> None:
        self._infrastructure = infrastructure
        self._intake = intake

    async def store(self, incoming: IncomingInstance) -> StoreAnswer:
        peer = incoming.peer
        where = Origin(incoming.address, peer.ae_title, "")
        try:
            sender = await sender_named(self._infrastructure.database, peer.account, where, peer.ae_title)
        except RelayError as error:
            return StoreAnswer(status_of(error), error.detail)
        async with self._intake.transfer(sender) as transfer:
            outcome = await self._intake.receive(transfer, incoming.content)
        return answer_of(outcome)


def answer_of(outcome: Outcome) -> StoreAnswer:
    """Return the answer of a C-STORE, which has no later place to say that a check has failed after all."""
    if not outcome.is_checked:
        return StoreAnswer(NOT_TAKEN, TRY_AGAIN)
    if outcome.is_stored:
        return StoreAnswer(Status.STORED)
    return StoreAnswer(outcome.status, outcome.reason)


def open_listener(infrastructure: Infrastructure, intake: InboundIntake) -> Listener | None:
    """Return the listener that the settings describe, None where it is off."""
    settings = infrastructure.settings
    if not settings.dicom_port:
        return None

    async def committed(report: CommitmentReport) -> None:
        """Hand on what a destination says that we asked to commit itself."""
        said = Committed(
            frozenset(instance.sop_instance_uid for instance in report.committed),
            {instance.sop_instance_uid: instance.failure_reason for instance in report.failed},
        )
        await hand_on(infrastructure, report.transaction_uid, said)

    return DimseListener(listener_config(settings), DimseIntake(infrastructure, intake).store, committed)


def listener_config(settings: Settings) -> ListenerConfig:
    return ListenerConfig(
        host=settings.dicom_host,
        port=settings.dicom_port,
        ae_title=settings.dicom_ae_title,
        peers=settings.allowed_peers,
        spool_folder=settings.data_dir / "spool",
        max_instance=settings.max_upload_bytes,
        certificate=settings.dicom_tls_certificate,
        key=settings.dicom_tls_key,
        authority=settings.dicom_tls_ca,
        associations=settings.dicom_associations,
        pdu_bytes=settings.dicom_pdu_bytes,
        timeout=settings.dicom_timeout,
        patience=settings.complete_wait + BESIDE_THE_CHECK,
    )
