"""Infrastructure for endpoints.

Dependencies are `async def` throughout, also where nothing is awaited: FastAPI runs others in a thread each.
"""

from typing import Annotated

from fastapi import Depends, Request

from relaypacs.infrastructure import Infrastructure


async def infrastructure(request: Request) -> Infrastructure:
    built: Infrastructure = request.app.state.infrastructure
    return built


InfrastructureDep = Annotated[Infrastructure, Depends(infrastructure)]
