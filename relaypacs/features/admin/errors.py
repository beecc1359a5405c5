"""What can go wrong with administration."""

from relaypacs.core.errors import RelayError


class UserNotFound(RelayError):
    status, code, title = 404, "user-not-found", "User not found"


class LastAdmin(RelayError):
    status, code, title = 409, "last-admin", "Last administrator"


class OwnAccount(RelayError):
    status, code, title = 409, "own-account", "Your own account"


class SiteNotFound(RelayError):
    status, code, title = 404, "site-not-found", "Site not found"


class SiteNameTaken(RelayError):
    status, code, title = 409, "site-name-taken", "Site name taken"


class InvitationNotFound(RelayError):
    status, code, title = 404, "invitation-not-found", "Invitation not found"


class InvitationClosed(RelayError):
    status, code, title = 409, "invitation-closed", "Invitation closed"
