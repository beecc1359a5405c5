"""What uploads are found by, and what their lists are narrowed by."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from relaypacs.features.studies.models import ModalityGroup
from relaypacs.features.uploads.word_rows import epoch_of
from relaypacs.features.uploads.words import study_word, words_of_form

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

AT_ONCE = 500
FACETS = ("stage", "priority", "modality_group")
UPLOADS = sa.table(
    "uploads",
    sa.column("id", sa.Uuid()),
    sa.column("user_id", sa.Uuid()),
    sa.column("site_id", sa.Uuid()),
    sa.column("metadata", sa.JSON()),
    sa.column("modality_group", sa.String()),
)
INSTANCES = sa.table(
    "instances",
    sa.column("upload_id", sa.Uuid()),
    sa.column("study_instance_uid", sa.String()),
    sa.column("verdict", sa.String()),
    sa.column("attributes", sa.JSON()),
)
WORDS = sa.table(
    "upload_words",
    sa.column("upload_id", sa.Uuid()),
    sa.column("word", sa.String()),
    sa.column("epoch", sa.Integer()),
    sa.column("user_id", sa.Uuid()),
    sa.column("site_id", sa.Uuid()),
)
# What the form says of a patient, and where the files say it.
OF_FILES = {"patient_name": "PatientName", "patient_id": "PatientID", "accession_number": "AccessionNumber"}


def upgrade() -> None:
    word = sa.String(68).with_variant(sa.String(68, collation="C"), "postgresql")
    op.create_table(
        "upload_words",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("word", word, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name=op.f("fk_upload_words_upload_id")),
        sa.PrimaryKeyConstraint("upload_id", "word", name=op.f("pk_upload_words")),
    )
    op.add_column("uploads", sa.Column("modality_group", sa.String(32), server_default="OTHER", nullable=False))
    for uploads in _batches():
        _set_groups(uploads)
        _add_words(uploads)
    op.create_index("idx_instances_verdicts", "instances", ["upload_id", "verdict", "is_repeat", "id"])
    op.create_index("idx_delivery_instances_outcomes", "delivery_instances", ["delivery_id", "outcome"])
    op.create_index("idx_uploads_user_facets", "uploads", ["user_id", *FACETS, "id"])
    op.create_index("idx_uploads_site_facets", "uploads", ["site_id", *FACETS, "id"])
    op.create_index("idx_uploads_facets", "uploads", [*FACETS, "id"])
    op.create_index("idx_upload_words_user_id", "upload_words", ["user_id", "epoch", "word", "upload_id"])
    op.create_index("idx_upload_words_site_id", "upload_words", ["site_id", "epoch", "word", "upload_id"])
    op.create_index("idx_upload_words_epoch", "upload_words", ["epoch", "word", "upload_id"])


def downgrade() -> None:
    op.drop_table("upload_words")
    op.drop_index("idx_delivery_instances_outcomes", table_name="delivery_instances")
    op.drop_index("idx_instances_verdicts", table_name="instances")
    for name in ("idx_uploads_user_facets", "idx_uploads_site_facets", "idx_uploads_facets"):
        op.drop_index(name, table_name="uploads")
    op.drop_column("uploads", "modality_group")  # no batch: on SQLite it would drop what words and files refer to


def _batches() -> Iterator[Sequence[Any]]:
    """Return all uploads, some at a time."""
    last = UUID(int=0)
    while True:
        query = sa.select(UPLOADS).where(UPLOADS.c.id > last).order_by(UPLOADS.c.id).limit(AT_ONCE)
        rows = op.get_bind().execute(query).all()
        if not rows:
            return
        yield rows
        last = rows[-1].id


def _set_groups(uploads: Sequence[Any]) -> None:
    change = sa.update(UPLOADS).where(UPLOADS.c.id == sa.bindparam("upload")).values(modality_group=sa.bindparam("of"))
    groups = [{"upload": row.id, "of": ModalityGroup.of(row.metadata["modality"]).value} for row in uploads]
    op.get_bind().execute(change, groups)


def _add_words(uploads: Sequence[Any]) -> None:
    words = {row.id: words_of_form(row.metadata) for row in uploads}
    for upload_id, study, patient in _in_files(list(words)):
        words[upload_id] |= {study_word(study), *words_of_form(patient)}
    op.get_bind().execute(
        sa.insert(WORDS),
        [
            {
                "upload_id": row.id,
                "word": word,
                "epoch": epoch_of(row.id),
                "user_id": row.user_id,
                "site_id": row.site_id,
            }
            for row in uploads
            for word in words[row.id]
        ],
    )


def _in_files(upload_ids: Sequence[UUID]) -> Iterator[tuple[UUID, str, Mapping[str, str | None]]]:
    """Return the studies and patients of which the uploads have acceptable instances."""
    said = [INSTANCES.c.attributes[keyword].as_string().label(field) for field, keyword in OF_FILES.items()]
    query = sa.select(INSTANCES.c.upload_id, INSTANCES.c.study_instance_uid, *said).where(
        INSTANCES.c.upload_id.in_(upload_ids), INSTANCES.c.verdict != "rejected"
    )
    for row in op.get_bind().execute(query.distinct()):
        yield row.upload_id, row.study_instance_uid, {field: getattr(row, field) for field in OF_FILES}
