"""The services of operations for endpoints."""

from typing import Annotated

from fastapi import Depends, Request

from relaypacs.features.operations.service.overview import Overview


async def overview(request: Request) -> Overview:
    built: Overview = request.app.state.overview
    return built


OverviewDep = Annotated[Overview, Depends(overview)]
