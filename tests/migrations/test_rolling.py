"""Several processes on one database: they begin at once, and those of two versions run beside each other."""

import asyncio
import re
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, text, update
from structlog.testing import capture_logs

from relaypacs.app import prepare
from relaypacs.cli.admin_desk import NoWakeups
from relaypacs.core.database import Database
from relaypacs.core.files import make_folder
from relaypacs.core.settings import Settings
from relaypacs.features.admin.models import KeyRing
from relaypacs.features.audit.service.verify import is_sealed_by
from relaypacs.features.deliveries.models import Destination
from relaypacs.features.identity.models import Site, User
from relaypacs.features.operations.models import SchemaFloor
from relaypacs.infrastructure import Infrastructure, build_infrastructure
from relaypacs.migrations import run
from relaypacs.migrations.run import SchemaTooNew, Standing, migrate, newest_revision, revision_of, standing_of
from tests.builders.waiting import until
from tests.migrations.test_migrations import downgrade_to, empty, on

__all__ = ["empty"]
FIRST_WITH_A_FLOOR = 27
VERSIONS = Path(run.__file__).parent / "versions"
TAKES_AWAY = re.compile(r"drop_(table|column|constraint)|nullable=False\)|alter_column|DROP |rename_table")


async def begin(settings: Settings, folder: Path) -> Infrastructure:
    make_folder(folder)
    return await prepare(build_infrastructure(settings.model_copy(update={"data_dir": folder}), NoWakeups()))


async def test_processes_that_begin_at_once_make_one_of_everything(
    postgres_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(database_url=postgres_url, secret_key=SecretStr("of all of them, and long enough for it"))
    many = await asyncio.gather(*(begin(settings, tmp_path / str(number)) for number in range(4)))
    async with many[0].database.read() as session:
        for kind in (User, Site, Destination, KeyRing, SchemaFloor):
            assert await session.scalar(select(func.count()).select_from(kind)) == 1, kind
    assert capsys.readouterr().out.count("First start: sign in as") == 1
    assert len({process.keys.trail.newest for process in many}) == 1
    assert await is_sealed_by(many[0].database, many[-1].keys.trail)
    for process in many:
        await process.close()


async def set_ahead(database: Database, *, floor: str) -> None:
    """Do to the database what a migration of a later version would do."""
    async with database.write() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9000'"))
        await session.execute(update(SchemaFloor).values(revision=floor))


async def test_a_newer_schema_that_this_program_can_work_with_is_left_alone(database: Database) -> None:
    await set_ahead(database, floor=str(newest_revision()))
    with capture_logs() as said:
        await migrate(database)
    assert {"event": "schema_is_ahead", "log_level": "warning", "revision": "9000", "own": newest_revision()} in said
    assert (await standing_of(database), await revision_of(database)) == (Standing.AHEAD, "9000")


async def test_a_newer_schema_that_this_program_cannot_work_with_is_refused(database: Database) -> None:
    await set_ahead(database, floor="8999")
    with pytest.raises(SchemaTooNew, match=r"to revision 9000 by a newer version, .*Start the newer version\."):
        await migrate(database)
    assert await revision_of(database) == "9000"


async def test_a_schema_of_nobody_we_know_is_refused(empty: Database) -> None:
    await migrate(empty, "0026")
    async with empty.write() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = 'abcdef'"))
    with pytest.raises(SchemaTooNew):
        await migrate(empty)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "LOCK_SECONDS", 0.05)
    monkeypatch.setattr(run, "PAUSE_SECONDS", 0.01)


@pytest.mark.usefixtures("hasty")
async def test_a_step_that_must_wait_for_a_table_lets_others_go_first(postgres_url: str) -> None:
    """Nobody who only reads waits behind a change of the schema for longer than LOCK_SECONDS."""
    database = Database(postgres_url)
    await migrate(database)
    await on(database, downgrade_to("0024"))
    async with database.write() as session:
        await session.execute(text("LOCK TABLE users IN ACCESS SHARE MODE"))
        with capture_logs() as said:

            async def waits() -> bool:
                return any(line["event"] == "migration_waits" for line in said)

            migrating = asyncio.create_task(migrate(database))
            await until(waits)
            async with database.read() as other:
                assert await other.scalar(text("SELECT count(*) FROM users")) == 0
    await migrating
    assert await standing_of(database) is Standing.CURRENT
    await database.close()


def upwards(step: Path) -> str:
    return step.read_text().partition("def upgrade()")[2].partition("def downgrade()")[0]


def test_a_step_that_takes_something_away_says_whose_program_can_bear_it() -> None:
    taking = [step.stem for step in sorted(VERSIONS.glob("[0-9]*.py")) if TAKES_AWAY.search(upwards(step))]
    assert len(taking) > 5  # those from before there was a floor
    for name in taking:
        assert int(name[:4]) < FIRST_WITH_A_FLOOR or "schema_floor" in upwards(VERSIONS / f"{name}.py"), name


async def test_a_step_that_would_leave_rows_without_their_parents_is_taken_back(tmp_path: Path) -> None:
    """Tables of SQLite are replaced without asking for that in between, so it is asked at the end."""
    database = Database(f"sqlite:///{tmp_path}/small.db")
    async with database.write() as session:
        await session.execute(text("CREATE TABLE parents (id INTEGER PRIMARY KEY)"))
        await session.execute(text("CREATE TABLE children (id INTEGER REFERENCES parents (id))"))
        await session.execute(text("INSERT INTO parents VALUES (1)"))
        await session.execute(text("INSERT INTO children VALUES (1)"))
    with pytest.raises(RuntimeError, match="Rows of children would be left without their parents"):
        await on(database, lambda c: c.execute(text("DROP TABLE parents")))
    async with database.write() as session:
        assert await session.scalar(text("SELECT count(*) FROM parents")) == 1
        assert await session.scalar(text("PRAGMA foreign_keys")) == 1
    await database.close()
