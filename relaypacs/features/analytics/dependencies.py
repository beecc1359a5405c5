"""The service of analytics for endpoints, and what is asked of it."""

from typing import Annotated

from fastapi import Depends, Query

from relaypacs.dependencies import InfrastructureDep
from relaypacs.features.analytics.schemas import StatsQuery
from relaypacs.features.analytics.service.analytics import Analytics
from relaypacs.features.analytics.service.asking import Asked
from relaypacs.features.identity.dependencies import SignedIn


async def analytics(infrastructure: InfrastructureDep) -> Analytics:
    return Analytics(infrastructure)


AnalyticsDep = Annotated[Analytics, Depends(analytics)]


async def asked(query: Annotated[StatsQuery, Query()], caller: SignedIn, service: AnalyticsDep) -> Asked:
    """Whose numbers the caller may see and wants to."""
    return await service.asked(caller, query)


AskedDep = Annotated[Asked, Depends(asked)]
