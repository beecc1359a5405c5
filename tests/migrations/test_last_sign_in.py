"""When somebody has last signed in is known of accounts from before it was kept."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from relaypacs.core.clock import new_id
from relaypacs.core.database import Database
from relaypacs.features.identity.models import Session, Site, User
from relaypacs.migrations.run import migrate
from tests.migrations.test_migrations import downgrade_to, empty, on

__all__ = ["empty"]
FIRST = datetime(2026, 1, 14, 8, tzinfo=UTC)


async def test_the_newest_session_says_it(empty: Database) -> None:
    await migrate(empty)
    site = Site(id=new_id(), name="Main site")
    often, never = (User(id=new_id(), site_id=site.id, username=name, password_hash="") for name in ("often", "never"))
    async with empty.write() as session:
        for rows in ([site], [often, never]):
            session.add_all(rows)
            await session.flush()
        for day in (2, 0, 1):
            at = FIRST + timedelta(days=day)
            session.add(
                Session(id=new_id(), user_id=often.id, refresh_hash="", rotated_at=at, expires_at=at, created_at=at)
            )
    await on(empty, downgrade_to("0024"))
    await migrate(empty)
    async with empty.read() as session:
        found = {user.username: user.last_sign_in_at for user in await session.scalars(select(User))}
    assert found == {"often": FIRST + timedelta(days=2), "never": None}
