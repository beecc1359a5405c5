"""What a list of uploads is asked for, as conditions on rows."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import InstrumentedAttribute, aliased

from relaypacs.features.studies.models import ModalityGroup, ServiceLevel
from relaypacs.features.uploads.models import Stage, Upload, UploadStatus, UploadWord

AFTER_EVERY_LETTER = "\U0010ffff"
STAGES_OF = {
    UploadStatus.PENDING: {Stage.RECEIVING},
    UploadStatus.UPLOADING: {Stage.RECEIVING},
    UploadStatus.PROCESSING: {Stage.RECEIVED, Stage.VALIDATED, Stage.DELIVERING, Stage.HELD},
    UploadStatus.COMPLETED: {Stage.VERIFIED},
    UploadStatus.FAILED: {Stage.REJECTED, Stage.DUPLICATE, Stage.CANCELLED, Stage.EXPIRED},
}


@dataclass(frozen=True, slots=True)
class Extent:
    """Whose uploads: those of a user, of a site, or all."""

    user_id: UUID | None = None
    site_id: UUID | None = None

    def of(self, rows: type[Upload | UploadWord]) -> list[ColumnElement[bool]]:
        """Return the conditions on rows of a table."""
        if self.user_id:
            return [rows.user_id == self.user_id]
        return [rows.site_id == self.site_id] if self.site_id else []


@dataclass(frozen=True, slots=True)
class Facets:
    """One of each kind that is named; any where none is."""

    statuses: frozenset[UploadStatus] = frozenset()
    stages: frozenset[Stage] = frozenset()
    levels: frozenset[ServiceLevel] = frozenset()
    modalities: frozenset[ModalityGroup] = frozenset()

    @property
    def possible_stages(self) -> list[Stage]:
        """Those that are asked for, as far as a status that is asked for has them."""
        of_statuses = {stage for status in self.statuses or UploadStatus for stage in STAGES_OF[status]}
        return sorted(of_statuses & (self.stages or set(Stage)))

    @property
    def priorities(self) -> list[int]:
        return sorted(level.priority for level in self.levels or ServiceLevel)

    @property
    def groups(self) -> list[ModalityGroup]:
        return sorted(self.modalities or ModalityGroup)

    @property
    def combinations(self) -> int:
        return len(self.possible_stages) * len(self.priorities) * len(self.groups)

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what an upload has to meet."""
        return [
            Upload.stage.in_(self.possible_stages),
            Upload.priority.in_(self.priorities),
            Upload.modality_group.in_(self.groups),
            *([Upload.status.in_(self.statuses)] if self.statuses else []),
        ]


ANY = Facets()


@dataclass(frozen=True, slots=True)
class Word:
    """A word that an upload must have: one that begins like this, or just this one."""

    text: str
    is_whole: bool = False

    def conditions(self, rows: type[UploadWord] = UploadWord) -> list[ColumnElement[bool]]:
        if self.is_whole:
            return [rows.word == self.text]
        return [rows.word >= self.text, rows.word < self.text + AFTER_EVERY_LETTER]

    def is_of(self, upload_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
        rows = aliased(UploadWord)
        return exists().where(rows.upload_id == upload_id, *self.conditions(rows))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page shall hold: uploads from `since` on and older than `before`, by their ids; all words, and facets."""

    extent: Extent
    limit: int
    facets: Facets = ANY
    words: tuple[Word, ...] = ()
    since: UUID | None = None
    before: UUID | None = None

    def bounds(self, upload_id: InstrumentedAttribute[UUID]) -> list[ColumnElement[bool]]:
        since = [upload_id >= self.since] if self.since else []
        return [*since, upload_id < self.before] if self.before else since
