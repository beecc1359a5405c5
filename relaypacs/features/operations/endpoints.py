"""`/system`: for administrators alone."""

from fastapi import APIRouter

from relaypacs.features.identity.dependencies import Admin
from relaypacs.features.operations.dependencies import OverviewDep
from relaypacs.features.operations.schemas import SystemView

router = APIRouter()


@router.get("/system", tags=["system"])
async def get_system(_caller: Admin, service: OverviewDep) -> SystemView:
    """Say how the gateway is doing, what first needs somebody, and which of its parts do not answer."""
    return await service.look()
