"""What the other studies of a patient are found by."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

AT_ONCE = 500
UNREADABLE = "\ufffd"
LENGTHS = {"patient_id": 256, "issuer_of_patient_id": 256, "study_date": 8}
STUDIES = sa.table(
    "studies",
    sa.column("id", sa.Uuid()),
    sa.column("attributes", sa.JSON()),
    *(sa.column(name, sa.String()) for name in LENGTHS),
)


def upgrade() -> None:
    for name, length in LENGTHS.items():
        op.add_column("studies", sa.Column(name, sa.String(length), server_default="", nullable=False))
    change = sa.update(STUDIES).where(STUDIES.c.id == sa.bindparam("study"))
    change = change.values({name: sa.bindparam(f"new_{name}") for name in LENGTHS})
    for studies in _batches():
        op.get_bind().execute(change, [{"study": row.id, **_keys(row.attributes)} for row in studies])
    in_site = ["site_id", "patient_id", "study_date", "id", "issuer_of_patient_id"]
    op.create_index("idx_studies_site_patient", "studies", in_site)
    by_issuer = ["patient_id", "issuer_of_patient_id", "study_date", "id"]
    has_issuer = sa.text("issuer_of_patient_id <> ''")
    op.create_index("idx_studies_patient", "studies", by_issuer, sqlite_where=has_issuer, postgresql_where=has_issuer)


def downgrade() -> None:
    for name in ("idx_studies_patient", "idx_studies_site_patient"):
        op.drop_index(name, table_name="studies")
    for name in LENGTHS:
        op.drop_column("studies", name)  # no batch: on SQLite it would drop what reports and instances refer to


def _batches() -> Iterator[Sequence[Any]]:
    """Return all studies, some at a time."""
    last = UUID(int=0)
    query = sa.select(STUDIES.c.id, STUDIES.c.attributes).order_by(STUDIES.c.id).limit(AT_ONCE)
    while rows := op.get_bind().execute(query.where(STUDIES.c.id > last)).all():
        yield rows
        last = rows[-1].id


def _keys(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return what the files say. An identifier that was not wholly readable is none."""
    said = {
        name: attributes.get(keyword, "").strip()
        for name, keyword in (("patient_id", "PatientID"), ("issuer_of_patient_id", "IssuerOfPatientID"))
    }
    day = attributes.get("StudyDate", "").strip()
    is_day = len(day) == LENGTHS["study_date"] and day.isascii() and day.isdigit()
    keys = {f"new_{name}": "" if UNREADABLE in text else text for name, text in said.items()}
    return {**keys, "new_study_date": day if is_day else ""}
