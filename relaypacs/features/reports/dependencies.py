"""The services of reports for endpoints."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from relaypacs.dependencies import InfrastructureDep
from relaypacs.features.identity.dependencies import SignedIn, WithRole
from relaypacs.features.identity.models import Role
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.reports.service.claims import Claims
from relaypacs.features.reports.service.critical import CriticalResults
from relaypacs.features.reports.service.listing import ReportLister
from relaypacs.features.reports.service.priors import Priors
from relaypacs.features.reports.service.questions import Questions
from relaypacs.features.reports.service.reading import ReportReader
from relaypacs.features.reports.service.signing import ReportSigning
from relaypacs.features.reports.service.writing import ReportWriting


async def report_reader(infrastructure: InfrastructureDep) -> ReportReader:
    return ReportReader(infrastructure)


async def priors(infrastructure: InfrastructureDep) -> Priors:
    return Priors(infrastructure)


async def report_lister(infrastructure: InfrastructureDep) -> ReportLister:
    return ReportLister(infrastructure)


async def claims(infrastructure: InfrastructureDep) -> Claims:
    return Claims(infrastructure)


async def report_writing(infrastructure: InfrastructureDep) -> ReportWriting:
    return ReportWriting(infrastructure)


async def report_signing(infrastructure: InfrastructureDep) -> ReportSigning:
    return ReportSigning(infrastructure)


async def critical_results(infrastructure: InfrastructureDep) -> CriticalResults:
    return CriticalResults(infrastructure)


async def questions(infrastructure: InfrastructureDep) -> Questions:
    return Questions(infrastructure)


ReportReaderDep = Annotated[ReportReader, Depends(report_reader)]
PriorsDep = Annotated[Priors, Depends(priors)]
ReportListerDep = Annotated[ReportLister, Depends(report_lister)]
ClaimsDep = Annotated[Claims, Depends(claims)]
ReportWritingDep = Annotated[ReportWriting, Depends(report_writing)]
ReportSigningDep = Annotated[ReportSigning, Depends(report_signing)]
QuestionsDep = Annotated[Questions, Depends(questions)]
CriticalResultsDep = Annotated[CriticalResults, Depends(critical_results)]


async def told_report(report_id: UUID, caller: SignedIn, reader: ReportReaderDep) -> UUID:
    """A report whose questions the caller may answer, and whose critical result he may acknowledge."""
    await reader.require_told(report_id, caller)
    return report_id


ToldReport = Annotated[UUID, Depends(told_report)]
Reader = Annotated[Caller, Depends(WithRole(Role.RADIOLOGIST))]
ReaderOrAdmin = Annotated[Caller, Depends(WithRole(Role.RADIOLOGIST, Role.ADMIN))]
