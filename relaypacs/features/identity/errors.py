"""What can go wrong with accounts and tokens."""

from relaypacs.core.errors import RelayError


class InvalidCredentials(RelayError):
    status, code, title = 401, "invalid-credentials", "Invalid credentials"


class InvalidToken(RelayError):
    status, code, title = 401, "invalid-token", "Missing or invalid token"


class RefreshTokenReused(RelayError):
    status, code, title = 401, "refresh-token-reused", "Refresh token used twice"


class AccountNotActive(RelayError):
    status, code, title = 403, "account-not-active", "Account not active"


class RegistrationClosed(RelayError):
    status, code, title = 403, "registration-closed", "Registration closed"


class UsernameTaken(RelayError):
    status, code, title = 409, "username-taken", "User name taken"


class WeakPassword(RelayError):
    status, code, title = 422, "weak-password", "Weak password"
