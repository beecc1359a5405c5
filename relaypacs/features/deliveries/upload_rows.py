"""What deliveries have to know of the uploads that stand above them."""

from uuid import UUID

from sqlalchemy import Integer, Uuid, column, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.features.studies.models import ServiceLevel

UPLOADS = table("uploads", column("id", Uuid), column("site_id", Uuid), column("priority", Integer))


async def origin_of(session: AsyncSession, upload_id: UUID) -> tuple[UUID, ServiceLevel] | None:
    """Return which site an upload comes from, and how urgent it is; None when there is no such upload."""
    query = select(UPLOADS.c.site_id, UPLOADS.c.priority).where(UPLOADS.c.id == upload_id)
    row = (await session.execute(query)).one_or_none()
    return (row.site_id, list(ServiceLevel)[row.priority]) if row else None
