"""What happens to uploads and reports in some weeks, at random, and the same each time for one seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.dicom.base import Encoding, Verdict
from relaypacs.adapters.pacs.causes import Cause
from relaypacs.core.clock import new_id, now
from relaypacs.core.database import Base, Database
from relaypacs.features.deliveries.models import (
    Delivery,
    DeliveryInstance,
    DeliveryState,
    Destination,
    DestinationKind,
    Outcome,
)
from relaypacs.features.identity.models import Role, Site, User
from relaypacs.features.reports.models import Report, ReportSender, ReportStatus
from relaypacs.features.studies.models import Instance, ModalityGroup, ServiceLevel, Study
from relaypacs.features.uploads.chunk_rows import Came, ChunkRows
from relaypacs.features.uploads.models import OPEN, Stage, Upload, UploadFile, UploadStatus

DAYS = 40
FAILED = (Stage.REJECTED, Stage.DUPLICATE, Stage.CANCELLED, Stage.EXPIRED)
PASSING = (Stage.RECEIVED, Stage.HELD, Stage.VALIDATED, Stage.DELIVERING)
CODES = ("truncated", "not-dicom", "uid-missing")
REFUSALS = (Cause.REFUSED_SOP_CLASS, Cause.OTHER_CONTENT, Cause.NOT_KEPT, None)
R = TypeVar("R", bound=Base)


@dataclass
class People:
    sites: list[UUID] = field(default_factory=list)
    senders: list[UUID] = field(default_factory=list)
    readers: list[UUID] = field(default_factory=list)


class History:
    """Every step is a transaction of its own, as it is when a gateway takes it."""

    def __init__(self, database: Database, seed: int) -> None:
        self.people = People()
        self._database = database
        self._chance = random.Random(seed)  # noqa: S311 - the same each time
        self._destination = new_id()

    async def begin(self) -> None:
        sites = [Site(id=new_id(), name=f"Site {number}") for number in range(2)]
        senders = [self._user(f"sender{number}", sites[number % 2], Role.CLINICIAN) for number in range(3)]
        readers = [self._user(f"reader{number}", sites[0], Role.RADIOLOGIST) for number in range(2)]
        to = Destination(id=self._destination, name="PACS", kind=DestinationKind.FOLDER, address="folder:///nowhere")
        async with self._database.write() as session:
            for rows in (sites, [*senders, *readers], [to]):
                session.add_all(rows)
                await session.flush()
        for own, rows in (
            (self.people.sites, sites),
            (self.people.senders, senders),
            (self.people.readers, readers),
        ):
            own += [row.id for row in rows]

    @staticmethod
    def _user(name: str, site: Site, role: Role) -> User:
        return User(id=new_id(), site_id=site.id, username=name, password_hash="x", role=role)

    async def step(self) -> None:
        happenings = {
            self._open: 6, self._receive: 4, self._close: 4, self._pass: 4, self._verify: 4, self._fail: 2,
            self._find: 4, self._judge: 2, self._move: 1, self._forget: 1, self._split: 1, self._clean: 1,
            self._report: 4, self._join: 2, self._read: 4, self._sign: 4, self._ask: 1, self._hurry: 1,
            self._send: 4, self._attend: 4, self._say: 6,
        }  # fmt: skip
        happens = self._chance.choices(list(happenings), list(happenings.values()))[0]
        async with self._database.write() as session:
            await happens(session)

    def _moment(self) -> datetime:
        """Return a moment of the last weeks, often one of the last before midnight, or now."""
        kind = self._chance.random()
        if kind < 0.2:
            return now()
        at = now() - timedelta(days=self._chance.randrange(DAYS), seconds=self._chance.randrange(3600))
        if kind < 0.4:
            at = at.replace(hour=0, minute=0, second=0) - timedelta(microseconds=self._chance.choice((0, 1, 400)))
        return at

    async def _some(self, session: AsyncSession, kind: type[R], *conditions: Any) -> R | None:
        rows: Sequence[R] = (await session.scalars(select(kind).where(*conditions))).all()
        return self._chance.choice(sorted(rows, key=str)) if rows else None

    # -- uploads -------------------------------------------------------------------------------------------

    async def _open(self, session: AsyncSession) -> None:
        session.add(self._upload(self._chance.choice(self.people.senders), self._chance.choice(self.people.sites)))

    def _upload(self, user_id: UUID, site_id: UUID, **facts: Any) -> Upload:
        level = self._chance.choice(list(ServiceLevel))
        modality = self._chance.choice(["CT", "MRI", "DX", "OTHER"])
        return Upload(
            id=new_id(),
            user_id=user_id,
            site_id=site_id,
            study_metadata={"modality": modality, "service_level": level.value},
            priority=level.priority,
            **dict.fromkeys(("chunk_size", "chunk_count", "total_bytes"), 1),
            expires_at=now() + timedelta(days=1),
            created_at=self._moment(),
            **facts,
        )

    async def _receive(self, session: AsyncSession) -> None:
        if upload := await self._some(session, Upload, Upload.status.in_(OPEN)):
            size = self._chance.randrange(1, 5000)
            await ChunkRows(await session.connection()).count_bytes(
                upload.id,
                Came(1, size, self._chance.randrange(-10, size), upload.created_at + timedelta(seconds=1.5)),
                at=now(),
                until=now() + timedelta(days=1),
            )

    async def _close(self, session: AsyncSession) -> None:
        if upload := await self._some(session, Upload, Upload.status.in_(OPEN)):
            upload.status, upload.stage = UploadStatus.PROCESSING, Stage.RECEIVED

    async def _pass(self, session: AsyncSession) -> None:
        if upload := await self._some(session, Upload, Upload.status == UploadStatus.PROCESSING):
            upload.stage = self._chance.choice(PASSING)

    async def _verify(self, session: AsyncSession) -> None:
        if upload := await self._some(session, Upload, Upload.status == UploadStatus.PROCESSING):
            upload.status, upload.stage = UploadStatus.COMPLETED, Stage.VERIFIED
            upload.completed_at = upload.created_at + timedelta(seconds=self._chance.expovariate(1 / 600))

    async def _fail(self, session: AsyncSession) -> None:
        if upload := await self._some(session, Upload, Upload.status != UploadStatus.COMPLETED):
            upload.status, upload.stage = UploadStatus.FAILED, self._chance.choice(FAILED)

    async def _find(self, session: AsyncSession) -> None:
        """Check a file: all of its instances come in one statement."""
        if upload := await self._some(session, Upload):
            file = UploadFile(id=new_id(), upload_id=upload.id, ordinal=new_id().int % 2**31, file_id="f", name="f",
                              size=1, chunk_count=1)  # fmt: skip
            session.add(file)
            await session.flush()
            session.add_all(self._instance(file) for _ in range(self._chance.randrange(1, 8)))

    def _instance(self, file: UploadFile) -> Instance:
        verdict = self._chance.choice(list(Verdict))
        codes = self._chance.choices(CODES, k=0 if verdict is Verdict.ACCEPTED else self._chance.randrange(1, 3))
        return Instance(
            id=new_id(),
            upload_id=file.upload_id,
            file_id=file.id,
            encoding=Encoding.STORED,
            neutralise_preamble=False,
            **dict.fromkeys(("blob_key", "file_name", "sha256", "pixel_sha256"), ""),
            **dict.fromkeys(("study_instance_uid", "series_instance_uid", "sop_instance_uid"), "1.2"),
            **dict.fromkeys(("sop_class_uid", "transfer_syntax_uid"), "1.2"),
            **dict.fromkeys(("offset", "length", "size"), 1),
            attributes={},
            verdict=verdict,
            reasons=[{"code": code, "sentence": "…"} for code in codes],
        )

    async def _judge(self, session: AsyncSession) -> None:
        """Leave an instance out by a decision, or say otherwise why it was."""
        if instance := await self._some(session, Instance):
            instance.verdict = Verdict.REJECTED
            instance.reasons = [*instance.reasons, {"code": "dropped-by-decision", "sentence": "…"}]

    async def _move(self, session: AsyncSession) -> None:
        upload, instance = await self._some(session, Upload), await self._some(session, Instance)
        if upload and instance:
            instance.upload_id = upload.id

    async def _forget(self, session: AsyncSession) -> None:
        """Check a file again: what an unfinished check has found goes."""
        if file := await self._some(session, UploadFile):
            planned = select(DeliveryInstance.instance_id)
            await session.execute(delete(Instance).where(Instance.file_id == file.id, Instance.id.not_in(planned)))

    async def _split(self, session: AsyncSession) -> None:
        if upload := await self._some(session, Upload, Upload.stage == Stage.HELD):
            ended = {"status": UploadStatus.PROCESSING, "stage": Stage.RECEIVED, "received_bytes": 7}
            session.add(self._upload(upload.user_id, upload.site_id, split_from=upload.id, **ended))

    async def _clean(self, session: AsyncSession) -> None:
        """Delete the files of what is done: it stays counted."""
        if upload := await self._some(session, Upload, Upload.status == UploadStatus.COMPLETED):
            upload.files_removed_at = now()

    # -- reports -------------------------------------------------------------------------------------------

    async def _report(self, session: AsyncSession) -> None:
        if upload := await self._some(session, Upload, Upload.status == UploadStatus.COMPLETED):
            study = Study(id=new_id(), site_id=upload.site_id, study_instance_uid=str(new_id().int), attributes={})
            session.add(study)
            await session.flush()
            report = Report(
                id=new_id(), upload_id=upload.id, study_id=study.id, site_id=upload.site_id, urgency=upload.priority,
                due_at=now(), modality_group=ModalityGroup.CT, form={}, created_at=self._moment(),
            )  # fmt: skip
            session.add(report)
            await session.flush()
            session.add(ReportSender(upload_id=upload.id, report_id=report.id, user_id=upload.user_id))

    async def _join(self, session: AsyncSession) -> None:
        upload, report = await self._some(session, Upload), await self._some(session, Report)
        if upload and report and await session.get(ReportSender, (upload.id, report.id)) is None:
            session.add(ReportSender(upload_id=upload.id, report_id=report.id, user_id=upload.user_id))

    async def _read(self, session: AsyncSession) -> None:
        """Open a study to read it, or let go of it."""
        if report := await self._some(session, Report):
            report.radiologist_id = self._chance.choice([*self.people.readers, None])
            if report.status is not ReportStatus.READY:
                report.status = ReportStatus.PENDING if report.radiologist_id else ReportStatus.ASSIGNED

    async def _sign(self, session: AsyncSession) -> None:
        if report := await self._some(session, Report, Report.status != ReportStatus.READY):
            report.status, report.radiologist_id = ReportStatus.READY, self._chance.choice(self.people.readers)
            waited = timedelta(seconds=self._chance.expovariate(1 / 40_000))
            report.reported_at = min(report.created_at + waited, now())

    async def _ask(self, session: AsyncSession) -> None:
        if report := await self._some(session, Report, Report.status != ReportStatus.READY):
            report.status = ReportStatus.ADDITIONAL_DATA_REQUIRED

    async def _hurry(self, session: AsyncSession) -> None:
        if report := await self._some(session, Report):
            report.urgency = self._chance.randrange(4)

    # -- deliveries ----------------------------------------------------------------------------------------

    async def _send(self, session: AsyncSession) -> None:
        sent = select(Delivery.upload_id).where(Delivery.upload_id.is_not(None))
        if upload := await self._some(session, Upload, Upload.id.not_in(sent)):
            delivery = Delivery(id=new_id(), upload_id=upload.id, destination_id=self._destination, priority=0)
            session.add(delivery)
            await session.flush()
            instances = await session.scalars(select(Instance.id).where(Instance.upload_id == upload.id))
            session.add_all(DeliveryInstance(delivery_id=delivery.id, instance_id=each) for each in instances)

    async def _attend(self, session: AsyncSession) -> None:
        if delivery := await self._some(session, Delivery):
            delivery.state = self._chance.choice([DeliveryState.ATTENTION, DeliveryState.ATTENTION, *DeliveryState])
            delivery.last_cause = self._chance.choice(REFUSALS)

    async def _say(self, session: AsyncSession) -> None:
        """Refuse instances, or take them after all."""
        if delivery := await self._some(session, Delivery, Delivery.state == DeliveryState.ATTENTION):
            outcome = self._chance.choice([Outcome.REFUSED, Outcome.WAITING, Outcome.LISTED])
            cause = self._chance.choice(REFUSALS)
            change = update(DeliveryInstance).where(DeliveryInstance.delivery_id == delivery.id)
            await session.execute(change.values(outcome=outcome, cause=cause))
