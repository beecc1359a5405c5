"""Several studies in a row: the next is sent while the gateway still delivers the one before."""

from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import datetime

from relaypacs.adapters.dicom.announcement import Order, announce
from relaypacs.client.attributes import STUDY_UID
from relaypacs.client.errors import FileChanged, Refused
from relaypacs.client.follow import Follower
from relaypacs.client.gateway import Gateway
from relaypacs.client.observer import Observer
from relaypacs.client.packing import TooLarge, pack
from relaypacs.client.results import Outcome, StudyResult, UploadResult
from relaypacs.client.scan import LocalStudy
from relaypacs.client.sending import ParcelSender, Sent

ANOTHER_STUDY = "Not sent: it is another study than the one that was asked about."


@dataclass(slots=True)
class PendingStudy:
    """A study whose uploads are under way; one that could not be sent has its result at once."""

    study: LocalStudy
    warnings: tuple[str, ...]
    uploads: list[Future[UploadResult] | UploadResult] = field(default_factory=list)

    def result(self) -> StudyResult:
        """Wait for every upload of the study."""
        done = [upload.result() if isinstance(upload, Future) else upload for upload in self.uploads]
        return StudyResult(self.study, self.warnings, done)


class Batch:
    """Sends in the caller's thread and follows in those of `followers`."""

    def __init__(
        self,
        gateway: Gateway,
        sender: ParcelSender,
        followers: Executor,
        observer: Observer,
        order: Order,
        *,
        wait: bool,
        force: bool,
        only_study: str | None = None,
    ) -> None:
        """With `only_study`, a StudyInstanceUID, nothing else is sent."""
        self._gateway = gateway
        self._sender = sender
        self._followers = followers
        self._observer = observer
        self._order = order
        self._wait = wait
        self._force = force
        self._only_study = only_study
        self._started = 0

    def start(self, study: LocalStudy) -> PendingStudy:
        """Send all of a study's bytes and leave its uploads to the followers."""
        today = datetime.now().astimezone().date()
        announcement = announce(study.attributes, study.modalities, self._order, today)
        self._started += 1
        label = f"Study {self._started}, {announcement.metadata['modality']} of {announcement.metadata['study_date']}"
        if announcement.warnings:
            self._observer.warned(label, announcement.warnings)
        pending = PendingStudy(study, announcement.warnings)
        if self._is_another(study):
            pending.uploads.append(UploadResult(Outcome.REJECTED, detail=ANOTHER_STUDY))
            return pending
        try:
            parcels = pack(study)
        except TooLarge as error:
            pending.uploads.append(_failed(error))
            return pending
        for ordinal, parcel in enumerate(parcels, start=1):
            part = label if len(parcels) == 1 else f"{label}, part {ordinal} of {len(parcels)}"
            try:
                sent = self._sender.send(parcel, announcement.metadata, part, force=self._force)
            except (Refused, FileChanged) as error:
                pending.uploads.append(_failed(error))
            else:
                pending.uploads.append(self._followers.submit(self._settle, sent, part))
        return pending

    def _is_another(self, study: LocalStudy) -> bool:
        """Say whether a study is not to be sent. What is in an archive, the gateway tells apart."""
        return bool(self._only_study) and not study.is_archive and study.attributes.get(STUDY_UID) != self._only_study

    def _settle(self, sent: Sent, label: str) -> UploadResult:
        follower = Follower(self._gateway, lambda stage: self._observer.stage_reached(label, stage))
        try:
            if self._wait:
                return follower.settle(sent, force=self._force)
            follower.complete(sent, force=self._force)
            unknown = UploadResult(Outcome.SENT, sent.upload_id, "Not waited for.")
            return follower.result(sent.upload_id) or unknown
        except Refused as error:
            return _failed(error, sent.upload_id)


def _failed(error: Refused | FileChanged | TooLarge, upload_id: str | None = None) -> UploadResult:
    return UploadResult(Outcome.FAILED, upload_id, str(error))
