"""`/stats`: how much was sent, how well it went, and how long people waited for their reports."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from relaypacs.features.analytics.dependencies import AnalyticsDep, AskedDep
from relaypacs.features.analytics.schemas import ExportQuery, Summary, Trend, Turnaround
from relaypacs.features.identity.dependencies import SignedIn

router = APIRouter(prefix="/stats", tags=["analytics"])
CSV = "text/csv"


@router.get("")
async def stats(asked: AskedDep, analytics: AnalyticsDep) -> Summary:
    """Count what the caller may see, in a period and in the one before. An answer may be a minute old."""
    return await analytics.summary(asked)


@router.get("/trend")
async def trend(asked: AskedDep, analytics: AnalyticsDep) -> Trend:
    """Count by day, week or month."""
    return await analytics.trend(asked)


@router.get("/turnaround")
async def turnaround(asked: AskedDep, analytics: AnalyticsDep) -> Turnaround:
    """Say how long studies waited for their reports, against the targets."""
    return await analytics.turnaround(asked)


@router.get("/export", response_class=Response, responses={200: {"content": {CSV: {}}, "description": "The table"}})
async def export(query: Annotated[ExportQuery, Query()], caller: SignedIn, analytics: AnalyticsDep) -> Response:
    """Download one of the tables as CSV (RFC 4180)."""
    name, table = await analytics.export(await analytics.asked(caller, query), query.table)
    return Response(table, media_type=CSV, headers={"Content-Disposition": f'attachment; filename="{name}"'})
