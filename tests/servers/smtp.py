"""A real SMTP server in the test's own event loop: takes letters, or refuses what a test wants refused."""

import asyncio
import email.policy
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "relay", "let me/in"
LATE = 10.0


@dataclass
class MailServer:
    """What the server has taken. `answers` replaces its answer to a command: "RCPT" or "DATA"."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)  # whether each letter came under TLS
    answers: dict[str, str] = field(default_factory=dict)
    knocked: int = 0  # how often a recipient was named
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.knocked += 1
        if refusal := self.answers.get("RCPT"):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        if refusal := self.answers.get("DATA"):
            return refusal
        assert isinstance(envelope.content, bytes)
        letter = BytesParser(policy=email.policy.default).parsebytes(envelope.content)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.recipients += envelope.rcpt_tos
        assert server.transport
        self.secured.append(server.transport.get_extra_info("ssl_object") is not None)
        self._arrived.set()
        return "250 OK"

    async def wait_for(self, count: int) -> list[EmailMessage]:
        """Return all letters as soon as there are `count`."""
        async with asyncio.timeout(LATE):
            while len(self.letters) < count:
                self._arrived.clear()
                await self._arrived.wait()
        return self.letters


def _authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> AuthResult:
    right = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


@asynccontextmanager
async def mail_server(
    *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None, auth: bool = False
) -> AsyncIterator[MailServer]:
    """Serve on a free port, under TLS from the start, or from STARTTLS on."""
    taken = MailServer()

    def talk() -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it knows no TLS but that of STARTTLS, and would rather have that
            return SMTP(
                taken,
                hostname="mail.test",
                tls_context=starttls,
                require_starttls=starttls is not None,
                authenticator=_authenticate if auth else None,
                auth_required=auth,
                auth_require_tls=tls is None,
            )

    server = await asyncio.get_running_loop().create_server(talk, "127.0.0.1", 0, ssl=tls)
    taken.port = server.sockets[0].getsockname()[1]
    try:
        yield taken
    finally:
        server.close()
