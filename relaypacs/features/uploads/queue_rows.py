"""How much of the uploads waits for the gateway, or for a person. Costs what waits, not what there has been."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.queues import Queue
from relaypacs.features.studies.models import ServiceLevel
from relaypacs.features.uploads.models import CheckState, Stage, Upload, UploadChunk, UploadFile, UploadStatus
from relaypacs.features.uploads.repository import next_step_is_due

LEVELS = tuple(ServiceLevel)
UNFINISHED = (Stage.RECEIVING, Stage.RECEIVED, Stage.VALIDATED, Stage.DELIVERING, Stage.HELD)


class UploadQueueRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def stages(self) -> Mapping[tuple[Stage, ServiceLevel], Queue]:
        """Count the uploads that are neither completed nor failed, since they were opened."""
        query = (
            select(Upload.stage, Upload.priority, func.count(), func.min(Upload.created_at))
            .where(Upload.stage.in_(UNFINISHED))
            .group_by(Upload.stage, Upload.priority)
        )
        rows = await self._session.execute(query)
        return {(stage, LEVELS[priority]): Queue(count, oldest) for stage, priority, count, oldest in rows}

    async def checks(self) -> Mapping[ServiceLevel, Queue]:
        """Count the files that are whole and not checked, since their last chunk came."""
        last = (UploadChunk.file_id == UploadFile.id) & (UploadChunk.chunk_index == UploadFile.chunk_count - 1)
        since = func.coalesce(UploadChunk.received_at, Upload.created_at)
        query = (
            select(Upload.priority, func.count(), func.min(since))
            .select_from(UploadFile)
            .join(Upload, Upload.id == UploadFile.upload_id)
            .outerjoin(UploadChunk, last)
            .where(UploadFile.check_state == CheckState.DUE, Upload.status != UploadStatus.FAILED)
            .group_by(Upload.priority)
        )
        rows = await self._session.execute(query)
        return {LEVELS[priority]: Queue(count, oldest) for priority, count, oldest in rows}

    async def settlements(self) -> Queue:
        """Count the uploads whose next step waits for nobody but the gateway, since they were opened."""
        query = select(func.count(), func.min(Upload.created_at)).where(*next_step_is_due())
        count, oldest = (await self._session.execute(query)).one()
        return Queue(count, oldest)
