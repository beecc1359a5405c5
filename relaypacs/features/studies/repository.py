"""Queries for studies and instances."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, TextClause, delete, func, select, union
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.adapters.dicom.base import Verdict
from relaypacs.core.clock import new_id, now
from relaypacs.features.studies.models import HAS_ISSUER, Instance, Study, study_keys


class StudyRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock_or_add(self, site_id: UUID, study_instance_uid: str, attributes: Mapping[str, str]) -> Study:
        """Return the site's study, made when it is new, locked until the transaction ends."""
        insert = sqlite_insert if self._session.get_bind().dialect.name == "sqlite" else postgresql_insert
        await self._session.execute(
            insert(Study)
            .values(
                id=new_id(),
                site_id=site_id,
                study_instance_uid=study_instance_uid,
                attributes=dict(attributes),
                **study_keys(attributes),
                created_at=now(),
            )
            .on_conflict_do_nothing(index_elements=["site_id", "study_instance_uid"])
        )
        query = select(Study).where(Study.site_id == site_id, Study.study_instance_uid == study_instance_uid)
        return (await self._session.scalars(query.with_for_update())).one()

    async def others_of_patient(self, study: Study, limit: int) -> Sequence[UUID]:
        """Return the other studies of the patient, the newest first; none where the files do not say who he is.

        One patient is one PatientID in one site, or at one issuer, which several sites may share. Two issuers are two
        patients, also in one site (PS3.3 C.7.1.1); a name alone says nothing. Each way is one range of an index that
        ends after `limit` rows, whatever else it holds: many a device calls everybody by the same PatientID.
        """
        if not study.patient_id:
            return []
        issuer, newest = study.issuer_of_patient_id, (Study.study_date.desc(), Study.id.desc())
        ways: list[list[ColumnElement[bool] | TextClause]] = [[Study.site_id == study.site_id]]
        if issuer:
            ways[0].append(Study.issuer_of_patient_id == "")
            ways.append([HAS_ISSUER, Study.issuer_of_patient_id == issuer])
        same = [Study.patient_id == study.patient_id, Study.id != study.id]
        parts = [select(Study.study_date, Study.id).where(*same, *way).order_by(*newest).limit(limit) for way in ways]
        found = union(*(select(part.subquery()) for part in parts)).subquery()
        query = select(found.c.id).order_by(found.c.study_date.desc(), found.c.id.desc()).limit(limit)
        return (await self._session.scalars(query)).all()

    async def replace_instances(self, file_id: UUID, instances: Sequence[Instance]) -> None:
        """Set the instances of one received file, in place of those of an earlier check that did not finish."""
        await self._session.execute(delete(Instance).where(Instance.file_id == file_id))
        self._session.add_all(instances)
        await self._session.flush()

    async def instances_of(self, upload_id: UUID) -> Sequence[Instance]:
        query = select(Instance).where(Instance.upload_id == upload_id).order_by(Instance.id)
        return (await self._session.scalars(query)).all()

    async def instances_by_id(self, ids: Collection[UUID]) -> Sequence[Instance]:
        return (await self._session.scalars(select(Instance).where(Instance.id.in_(ids)).order_by(Instance.id))).all()

    async def instance_page(self, upload_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Instance]:
        query = select(Instance).where(Instance.upload_id == upload_id)
        if after:
            query = query.where(Instance.id > after)
        return (await self._session.scalars(query.order_by(Instance.id).limit(limit))).all()

    async def instances_of_versions(self, version_ids: Collection[UUID]) -> dict[UUID, UUID]:
        """Return what was signed of a report as an instance: the instance's id by that of the version."""
        query = select(Instance.report_version_id, Instance.id).where(Instance.report_version_id.in_(version_ids))
        return {row.report_version_id: row.id for row in await self._session.execute(query)}

    async def add(self, instance: Instance) -> None:
        self._session.add(instance)
        await self._session.flush()

    async def sop_instance_uids(self, study_id: UUID) -> set[str]:
        """Return the SOPInstanceUIDs that uploads have brought of a study, and those of our reports on it."""
        return set(await self._session.scalars(select(Instance.sop_instance_uid).where(Instance.study_id == study_id)))

    async def verdict_counts(self, upload_ids: Collection[UUID]) -> dict[UUID, dict[Verdict, int]]:
        """Return how many instances of each upload got which verdict."""
        rows = await self._session.execute(
            select(Instance.upload_id, Instance.verdict, func.count())
            .where(Instance.upload_id.in_(upload_ids))
            .group_by(Instance.upload_id, Instance.verdict)
        )
        counts: dict[UUID, dict[Verdict, int]] = {}
        for upload_id, verdict, count in rows:
            if upload_id:  # there is one: they were asked for by it
                counts.setdefault(upload_id, {})[verdict] = count
        return counts
