"""Infrastructure for endpoints.

Dependencies are `async def` throughout, also where nothing is awaited: FastAPI runs others in a thread each.
"""

from typing import Annotated

from fastapi import Depends, Request

from relaypacs.core.origin import Origin
from relaypacs.infrastructure import Infrastructure


async def infrastructure(request: Request) -> Infrastructure:
    built: Infrastructure = request.app.state.infrastructure
    return built


async def origin(request: Request) -> Origin:
    """Where the request comes from. Behind a trusted proxy the server has put the client's address in place."""
    return Origin(
        address=request.client.host if request.client else "",
        user_agent=request.headers.get("user-agent", ""),
        trace_id=request.scope.get("trace_id", ""),
    )


InfrastructureDep = Annotated[Infrastructure, Depends(infrastructure)]
OriginDep = Annotated[Origin, Depends(origin)]
