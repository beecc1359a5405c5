"""What can go wrong with report templates."""

from relaypacs.core.errors import RelayError


class TemplateNotFound(RelayError):
    status, code, title = 404, "template-not-found", "Template not found"


class TemplateNameTaken(RelayError):
    status, code, title = 409, "template-name-taken", "Template name taken"


class TooManyTemplates(RelayError):
    status, code, title = 409, "too-many-templates", "Too many templates"
