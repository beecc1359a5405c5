"""Puts the server together: infrastructure, routers, middleware, and what happens at start and stop."""

import asyncio
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from fastapi import APIRouter, Depends, FastAPI
from prometheus_fastapi_instrumentator import Instrumentator
from pydantic import BaseModel
from sqlalchemy import text
from starlette.routing import BaseRoute
from starlette.types import ASGIApp
from taskiq import AsyncBroker, InMemoryBroker

from relaypacs import __version__
from relaypacs.adapters.wakeups.broker import BrokerWakeups
from relaypacs.core.body_limit import BodyLimitMiddleware
from relaypacs.core.cors import open_to
from relaypacs.core.error_reports import start_error_reports, stop_error_reports
from relaypacs.core.errors import StorageUnavailable
from relaypacs.core.files import make_folder
from relaypacs.core.problems import MEDIA_TYPE, TraceMiddleware, install_problem_handlers
from relaypacs.core.security_headers import SecurityHeadersMiddleware
from relaypacs.core.settings import Settings
from relaypacs.core.tracing import start_tracing, stop_tracing
from relaypacs.dependencies import InfrastructureDep, RateLimited
from relaypacs.features.admin.endpoints import router as admin
from relaypacs.features.admin.service.keys import SecretKeyWrong, open_keys
from relaypacs.features.analytics.endpoints import router as analytics
from relaypacs.features.audit.errors import KeysChanged
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import SYSTEM, AuditTrail, Entry
from relaypacs.features.deliveries.endpoints import router as deliveries
from relaypacs.features.deliveries.service.destinations import seed_first_destination
from relaypacs.features.identity.endpoints import router as auth
from relaypacs.features.identity.service.accounts import Accounts
from relaypacs.features.inbound.endpoints import router as dicom_web
from relaypacs.features.inbound.service.basic import BasicSignIn
from relaypacs.features.inbound.service.intake import InboundIntake
from relaypacs.features.inbound.service.receive_dimse import open_listener
from relaypacs.features.notifications.endpoints import router as notifications
from relaypacs.features.notifications.endpoints import webhooks
from relaypacs.features.operations.endpoints import router as operations
from relaypacs.features.operations.service.overview import Overview
from relaypacs.features.reports.endpoints import router as reports
from relaypacs.features.templates.endpoints import router as templates
from relaypacs.features.uploads.endpoints import router as uploads
from relaypacs.features.uploads.service.receive_chunk import ChunkIntake
from relaypacs.infrastructure import Infrastructure, build_infrastructure, open_redis
from relaypacs.migrations.run import SchemaTooNew, migrate
from relaypacs.monitoring import Monitor, add_metrics
from relaypacs.webapp import mount_web_app
from relaypacs.worker import Worker

API = "/api/v1"
DICOM_WEB = "/dicom-web/"
MAX_BODY_BYTES = 6 * 1024**2  # the largest chunk, and what gzip may add to it
CHECK_SECONDS = 5.0
log = structlog.get_logger(__name__)


