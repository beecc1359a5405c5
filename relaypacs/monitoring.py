"""`/metrics` for Prometheus: who may read it, and what is looked up in the rows when somebody does."""

import asyncio
import time
from collections.abc import Iterator
from hmac import compare_digest
from http import HTTPStatus

import structlog
from fastapi import APIRouter, Request, Response
from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from relaypacs.adapters.metrics import RESERVE_BYTES
from relaypacs.core.clock import now
from relaypacs.core.errors import DatabaseUnavailable, MetricsTokenWrong, NotFound
from relaypacs.core.metrics import (
    DATABASE_CONNECTIONS,
    DATABASE_POOL_SIZE,
    DATABASE_UP,
    LOOKED_UP,
    OBSERVATION_SECONDS,
    OBSERVATIONS_FAILED,
    OBSERVED_AT,
)
from relaypacs.core.settings import Settings
from relaypacs.core.web_addresses import is_loopback
from relaypacs.features.audit.service.observe import observe_audit
from relaypacs.features.deliveries.service.observe import observe_deliveries
from relaypacs.features.notifications.service.observe import observe_messages
from relaypacs.features.reports.service.observe import observe_reports
from relaypacs.features.uploads.service.observe import observe_uploads
from relaypacs.infrastructure import Infrastructure

FRESH_SECONDS = 5.0
PATIENCE_SECONDS = 2.0
# What a proxy adds for whom it asks.
OF_PROXIES = ("x-forwarded-for", "x-real-ip", "forwarded", "via")
log = structlog.get_logger(__name__)


class Monitor(Collector):
    """Collects the metrics of this process, and what waits in the rows as it was when they were last looked at."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        self._infrastructure = infrastructure
        self._looking: asyncio.Task[None] | None = None
        self._began = float("-inf")
        self._is_known = False

    def collect(self) -> Iterator[Metric]:
        """Yield what is known. Of rows that could not be looked at nothing is said: the last numbers may be wrong."""
        yield from REGISTRY.collect()
        if self._is_known:
            yield from LOOKED_UP.collect()

    async def look(self) -> None:
        """Look at the rows, unless that was done a moment ago; wait for it no longer than a scrape should."""
        for pool, (in_use, most) in self._infrastructure.database.connections.items():
            DATABASE_CONNECTIONS.labels(pool).set(in_use)
            DATABASE_POOL_SIZE.labels(pool).set(most)
        RESERVE_BYTES.set(self._infrastructure.settings.storage_reserve)
        if time.monotonic() - self._began > FRESH_SECONDS and (self._looking is None or self._looking.done()):
            self._began = time.monotonic()
            self._looking = asyncio.create_task(self._observe(), name="observe")
        if self._looking and not self._looking.done():
            await asyncio.wait([self._looking], timeout=PATIENCE_SECONDS)
            if not self._looking.done():
                self._fail("took_too_long")

    async def _observe(self) -> None:
        began, at = time.monotonic(), now()
        infrastructure = self._infrastructure
        try:
            async with infrastructure.database.read() as session:
                await observe_uploads(session, at)
                await observe_deliveries(session, at)
                await observe_reports(session, infrastructure.settings, at)
                await observe_messages(session, at)
                await observe_audit(session, is_forwarded=infrastructure.syslog is not None)
        except DatabaseUnavailable as fault:
            self._fail(fault.code)
            return
        except Exception:  # a fault of ours costs these numbers, and not the scrape
            log.exception("task_failed", task="observe")
            self._forget()
            return
        self._is_known = True
        DATABASE_UP.set(1)
        OBSERVED_AT.set(at.timestamp())
        OBSERVATION_SECONDS.set(time.monotonic() - began)

    def _fail(self, reason: str) -> None:
        log.warning("metrics_incomplete", reason=reason)
        DATABASE_UP.set(0)
        self._forget()

    def _forget(self) -> None:
        self._is_known = False
        OBSERVATIONS_FAILED.inc()

    async def stop(self) -> None:
        """Let go of the database, which may never answer."""
        if self._looking:
            self._looking.cancel()
            await asyncio.wait([self._looking], timeout=PATIENCE_SECONDS)


def add_metrics(router: APIRouter) -> None:
    @router.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        """Answer in Prometheus' text format, or as OpenMetrics for who asks for that."""
        _check_reader(request, request.app.state.settings)
        monitor: Monitor = request.app.state.monitor
        await monitor.look()
        encode, media_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(monitor), HTTPStatus.OK, {"Content-Type": media_type})


def _check_reader(request: Request, settings: Settings) -> None:
    """Let in who has the token; without one set only this machine itself, asking directly.

    Raises MetricsTokenWrong; NotFound, which says nothing, where no token would help.
    """
    if token := settings.metrics_token.get_secret_value():
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not compare_digest(given.encode(), token.encode()):
            challenge = {"WWW-Authenticate": 'Bearer realm="metrics"'}
            raise MetricsTokenWrong("The metrics are read with RELAYPACS_METRICS_TOKEN.", headers=challenge)
        return
    is_asked_by_a_proxy = any(name in request.headers for name in OF_PROXIES)
    if is_asked_by_a_proxy or request.client is None or not is_loopback(request.client.host):
        raise NotFound("There is nothing at this address.")
