"""`/reports`: what became of a study."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from relaypacs.features.identity.dependencies import SignedIn
from relaypacs.features.reports.dependencies import ReportReaderDep
from relaypacs.features.reports.schemas import ReportView

router = APIRouter(prefix="/reports", tags=["reports"])
PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("/{report_id}")
async def get_report(report_id: UUID, caller: SignedIn, reader: ReportReaderDep) -> ReportView:
    return ReportView.model_validate(await reader.get(report_id, caller))


@router.get("/{report_id}/pdf", response_class=StreamingResponse, responses=PDF)
async def report_pdf(report_id: UUID, caller: SignedIn, reader: ReportReaderDep) -> StreamingResponse:
    document, content = await reader.pdf(report_id, caller)
    headers = {
        "Content-Length": str(document.size),
        "Content-Disposition": f'inline; filename="report-{report_id}.pdf"',
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(content, media_type="application/pdf", headers=headers)
