"""What the chunk path remembers about uploads, so that a chunk costs no query before it is written."""

from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID
from weakref import WeakValueDictionary

from relaypacs.core.database import Database
from relaypacs.features.uploads.errors import ChunkIndexOutOfRange, FileNotInUpload, UploadNotFound
from relaypacs.features.uploads.repository import UploadRepository

PLANS_KEPT = 1000


@dataclass(slots=True)
class PlannedFile:
    """One file. `acknowledged` holds the chunk indexes whose bytes must never be written again."""

    id: UUID
    blob_key: str
    size: int
    chunk_count: int
    acknowledged: set[int]


@dataclass(slots=True, weakref_slot=True)
class UploadPlan:
    upload_id: UUID
    chunk_size: int
    total_bytes: int
    received_bytes: int
    files: dict[str, PlannedFile]

    def chunk(self, file_id: str, chunk_index: int) -> tuple[PlannedFile, int]:
        """Return the file and the chunk's size. Raises FileNotInUpload, ChunkIndexOutOfRange."""
        file = self.files.get(file_id)
        if file is None:
            raise FileNotInUpload("This upload has no file of that id.", expected=list(self.files))
        if not 0 <= chunk_index < file.chunk_count:
            raise ChunkIndexOutOfRange(
                f"This file has chunks 0 to {file.chunk_count - 1}.", expected=[0, file.chunk_count - 1]
            )
        return file, min(self.chunk_size, file.size - chunk_index * self.chunk_size)


class UploadPlans:
    """Plans by upload, the most recently used ones kept.

    What a plan knows to be acknowledged is the truth where every chunk of the storage comes through this object, which
    is so where files are in a folder (`core/one_process.py`). An object store refuses to write a range again, so that
    a plan that knows less than another process costs a comparison. A plan that a request still holds is therefore never
    loaded a second time beside it, however long ago it was pushed out.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._recent: OrderedDict[UUID, UploadPlan] = OrderedDict()
        self._alive: WeakValueDictionary[UUID, UploadPlan] = WeakValueDictionary()

    async def get(self, upload_id: UUID) -> UploadPlan:
        """Return the upload's plan. Raises UploadNotFound."""
        plan = self._alive.get(upload_id)
        if plan is None:
            loaded = await self._load(upload_id)
            plan = self._alive.setdefault(upload_id, loaded)  # two first chunks may load at once
        self._recent[upload_id] = plan
        self._recent.move_to_end(upload_id)
        if len(self._recent) > PLANS_KEPT:
            self._recent.popitem(last=False)
        return plan

    async def _load(self, upload_id: UUID) -> UploadPlan:
        async with self._database.read() as session:
            repository = UploadRepository(session)
            upload = await repository.get(upload_id)
            if upload is None:
                raise UploadNotFound("There is no such upload.")
            files = await repository.files_of([upload_id])
            acknowledged = await repository.chunks_of([file.id for file in files])
        return UploadPlan(
            upload_id=upload.id,
            chunk_size=upload.chunk_size,
            total_bytes=upload.total_bytes,
            received_bytes=upload.received_bytes,
            files={
                file.file_id: PlannedFile(
                    id=file.id,
                    blob_key=file.blob_key,
                    size=file.size,
                    chunk_count=file.chunk_count,
                    acknowledged=set(acknowledged[file.id]),
                )
                for file in files
            },
        )
