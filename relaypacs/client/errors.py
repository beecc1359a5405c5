"""What can keep a study from being sent. Every message is for the person at the command line."""

from typing import Any


class ClientError(Exception):
    """Base of every error of the client. The message never holds patient data or credentials."""


class BadServerAddress(ClientError):
    """The server's address can't be used as it is."""


class ServerUnreachable(ClientError):
    """No answer, or only 5xx and 429 answers, through all the retries that the call allows."""


class SignInRefused(ClientError):
    """The server does not take the user name, the password or the code."""


class TotpRequired(SignInRefused):
    """The account has two-factor authentication switched on and no code was given."""


class ClientClosed(ClientError):
    """The client was closed while a call was under way."""


class FileChanged(ClientError):
    """A local file is no longer what it was when the upload was planned."""


class Refused(ClientError):
    """The server answered 4xx (RFC 9457 problem document).

    Attributes:
        status: the HTTP status.
        code: last segment of the problem's `type`, such as `duplicate-study`; empty when the answer is no
            problem document (a proxy's page).
        facts: all members of the problem document.
    """

    def __init__(self, status: int, code: str, detail: str, facts: dict[str, Any] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.facts = facts or {}
