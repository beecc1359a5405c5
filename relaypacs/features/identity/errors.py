"""What can go wrong with accounts and tokens."""

from relaypacs.core.errors import RelayError

# -- signing in --------------------------------------------------------------------------------------------------


class InvalidCredentials(RelayError):
    status, code, title = 401, "invalid-credentials", "Invalid credentials"


class TooManyFailures(RelayError):
    status, code, title = 429, "too-many-failures", "Locked after too many failures"


class AccountNotActive(RelayError):
    status, code, title = 403, "account-not-active", "Account not active"


class SingleSignOnOff(RelayError):
    status, code, title = 404, "single-sign-on-off", "Single sign-on is not configured"


class SingleSignOnRefused(RelayError):
    status, code, title = 401, "single-sign-on-refused", "Single sign-on refused"


class SingleSignOnUnavailable(RelayError):
    status, code, title = 503, "single-sign-on-unavailable", "Single sign-on unavailable"


# -- being signed in ---------------------------------------------------------------------------------------------


class InvalidToken(RelayError):
    status, code, title = 401, "invalid-token", "Missing or invalid token"


class RefreshTokenReused(RelayError):
    status, code, title = 401, "refresh-token-reused", "Refresh token used twice"


class RoleForbidden(RelayError):
    status, code, title = 403, "role-forbidden", "Not for your role"


class SessionNotFound(RelayError):
    status, code, title = 404, "session-not-found", "Session not found"


# -- accounts ----------------------------------------------------------------------------------------------------


class RegistrationClosed(RelayError):
    status, code, title = 403, "registration-closed", "Registration closed"


class UsernameTaken(RelayError):
    status, code, title = 409, "username-taken", "User name taken"


class WeakPassword(RelayError):
    status, code, title = 422, "weak-password", "Weak password"


class PasswordWrong(RelayError):
    status, code, title = 422, "password-wrong", "Password wrong"


class ProofRefused(RelayError):
    status, code, title = 422, "proof-refused", "Proof refused"


class LinkInvalid(RelayError):
    status, code, title = 410, "link-invalid", "Link used or expired"


# -- the second factor -------------------------------------------------------------------------------------------


class SecondFactorOn(RelayError):
    status, code, title = 409, "second-factor-on", "Second factor already on"


class SecondFactorOff(RelayError):
    status, code, title = 409, "second-factor-off", "Second factor not set up"


class CodeWrong(RelayError):
    status, code, title = 422, "code-wrong", "Code wrong"


class UnknownSite(RelayError):
    status, code, title = 422, "unknown-site", "Unknown site"
