"""The worker as a process of its own: it runs tasks and jobs, and answers how it is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from fastapi import APIRouter, FastAPI

from relaypacs import __version__
from relaypacs.app import add_health, open_infrastructure, reported
from relaypacs.core.files import make_folder
from relaypacs.core.problems import TraceMiddleware, install_problem_handlers
from relaypacs.core.settings import Settings
from relaypacs.features.audit.errors import KeysChanged
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import SYSTEM, AuditTrail, Entry
from relaypacs.features.deliveries.service.committed import CommitmentPost
from relaypacs.monitoring import Monitor, add_metrics
from relaypacs.worker import Worker

log = structlog.get_logger(__name__)


def create_worker_app(settings: Settings) -> FastAPI:
    """Return the application, which serves `/health` and `/metrics`, and works from its start to its stop."""
    app = FastAPI(
        title="RelayPACS Gateway, worker",
        version=__version__,
        lifespan=lifespan,
        openapi_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.settings = settings
    app.add_middleware(TraceMiddleware)
    install_problem_handlers(app)
    router = APIRouter()
    add_health(router)
    add_metrics(router)
    app.include_router(router)
    return app


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    async with reported(settings), _working(app, settings):
        yield


@asynccontextmanager
async def _working(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    make_folder(settings.data_dir)
    infrastructure, broker = await open_infrastructure(settings)
    app.state.infrastructure = infrastructure
    monitor = app.state.monitor = Monitor(infrastructure)
    post = CommitmentPost(infrastructure)
    worker = Worker(infrastructure, broker, is_alone=False)
    trail = AuditTrail(infrastructure)
    details = {"version": __version__, "role": "worker"}
    post.start()
    await worker.start()
    await trail.note(Entry(Action.SERVICE_STARTED, SYSTEM, details=details))
    log.info("worker_started", version=__version__, environment=settings.environment.value)
    try:
        yield
    finally:
        await worker.stop()
        await post.stop()
        await monitor.stop()
        with suppress(KeysChanged):  # as the API does
            await trail.note(Entry(Action.SERVICE_STOPPED, SYSTEM, details={"role": "worker"}))
        await infrastructure.close()
        log.info("worker_stopped")
