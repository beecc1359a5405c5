"""Infrastructure for endpoints.

Dependencies are `async def` throughout, also where nothing is awaited: FastAPI runs others in a thread each.
"""

from functools import lru_cache
from typing import Annotated, Literal

from fastapi import Depends, Header, Query, Request
from limits import RateLimitItem, parse

from relaypacs.core.errors import TooManyRequests
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
IfMatch = Annotated[str | None, Header(description="The ETag of what the change was made on; a stale one is 409.")]
PageLimit = Annotated[int, Query(ge=1, le=200)]


class RateLimited:
    """Bounds calls per client address by `RELAYPACS_<NAME>_RATE_LIMIT`. Raises TooManyRequests with Retry-After.

    While calls cannot be counted together with those at other processes, sign-ins are refused: LimitsUnavailable.
    """

    def __init__(self, name: Literal["login", "registration", "api"]) -> None:
        self._name = name

    async def __call__(self, origin: OriginDep, infrastructure: InfrastructureDep) -> None:
        setting: str = getattr(infrastructure.settings, f"{self._name}_rate_limit")
        if not setting:
            return
        rate = _rate(setting)
        limits = infrastructure.rate_limits if self._name == "login" else infrastructure.lenient_limits
        if not await limits.hit(rate, self._name, origin.address):
            seconds = str(rate.get_expiry())
            raise TooManyRequests(
                "Too many requests from your address. Wait a while.", headers={"Retry-After": seconds}
            )


@lru_cache
def _rate(setting: str) -> RateLimitItem:
    return parse(setting)
