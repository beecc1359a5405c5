"""`/report-templates`: words that reports begin with."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from relaypacs.core.conditional import etag
from relaypacs.dependencies import IfMatch
from relaypacs.features.templates.dependencies import TemplatesDep, Writer, WriterOrAdmin
from relaypacs.features.templates.schemas import TemplateChange, TemplateList, TemplateNew, TemplateView

router = APIRouter(prefix="/report-templates", tags=["report templates"])
Term = Annotated[str | None, Query(max_length=256)]


@router.get("")
async def list_templates(
    caller: WriterOrAdmin, templates: TemplatesDep, modality: Term = None, body_part: Term = None
) -> TemplateList:
    """List one's own templates and shared ones, those that fit a study first, then by name; 500 at most.

    `modality` is any term of one, as a form or a file says it; so is `body_part`.
    """
    return await templates.best(caller, modality, body_part)


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_template(
    template: TemplateNew, caller: Writer, templates: TemplatesDep, response: Response
) -> TemplateView:
    return _tagged(response, await templates.create(template, caller))


@router.patch("/{template_id}")
async def change_template(
    template_id: UUID,
    change: TemplateChange,
    caller: WriterOrAdmin,
    templates: TemplatesDep,
    response: Response,
    if_match: IfMatch = None,
) -> TemplateView:
    """Change a template of one's own; an administrator any that is shared."""
    return _tagged(response, await templates.change(template_id, change, if_match, caller))


@router.delete("/{template_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_template(
    template_id: UUID, caller: WriterOrAdmin, templates: TemplatesDep, if_match: IfMatch = None
) -> None:
    """Delete a template of one's own; an administrator any that is shared. No report changes by it."""
    await templates.delete(template_id, if_match, caller)


def _tagged(response: Response, view: TemplateView) -> TemplateView:
    response.headers["ETag"] = etag(view.revision)
    return view
