"""SMTP submission (RFC 5321, 6409): one connection for each letter, which comes seldom."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

import aiosmtplib

from relaypacs.adapters.mail.base import MailRefused, MailUnavailable

SECONDS = 20.0  # for a whole conversation, however it trickles
PERMANENT = range(500, 600)


@dataclass(frozen=True, slots=True)
class SmtpAddress:
    """Where the server is. `security` is "starttls" (RFC 3207), "tls" (RFC 8314 section 3.3) or "none"."""

    host: str
    port: int
    security: str
    username: str = ""
    password: str = field(default="", repr=False)


class SmtpMailer:
    def __init__(self, address: SmtpAddress, *, seconds: float = SECONDS) -> None:
        self._address = address
        self._seconds = seconds

    async def send(self, letter: EmailMessage) -> None:
        async with self._conversation() as server:
            await server.send_message(letter)

    async def check(self) -> None:
        try:
            async with self._conversation() as server:
                await server.noop()
        except MailRefused as refusal:
            raise MailUnavailable(str(refusal)) from refusal

    @asynccontextmanager
    async def _conversation(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """Connect, secure and sign in; what goes wrong then, or in the block, is raised by its meaning."""
        try:
            async with asyncio.timeout(self._seconds), await self._client() as server:
                await self._begin(server)
                yield server
        except aiosmtplib.SMTPRecipientsRefused as refusal:
            raise _judged("the recipient", refusal.recipients[0]) from refusal
        except (aiosmtplib.SMTPDataError, aiosmtplib.SMTPSenderRefused) as refusal:
            raise _judged("the letter", refusal) from refusal
        except aiosmtplib.SMTPAuthenticationError as refusal:
            # Of the settings, not of the letter: it leaves once they are right.
            raise MailUnavailable(f"the server refuses user or password (SMTP {refusal.code})") from refusal
        except aiosmtplib.SMTPResponseException as refusal:
            raise MailUnavailable(f"the server answers with SMTP {refusal.code}") from refusal
        except (aiosmtplib.SMTPException, OSError) as fault:  # TimeoutError and every ssl.SSLError are an OSError
            raise MailUnavailable(_words(fault, self._seconds)) from fault

    async def _client(self) -> aiosmtplib.SMTP:
        """Return what connects when it is entered. STARTTLS comes later: refused here it looks like any other fault."""
        is_tls = self._address.security == "tls"
        return aiosmtplib.SMTP(
            hostname=self._address.host,
            port=self._address.port,
            use_tls=is_tls,
            start_tls=False,
            tls_context=await _trust() if is_tls else None,
            timeout=self._seconds,
        )

    async def _begin(self, server: aiosmtplib.SMTP) -> None:
        await server.ehlo()
        if self._address.security == "starttls":
            if not server.supports_extension("starttls"):
                raise MailUnavailable("the server does not offer STARTTLS")
            await server.starttls(tls_context=await _trust())
            await server.ehlo()
        if self._address.username:
            if not server.supports_extension("auth"):
                raise MailUnavailable("the server lets nobody sign in")
            await server.login(self._address.username, self._address.password)


async def _trust() -> ssl.SSLContext:
    """Return the system's authorities, read anew each time: a hospital's own is among them."""
    return await asyncio.to_thread(ssl.create_default_context)


def _judged(what: str, refusal: aiosmtplib.SMTPResponseException) -> MailRefused | MailUnavailable:
    """Return a refusal that is for good (RFC 5321 section 4.2.1, 5yz) or one that passes."""
    kind = MailRefused if refusal.code in PERMANENT else MailUnavailable
    return kind(f"the server refuses {what} (SMTP {refusal.code})")


def _words(fault: BaseException, seconds: float) -> str:
    """Return what is wrong, for the administrator, in words that repeat nothing of the letter."""
    causes = list(_causes(fault))
    for cause in causes:
        match cause:
            case ssl.SSLCertVerificationError():
                return f"the certificate is not trusted: {cause.verify_message}"
            case ssl.SSLError():
                return f"TLS failed: {cause.reason or 'the server closed the connection'}"
            case socket.gaierror():
                return "the host name cannot be resolved"
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return f"no answer within {seconds:g} s"
    return "the server cannot be reached, or breaks off"


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    while fault:
        yield fault
        fault = fault.__cause__ or fault.__context__
