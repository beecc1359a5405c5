"""The mail port: hands a letter to the server that sends e-mail for the gateway."""

from email.message import EmailMessage
from typing import Protocol


class MailUnavailable(Exception):
    """The server does not take the letter now; the same one may be handed over again later.

    The message is for the administrator: it holds no address and no secret.
    """


class MailRefused(Exception):
    """The server will never take this letter, with the same promise."""


class Mailer(Protocol):
    """One mail server. `tests/adapters/mail` shows what every implementation guarantees.

    - After MailUnavailable the letter may have left all the same; its Message-ID is what a repeated one is known by.
    - Each call stands alone, and ends within bounded time.
    """

    async def send(self, letter: EmailMessage) -> None:
        """Return when the server has taken responsibility for the letter (RFC 5321 section 6.1).

        Raises MailUnavailable, MailRefused.
        """
        ...

    async def check(self) -> None:
        """Prove that the server answers and lets us in, without a letter. Raises MailUnavailable."""
        ...
