"""`/reports`: what became of a study."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from relaypacs.features.identity.dependencies import SignedIn
from relaypacs.features.reports.dependencies import ClaimsDep, ReaderOrAdmin, ReportListerDep, ReportReaderDep
from relaypacs.features.reports.schemas import ReportListQuery, ReportPage, ReportView

router = APIRouter(prefix="/reports", tags=["reports"])
PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("")
async def list_reports(
    caller: SignedIn, lister: ReportListerDep, query: Annotated[ReportListQuery, Query()]
) -> ReportPage:
    """List what is to be read, the most urgent first; to who has sent studies, what has become of them."""
    return await lister.page(caller, query)


@router.get("/{report_id}")
async def get_report(report_id: UUID, caller: SignedIn, reader: ReportReaderDep) -> ReportView:
    return await reader.get(report_id, caller)


@router.post("/{report_id}/claim")
async def claim(
    report_id: UUID,
    caller: ReaderOrAdmin,
    claims: ClaimsDep,
    take_over: Annotated[bool, Query(description="An administrator takes it from who has it.")] = False,  # noqa: FBT002
) -> ReportView:
    """Open a study to read it; once more keeps it open. 409 says who else has it."""
    return await claims.claim(report_id, caller, take_over=take_over)


@router.post("/{report_id}/release")
async def release(report_id: UUID, caller: ReaderOrAdmin, claims: ClaimsDep) -> ReportView:
    """Let go of a study, so that somebody else can read it."""
    return await claims.release(report_id, caller)


@router.get("/{report_id}/pdf", response_class=StreamingResponse, responses=PDF)
async def report_pdf(report_id: UUID, caller: SignedIn, reader: ReportReaderDep) -> StreamingResponse:
    document, content = await reader.pdf(report_id, caller)
    headers = {
        "Content-Length": str(document.size),
        "Content-Disposition": f'inline; filename="report-{report_id}.pdf"',
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(content, media_type="application/pdf", headers=headers)
