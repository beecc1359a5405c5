"""Queries for report templates."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.features.studies.models import ModalityGroup
from relaypacs.features.templates.models import ReportTemplate


class TemplateRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, template: ReportTemplate) -> None:
        self._session.add(template)
        await self._session.flush()

    async def remove(self, template: ReportTemplate) -> None:
        await self._session.delete(template)
        await self._session.flush()

    async def lock(self, template_id: UUID) -> ReportTemplate | None:
        return await self._session.get(ReportTemplate, template_id, with_for_update=True, populate_existing=True)

    async def count_of(self, owner_id: UUID) -> int:
        query = select(func.count()).where(ReportTemplate.owner_id == owner_id)
        return await self._session.scalar(query) or 0

    async def best(
        self, owner_id: UUID, modality: ModalityGroup | None, body_part: str | None, limit: int
    ) -> Sequence[ReportTemplate]:
        """Return somebody's own templates and shared ones: those that fit first, of those by name.

        One that fits a study in all that is asked comes before one for its modality, and that before one for anything;
        last is what was made for something else.
        """
        template = ReportTemplate
        query = select(template).where(or_(template.owner_id == owner_id, template.is_shared.is_(True)))
        order = [*_fit(modality, body_part), func.lower(template.name), template.name, template.id]
        return (await self._session.scalars(query.order_by(*order).limit(limit))).all()


def _fit(modality: ModalityGroup | None, body_part: str | None) -> list[ColumnElement[int]]:
    """Return what orders templates by how well they fit, first by modality and then by body part."""
    asked = ((ReportTemplate.modality, modality), (ReportTemplate.body_part, body_part))
    return [case((column == value, 0), (column.is_(None), 1), else_=2) for column, value in asked if value]
