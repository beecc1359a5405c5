"""Infrastructure for endpoints."""

from typing import Annotated

from fastapi import Depends, Request

from relaypacs.infrastructure import Infrastructure


def infrastructure(request: Request) -> Infrastructure:
    built: Infrastructure = request.app.state.infrastructure
    return built


InfrastructureDep = Annotated[Infrastructure, Depends(infrastructure)]