class Problem(BaseModel):
    """A problem document (RFC 9457). `type` names the error; `docs/errors.md` lists them."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    trace_id: str


class Health(BaseModel):
    status: str
    version: str


PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "Refused", "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema()}}},
    "5XX": {"description": "Failed", "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema()}}},
}


class Application(FastAPI):
    """FastAPI, with what must be on every answer around all of it: also around the answer to an unforeseen error."""

    def build_middleware_stack(self) -> ASGIApp:
        stack = super().build_middleware_stack()
        if origins := self.state.settings.allowed_origins:
            stack = open_to(origins, stack)
        return SecurityHeadersMiddleware(stack)


def create_app(settings: Settings) -> FastAPI:
    """Return the application; it opens its database and begins its work when the server starts it."""
    app = Application(
        title="RelayPACS Gateway",
        version=__version__,
        lifespan=lifespan,
        responses=PROBLEMS,
        docs_url=None,  # those load their viewer from a public network; webapp.py has our own
        redoc_url=None,
        # What the framework would send of itself holds paths, queries and what errors say. Ours: core/tracing.py.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.settings = settings
    app.add_middleware(BodyLimitMiddleware, limit=MAX_BODY_BYTES, streamed=(DICOM_WEB,))
    app.add_middleware(TraceMiddleware)
    install_problem_handlers(app)
    app.router.routes.extend(ROUTES)
    # What is measured is the time to the answer's beginning: a live stream lasts for hours.
    Instrumentator(excluded_handlers=["/metrics"], should_exclude_streaming_duration=True).instrument(app)
    _describe_validation_as_400(app)
    mount_web_app(app, settings.web_dir)
    return app


@asynccontextmanager
async def reported(settings: Settings) -> AsyncIterator[None]:
    """Report and trace, where that is wanted, what a process does while the block runs."""
    start_error_reports(settings)
    start_tracing(settings)
    try:
        yield
    finally:
        # Both send what is left, and wait for it.
        await asyncio.to_thread(stop_tracing)
        await asyncio.to_thread(stop_error_reports)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    async with reported(settings), _running(app, settings):
        yield


@asynccontextmanager
async def _running(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """Run everything that the application is made of."""
    make_folder(settings.data_dir)
    infrastructure, broker = await open_infrastructure(settings)
    app.state.infrastructure = infrastructure
    app.state.chunk_intake = ChunkIntake(infrastructure)
    intake = app.state.inbound_intake = InboundIntake(infrastructure)
    app.state.basic_sign_in = BasicSignIn(infrastructure)
    overview = app.state.overview = Overview(infrastructure)
    monitor = app.state.monitor = Monitor(infrastructure)
    worker = None if infrastructure.redis else Worker(infrastructure, broker)
    if worker:
        await worker.start()
    trail = AuditTrail(infrastructure)
    listener = open_listener(infrastructure, intake)
    if listener:
        await listener.start()
    await trail.note(Entry(Action.SERVICE_STARTED, SYSTEM, details={"version": __version__}))
    log.info("server_started", version=__version__, environment=settings.environment.value)
    try:
        yield
    finally:
        if listener:
            await listener.stop()
        await intake.stop()
        if worker:
            await worker.stop()
        await overview.close()
        await monitor.stop()
        with suppress(KeysChanged):  # then it may write nothing any more, but must end all the same
            await trail.note(Entry(Action.SERVICE_STOPPED, SYSTEM))
        await infrastructure.close()
        log.info("server_stopped")


async def open_infrastructure(settings: Settings) -> tuple[Infrastructure, AsyncBroker]:
    """Return what a process of the gateway stands on, prepared, and the broker that its wake-ups go to."""
    redis = open_redis(settings)
    broker: AsyncBroker = InMemoryBroker()
    if redis:
        from relaypacs.adapters.wakeups.streams import StreamBroker  # noqa: PLC0415 - it needs Redis' library

        broker = StreamBroker(redis)
    return await prepare(build_infrastructure(settings, BrokerWakeups(broker), redis)), broker


async def prepare(infrastructure: Infrastructure) -> Infrastructure:
    """Bring the database up to date, and make the first admin and the first destination.

    Returns the infrastructure with the keys that the database holds.
    """
    try:
        await migrate(infrastructure.database)
        infrastructure = await open_keys(infrastructure, begins=True)
    except (SchemaTooNew, SecretKeyWrong) as fault:
        # Printed, as what is wrong with the settings is: the log leaves out what errors say.
        print(f"\n  {fault}\n", file=sys.stderr, flush=True)  # noqa: T201
        await infrastructure.close()  # its threads would keep the process from ending
        raise
    password = await Accounts(infrastructure).ensure_admin()
    if password:
        # Printed, not logged: logs are kept and shipped, and this is shown once.
        print(  # noqa: T201
            f"\n  First start: sign in as {infrastructure.settings.admin_username!r} with password {password}\n",
            flush=True,
        )
    await seed_first_destination(infrastructure)
    return infrastructure


async def _in_time(check: Coroutine[Any, Any, None]) -> None:
    """Wait for a check of the storage, but not for a disk that hangs: it would hang whoever asks."""
    checking = asyncio.create_task(check)
    done, _ = await asyncio.wait([checking], timeout=CHECK_SECONDS)
    if not done:
        checking.cancel()
        raise StorageUnavailable("The gateway's storage takes too long.")
    await checking


def _describe_validation_as_400(app: FastAPI) -> None:
    """Take FastAPI's 422 out of the description: here a malformed request is 400, in the form of all problems."""
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        document = describe()
        for path in document["paths"].values():
            for operation in path.values():
                operation.get("responses", {}).pop("422", None)
        for name in ("HTTPValidationError", "ValidationError"):
            document.get("components", {}).get("schemas", {}).pop(name, None)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def add_health(router: APIRouter) -> None:
    @router.get("/health/live", tags=["health"])
    async def live() -> Health:
        """Answer as long as the process runs."""
        return Health(status="live", version=__version__)

    @router.get("/health/ready", tags=["health"])
    async def ready(infrastructure: InfrastructureDep) -> Health:
        """Answer 200 when database and storage work. A PACS that is down must not take the API down with it."""
        async with infrastructure.database.read() as session:
            await session.execute(text("SELECT 1"))
        await _in_time(infrastructure.storage.check())
        return Health(status="ready", version=__version__)


def _compose_routes() -> list[BaseRoute]:
    """Return what every application serves, whatever its settings."""
    api = APIRouter(responses=PROBLEMS)
    features = (auth, uploads, reports, templates, deliveries, notifications, webhooks, analytics, admin, operations)
    for router in features:
        api.include_router(router, prefix=API, dependencies=[Depends(RateLimited("api"))])
    api.include_router(dicom_web, dependencies=[Depends(RateLimited("api"))])
    add_health(api)
    add_metrics(api)
    return api.routes


# Once in a process: FastAPI takes the signatures of all endpoints apart again for whatever includes their routers.
ROUTES = _compose_routes()
