"""`/reports`: what became of a study."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status
from fastapi.responses import StreamingResponse

from relaypacs.core.conditional import etag
from relaypacs.dependencies import IfMatch
from relaypacs.features.identity.dependencies import SignedIn
from relaypacs.features.reports.dependencies import (
    ClaimsDep,
    CriticalResultsDep,
    PriorsDep,
    QuestionsDep,
    Reader,
    ReaderOrAdmin,
    ReportListerDep,
    ReportReaderDep,
    ReportSigningDep,
    ReportWritingDep,
    ToldReport,
)
from relaypacs.features.reports.prior_schemas import PriorList
from relaypacs.features.reports.schemas import (
    AcknowledgementNew,
    Addendum,
    DraftSaved,
    ReportListQuery,
    ReportPage,
    ReportText,
    ReportView,
    Signature,
    SiteName,
    Words,
)

router = APIRouter(prefix="/reports", tags=["reports"])
PDF_TYPE = "application/pdf"
FILE: dict[str, Any] = {"content": {PDF_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
PDF: dict[int | str, dict[str, Any]] = {200: FILE}
PDF_BODY: dict[str, Any] = {"requestBody": {"required": True, **FILE}}


@router.get("")
async def list_reports(
    caller: SignedIn, lister: ReportListerDep, query: Annotated[ReportListQuery, Query()]
) -> ReportPage:
    """List what is to be read, the most urgent first; to who has sent studies, what has become of them."""
    return await lister.page(caller, query)


@router.get("/sites")
async def list_sites(_caller: ReaderOrAdmin, lister: ReportListerDep) -> list[SiteName]:
    """List the sites that studies come from, by name: what `site_id` narrows the worklist to."""
    return await lister.sites()


@router.get("/{report_id}")
async def get_report(report_id: UUID, caller: SignedIn, reader: ReportReaderDep, response: Response) -> ReportView:
    return _tagged(response, await reader.get(report_id, caller))


@router.get("/{report_id}/priors")
async def list_priors(report_id: UUID, caller: ReaderOrAdmin, priors: PriorsDep) -> PriorList:
    """List what else is known of the patient, the newest study first, with what was signed; 50 at most."""
    return await priors.of(report_id, caller)


@router.post("/{report_id}/claim")
async def claim(
    report_id: UUID,
    caller: ReaderOrAdmin,
    claims: ClaimsDep,
    response: Response,
    take_over: Annotated[bool, Query(description="An administrator takes it from who has it.")] = False,  # noqa: FBT002
) -> ReportView:
    """Open a study to read it; once more keeps it open. 409 says who else has it."""
    return _tagged(response, await claims.claim(report_id, caller, take_over=take_over))


@router.post("/{report_id}/release")
async def release(report_id: UUID, caller: ReaderOrAdmin, claims: ClaimsDep, response: Response) -> ReportView:
    """Let go of a study, so that somebody else can read it."""
    return _tagged(response, await claims.release(report_id, caller))


@router.put("/{report_id}/draft")
async def save_draft(
    report_id: UUID,
    text: ReportText,
    caller: Reader,
    writing: ReportWritingDep,
    response: Response,
    if_match: IfMatch = None,
) -> DraftSaved:
    """Keep what was written so far; only who has claimed the study may, and it stays his."""
    return _saved(response, await writing.save(report_id, text, if_match, caller))


@router.post("/{report_id}/sign")
async def sign(
    report_id: UUID,
    signature: Signature,
    caller: Reader,
    signing: ReportSigningDep,
    response: Response,
    if_match: IfMatch = None,
) -> ReportView:
    """Sign the draft, and tell everybody who has sent the study. A final report is never changed again."""
    return _tagged(response, await signing.sign(report_id, signature, if_match, caller))


@router.post("/{report_id}/addenda", status_code=status.HTTP_201_CREATED)
async def add_addendum(
    report_id: UUID,
    addendum: Addendum,
    caller: Reader,
    signing: ReportSigningDep,
    response: Response,
    if_match: IfMatch = None,
) -> ReportView:
    """Add something to a final report, signed as the report was."""
    return _tagged(response, await signing.add(report_id, addendum, if_match, caller))


@router.post("/{report_id}/request-data")
async def request_data(
    report_id: UUID,
    question: Words,
    caller: Reader,
    questions: QuestionsDep,
    response: Response,
    if_match: IfMatch = None,
) -> ReportView:
    """Ask those who have sent the study; it waits for their answer, or for more of the study."""
    return _tagged(response, await questions.ask(report_id, question.text, if_match, caller))


@router.post("/{report_id}/provide-data")
async def provide_data(
    told: ToldReport, answer: Words, caller: SignedIn, questions: QuestionsDep, response: Response
) -> ReportView:
    """Answer in words what is asked. An upload that brings more of the study answers by itself."""
    return _tagged(response, await questions.answer(told, answer.text, caller))


@router.post("/{report_id}/acknowledge")
async def acknowledge(
    told: ToldReport,
    acknowledgement: AcknowledgementNew,
    caller: SignedIn,
    critical: CriticalResultsDep,
    response: Response,
) -> ReportView:
    """Say that the caller knows of the critical result."""
    return _tagged(response, await critical.acknowledge(told, acknowledgement.how, caller))


@router.get("/{report_id}/pdf", response_class=StreamingResponse, responses=PDF)
async def report_pdf(
    report_id: UUID,
    caller: SignedIn,
    reader: ReportReaderDep,
    version: Annotated[UUID | None, Query(description="One of `versions`; else the latest pages.")] = None,
    ahead: Annotated[bool, Query(description="To be kept on a device before anybody asks for it.")] = False,  # noqa: FBT002
) -> StreamingResponse:
    pages, content = await reader.pdf(report_id, version, caller, ahead=ahead)
    headers = {
        "Content-Length": str(pages.size),
        "Content-Disposition": f'inline; filename="report-{report_id}.pdf"',
        "Cache-Control": "private, no-store",
        "ETag": f'"{pages.sha256}"',
    }
    return StreamingResponse(content, media_type=PDF_TYPE, headers=headers)


@router.put("/{report_id}/pdf", openapi_extra=PDF_BODY)
async def bring_pdf(
    report_id: UUID,
    caller: Reader,
    writing: ReportWritingDep,
    request: Request,
    response: Response,
    if_match: IfMatch = None,
) -> DraftSaved:
    """Keep a PDF in the draft, which is signed as it is: nothing is set of the words then."""
    return _saved(response, await writing.bring(report_id, await request.body(), if_match, caller))


@router.delete("/{report_id}/pdf")
async def drop_pdf(
    report_id: UUID, caller: Reader, writing: ReportWritingDep, response: Response, if_match: IfMatch = None
) -> DraftSaved:
    """Take a PDF out of the draft again."""
    return _saved(response, await writing.drop(report_id, if_match, caller))


def _saved(response: Response, saved: DraftSaved) -> DraftSaved:
    response.headers["ETag"] = etag(saved.revision)
    return saved


def _tagged(response: Response, view: ReportView) -> ReportView:
    response.headers["ETag"] = etag(view.revision)
    return view
