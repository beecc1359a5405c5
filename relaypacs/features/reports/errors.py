"""What can go wrong with reports."""

from relaypacs.core.errors import RelayError


class ReportNotFound(RelayError):
    status, code, title = 404, "report-not-found", "Report not found"


class ReportLocked(RelayError):
    status, code, title = 409, "report-locked", "Somebody else has it open"


class ReportFinished(RelayError):
    status, code, title = 409, "report-finished", "Report finished"


class ReportNotClaimed(RelayError):
    status, code, title = 409, "report-not-claimed", "Report not claimed"


class ReportNotFinal(RelayError):
    status, code, title = 409, "report-not-final", "Report not final"


class ReportEmpty(RelayError):
    status, code, title = 422, "report-empty", "Report empty"


class NothingToAcknowledge(RelayError):
    status, code, title = 409, "nothing-to-acknowledge", "Nothing to acknowledge"


class NothingAsked(RelayError):
    status, code, title = 409, "nothing-asked", "Nothing asked"


class NotAPdf(RelayError):
    status, code, title = 422, "not-a-pdf", "Not a PDF"


class ReportPdfNotReady(RelayError):
    status, code, title = 404, "report-pdf-not-ready", "Report PDF not ready"
