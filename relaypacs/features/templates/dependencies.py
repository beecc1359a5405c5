"""The service of report templates for endpoints."""

from typing import Annotated

from fastapi import Depends

from relaypacs.dependencies import InfrastructureDep
from relaypacs.features.identity.dependencies import WithRole
from relaypacs.features.identity.models import Role
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.templates.service import Templates


async def templates(infrastructure: InfrastructureDep) -> Templates:
    return Templates(infrastructure)


TemplatesDep = Annotated[Templates, Depends(templates)]
Writer = Annotated[Caller, Depends(WithRole(Role.RADIOLOGIST))]
WriterOrAdmin = Annotated[Caller, Depends(WithRole(Role.RADIOLOGIST, Role.ADMIN))]
