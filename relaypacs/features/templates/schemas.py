"""What the template calls take and give."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints, model_validator

from relaypacs.core.texts import many_lines, one_line
from relaypacs.features.studies.models import ModalityGroup
from relaypacs.features.templates.models import CODE_STRING_LENGTH, NAME_LENGTH

Lines = Annotated[str, AfterValidator(many_lines)]
# As much as a report may have of each, so that what is taken from a template always fits.
Findings = Annotated[Lines, StringConstraints(max_length=20_000)]
Impression = Annotated[Lines, StringConstraints(max_length=10_000)]
Recommendation = Annotated[Lines, StringConstraints(max_length=5_000)]
TemplateName = Annotated[
    str, StringConstraints(min_length=1, max_length=NAME_LENGTH, strip_whitespace=True), AfterValidator(one_line)
]


def _code_string(value: Any) -> Any:
    """Return a term in capitals, as code strings are, and nothing for an empty one."""
    return (value.strip().upper() or None) if isinstance(value, str) else value


# A code string (PS3.5 6.2, VR CS), as those of PS3.16 Annex L are. A device may have terms of its own.
Term = Annotated[str, StringConstraints(max_length=CODE_STRING_LENGTH, pattern=r"^[A-Z0-9_ ]+$")]
BodyPart = Annotated[Term | None, BeforeValidator(_code_string)]


class TemplateNew(BaseModel):
    """`modality` and `body_part` say what it is for; null: for any. Shared, colleagues of all sites may use it."""

    name: TemplateName
    modality: ModalityGroup | None = None
    body_part: BodyPart = Field(None, description="Body Part Examined (0018,0015), as in PS3.16 Annex L.")
    findings: Findings = ""
    impression: Impression = ""
    recommendation: Recommendation = ""
    is_shared: bool = False


class TemplateChange(BaseModel):
    """What is left out stays as it is; a null modality or body part makes it one for any."""

    name: TemplateName | None = None
    modality: ModalityGroup | None = None
    body_part: BodyPart = None
    findings: Findings | None = None
    impression: Impression | None = None
    recommendation: Recommendation | None = None
    is_shared: bool | None = None

    @model_validator(mode="after")
    def _null_only_where_it_means_any(self) -> Self:
        for name in self.model_fields_set - {"modality", "body_part"}:
            if getattr(self, name) is None:
                raise ValueError(f"{name} cannot be null")
        return self


class TemplateView(BaseModel):
    id: UUID
    name: str
    modality: ModalityGroup | None
    body_part: str | None
    findings: str
    impression: str
    recommendation: str
    is_shared: bool
    is_mine: bool
    owner: str
    revision: int = Field(description="As an ETag it is what a change is made on.")


class TemplateList(BaseModel):
    items: list[TemplateView]
