"""Sites, as an administrator sees and changes them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.conditional import require_match
from relaypacs.features.admin.errors import SiteNameTaken, SiteNotFound
from relaypacs.features.admin.schemas import SiteView
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import Actor, AuditTrail, Entry
from relaypacs.features.identity.errors import UnknownSite
from relaypacs.features.identity.models import Site
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.service.accounts import first_site
from relaypacs.infrastructure import Infrastructure


class Sites:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database
        self._trail = AuditTrail(infrastructure)

    async def page(self, *, after: UUID | None, limit: int, text: str | None = None) -> Sequence[Site]:
        async with self._database.read() as session:
            return await IdentityRepository(session).site_page(after=after, limit=limit, text=text)

    async def views(self, *sites: Site) -> list[SiteView]:
        """Say of sites also how many accounts belong to them."""
        async with self._database.read() as session:
            users = await IdentityRepository(session).user_counts_of_sites([site.id for site in sites])
        return [
            SiteView(
                id=site.id,
                name=site.name,
                version=site.version,
                created_at=site.created_at,
                users=users.get(site.id, 0),
            )
            for site in sites
        ]

    async def get(self, site_id: UUID) -> Site:
        """Return a site. Raises SiteNotFound."""
        async with self._database.read() as session:
            site = await IdentityRepository(session).site(site_id)
        if site is None:
            raise SiteNotFound("There is no such site.")
        return site

    async def named(self, name: str) -> Site:
        """Return a site. Raises SiteNotFound."""
        async with self._database.read() as session:
            site = await IdentityRepository(session).site_named(name)
        if site is None:
            raise SiteNotFound("There is no site of that name.")
        return site

    async def create(self, name: str, actor: Actor) -> Site:
        """Make a site. Raises SiteNameTaken."""
        site = Site(name=name)
        try:
            async with self._database.write() as session:
                await IdentityRepository(session).add(site)
                self._trail.record(session, Entry(Action.SITE_CREATED, actor, "site", str(site.id)))
        except IntegrityError as error:
            raise SiteNameTaken("A site of this name exists.") from error
        return site

    async def rename(self, site_id: UUID, name: str, if_match: str | None, actor: Actor) -> Site:
        """Give a site another name. Raises SiteNotFound, StaleEdit, SiteNameTaken."""
        try:
            async with self._database.write() as session:
                site = await IdentityRepository(session).lock_site(site_id)
                if site is None:
                    raise SiteNotFound("There is no such site.")
                require_match(if_match, site.version)
                site.name, site.version = name, site.version + 1
                await session.flush()
                self._trail.record(session, Entry(Action.SITE_CHANGED, actor, "site", str(site.id)))
        except IntegrityError as error:
            raise SiteNameTaken("A site of this name exists.") from error
        return site


async def known_site(session: AsyncSession, site_id: UUID | None) -> UUID:
    """Return the site's id, that of the first site without one. Raises UnknownSite."""
    repository = IdentityRepository(session)
    site = await repository.site(site_id) if site_id else await first_site(repository)
    if site is None:
        raise UnknownSite("There is no such site.")
    return site.id
