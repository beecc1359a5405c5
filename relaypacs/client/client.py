"""Sends studies to a gateway and sees each one through until it is proven to be in the PACS."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from relaypacs.adapters.dicom.announcement import Order
from relaypacs.client.answers import InstanceStatus, UploadStatus
from relaypacs.client.batch import Batch
from relaypacs.client.encoding import Compression, Encoder
from relaypacs.client.follow import Follower
from relaypacs.client.gateway import Gateway
from relaypacs.client.observer import Observer
from relaypacs.client.results import StudyResult, UploadResult
from relaypacs.client.scan import LocalStudy
from relaypacs.client.sending import Pace, ParcelSender, Sent
from relaypacs.client.session import Credentials, Session
from relaypacs.client.state import ResumeStore, state_folder
from relaypacs.client.wire import Wire

FAR_AWAY = 0.05  # s of round trip: a mobile, satellite or otherwise lossy link is likely
NEAR = Pace(chunk_size=2 * 1024**2, connections=4)
FAR = Pace(chunk_size=512 * 1024, connections=8)
FOLLOWERS = 8  # uploads that may be on their way into the PACS while the next ones are sent


@dataclass(frozen=True, slots=True)
class Options:
    """How to send. None means: as the round trip suggests.

    Over a far link more connections carry more when packets are lost, and small chunks lose less when it is cut.
    """

    chunk_size: int | None = None  # bytes, 512 KiB to 5 MiB
    connections: int | None = None
    compression: Compression = Compression.AUTO

    def pace(self, round_trip: float) -> Pace:
        suggested = FAR if round_trip >= FAR_AWAY else NEAR
        return Pace(self.chunk_size or suggested.chunk_size, self.connections or suggested.connections)


class RelayClient:
    """A user's connection to one gateway; a context manager. One thread calls it, several work for it.

    The first call signs in; tokens that run out are renewed. Every call may raise SignInRefused, BadServerAddress
    and ClientClosed, ServerUnreachable when three more attempts have failed, and Refused with the gateway's reason.
    What concerns one study only is no error but its result.
    """

    def __init__(
        self,
        server: str,
        credentials: Credentials,
        options: Options | None = None,
        *,
        state: Path | None = None,
        observer: Observer | None = None,
    ) -> None:
        """`state` is the folder for what must outlive a kill. Raises BadServerAddress."""
        self._options = options or Options()
        self._observer = observer or Observer()
        wire = Wire(server)
        self._store = ResumeStore(state or state_folder(), wire.server, credentials.username)
        self._session = Session(wire, credentials, self._observer.retrying)
        self._gateway = Gateway(self._session)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Break off everything that is under way. What was acknowledged stays, and a later run goes on there."""
        self._gateway.close()

    def upload(
        self,
        studies: Iterable[LocalStudy],
        order: Order,
        *,
        wait: bool = True,
        force: bool = False,
        report_id: str | None = None,
    ) -> list[StudyResult]:
        """Sign in and send each study; while the gateway delivers one, the next is sent.

        Without `wait` each upload is completed, but its delivery not waited for. With `force` also what was
        delivered earlier is sent. With `report_id` a question about that report's study is answered: no other study
        is sent. Raises Refused when there is no such report.
        """
        self._session.ensure_signed_in()
        only_study = self._gateway.study_of_report(report_id) if report_id else None
        sender = self._sender(report_id)
        with ThreadPoolExecutor(FOLLOWERS, thread_name_prefix="follow") as followers:
            batch = Batch(
                self._gateway,
                sender,
                followers,
                self._observer,
                order,
                wait=wait,
                force=force,
                only_study=only_study,
            )
            try:
                pending = [batch.start(study) for study in studies]
                return [study.result() for study in pending]
            except BaseException:
                self.close()
                raise

    def _sender(self, report_id: str | None) -> ParcelSender:
        round_trip = self._gateway.round_trip()
        self._store.prune()
        return ParcelSender(
            self._gateway,
            self._store,
            Encoder(self._options.compression, round_trip),
            self._options.pace(round_trip),
            self._observer,
            report_id=report_id,
        )

    def uploads(self, **filters: str | Sequence[str]) -> Iterator[UploadStatus]:
        """Yield the uploads that the user may see, the newest first; pages are fetched as they are needed.

        `filters` are those of `GET /upload`: `status`, `stage`, `service_level`, `modality`, `created_from`,
        `created_to`, `mine`.
        """
        return self._gateway.uploads(filters)

    def status(self, upload_id: str) -> UploadStatus:
        """Return how far an upload is."""
        return self._gateway.status(upload_id)[0]

    def instances(self, upload_id: str) -> Iterator[InstanceStatus]:
        """Yield each instance of an upload with its verdict; pages are fetched as they are needed."""
        return self._gateway.instances(upload_id)

    def wait(self, upload_id: str) -> UploadResult:
        """Wait until an upload is verified, held, rejected or ended otherwise, however long that takes.

        A gateway that cannot be reached is asked again without end; the observer hears of it, and of each stage.
        """
        follower = Follower(self._gateway, lambda stage: self._observer.stage_reached(upload_id, stage))
        return follower.settle(Sent(upload_id, None), force=False)

    def receipt(self, upload_id: str) -> bytes:
        """Return the signed custody receipt of a verified upload, JSON in UTF-8."""
        return self._gateway.receipt(upload_id)

    def report_pages(self, report_id: str) -> bytes:
        """Return the latest pages of a report, a PDF."""
        return self._gateway.report_pages(report_id)

    def call(self, method: str, path: str, form: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Make any other call of the API, such as `call("GET", "/notifications")`, and return its JSON object."""
        return self._gateway.call(method, path, form)
