"""The services of reports for endpoints."""

from typing import Annotated

from fastapi import Depends

from relaypacs.dependencies import InfrastructureDep
from relaypacs.features.reports.service.reading import ReportReader


async def report_reader(infrastructure: InfrastructureDep) -> ReportReader:
    return ReportReader(infrastructure)


ReportReaderDep = Annotated[ReportReader, Depends(report_reader)]
